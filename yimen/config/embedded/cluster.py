"""The folder in which the embedded PostgreSQL keeps its data."""

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from yimen.config.embedded.binaries import (
    SHARED_STATE,
    Binaries,
    bundled,
    make_shared_state,
    readable_for,
)
from yimen.config.embedded.system_user import SystemUser, by_uid, choose_user, current_user
from yimen.config.refusal import Refusal

ADMINISTRATOR = "postgres"  # makes the role and the database, serves nobody
ROLE = "yimen"  # what the product connects as: owns its database, is not a superuser
DATABASE = "yimen"
POINTER = "postgres.place"  # in the data folder: where the database stands when not inside


@dataclass(frozen=True, slots=True)
class Cluster:
    """One PostgreSQL data folder, who it belongs to and the programs that serve it."""

    place: Path  # holds the locks and the log; closed to others but for passing through
    user: SystemUser
    binaries: Binaries

    @property
    def folder(self) -> Path:
        """Return what PostgreSQL calls PGDATA."""
        return self.place / "postgres"

    @property
    def log(self) -> Path:
        """Return the file that the server writes what happened to."""
        return self.place / "postgres.log"

    @property
    def exists(self) -> bool:
        """Say whether the folder holds a database."""
        return (self.folder / "PG_VERSION").exists()

    def prepare(self, *, durable: bool = True) -> None:
        """Make the database when there is none, and refuse one of another major version."""
        if self.exists:
            self._check_version()
        else:
            self._make(durable=durable)
        self._write_access_rules()

    def _check_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != self.binaries.major:
            raise Refusal(
                f"The database in {self.folder} was made by PostgreSQL {found}, and this version"
                f" of Yimen brings PostgreSQL {self.binaries.major}. Run `yimen upgrade` to move"
                " it over; the old one is kept beside it."
            )

    def _make(self, *, durable: bool) -> None:
        """Run initdb beside the final place and rename, so that half a database never stands."""
        unfinished = self.place / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.user.own(unfinished)
        command = [
            self.binaries.program("initdb"),
            f"--pgdata={unfinished}",
            f"--username={ADMINISTRATOR}",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ]
        done = subprocess.run(
            command,
            cwd="/",
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
            **self.user.credentials(),
        )
        if done.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise Refusal(_why_initdb_failed(done.stderr or done.stdout, self.place))
        unfinished.rename(self.folder)

    def _write_access_rules(self) -> None:
        """Let in who runs this command, the place's owner and root, by the socket alone."""
        names = {"root", current_user().name}
        owner = by_uid(self.place.stat().st_uid)
        if owner is not None:
            names.add(owner.name)
        backup = f"local replication {ADMINISTRATOR} peer map=yimen\n"
        self._write("pg_hba.conf", f"local all all peer map=yimen\n{backup}")
        lines = [
            f'yimen "{name}" {role}\n' for name in sorted(names) for role in (ROLE, ADMINISTRATOR)
        ]
        self._write("pg_ident.conf", "".join(lines))

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            temporary = self.folder / f"{name}.new"
            temporary.write_text(text, encoding="utf-8")
            self.user.own(temporary)
            temporary.replace(path)


def cluster_of(data_folder: Path) -> Cluster:
    """Return where the database of a data folder stands: in it, unless its user cannot enter."""
    data_folder = data_folder.resolve()
    pointer = data_folder / POINTER
    if pointer.exists():
        place = Path(pointer.read_text(encoding="utf-8").strip())
    else:
        place = data_folder
    user = choose_user(place / "postgres", place)
    if place == data_folder and user.is_other and not user.can("-x", data_folder):
        place = _place_elsewhere(data_folder, user)
    return Cluster(place, user, readable_for(user, bundled()))


def _place_elsewhere(data_folder: Path, user: SystemUser) -> Path:
    """Choose a place that the database's user can enter, and remember it in the data folder."""
    if (data_folder / "postgres").exists():
        raise Refusal(
            f"The database in {data_folder} belongs to '{user.name}', who may not enter that"
            " folder any more. Open its parent folders for passing through (chmod o+x), or run as"
            f" '{user.name}'."
        )
    try:
        make_shared_state()
        place = _remember(data_folder, SHARED_STATE / secrets.token_hex(6))
        place.mkdir(exist_ok=True)
        place.chmod(0o711)
    except OSError as error:
        raise Refusal(
            f"The database runs as '{user.name}', who may not enter {data_folder}, and"
            f" no place in {SHARED_STATE} could be made: {error.strerror}. Set YIMEN_DATA to a folder that others"
            " may pass through, or run as an ordinary user."
        ) from error
    if not user.can("-x", place):
        raise Refusal(
            f"The database runs as '{user.name}', who may enter neither {data_folder} nor {place}."
            " Set YIMEN_DATA to a folder that others may pass through, or run as an ordinary user."
        )
    return place


def _remember(data_folder: Path, place: Path) -> Path:
    """Write down where the database stands; of two commands that choose at once, the first wins.

    The name is random, so that a data folder made anew never finds the database of the one that
    stood at the same path before.
    """
    pointer = data_folder / POINTER
    unfinished = data_folder / f".{POINTER}-{os.getpid()}"
    unfinished.write_text(f"{place}\n", encoding="utf-8")
    try:
        os.link(unfinished, pointer)
    except FileExistsError:
        return Path(pointer.read_text(encoding="utf-8").strip())
    finally:
        unfinished.unlink()
    return place


def clean_environment() -> dict[str, str]:
    """Return an environment that does not steer PostgreSQL elsewhere."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "TZ", "TMPDIR")}
    return {**kept, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


def _why_initdb_failed(message: str, place: Path) -> str:
    if "invalid locale" in message:
        return (
            "This machine does not know the locale C.UTF-8, which the database needs. Install it"
            " (Debian and Ubuntu bring it in libc-bin), or set DATABASE_URL."
        )
    if "No space left" in message or "Disk quota" in message:
        return f"The disk that holds {place} is full; the database needs about 50 MB to begin with."
    last = [line for line in message.strip().splitlines() if line.strip()][-3:]
    return f"The database could not be made in {place}. PostgreSQL says: {' '.join(last)}"
