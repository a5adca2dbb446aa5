"""The ground that measurements over HTTP stand on: a city, a database and a web server of their own.

Everything lives in a temporary folder and ends with the measurement. The web server is the one of
`yimen serve`, as `yimen run` starts it; the database is the embedded one with its usual durable
settings.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
YIMEN = ROOT / ".venv" / "bin" / "yimen"
VISITORS = 200  # who ask at a rate; each asks again when the last answer has come


@dataclass(frozen=True)
class Ground:
    """A running web server and the database under it."""

    url: str
    database_url: str
    data_folder: Path
    web: subprocess.Popen[bytes]

    def worker_megabytes(self) -> float:
        """Return the resident memory of the largest web worker, in megabytes."""
        workers = psutil.Process(self.web.pid).children(recursive=True)
        return max(worker.memory_info().rss for worker in workers) / 1e6


@contextmanager
def database_of(city: Path) -> Iterator[Path]:
    """Start a database, bring it up to date with the city applied, and set Django up on it."""
    folder = Path(tempfile.mkdtemp(prefix="yimen-bench-"))
    folder.chmod(0o711)  # the database's user passes through
    os.environ.update(YIMEN_DATA=str(folder), YIMEN_CITY=str(city))
    os.environ.pop("DATABASE_URL", None)
    from yimen.config import environment

    try:
        with environment.database("bench"):
            import django

            django.setup()
            from yimen.config.preparing import prepare

            prepare(with_demo=False, may_change=True)
            yield folder
            from django.db import connections

            connections.close_all()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(city: Path) -> Iterator[Ground]:
    """Start the web server over a database of its own; stop both at the end."""
    with database_of(city) as folder, serving(folder) as ground:
        yield ground


@contextmanager
def serving(folder: Path) -> Iterator[Ground]:
    """Start the web server over the database that DATABASE_URL names."""
    port = free_port()
    with _serving([str(YIMEN), "serve", "--port", str(port)], port, folder) as ground:
        yield ground


@contextmanager
def serving_bare_view(folder: Path, statements: list[str]) -> Iterator[Ground]:
    """Start granian, with as many processes and threads, over `bench.bare_view`."""
    from yimen.config.environment import capacity

    port, much = free_port(), capacity()
    listed = folder / "statements.json"
    listed.write_text(json.dumps(statements), encoding="utf-8")
    os.environ["YIMEN_BENCH_STATEMENTS"] = str(listed)
    command = [
        str(YIMEN.with_name("granian")), "--interface", "wsgi", "--port", str(port),
        "--workers", str(much.web_workers), "--blocking-threads", str(much.web_threads),
        "--log-level", "warning", "bench.bare_view:application",
    ]  # fmt: skip
    with _serving(command, port, folder) as ground:
        yield ground


@contextmanager
def _serving(command: list[str], port: int, folder: Path) -> Iterator[Ground]:
    log = (folder / f"web-{port}.log").open("wb")
    web = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT)
    try:
        ground = Ground(f"http://127.0.0.1:{port}", os.environ["DATABASE_URL"], folder, web)
        _wait(ground, Path(log.name))
        yield ground
    finally:
        web.terminate()
        web.wait(30)


def sign_in_residents(how_many: int) -> list[str]:
    """Make residents with tied accounts, and return a session of each."""
    from datetime import date

    from django.test import Client

    from yimen.accounts import actions as accounts
    from yimen.accounts.types import TieProof
    from yimen.base.actor import SYSTEM
    from yimen.people import actions as people
    from yimen.people.types import DocumentKind, PersonFacts

    sessions = []
    for number in range(how_many):
        facts = PersonFacts(
            "Ann Reed", DocumentKind.PASSPORT, f"P{number:07}", birth_date=date(1970, 5, 1)
        )
        person = people.register_person(SYSTEM, facts)
        account = accounts.make_resident_account(
            SYSTEM,
            username=f"resident-{number}",
            name="Ann Reed",
            email=f"resident-{number}@example.org",
            password=secrets.token_urlsafe(16),
        )
        accounts.tie_to_person(account.pk, person.pk, SYSTEM, proof=TieProof.LOADED)
        client = Client()
        client.force_login(account)
        sessions.append(client.cookies["sessionid"].value)
    return sessions


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(ground: Ground, log: Path) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(ground.url + "/city.css", timeout=5):
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:  # the bare view knows one address only
                return
            break
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the web server did not start:\n{log.read_text()[-2000:]}")


def wrk(
    url: str, *, seconds: int, connections: int, session: str = "", script: str = "report.lua"
) -> dict[str, float]:
    """Load an address with wrk and return requests/s, errors, and p50, p95, p99 in milliseconds."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is missing. Install it with: sudo apt-get install wrk")
    here = Path(__file__).parent
    os.environ.update(YIMEN_BENCH_FOLDER=str(here), YIMEN_BENCH_SESSION=session)
    scripts = ["-s", str(here / script)]
    command = [program, "-t2", f"-c{connections}", f"-d{seconds}s", *scripts, url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    last = done.stdout.strip().splitlines()[-1]
    found: dict[str, float] = json.loads(last)
    return found


def at_rate(url: str, *, per_second: int, seconds: int, session: str = "") -> dict[str, float]:
    """Ask for an address as visitors do: at a rate, each at a moment of their own; as `wrk`."""
    os.environ.update(YIMEN_BENCH_CLIENTS=str(VISITORS), YIMEN_BENCH_RATE=str(per_second))
    return wrk(url, seconds=seconds, connections=VISITORS, session=session, script="visitors.lua")


def show(title: str, columns: list[str], rows: list[list[str]], report: dict[str, object]) -> None:
    """Print a table for people and one line of JSON for machines."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console().print(table)
    sys.stdout.write(json.dumps(report) + "\n")
    sys.stdout.flush()
