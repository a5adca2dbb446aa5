"""Commands of one data folder share one server.

Two files in the place of the database carry kernel locks, which end with the process that holds
them, however it ends:

- ``postgres.owner`` is held, exclusively, by the one process that started the server;
- ``postgres.users`` is held, shared, by each other process that uses it.

Who needs the database takes a share and looks for a server. When nobody owns one it becomes the
owner and starts it. An owner that has finished waits for the shares of others before it stops the
server; `yimen run` does not wait, because a person asked it to stop.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from yimen.config.embedded import leftovers
from yimen.config.embedded.cluster import Cluster
from yimen.config.embedded.server import Server, url_of
from yimen.config.refusal import Refusal

RUN = "yimen run"
_PATIENCE = 120.0  # seconds to wait for a server that another process is starting

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the server: what it said about itself when it took the lock."""

    pid: int
    command: str
    address: str = ""


class OwnerLock:
    """The exclusive lock of the process that may start and stop the server."""

    def __init__(self, place: Path) -> None:
        self._path = place / "postgres.owner"
        self._file: TextIO | None = None

    def take(self, command: str) -> bool:
        """Take the lock, and write down who has it; False when another process has it."""
        file = _open(self._path)
        if not _try_lock(file):
            file.close()
            return False
        self._file = file
        self.describe(Owner(os.getpid(), command))
        return True

    def describe(self, owner: Owner) -> None:
        """Write down who holds the lock, for the sentences of others."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            json.dump(
                {"pid": owner.pid, "command": owner.command, "address": owner.address}, self._file
            )
            self._file.flush()

    def holder(self) -> Owner | None:
        """Return who holds the lock, as far as it is written down."""
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
            return Owner(int(said["pid"]), str(said["command"]), str(said["address"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None


@contextmanager
def shared_database(
    cluster: Cluster, command: str, max_connections: int, say: Say
) -> Iterator[str]:
    """Yield the URL of the cluster's database: of a server that runs, or of one of our own."""
    lock = OwnerLock(cluster.place)
    with _open(cluster.place / "postgres.users") as users:
        url = _join(cluster, lock, users, command)
        if url is not None:
            yield url
            return
        server = Server(cluster, max_connections=max_connections)
        try:
            server.start()
            yield server.url
        finally:
            _wait_for_others(users, say)
            server.stop()
            lock.release()


def _join(cluster: Cluster, lock: OwnerLock, users: TextIO, command: str) -> str | None:
    """Return the URL of a server that another process owns; None after becoming the owner."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        fcntl.flock(users, fcntl.LOCK_SH)
        if lock.take(command):
            fcntl.flock(users, fcntl.LOCK_UN)
            return None
        said = leftovers.read_pid_file(cluster.folder)
        if said is not None and said.ready and Path(said.socket_folder).is_dir():
            return url_of(said.socket_folder)
        fcntl.flock(users, fcntl.LOCK_UN)
        time.sleep(0.1)
    owner = lock.holder()
    raise Refusal(
        f"The database of {cluster.place} is being started by process"
        f" {owner.pid if owner else 'unknown'} for {_PATIENCE:.0f} seconds now. Look at"
        f" {cluster.log}, or end that process and try again."
    )


def _wait_for_others(users: TextIO, say: Say) -> None:
    if not _try_lock(users):
        say("Another command still uses the database; it stops when that one ends.")
        fcntl.flock(users, fcntl.LOCK_EX)


def own_database(place: Path, say: Say) -> OwnerLock:
    """Take the owner's lock for `yimen run`: refuse a second one, wait for a short command."""
    lock = OwnerLock(place)
    waited_for: int | None = None
    while not lock.take(RUN):
        owner = lock.holder()
        if owner is not None and owner.command == RUN:
            raise Refusal(
                f"Yimen already runs on {place} (process {owner.pid}"
                f"{', ' + owner.address if owner.address else ''}). Stop it with Ctrl-C there, or"
                " set YIMEN_DATA to another folder to run a second one beside it."
            )
        if owner is not None and owner.pid != waited_for:
            say(f"Waiting for `{owner.command}` (process {owner.pid}) to finish.")
            waited_for = owner.pid
        time.sleep(0.2)
    return lock


def _open(path: Path) -> TextIO:
    """Open a lock file, owned by the owner of its folder even when root makes it."""
    try:
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        folder = path.parent.stat()
        if os.fstat(number).st_uid != folder.st_uid and os.geteuid() == 0:
            os.fchown(number, folder.st_uid, folder.st_gid)
    except OSError as error:
        raise Refusal(f"{path} cannot be opened: {error.strerror}.") from error
    return os.fdopen(number, "r+", encoding="utf-8")


def _try_lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
