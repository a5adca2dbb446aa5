"""A small installation with tables, keys and a few events, for tests of what keeps it alive."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from database_states import DatabaseStates, State
from django.conf import settings

from tests.config.conftest import ROOT
from yimen.config.backup.parts import Part
from yimen.config.backup.saving import Source, recipient_of, save
from yimen.config.embedded.binaries import bundled
from yimen.config.embedded.cluster import cluster_of
from yimen.config.embedded.session import shared_database

_EVENT = (
    "from django.db import transaction; from yimen.accounts.events import SignedUp;"
    "from yimen.base.actor import SYSTEM; from yimen.ledger.actions import append, seal_once\n"
    "with transaction.atomic(): append(SignedUp(1), actor=SYSTEM)\n"
    "while seal_once(): pass"
)


def ignore(_sentence: str) -> None:
    """Tell nobody."""


@dataclass
class Installation:
    """A data folder whose database runs, for commands and for this process."""

    data: Path
    url: str

    @property
    def source(self) -> Source:
        return Source(self.data, cluster_of(self.data))

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []

    def save(self, folder: Path, *, full: bool = True) -> Part:
        return save(self.source, folder, recipient_of(self.data, None)[0], full=full)

    def command(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "yimen.config", *arguments],
            cwd=ROOT,
            env=self.environment() | extra,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def environment(self) -> dict[str, str]:
        kept = {
            k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "YIMEN_SECRET_KEY")
        }
        return kept | {"YIMEN_DATA": str(self.data)}

    def append_event(self) -> None:
        done = self.command("manage", "shell", "--no-imports", "-c", _EVENT)
        assert done.returncode == 0, done.stderr


def make(data: Path, states: DatabaseStates) -> None:
    """Make a data folder from the empty test database; its server does not run afterwards."""
    data.mkdir()
    data.chmod(0o711)  # the database's user passes through
    shutil.copytree(settings.KEY_FOLDER, data / "keys")
    with shared_database(cluster_of(data), "test", 30, ignore) as url:
        _copy_tables(states.template(State.EMPTY), url)


@contextmanager
def installation(data: Path, states: DatabaseStates) -> Iterator[Installation]:
    """Make one and let its server run; all of it is gone afterwards."""
    make(data, states)
    with shared_database(cluster_of(data), "test", 30, ignore) as url:
        yield Installation(data, url)
    shutil.rmtree(data)


def _copy_tables(name: str, url: str) -> None:
    tables = settings.DATABASES["default"]
    dumped = subprocess.run(
        [bundled().program("pg_dump"), "--format=custom", "--no-owner", f"--dbname={name}"],
        env=os.environ | {"PGHOST": tables["HOST"], "PGUSER": tables["USER"]},
        stdout=subprocess.PIPE,
        check=True,
    )
    restoring = [
        bundled().program("pg_restore"),
        "--no-owner",
        "--exit-on-error",
        f"--dbname={url}",
    ]
    subprocess.run(restoring, input=dumped.stdout, check=True)
