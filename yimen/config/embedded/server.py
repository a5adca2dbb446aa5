"""One running PostgreSQL, child of this process."""

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from yimen.config.embedded import leftovers
from yimen.config.embedded.cluster import (
    ADMINISTRATOR,
    DATABASE,
    ROLE,
    Cluster,
    clean_environment,
)
from yimen.config.parent_death import child_setup
from yimen.config.refusal import Refusal

ARCHIVE = "wal"  # beside the database's folder; while it exists, finished segments are put there
# PostgreSQL runs this in its data folder, and a segment's name is 24 hexadecimal digits: there is
# nothing to quote. A copy that was interrupted is made anew, and bears its name when it is on disk.
_PUT_ASIDE = (
    f"test ! -d ../{ARCHIVE} || {{ cp %p ../{ARCHIVE}/%f.part && sync ../{ARCHIVE}/%f.part"
    f" && mv ../{ARCHIVE}/%f.part ../{ARCHIVE}/%f && sync ../{ARCHIVE}; }}"
)
_LOG_LIMIT = 20_000_000  # bytes; then the log starts anew and the old one is kept once


class Server:
    """Starts the database of a cluster, watches it and stops it."""

    def __init__(
        self, cluster: Cluster, *, max_connections: int, settings: Mapping[str, str] | None = None
    ) -> None:
        self.cluster = cluster
        self.settings = {
            "listen_addresses": "",
            "unix_socket_permissions": "0700",
            "max_connections": str(max_connections),
            "lc_messages": "C",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
            "max_wal_size": "2GB",
            "archive_mode": "on",
            "archive_command": _PUT_ASIDE,
            "wal_keep_size": "512MB",  # what is written while a backup is being made
            "random_page_cost": "1.1",
            "log_line_prefix": "%m [%p] ",
            # A refused statement holds what somebody typed, in its text or its detail; who sent it
            # is told, and writes it down without that. What the server says of itself stays.
            "log_min_messages": "log",
            **(settings or {}),
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.socket_folder = Path()

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of this server's database."""
        return url_of(str(self.socket_folder))

    @property
    def administrator_url(self) -> str:
        """Return the same for the superuser."""
        return url_of(str(self.socket_folder), ADMINISTRATOR)

    def start(self, *, durable: bool = True) -> None:
        """Make the database if need be, start the server and wait until it answers."""
        leftovers.clear(self.cluster)
        self.cluster.prepare(durable=durable)
        self.socket_folder = leftovers.make_socket_folder(self.cluster)
        try:
            self.restart()
            self._ensure_database()
        except BaseException:
            self.stop()
            raise

    def restart(self) -> None:
        """Start the server again behind the same socket, after it ended by itself."""
        leftovers.clear(self.cluster, keep=self.socket_folder)
        self._launch()
        self._wait_until_ready()

    def poll(self) -> int | None:
        """Return the exit code of a server that ended by itself, None while it runs."""
        return None if self.process is None else self.process.poll()

    def stop(self, *, patience: float = 60.0) -> None:
        """Stop the server: connections are ended, everything committed is on disk."""
        if self.process is not None:
            for sign, seconds in (
                (signal.SIGINT, patience),
                (signal.SIGQUIT, 10.0),
                (signal.SIGKILL, 5.0),
            ):
                if _signal_and_wait(self.process, sign, seconds):
                    break
            self.process = None
        leftovers.remove_socket_folder(self.socket_folder)

    def _launch(self) -> None:
        _rotate(self.cluster.log)
        options = [f"--{k}={v}" for k, v in self.settings.items()]
        with self.cluster.log.open("ab") as log:
            self._log_start = log.tell()
            self.process = subprocess.Popen(
                [
                    self.cluster.binaries.program("postgres"),
                    "-D",
                    str(self.cluster.folder),
                    "-k",
                    str(self.socket_folder),
                    *options,
                ],
                cwd="/",
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
                start_new_session=True,
                preexec_fn=child_setup(signal.SIGINT),
                **self.cluster.user.credentials(),
            )

    def _wait_until_ready(self) -> None:
        """Wait for the server to say so; after a crash it may take as long as it needs."""
        assert self.process is not None
        while True:
            if self.process.poll() is not None:
                raise Refusal(self._why_it_ended())
            said = leftovers.read_pid_file(self.cluster.folder)
            if said is not None and said.pid == self.process.pid and said.ready:
                return
            time.sleep(0.02)

    def _why_it_ended(self) -> str:
        with self.cluster.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()
        if any("No space left on device" in line for line in lines):
            return (
                f"The disk that holds {self.cluster.folder} is full, and the database cannot start."
                " Nothing is lost; make room and start again."
            )
        fatal = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-2:]
        return (
            f"The database did not start. PostgreSQL says: {' '.join(fatal)}"
            f" (all of it is in {self.cluster.log})"
        )

    def _ensure_database(self) -> None:
        with psycopg.connect(
            host=str(self.socket_folder), user=ADMINISTRATOR, dbname="postgres", autocommit=True
        ) as connection:
            for question, name, statement in (
                ("SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE, _MAKE_ROLE),
                ("SELECT 1 FROM pg_database WHERE datname = %s", DATABASE, _MAKE_DATABASE),
            ):
                if connection.execute(question, [name]).fetchone() is None:
                    connection.execute(statement)


_MAKE_ROLE = sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
_MAKE_DATABASE = sql.SQL("CREATE DATABASE {} OWNER {}").format(
    sql.Identifier(DATABASE), sql.Identifier(ROLE)
)


def url_of(socket_folder: str, role: str = ROLE) -> str:
    """Return the DATABASE_URL for a server behind this socket folder."""
    return f"postgresql://{role}@{quote(socket_folder, safe='')}/{DATABASE}"


def _signal_and_wait(
    process: subprocess.Popen[bytes], sign: signal.Signals, seconds: float
) -> bool:
    if process.poll() is None:
        process.send_signal(sign)
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
