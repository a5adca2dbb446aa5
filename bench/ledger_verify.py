"""How fast the ledger is written, sealed and verified, beside the same without a ledger.

    .venv/bin/python bench/ledger_verify.py [--events 500000] [--json FILE]

On an embedded PostgreSQL of its own in a temporary folder, or in a database of its own on the
server that DATABASE_URL names. Each figure has a peer in the same run on the same server:

* verifying: reading every row as text, and SHA-256 of it, with no check at all;
* appending an event and one job: `SELECT 1`, the cost of asking the server anything.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console
from rich.table import Table

FILL = """
INSERT INTO ledger_event (id, kind, at, actor_kind, actor_account, actor_label, channel, person_id,
    payload)
SELECT gen_random_uuid(), 'cases.submitted', now() + n * interval '1 microsecond', 'staff', n,
    'civil-affairs 12', 'desk', gen_random_uuid(),
    jsonb_build_object('case_id', gen_random_uuid(), 'service', 'minimum-living-allowance',
        'version', n, 'receipt', '040701-ABCD-EFGH')
FROM generate_series(1, %s) AS n
"""


@contextmanager
def some_server() -> Iterator[str]:
    """Yield the URL of a server: the one that is named, or one of our own."""
    if url := os.environ.get("DATABASE_URL"):
        yield url
        return
    from yimen.config.embedded.binaries import bundled, readable_for
    from yimen.config.embedded.cluster import Cluster
    from yimen.config.embedded.server import Server
    from yimen.config.embedded.system_user import choose_user

    place = Path(tempfile.mkdtemp(prefix="yimen-bench-"))
    place.chmod(0o711)
    user = choose_user(place)
    server = Server(Cluster(place, user, readable_for(user, bundled())), max_connections=20)
    try:
        server.start(durable=False)
        yield server.url
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """Make a database on a server and drop it afterwards."""
    name = f"yimen_bench_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    parts = {**conninfo_to_dict(url), "dbname": name}
    user, host, port = (str(parts.get(part) or "") for part in ("user", "host", "port"))
    try:
        yield f"postgresql://{user}@/{name}?host={host}" + (f"&port={port}" if port else "")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            )


def set_up(url: str, folder: Path) -> None:
    """Let Django use the database and the folder, and make tables and keys."""
    os.environ |= {
        "DATABASE_URL": url,
        "YIMEN_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "yimen.config.settings"),
    }
    import django

    django.setup()
    from django.core.management import call_command

    from yimen.keys.actions import ensure_keys

    for app in ("ledger", "procrastinate"):
        call_command("migrate", app, verbosity=0)
    ensure_keys()


def fill_and_seal(events: int) -> float:
    """Write events and seal them all; return how many are sealed in a second."""
    from django.db import connection

    from yimen.ledger import actions

    with connection.cursor() as cursor:
        for start in range(0, events, 100_000):
            cursor.execute(FILL, [min(100_000, events - start)])
    started = time.perf_counter()
    while actions.seal_once():
        pass
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE ledger_event")
    return events / seconds


def verify_rate(events: int) -> float:
    """Return how many events are verified in a second."""
    from yimen.ledger.queries.verification import verify

    started = time.perf_counter()
    found = verify()
    seconds = time.perf_counter() - started
    assert found.holds
    assert found.events == events, found
    return events / seconds


def bare_rate(events: int) -> float:
    """Return how many rows are read and hashed in a second, unchecked."""
    from django.db import connection, transaction

    started, read = time.perf_counter(), 0
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute("SELECT ledger_event::text FROM ledger_event")
        while rows := cursor.fetchmany(5000):
            for (text,) in rows:
                sha256(text.encode()).digest()
            read += len(rows)
    assert read == events
    return events / (time.perf_counter() - started)


def milliseconds(work: Callable[[], object], times: int = 3000) -> float:
    """Return the median time of one call, in a transaction of its own for all."""
    from django.db import transaction

    taken = []
    with transaction.atomic():
        for _ in range(times):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def append_times() -> dict[str, float]:
    """Return how long it takes to append an event, with and without a job."""
    from django.db import connection

    from yimen.base.actor import Actor, ActorKind, Channel
    from yimen.base.identifiers import uuid7
    from yimen.ledger import actions
    from yimen.ledger.events import Event, subscribe

    @dataclass(frozen=True)
    class Alone(Event):
        kind: ClassVar[str] = "bench.alone"
        case_id: str
        service: str

    @dataclass(frozen=True)
    class Heard(Alone):
        kind: ClassVar[str] = "bench.heard"

    subscribe(Heard, "bench.job")
    officer = Actor(ActorKind.STAFF, Channel.DESK, account_id=7, label="civil-affairs 12")

    def append(kind: type[Alone]) -> None:
        event = kind(str(uuid7()), "minimum-living-allowance")
        actions.append(event, actor=officer, person_id=uuid7())

    def ask() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    return {
        "append_ms": milliseconds(lambda: append(Alone)),
        "append_with_job_ms": milliseconds(lambda: append(Heard)),
        "select_1_ms": milliseconds(ask),
    }


def measure(events: int, runs: int) -> dict[str, Any]:
    """Return all figures."""
    figures: dict[str, Any] = {"events": events, "seal_per_s": fill_and_seal(events)}
    pairs = [(verify_rate(events), bare_rate(events)) for _ in range(runs)]
    figures["verify_per_s"] = statistics.median(pair[0] for pair in pairs)
    figures["bare_read_per_s"] = statistics.median(pair[1] for pair in pairs)
    figures["verify_to_bare"] = figures["verify_per_s"] / figures["bare_read_per_s"]
    return figures | append_times()


def show(figures: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title=f"Ledger of {figures['events']:,} events")
    table.add_column("")
    table.add_column("measured", justify="right")
    table.add_column("peer in the same run", justify="right")
    table.add_row(
        "verify, events/s",
        f"{figures['verify_per_s']:,.0f}",
        f"{figures['bare_read_per_s']:,.0f} read and hashed",
    )
    table.add_row("seal, events/s", f"{figures['seal_per_s']:,.0f}", "")
    for key, name in (("append_ms", "append"), ("append_with_job_ms", "append with a job")):
        peer = f"{figures['select_1_ms']:.3f} SELECT 1"
        table.add_row(f"{name}, ms", f"{figures[key]:.3f}", peer)
    Console().print(table)


def main() -> None:
    """Run the benchmark and print a table and JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=500_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        some_server() as server,
        own_database(server) as url,
    ):
        set_up(url, Path(folder))
        figures = measure(chosen.events, chosen.runs)
        from django.db import connections

        connections.close_all()
    show(figures)
    sys.stdout.write(json.dumps(figures) + "\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
