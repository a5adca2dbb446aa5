"""What `yimen` settles before Django reads its settings: data folder, secret key, database.

`yimen.config.settings` reads the result from the environment; children inherit it.
"""

import errno
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from yimen.config.embedded.cluster import cluster_of
from yimen.config.embedded.session import shared_database
from yimen.config.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]
SPARE_CONNECTIONS = 30  # commands, a shell, the sealer, what PostgreSQL keeps for itself


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many run side by side; the database's connections follow from it."""

    web_workers: int
    web_threads: int
    jobs: int

    @property
    def connections(self) -> int:
        """Return how many connections these can hold at once, with a reserve for commands."""
        return self.web_workers * self.web_threads + 2 * self.jobs + SPARE_CONNECTIONS


def capacity() -> Capacity:
    """Return how much runs side by side on this machine, unless the environment says otherwise."""
    return Capacity(
        web_workers=whole_number("YIMEN_WEB_WORKERS", min(4, os.cpu_count() or 1)),
        web_threads=whole_number("YIMEN_WEB_THREADS", 4),
        jobs=whole_number("YIMEN_JOBS", 4),
    )


def whole_number(name: str, default: int) -> int:
    """Return a positive whole number from the environment."""
    said = os.environ.get(name) or str(default)
    if not said.isdecimal() or int(said) < 1:
        raise Refusal(f"{name} is '{said}'; it must be a whole number of at least 1.")
    return int(said)


def _named_data_folder() -> Path:
    folder = Path(os.environ.get("YIMEN_DATA") or ROOT / "data").absolute()
    os.environ["YIMEN_DATA"] = str(folder)
    return folder


def standing_data_folder() -> Path:
    """Return the data folder for a command that only looks; refuse one that is not there."""
    folder = _named_data_folder()
    if not folder.is_dir():
        raise Refusal(f"There is no data folder {folder}. Set YIMEN_DATA to the one you mean.")
    return folder


def data_folder() -> Path:
    """Return the data folder, made if need be. Others may pass through it only for root's sake."""
    folder = _named_data_folder()
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            # Root's database runs as another user, who must pass through; all inside is closed.
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "it may not be written by this user")
    except OSError as error:
        raise Refusal(
            f"The data folder {folder} cannot be used: {error.strerror}. Set YIMEN_DATA to a"
            " folder that you may write."
        ) from error
    return folder


def ensure_secret_key(folder: Path) -> None:
    """Give Django this data folder's own secret key, made at first use."""
    if os.environ.get("YIMEN_SECRET_KEY"):
        return
    path = folder / "secret-key"
    if not path.exists():
        temporary = folder / f".secret-key-{os.getpid()}"
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(64), encoding="ascii")
        try:
            os.link(temporary, path)  # the first of two that start together wins, whole
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    try:
        os.environ["YIMEN_SECRET_KEY"] = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise Refusal(f"The secret key {path} cannot be read: {error.strerror}.") from error


def settle() -> Path:
    """Settle what needs no database, and return the data folder."""
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.config.settings")
    folder = data_folder()
    ensure_secret_key(folder)
    return folder


@contextmanager
def database(command: str) -> Iterator[None]:
    """Let DATABASE_URL name a database that runs, for the duration of one command."""
    folder = settle()
    if os.environ.get("DATABASE_URL"):
        yield
        return
    with shared_database(cluster_of(folder), command, capacity().connections, say) as url:
        os.environ["DATABASE_URL"] = url
        try:
            yield
        finally:
            del os.environ["DATABASE_URL"]


def say(sentence: str) -> None:
    """Tell the person at the terminal something that is no result."""
    click.echo(sentence, err=True)
    sys.stderr.flush()
