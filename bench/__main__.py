"""All measurements, one after the other; their JSON lines go to bench/results/."""

import json
import subprocess
import sys
from pathlib import Path

from yimen.base.clock import now

NAMES = ("city_check", "ledger_verify", "submit", "guide", "desk_list")


def main() -> int:
    """Run each in a process of its own; a failed one does not hide the others."""
    here = Path(__file__).parent
    report: dict[str, object] = {"at": now().isoformat(timespec="seconds")}
    failed = 0
    for name in NAMES:
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], stdout=subprocess.PIPE, text=True, check=False
        )
        print(done.stdout, flush=True)
        lines = done.stdout.strip().splitlines()
        if done.returncode or not lines:
            failed += 1
        else:
            report[name] = json.loads(lines[-1])
    results = here / "results"
    results.mkdir(exist_ok=True)
    (results / "latest.json").write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(json.dumps(report))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
