"""`yimen upgrade` changes tables after a backup, loses nothing and never goes backwards."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from database_states import DatabaseStates

from tests.config.conftest import ROOT
from tests.config.saved_installation import Installation, ignore, make
from yimen.config.backup import parts
from yimen.config.commands import house
from yimen.config.embedded.cluster import cluster_of
from yimen.config.embedded.session import shared_database

pytestmark = [pytest.mark.faults, pytest.mark.django_db]  # their tables are copied

# Brings the tables back to those of an older version, then tries what must be refused.
_REFUSED = """
import json
import django
django.setup()
from django.core.management import call_command
from django.db import connection, transaction
from yimen.accounts.events import SignedUp
from yimen.base.actor import SYSTEM
from yimen.config.preparing import prepare
from yimen.config.refusal import Refusal
from yimen.config.upgrading.tables import bring_up_to_date
from yimen.ledger.actions import append, seal_once

def attempt(before, function, after):
    with connection.cursor() as cursor:
        cursor.execute(before)
        try:
            function()
        except Refusal as refusal:
            said.append(refusal.message)
        cursor.execute(after)

said = []
with transaction.atomic():
    append(SignedUp(1), actor=SYSTEM)
while seal_once():
    pass
call_command("migrate", "people", "0001", verbosity=0)
attempt("SELECT 1", lambda: prepare(with_demo=False, may_change=False), "SELECT 1")
attempt(
    "INSERT INTO procrastinate_workers DEFAULT VALUES",
    lambda: bring_up_to_date(None),
    "DELETE FROM procrastinate_workers",
)
attempt(
    "INSERT INTO django_migrations VALUES (DEFAULT, 'cases', '9999_future', now())",
    lambda: bring_up_to_date(None),
    "DELETE FROM django_migrations WHERE name = '9999_future'",
)
print(json.dumps(said))
"""


def test_an_upgrade_is_refused_until_it_is_safe_and_then_keeps_everything(
    place: Path, django_db_setup: DatabaseStates
) -> None:
    data, folder = place / "upgraded", place / "before-upgrade"
    make(data, django_db_setup)
    with shared_database(cluster_of(data), "test", 30, ignore) as url:
        older = Installation(data, url)
        tried = subprocess.run(
            [sys.executable, "-c", _REFUSED],
            cwd=ROOT,
            env=older.environment() | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert tried.returncode == 0, tried.stderr
        changing, working, newer = json.loads(tried.stdout)
        assert "1 changes are missing. `yimen upgrade --backup DIR` saves everything" in changing
        assert "A worker is at work on this database" in working
        assert "A newer version of Yimen has served this database" in newer
    unsaved = older.command("upgrade")
    assert unsaved.returncode == 1
    assert "so save everything first: name --backup DIR" in unsaved.stderr
    done = older.command("upgrade", "--backup", str(folder))
    assert done.returncode == 0, done.stderr
    assert "AGE-SECRET-KEY-1" in done.stdout
    assert "Done: 1 changes of the tables are made" in done.stdout
    [part] = parts.parts_in(folder)
    assert part.is_full
    assert "people.0002_printed_letters" not in part.migrations
    verified = older.command("ledger", "verify")
    assert verified.stdout.startswith("Verified 1 event")
    assert "The ledger holds." in verified.stdout
    shutil.rmtree(data)


def test_a_database_of_ones_own_is_saved_by_its_own_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIMEN_DATA", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql:///elsewhere")
    monkeypatch.setenv("YIMEN_SECRET_KEY", "of-this-test")
    kept = os.umask(0o077)  # which the command sets for its own process
    try:
        told = CliRunner().invoke(house, ["upgrade", "--backup", str(tmp_path / "backups")])
    finally:
        os.umask(kept)
    assert told.exit_code == 1
    assert "is not covered by `yimen backup`" in told.output
