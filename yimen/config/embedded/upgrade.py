"""`yimen upgrade`: moves the database of an older PostgreSQL to the one that Yimen brings.

The new database is made and filled beside the old one, and takes its place when it is whole; until
then nothing of the old one is touched, and afterwards it is kept.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg

from yimen.config.embedded import binaries, leftovers
from yimen.config.embedded.binaries import Binaries, readable_for
from yimen.config.embedded.cluster import Cluster, cluster_of
from yimen.config.embedded.server import Server
from yimen.config.embedded.session import Say, own_database
from yimen.config.refusal import Refusal

_CONNECTIONS = 10


def upgrade(data_folder: Path, say: Say) -> Path | None:
    """Move the database over; return where the old one is kept, None when there was nothing to do."""
    new = cluster_of(data_folder)
    if not new.exists:
        raise Refusal(f"There is no database in {new.folder} yet. Start with `yimen run`.")
    lock = own_database(new.place, say)
    try:
        found = (new.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if found == new.binaries.major:
            return None
        old = Cluster(new.place, new.user, readable_for(new.user, _programs_of(found)))
        return _move(old, new, say)
    finally:
        lock.release()


def _move(old: Cluster, new: Cluster, say: Say) -> Path:
    workshop = new.place / "upgrade"
    kept = new.place / f"postgres-{old.binaries.major}"
    if kept.exists():
        raise Refusal(f"{kept} is in the way. Move it elsewhere and try again.")
    shutil.rmtree(workshop, ignore_errors=True)
    workshop.mkdir()
    workshop.chmod(0o711)
    try:
        dump = workshop / "dump"
        say(f"Reading the database of PostgreSQL {old.binaries.version} ...")
        _dump(old, dump)
        say(f"Writing it into PostgreSQL {new.binaries.version} ...")
        fresh = Cluster(workshop, new.user, new.binaries)
        _restore(fresh, dump)
        old.folder.rename(kept)
        fresh.folder.rename(new.folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return kept


def _dump(old: Cluster, dump: Path) -> None:
    server = Server(old, max_connections=_CONNECTIONS)
    try:
        server.start()
        _run("pg_dump", "--format=custom", f"--file={dump}", server.administrator_url)
    finally:
        server.stop()


def _restore(fresh: Cluster, dump: Path) -> None:
    server = Server(fresh, max_connections=_CONNECTIONS)
    try:
        server.start()
        url = server.administrator_url
        _run("pg_restore", "--exit-on-error", f"--dbname={url}", str(dump))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")
    finally:
        server.stop()
        leftovers.clear(fresh)


def _run(program: str, *arguments: str) -> None:
    # The client programs run as who runs this command; a copy for the database's user lacks them.
    tool = binaries.bundled().program(program)
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refusal(
            f"The upgrade stopped, and the old database is as it was. {program} says: {done.stderr.strip().splitlines()[-1:]}"
        )


def _programs_of(major: str) -> Binaries:
    """Return an installation of this major version: the wheel's, Debian's, or the one named."""
    for folder in _installations(major):
        if (folder / "bin" / "postgres").exists():
            found = binaries.at(folder)
            if found.major == major:
                return found
    raise Refusal(
        f"The database was made by PostgreSQL {major}, whose programs are needed to read it and"
        f" are not on this machine. Install them (Debian and Ubuntu: apt-get install"
        f" postgresql-{major}), or set YIMEN_OLD_POSTGRESQL to the folder that holds its bin/."
    )


def _installations(major: str) -> Iterator[Path]:
    named = os.environ.get("YIMEN_OLD_POSTGRESQL")
    if named:
        yield Path(named)
    yield from sorted(binaries.bundled().folder.parent.glob("pginstall*"))
    yield Path(f"/usr/lib/postgresql/{major}")
