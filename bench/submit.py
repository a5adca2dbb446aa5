"""Sending applications over HTTP, beside a bare Django view and pgbench doing the same inserts.

    .venv/bin/python -m bench.submit [--seconds 20] [--connections 16]

One request is a whole application with ten answers by a signed-in resident: 201 after the commit of
application, case, history, ledger event and job in one transaction. The web server, the database
and the load generators share this machine; the worker and the sealer do not run meanwhile. The bare
view neither knows who asks nor checks what is sent: it is what the web server, Django and the
database can do at most.
"""

import argparse
import json
import os
import re
import secrets
import subprocess
import tempfile
from statistics import mean, median
from typing import Any

from bench.ground import (
    ROOT,
    Ground,
    running,
    serving_bare_view,
    show,
    sign_in_residents,
    wrk,
)

ACCOUNTS = 32
TURNS = 4
ANSWERS = {
    "name": "Ann Reed",
    "born": "1970-05-01",
    "phone": "0851234567",
    "email": "ann@example.org",
    "garden": "north",
    "square_metres": 25,
    "rent": "120.00",
    "shed": True,
    "wishes": "Near the water, with an apple tree.",
    "neighbour": "Tom Hale",
}
_UUID = re.compile(r"'([0-9a-f]{32})'::uuid")


def main() -> None:
    """Measure, and print a table and JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--connections", type=int, default=16)
    chosen = options.parse_args()
    with running(ROOT / "bench" / "city") as ground:
        sessions = sign_in_residents(ACCOUNTS)
        statements = statements_of_one_submission()
        renewed = [_renewed(each) for each in statements]
        with serving_bare_view(ground.data_folder, renewed) as view:
            web, bare = in_turns((ground, view), sessions, chosen.seconds, chosen.connections)
        memory = ground.worker_megabytes()
        floor = pgbench(renewed, ground, chosen.seconds, chosen.connections)
    show(
        "Sending applications (10 answers, durable commit)",
        ["", "per second", "p50 ms", "p99 ms", "errors"],
        [
            _row("over HTTP", web),
            _row("a bare Django view, same statements", bare),
            _row("pgbench, same statements", floor),
            ["aim", "500", "", "100", "0"],
            ["ratio to the bare view", f"{web['rate'] / bare['rate']:.2f}", "", "", ""],
            ["ratio to pgbench", f"{web['rate'] / floor['rate']:.2f}", "", "", ""],
        ],
        {"submit": web, "bare_view": bare, "pgbench": floor, "web_worker_megabytes": memory,
         "ratio_to_bare_view": web["rate"] / bare["rate"],
         "ratio_to_pgbench": web["rate"] / floor["rate"],
         "statements": len(statements), "connections": chosen.connections},
    )  # fmt: skip


def _row(name: str, found: dict[str, Any]) -> list[str]:
    p99, errors = found.get("p99"), found.get("errors", 0)
    return [name, f"{found['rate']:.0f}", f"{found['p50']:.1f}", f"{p99:.1f}" if p99 else "",
            f"{errors:.0f}"]  # fmt: skip


def statements_of_one_submission() -> list[str]:
    """Send one application in this process and return its SQL, literals filled in."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from yimen.accounts.models import Account
    from yimen.base.actor import Actor, ActorKind, Channel
    from yimen.cases.actions import submit
    from yimen.cases.types import NewApplication

    account = Account.objects.exclude(person_id=None).earliest("pk")
    actor = Actor(
        ActorKind.RESIDENT,
        Channel.API,
        account_id=account.pk,
        person_id=account.person_id,
        identified=True,
        language="en",
    )
    whole = NewApplication("allotment", ANSWERS, language="en")
    submit(actor, whole, "warm-the-city")
    with CaptureQueriesContext(connection) as captured:
        submit(actor, whole, "bench-template")
    return [query["sql"] for query in captured if "INSERT" in query["sql"]]


def in_turns(
    grounds: tuple[Ground, ...], sessions: list[str], seconds: int, connections: int
) -> list[dict[str, Any]]:
    """Load several servers in turns, for so many seconds each: a machine's speed drifts.

    Rates are means over the turns, p50 is the middle one and p99 the worst.
    """
    for ground in grounds:
        load(ground, sessions, seconds=3, connections=connections)  # warm
    turn = max(seconds // TURNS, 1)
    found = [
        [load(ground, sessions, seconds=turn, connections=connections) for ground in grounds]
        for _ in range(TURNS)
    ]
    return [
        {
            "rate": mean(each["rate"] for each in turns),
            "errors": sum(each["errors"] for each in turns),
            "p50": median(each["p50"] for each in turns),
            "p99": max(each["p99"] for each in turns),
        }
        for turns in zip(*found, strict=True)
    ]


def load(ground: Ground, sessions: list[str], *, seconds: int, connections: int) -> dict[str, Any]:
    """Send applications with wrk."""
    token = secrets.token_hex(16)
    body = json.dumps({"service": "allotment", "language": "en", "answers": ANSWERS})
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        listed = ", ".join(f'"{session}"' for session in sessions)
        file.write(f'token = "{token}"\nbody = [==[{body}]==]\nsessions = {{{listed}}}\n')
        file.flush()
        os.environ.update(
            YIMEN_BENCH_SESSIONS=file.name,
            YIMEN_BENCH_RUN=secrets.token_hex(4),
        )
        return wrk(
            ground.url,
            seconds=seconds,
            connections=connections,
            script="submit.lua",
        )


def pgbench(
    statements: list[str], ground: Ground, seconds: int, connections: int
) -> dict[str, Any]:
    """Run the statements of one submission with pgbench, every id new."""
    from yimen.config.embedded.binaries import bundled

    script = "BEGIN;\n" + ";\n".join(statements) + ";\nCOMMIT;\n"
    path = ground.data_folder / "submit.sql"
    path.write_text(script, encoding="utf-8")
    command = [
        bundled().program("pgbench"), "--no-vacuum", "--protocol=prepared", "-j2",
        f"-c{connections}", f"-T{seconds}", f"--file={path}", ground.database_url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = re.search(r"tps = ([0-9.]+)", done.stdout)
    latency = re.search(r"latency average = ([0-9.]+) ms", done.stdout)
    if rate is None or latency is None:
        raise SystemExit(f"pgbench did not finish:\n{done.stderr[-2000:]}")
    return {"rate": float(rate[1]), "p50": float(latency[1])}


def _renewed(statement: str) -> str:
    """Let each run insert rows of its own: new ids, keys and receipt numbers.

    The person stays; the ids of what is inserted become random ones made by the server.
    """
    from yimen.accounts.models import Account

    kept = {each.hex for each in Account.objects.values_list("person_id", flat=True) if each}
    one_line = " ".join(statement.split())
    fresh = _UUID.sub(lambda found: found[0] if found[1] in kept else "gen_random_uuid()", one_line)
    fresh = fresh.replace("'bench-template'", "gen_random_uuid()::text")
    return re.sub(
        r"'\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}'",
        "upper(substr(replace(gen_random_uuid()::text, '-', ''), 1, 16))",
        fresh,
    )


if __name__ == "__main__":
    main()
