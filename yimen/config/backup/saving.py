"""`yimen backup`: writes a full part, or the changes since the last one.

The database's part of it is PostgreSQL's own: `pg_basebackup`, and the write-ahead log, which the
server puts into the folder `wal` beside its data from the first backup on (`Server` says how).
"""

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

import yimen
from yimen.base.clock import now
from yimen.config.backup import parts
from yimen.config.backup.parts import CHANGES, DATABASE, FILES, FULL, WAL, Part
from yimen.config.backup.sealing import Sum, checked_recipient, new_identity, seal, tar_of
from yimen.config.backup.state import RECIPIENT, STATE, note_saved
from yimen.config.embedded import binaries, leftovers
from yimen.config.embedded.cluster import ADMINISTRATOR, Cluster
from yimen.config.embedded.server import ARCHIVE, url_of
from yimen.config.parent_death import child_setup
from yimen.config.refusal import Refusal

# What of the data folder is the database's own, is made anew, or is of no use elsewhere.
_LEFT_OUT = ("postgres", "upgrade", "log", ARCHIVE, ".", STATE)
_PATIENCE = 120.0  # seconds for the server to put a segment aside
_OVERLAP = timedelta(seconds=10)  # files changed so shortly before the last run are saved again


@dataclass(frozen=True, slots=True)
class Source:
    """The installation that is saved; its database runs."""

    data_folder: Path
    cluster: Cluster

    @property
    def archive(self) -> Path:
        """Return where the server puts finished segments."""
        return self.cluster.place / ARCHIVE

    @property
    def url(self) -> str:
        """Return where the database's administrator connects."""
        said = leftovers.read_pid_file(self.cluster.folder)
        if said is None:
            raise Refusal(f"The database in {self.cluster.folder} does not run.")
        return url_of(said.socket_folder, ADMINISTRATOR)


def recipient_of(data_folder: Path, given: str | None) -> tuple[str, str | None]:
    """Return for whom backups are encrypted, and the new identity if there was nobody yet."""
    path = data_folder / RECIPIENT
    if path.exists():
        kept = checked_recipient(path.read_text(encoding="ascii"))
        if given is not None and checked_recipient(given) != kept:
            raise Refusal(f"Backups are encrypted for the recipient in {path}. Change it there.")
        return kept, None
    identity: str | None = None
    if given is None:
        identity, given = new_identity()
    recipient = checked_recipient(given)
    path.write_text(f"{recipient}\n", encoding="ascii")
    return recipient, identity


def save(source: Source, folder: Path, recipient: str, *, full: bool) -> Part:
    """Write one part into a backup folder, read it again and return it."""
    with parts.locked(folder), psycopg.connect(source.url, autocommit=True) as connection:
        known = parts.parts_in(folder)
        system = _check(connection, folder, known)
        before = known[-1] if known else None
        _begin_archive(source)
        if not full and not any(part.is_full for part in known):
            raise Refusal(f"{folder} holds no full backup yet: run without --changes first.")
        began = now()
        kind = FULL if full else CHANGES
        name = f"{began:%Y%m%dT%H%M%SZ}-{kind}"
        if before is not None and name <= before.folder.name:
            raise Refusal(f"The last backup is of this second or later: {before.folder.name}.")
        with parts.unfinished(folder, name) as making:
            sums: dict[str, Sum] = {}
            if full:
                sums[DATABASE] = seal(_base_backup(source, name), making / DATABASE, recipient)
            ready = _moment(connection)
            since = None if full or before is None else before.began - _OVERLAP
            files = tar_of(_files(source.data_folder, since))
            sums[FILES] = seal(files, making / FILES, recipient)
            until = _finish_segment(connection, source)
            segments = _segments(source)
            if not full and before is not None:
                _check_no_gap(before, segments, folder)
            log = tar_of((path.name, path) for path in segments)
            sums[WAL] = seal(log, making / WAL, recipient)
            part = Part(
                folder=making,
                kind=kind,
                began=began,
                ready=ready,
                until=until,
                yimen=yimen.__version__,
                postgresql=source.cluster.binaries.major,
                system=system,
                migrations=_migrations(connection),
                wal=tuple(path.name for path in segments),
                sums=sums,
            )
            part.check()
            parts.write_manifest(part, making)
        for path in segments:
            path.unlink()
    note_saved(source.data_folder, folder, part.until)
    return replace(part, folder=folder / name)


def _check(connection: psycopg.Connection, folder: Path, known: list[Part]) -> str:
    """Return PostgreSQL's number of the cluster; refuse what cannot become a backup."""
    if _ask(connection, "SHOW archive_mode") != "on":
        raise Refusal("The database was started by an older Yimen. Start it again, then save it.")
    system = _ask(connection, "SELECT system_identifier::text FROM pg_control_system()")
    if any(part.system != system for part in known):
        raise Refusal(f"{folder} holds backups of another database. Name a folder of its own.")
    return system


def _begin_archive(source: Source) -> None:
    """Let the server put finished segments aside from now on."""
    if not source.archive.exists():
        source.archive.mkdir(mode=0o700)
        source.cluster.user.own(source.archive)


def _base_backup(source: Source, name: str) -> Iterator[bytes]:
    """Return the tar that `pg_basebackup` makes, with the log that it needs to be whole."""
    command = [
        binaries.bundled().program("pg_basebackup"),
        "--pgdata=-",
        "--format=tar",
        "--wal-method=fetch",
        "--checkpoint=fast",
        f"--label={name}",
        f"--dbname={source.url}",
    ]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=child_setup(signal.SIGTERM),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        while chunk := process.stdout.read(1 << 20):
            yield chunk
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode != 0:
        raise Refusal(f"The database could not be saved. pg_basebackup says: {said}")


def _files(folder: Path, since: datetime | None) -> Iterator[tuple[str, Path]]:
    """Return the files of the data folder, or those that changed or came since a moment."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0].startswith(_LEFT_OUT) or path.is_symlink() or not path.is_file():
            continue
        try:
            changed = since is None or path.stat().st_ctime >= since.timestamp()
        except FileNotFoundError:  # it went away meanwhile
            continue
        if changed:
            yield str(name), path


def _moment(connection: psycopg.Connection) -> datetime:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    assert isinstance(row[0], datetime)
    return row[0].astimezone(now().tzinfo)


def _finish_segment(connection: psycopg.Connection, source: Source) -> datetime:
    """Wait until all that was committed lies in the archive; return up to which moment.

    Going back to a moment looks for the first commit after it: one is made for the purpose.
    """
    until = _moment(connection)
    _ask(connection, "SELECT pg_current_xact_id()::text")
    segment = _ask(connection, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
    connection.execute("SELECT pg_switch_wal()")
    give_up = time.monotonic() + _PATIENCE
    while not (source.archive / segment).exists():
        if time.monotonic() > give_up:
            raise Refusal(
                f"The database did not put {segment} into {source.archive} within"
                f" {_PATIENCE:.0f} seconds. {source.cluster.log} says why."
            )
        time.sleep(0.05)
    return until


def _segments(source: Source) -> list[Path]:
    """Return what lies in the archive, in order, without what is being copied."""
    return [path for path in sorted(source.archive.iterdir()) if path.suffix != ".part"]


def _check_no_gap(before: Part, segments: list[Path], folder: Path) -> None:
    last = [name for name in before.wal if parts.is_segment(name)][-1]
    first = next(path.name for path in segments if parts.is_segment(path.name))
    if first not in before.wal and not parts.follows(last, first):
        raise Refusal(
            f"Between the last backup in {folder} and now there are changes that lie elsewhere or"
            " nowhere (another folder was used, or the installation was restored). Make a full"
            " backup: run without --changes."
        )


def _migrations(connection: psycopg.Connection) -> tuple[str, ...]:
    if _ask(connection, "SELECT (to_regclass('django_migrations') IS NOT NULL)::text") != "true":
        return ()
    rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    return tuple(sorted(f"{app}.{name}" for app, name in rows))


def _ask(connection: psycopg.Connection, question: str) -> str:
    row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])
