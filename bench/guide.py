"""The guide page of a service: rendered each time, and kept, beside a file as such.

    .venv/bin/python -m bench.guide [--seconds 15]

Each row asks at a rate, every visitor at a moment of their own, and tells how long they waited; the
last column is how many a second the same server gives when asked without pause. The peer is a static
file of the same server: what the machine and the server can do when nothing has to be made.
"""

import argparse

from bench.ground import ROOT, at_rate, running, show, sign_in_residents, wrk

PAGE = "/services/minimum-living-allowance/"
FILE = "/static/yimen/emblem.svg"


def main() -> None:
    """Measure, and print a table and JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=15)
    seconds = options.parse_args().seconds
    rows, report = [], {}
    with running(ROOT / "cities" / "shanghai") as ground:
        [resident] = sign_in_residents(1)
        # A query string is never kept: the page is rendered for it each time.
        cases = (
            ("rendered each time", PAGE + "?measure=rendered", 150, 30, ""),
            ("for a resident who has signed in", PAGE, 150, 30, resident),
            ("for everybody, kept", PAGE, 1000, 30, ""),
            ("a static file", FILE, 1000, None, ""),
        )
        for name, path, per_second, aim, session in cases:
            wrk(ground.url + path, seconds=2, connections=8)  # warm
            found = at_rate(
                ground.url + path, per_second=per_second, seconds=seconds, session=session
            )
            most = at_rate(ground.url + path, per_second=100_000, seconds=5, session=session)
            report[name] = {**found, "most": most["rate"], "aim_p99": aim}
            rows.append(
                [name, f"{found['rate']:.0f}", f"{found['p50']:.1f}", f"{found['p99']:.1f}",
                 str(aim or ""), f"{found['errors']:.0f}", f"{most['rate']:.0f}"]
            )  # fmt: skip
        report["web_worker_megabytes"] = ground.worker_megabytes()
    show(
        "The guide page",
        ["", "asked/s", "p50 ms", "p99 ms", "aim p99", "errors", "most/s"],
        rows,
        report,
    )


if __name__ == "__main__":
    main()
