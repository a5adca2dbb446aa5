"""Make keys: in files, or in a security module.

All is made under a lock of the kernel (`flock`, released when its holder dies), written beside its
place, synced and renamed: two processes never make two keys, and a crash never leaves half of one.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from yimen.keys import rules
from yimen.keys.loader.folder import KeyFolder, key_folder, name_of, new_key

PURPOSES = ("ledger",)  # those that every city needs before the first visitor


def ensure_keys(*more: str) -> None:
    """Make the folder, the secret of keyed hashes and the first keys, each where there is none.

    May run any number of times and in many processes at once. ``more`` names further purposes.
    """
    with locked_folder() as folder:
        if not folder.secret_path.exists():
            write_private(folder.secret_path, secrets.token_bytes(32))
        for purpose in (*PURPOSES, *more):
            if not folder.pointer_path(purpose).exists():
                use_key(folder, make_key(folder, purpose))
        if not folder.pointer_path(rules.STORAGE).exists():
            use_key(folder, _make_data_key(folder))


def rotate_storage() -> str:
    """Give stored files a new data key and return its name; the old one stays, to read with.

    What is stored from now on is encrypted with it; `ledger` encrypts anew what was stored before.
    """
    with locked_folder() as folder:
        return use_key(folder, _make_data_key(folder))


def _make_data_key(folder: KeyFolder) -> str:
    key = secrets.token_bytes(32)
    key_id = rules.data_key_id(key)
    _make_private(folder.path / rules.STORAGE)
    write_private(folder.data_key_path(key_id), key)
    return key_id


def make_key(folder: KeyFolder, purpose: str) -> str:
    """Make a key that does not sign yet, in the security module where there is one."""
    made = new_key(purpose)
    key_id = name_of(made.private, purpose)
    _make_private(folder.path / purpose)
    path = folder.token_path(key_id) if made.in_token else folder.key_path(key_id)
    write_private(path, made.kept)
    return key_id


def use_key(folder: KeyFolder, key_id: str) -> str:
    """Let a key sign for its purpose from now on, and return its name."""
    write_private(folder.pointer_path(rules.purpose_of(key_id)), key_id.encode())
    return key_id


@contextmanager
def locked_folder() -> Iterator[KeyFolder]:
    """Hold the folder of the keys alone, of all processes."""
    folder = key_folder(Path(settings.KEY_FOLDER))
    _make_private(folder.path)
    descriptor = os.open(folder.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(descriptor)


def _make_private(path: Path) -> None:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read: whole or not at all, even in a power cut."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
