"""A backup brings an installation back as it was at a moment, or is refused in a sentence."""

import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pyrage
import pytest
from database_states import DatabaseStates

from tests.config.conftest import ROOT, wait_for
from tests.config.saved_installation import Installation, ignore, installation
from yimen.base.clock import now
from yimen.config.backup import parts
from yimen.config.backup.restoring import Findings, restore
from yimen.config.backup.sealing import new_identity, read_identity
from yimen.config.embedded.cluster import cluster_of
from yimen.config.embedded.session import shared_database
from yimen.config.refusal import Refusal

pytestmark = [pytest.mark.faults, pytest.mark.django_db]  # their tables are copied

IDENTITY = pyrage.x25519.Identity.generate()
Edit = Callable[[Path], object]


@pytest.fixture(scope="module")
def saved(place: Path, django_db_setup: DatabaseStates) -> Iterator[Installation]:
    with installation(place / "saved", django_db_setup) as made:
        (made.data / "backup-recipient").write_text(str(IDENTITY.to_public()))
        made.ask("CREATE TABLE words (word text, at timestamptz DEFAULT clock_timestamp())")
        made.append_event()
        yield made


@pytest.fixture(scope="module")
def backups(place: Path, saved: Installation) -> Path:
    """A folder with a full backup and two of changes, made while others write."""
    folder = place / "backups"
    saved.save(folder)
    for _ in range(2):
        time.sleep(1)  # a part is named by its second
        saved.save(folder, full=False)
    return folder


@pytest.fixture
def copied(place: Path, backups: Path) -> Iterator[Path]:
    """The same, to be spoilt."""
    folder = place / "spoilt"
    shutil.copytree(backups, folder)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def target(place: Path) -> Iterator[Path]:
    folder = place / "restored"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def bring_back(folder: Path, target: Path, at: datetime | None = None) -> Findings:
    return restore(folder, target, IDENTITY, at, ignore)


def words_in(data: Path) -> set[str]:
    with (
        shared_database(cluster_of(data), "test", 20, ignore) as url,
        psycopg.connect(url) as connection,
    ):
        return {str(word) for (word,) in connection.execute("SELECT word FROM words")}


def refused(folder: Path, target: Path, sentence: str, at: datetime | None = None) -> None:
    with pytest.raises(Refusal, match=sentence):
        bring_back(folder, target, at)
    assert not target.exists()
    assert not list(target.parent.glob(".restored*"))


class Writer:
    """Somebody who goes on writing: every word is in `done` once it is committed."""

    def __init__(self, url: str) -> None:
        self.done: list[tuple[str, datetime]] = []
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> "Writer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            number = 0
            while not self._stop.wait(0.005):
                number += 1
                connection.execute("INSERT INTO words VALUES (%s)", [f"word-{number}"])
                self.done.append((f"word-{number}", now()))


def test_what_was_committed_by_a_moment_comes_back_and_what_came_later_does_not(
    saved: Installation, place: Path, target: Path
) -> None:
    folder = place / "while-writing"
    documents = saved.data / "documents"
    documents.mkdir()
    (documents / "early").write_text("early")
    with Writer(saved.url) as writer:
        wait_for(lambda: writer.done)
        full = saved.save(folder)
        (documents / "late").write_text("late")
        saved.ask("INSERT INTO words VALUES ('wanted')")
        time.sleep(0.05)
        moment = now()
        time.sleep(0.05)
        saved.ask("INSERT INTO words VALUES ('unwanted')")
        time.sleep(1)
        changes = saved.save(folder, full=False)
    assert full.ready < moment < changes.until
    found = bring_back(folder, target, moment)
    assert found.ledger_holds
    assert found.missing_migrations == 0
    [[events]] = saved.ask("SELECT count(*) FROM ledger_event")
    assert found.ledger_says == f"The ledger holds: {events} events are verified."
    words = words_in(target)
    assert {word for word, at in writer.done if at < moment} | {"wanted"} <= words
    assert "unwanted" not in words
    written = [word for word, at in writer.done if at > moment + timedelta(milliseconds=100)]
    assert written
    assert words.isdisjoint(written)
    assert (target / "documents" / "early").read_text() == "early"
    assert (target / "documents" / "late").read_text() == "late"
    assert (target / "keys").is_dir()
    assert not (target / "postgres" / "recovery.signal").exists()


def test_the_newest_state_comes_back_with_what_is_wrong_in_its_ledger(
    saved: Installation, place: Path, target: Path
) -> None:
    saved.ask("INSERT INTO words VALUES ('newest')")
    folder = place / "tampered"
    event = "FROM ledger_event WHERE position = 1"
    with psycopg.connect(saved.source.url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"CREATE TABLE before AS SELECT channel {event}")
        connection.execute("UPDATE ledger_event SET channel = 'other' WHERE position = 1")
        try:
            saved.save(folder)
        finally:
            connection.execute("UPDATE ledger_event SET channel = before.channel FROM before")
            connection.execute("DROP TABLE before")
    found = bring_back(folder, target)
    assert not found.ledger_holds
    assert "at position 1 was changed after sealing" in found.ledger_says
    assert "newest" in words_in(target)


def _alter(name: str) -> Edit:
    def edit(part: Path) -> None:
        path = part / name
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    return edit


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (_alter(parts.DATABASE), "is not as it was written: its SHA-256 differs"),
        (_alter(parts.WAL), "is not as it was written: its SHA-256 differs"),
        (_alter(parts.FILES), "is not as it was written: its SHA-256 differs"),
        (_alter(parts.MANIFEST), "is not as it was written"),
        (lambda part: (part / parts.MANIFEST).unlink(), "is not as it was written"),
        (lambda part: (part / parts.FILES).unlink(), "is missing"),
        (lambda part: part.rename(part.parent / f".unfinished-{part.name}"), "no full backup"),
    ],
)
def test_a_backup_that_was_cut_or_altered_is_refused_and_nothing_is_left(
    copied: Path, target: Path, edit: Edit, sentence: str
) -> None:
    [full] = copied.glob("*-full")
    edit(full)
    refused(copied, target, sentence)


def _rewrite(folder: Path, **changes: object) -> None:
    part = parts.parts_in(folder)[0]
    (part.folder / parts.MANIFEST).unlink()
    parts.write_manifest(replace(part, **changes), part.folder)  # type: ignore[arg-type]  # a column of any type


def test_a_newer_schema_and_another_postgresql_are_refused(copied: Path, target: Path) -> None:
    [known] = {part.migrations for part in parts.parts_in(copied)}
    assert "ledger.0001_initial" in known
    for path in list(copied.glob("*-changes")):
        shutil.rmtree(path)
    _rewrite(copied, migrations=(*known, "cases.9999_of_the_future"))
    refused(copied, target, "newer tables than this version knows .cases.9999_of_the_future")
    _rewrite(copied, migrations=known, postgresql="17")
    refused(copied, target, "The backup is of PostgreSQL 17")


def test_a_missing_part_of_the_changes_is_noticed(copied: Path, target: Path) -> None:
    first, _second = sorted(copied.glob("*-changes"))
    shutil.rmtree(first)
    refused(copied, target, "the part of the changes before 0000")


def test_a_moment_that_the_backups_do_not_know_is_refused(copied: Path, target: Path) -> None:
    refused(copied, target, "there is nothing older", datetime(2020, 1, 1, tzinfo=UTC))
    refused(copied, target, "know nothing after", now() + timedelta(days=1))


def test_the_wrong_identity_opens_nothing(backups: Path, target: Path, place: Path) -> None:
    identity, _recipient = new_identity()
    file = place / "identity"
    file.write_text(f"# a comment\n{identity}\n")
    with pytest.raises(Refusal, match="was encrypted for another identity"):
        restore(backups, target, read_identity(file), None, ignore)
    assert not target.exists()
    assert not list(target.parent.glob(".restored*"))
    file.write_text("nothing")
    with pytest.raises(Refusal, match="holds no identity"):
        read_identity(file)


def test_a_folder_that_is_not_empty_stays_as_it_is(backups: Path, target: Path) -> None:
    target.mkdir()
    (target / "mine").write_text("mine")
    with pytest.raises(Refusal, match="is not empty"):
        bring_back(backups, target)
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_a_backup_that_is_killed_does_not_count_and_the_next_one_is_whole(
    saved: Installation, place: Path
) -> None:
    folder = place / "killed"
    process = subprocess.Popen(
        [sys.executable, "-m", "yimen.config", "backup", str(folder)],
        cwd=ROOT,
        env=saved.environment(),
        stdout=subprocess.DEVNULL,
    )
    database = Path(parts.DATABASE)
    wait_for(lambda: list(folder.glob(f".unfinished-*/{database}")))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert parts.parts_in(folder) == []
    assert list(folder.glob(".unfinished-*"))
    with pytest.raises(Refusal, match="holds no full backup yet"):
        saved.save(folder, full=False)
    part = saved.save(folder)
    part.check()
    assert not list(folder.glob(".unfinished-*"))
    assert not list(saved.source.archive.iterdir())


def test_the_first_backup_shows_the_identity_once_and_verifies(
    saved: Installation, place: Path
) -> None:
    recipient = saved.data / "backup-recipient"
    kept = recipient.read_text()
    recipient.unlink()
    folder = str(place / "by-command")
    try:
        assert "Run once without --json" in saved.command("backup", folder, "--json").stderr
        first = saved.command("backup", folder)
        assert first.returncode == 0, first.stderr
        [identity] = [w for w in first.stdout.split() if w.startswith("AGE-SECRET-KEY-1")]
        assert "and was read again" in first.stdout
        for path in saved.data.iterdir():
            assert not path.is_file() or identity not in path.read_text(errors="replace")
        file = place / "printed-identity"
        file.write_text(identity)
        verified = saved.command("backup", folder, "--verify", "--identity", str(file))
        assert "1 parts are as they were written" in verified.stdout
    finally:
        recipient.write_text(kept)


def test_another_database_is_not_mixed_in_and_a_foreign_one_is_not_claimed(
    saved: Installation, copied: Path
) -> None:
    for path in list(copied.glob("*-changes")):
        shutil.rmtree(path)
    _rewrite(copied, system="1")
    with pytest.raises(Refusal, match="holds backups of another database"):
        saved.save(copied)
    answer = saved.command("backup", str(copied), DATABASE_URL="postgresql:///elsewhere")
    assert answer.returncode == 1
    assert "The database that DATABASE_URL names is not covered" in answer.stderr
