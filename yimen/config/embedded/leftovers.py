"""What an earlier run left behind: a server that still runs, a pid file that lies."""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from yimen.config.embedded.cluster import Cluster
from yimen.config.refusal import Refusal

SOCKET_FOLDER_PREFIX = "yimen-"
_GRACE = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True, slots=True)
class PidFile:
    """What the server writes about itself into postmaster.pid."""

    pid: int
    socket_folder: str
    ready: bool


def read_pid_file(folder: Path) -> PidFile | None:
    """Return what postmaster.pid says, or None when there is none that makes sense."""
    try:
        lines = (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    lines += [""] * (8 - len(lines))
    return PidFile(pid, lines[4].strip(), lines[7].strip() == "ready")


def server_processes(folder: Path) -> list[psutil.Process]:
    """Return every process that works in this data folder, the oldest first.

    A pid alone proves nothing: it may have gone to another program since. Each process of
    PostgreSQL has its data folder as working directory.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and Path(process.cwd()) == folder:
                found.append(process)
        except psutil.Error:
            continue
    return sorted(found, key=lambda process: process.create_time())


def clear(cluster: Cluster, *, keep: Path | None = None) -> None:
    """Stop, safely, what still serves this cluster, and remove what the dead left.

    ``keep`` is a socket folder that stays, because clients know its name.
    """
    recorded = read_pid_file(cluster.folder)
    running = server_processes(cluster.folder)
    for sign, seconds in _GRACE:
        if not running:
            break
        _stop(running, recorded, sign, seconds)
        running = server_processes(cluster.folder)
    if running:
        raise Refusal(
            f"Process {running[0].pid} still serves the database in {cluster.folder} and cannot be"
            " stopped. End it, then start again."
        )
    (cluster.folder / "postmaster.pid").unlink(missing_ok=True)
    note = _note(cluster)
    if note.exists() and (before := Path(note.read_text(encoding="utf-8"))) != keep:
        remove_socket_folder(before)
        note.unlink()


def _stop(
    running: Iterable[psutil.Process], recorded: PidFile | None, sign: signal.Signals, wait: float
) -> None:
    """Ask the server to stop; its orphaned children only when the server itself is dead."""
    processes = list(running)
    head = [p for p in processes if recorded is not None and p.pid == recorded.pid]
    if not head:
        wait = 2.0  # children notice by themselves that the server died
    for process in head or (processes if sign is not signal.SIGINT else []):
        try:
            process.send_signal(sign)
        except psutil.NoSuchProcess:
            continue
        except psutil.AccessDenied as error:
            raise Refusal(
                f"Another user's process {process.pid} serves this database. Run as that user."
            ) from error
    psutil.wait_procs(processes, timeout=wait)
    time.sleep(0.05)


def remove_socket_folder(folder: Path) -> None:
    """Remove a socket folder that we made, and nothing else."""
    if folder.name.startswith(SOCKET_FOLDER_PREFIX) and folder.is_dir() and not folder.is_symlink():
        if {entry.name for entry in folder.iterdir()} <= {".s.PGSQL.5432", ".s.PGSQL.5432.lock"}:
            shutil.rmtree(folder, ignore_errors=True)


def _note(cluster: Cluster) -> Path:
    """Return where the socket folder is written down, for who comes after a kill."""
    return cluster.place / "postgres.socket"


def make_socket_folder(cluster: Cluster) -> Path:
    """Make a private folder whose path is short enough for a Unix socket (107 bytes)."""
    for base in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp", "/run")):  # noqa: S108 - only as the base of mkdtemp
        if len(base.encode()) > 70 or not Path(base).is_dir():
            continue
        if cluster.user.is_other and not cluster.user.can("-x", Path(base)):
            continue
        try:
            folder = Path(tempfile.mkdtemp(prefix=SOCKET_FOLDER_PREFIX, dir=base))
        except OSError:
            continue
        cluster.user.own(folder)
        _note(cluster).write_text(str(folder), encoding="utf-8")
        return folder
    raise Refusal(
        "There is no folder with a short path for the database's socket: neither TMPDIR, /tmp nor"
        " /var/tmp can be written. Make one writable, or set TMPDIR to one."
    )
