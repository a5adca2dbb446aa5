"""Which user of the machine the database runs as, and what that user can reach.

PostgreSQL refuses to run as root. Started by root, it runs as a user who exists already; none is
made, and the mode of a folder that is not ours is never changed.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from yimen.config.refusal import Refusal

CANDIDATES = ("postgres", "nobody")


class Credentials(TypedDict, total=False):
    """The arguments of `subprocess` that start a child as another user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A user of this machine."""

    name: str
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Say whether this is somebody else than who runs this command."""
        return self.uid != os.geteuid()

    def credentials(self) -> Credentials:
        """Return what makes `subprocess` start a child as this user."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, test: str, path: Path) -> bool:
        """Ask the kernel, as this user, whether ``path`` passes ``test`` (``-r``, ``-x`` ...)."""
        command = ["/usr/bin/test", test, str(path)]
        return subprocess.run(command, cwd="/", check=False, **self.credentials()).returncode == 0

    def own(self, path: Path) -> None:
        """Give ``path`` to this user."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def by_uid(uid: int) -> SystemUser | None:
    """Return the user with this number, or None when the machine has no name for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return None
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def by_name(name: str) -> SystemUser | None:
    """Return the user with this name, or None."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def current_user() -> SystemUser:
    """Return who runs this command."""
    user = by_uid(os.geteuid())
    if user is None:
        raise Refusal(
            f"This machine has no name for user number {os.geteuid()}, and PostgreSQL asks for one."
            " Add the number to /etc/passwd, run as another user, or set DATABASE_URL to a"
            " database that runs elsewhere."
        )
    return user


def choose_user(*folders: Path) -> SystemUser:
    """Return the user that the database of these folders runs as.

    It is who runs this command. For root it is the owner of the first folder that exists and is
    not root's, else who called sudo, else ``postgres`` or ``nobody``. YIMEN_DATABASE_USER decides
    otherwise.
    """
    if os.geteuid() != 0:
        return current_user()
    named = os.environ.get("YIMEN_DATABASE_USER")
    if named:
        user = by_name(named)
        if user is None or user.uid == 0:
            raise Refusal(
                f"YIMEN_DATABASE_USER names '{named}', who is not a user of this machine other"
                " than root. Name one who is, or leave it out."
            )
        return user
    for user in _candidates(folders):
        if user is not None and user.uid != 0:
            return user
    raise Refusal(
        "PostgreSQL does not run as root, and this machine has neither a user 'postgres' nor"
        " 'nobody'. Run as an ordinary user, or name one with YIMEN_DATABASE_USER."
    )


def _candidates(folders: tuple[Path, ...]) -> Iterator[SystemUser | None]:
    for folder in folders:
        if folder.exists():
            yield by_uid(folder.stat().st_uid)
    yield by_uid(int(os.environ.get("SUDO_UID", "0")))
    yield from (by_name(name) for name in CANDIDATES)
