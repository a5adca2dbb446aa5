"""How long `yimen city check` takes over thousands of services, beside plain parsing of the bytes.

    .venv/bin/python bench/city_check.py [--services 3000] [--json FILE]

The services are those of cities/shanghai, copied under other codes with other texts and other
thresholds, so that nothing is read once and remembered for the rest. Two peers read the same TOML
files in the same run: `tomllib` of the standard library, and `tomli`, the same parser compiled.
Neither checks anything.
"""

import argparse
import json
import re
import shutil
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import tomli
from rich.console import Console
from rich.table import Table

from yimen.catalogue.loader import check_folder

CITY = Path(__file__).parents[1] / "cities" / "shanghai"


def copy_city(target: Path, services: int) -> None:
    """Write a city with this many services."""
    shutil.copytree(CITY, target, ignore=shutil.ignore_patterns("services", ".*"))
    originals = sorted((CITY / "services").iterdir())
    for number in range(services):
        original = originals[number % len(originals)]
        code = f"{original.name}-{number}"
        for path in original.rglob("*"):
            if path.is_file():
                place = target / "services" / code / path.relative_to(original)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(_varied(path, number), encoding="utf-8")


def _varied(path: Path, number: int) -> str:
    text = path.read_text(encoding="utf-8")
    if path.name != "service.toml":
        return text
    text = re.sub(r'^code = "(.*)"', rf'code = "\1-{number}"', text, count=1, flags=re.MULTILINE)
    text = re.sub(r'^(title\.\w+ = ")', rf"\g<1>{number} ", text, flags=re.MULTILINE)
    # Each criterion becomes an expression of its own, so that none is parsed only once.
    return re.sub(
        r'^(when = "[^a].*)"$', rf'\1 or person.age = {number}"', text, flags=re.MULTILINE
    )


def timed(work: Callable[[], object], runs: int) -> float:
    """Return the median of the seconds that some work takes."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    """Run the benchmark and print a table and JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--services", type=int, default=3000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder) / "city"
        console.print(f"Writing a city of {chosen.services:,} services ...")
        copy_city(city, chosen.services)
        texts = [path.read_text(encoding="utf-8") for path in city.rglob("*.toml")]

        def check() -> None:
            checked = check_folder(city)
            if checked.problems or checked.services != chosen.services:
                raise SystemExit("\n".join(str(problem) for problem in checked.problems[:20]))

        def parse(loads: Callable[[str], object]) -> Callable[[], None]:
            def work() -> None:
                for text in texts:
                    loads(text)

            return work

        results = {
            "city check": timed(check, chosen.runs),
            "tomllib, parsing only": timed(parse(tomllib.loads), chosen.runs),
            "tomli, parsing only": timed(parse(tomli.loads), chosen.runs),
        }
    table = Table("", "seconds", "services/s", "x tomllib")
    for name, seconds in results.items():
        ratio = seconds / results["tomllib, parsing only"]
        rate = chosen.services / seconds
        table.add_row(name, f"{seconds:.2f}", f"{rate:,.0f}", f"{ratio:.2f}")
    console.print(table)
    report = {
        "services": chosen.services,
        "toml_files": len(texts),
        "toml_bytes": sum(len(text.encode()) for text in texts),
        "seconds": results,
    }
    print(json.dumps(report))
    if chosen.json:
        chosen.json.write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
