"""How long `yimen city check` takes over thousands of services, beside plain parsing of the bytes.

    .venv/bin/python -m bench.city_check [--services 3000] [--runs 3] [--json FILE]

The services are those of cities/riverton (short, one language) and of cities/shanghai (long, two
languages, six examples each), copied under other codes with other titles and other criteria, so
that nothing is read once and remembered for the rest. Two peers read the same TOML files in the
same run: `tomllib` of the standard library, and `tomli`, the same parser compiled. Neither checks
anything. The check uses every processor; the peers use one.
"""

import argparse
import json
import os
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

CITIES = Path(__file__).parents[1] / "cities"
NAMES = ("riverton", "shanghai")


def copy_city(city: Path, target: Path, services: int) -> None:
    """Write a city with this many services, each a variation of one that the city has."""
    shutil.copytree(city, target, ignore=shutil.ignore_patterns("services", ".*"))
    originals = sorted((city / "services").iterdir())
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
    text = re.sub(r'(\b(?:zh|en) = ")', rf"\g<1>{number} ", text, count=2)
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


def parsing(texts: list[str], loads: Callable[[str], object]) -> Callable[[], None]:
    """Return the work of parsing texts with a parser."""

    def work() -> None:
        for text in texts:
            loads(text)

    return work


def measured(name: str, services: int, runs: int, folder: Path) -> dict[str, float]:
    """Return the figures of one city's services."""
    city = folder / name
    copy_city(CITIES / name, city, services)
    texts = [path.read_text(encoding="utf-8") for path in city.rglob("*.toml")]

    def check() -> None:
        checked = check_folder(city)
        if checked.problems or checked.services != services:
            raise SystemExit("\n".join(str(problem) for problem in checked.problems[:20]))

    return {
        "toml_files": len(texts),
        "toml_megabytes": round(sum(len(text.encode()) for text in texts) / 1e6, 1),
        "check_s": round(timed(check, runs), 2),
        "tomllib_s": round(timed(parsing(texts, tomllib.loads), runs), 2),
        "tomli_s": round(timed(parsing(texts, tomli.loads), runs), 2),
    }


def main() -> None:
    """Run the benchmark and print a table and JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--services", type=int, default=3000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    report: dict[str, object] = {"services": chosen.services, "processors": os.cpu_count()}
    table = Table("services like those of", "TOML", "city check", "tomllib alone", "tomli alone",
                  "check / tomllib")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            found = measured(name, chosen.services, chosen.runs, Path(folder))
            report[name] = found
            table.add_row(
                f"{chosen.services:,} x {name}", f"{found['toml_megabytes']} MB",
                f"{found['check_s']:.2f} s", f"{found['tomllib_s']:.2f} s",
                f"{found['tomli_s']:.2f} s", f"{found['check_s'] / found['tomllib_s']:.2f}",
            )  # fmt: skip
    Console().print(table)
    print(json.dumps(report))
    if chosen.json:
        chosen.json.write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
