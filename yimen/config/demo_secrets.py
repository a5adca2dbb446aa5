"""Passwords and keys of the demonstration, kept in the data folder for its owner's eyes only."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

FILE = "demo-sign-ins.json"


@dataclass(frozen=True, slots=True)
class Secret:
    """What somebody of the demonstration signs in with."""

    password: str
    one_time_key: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file says: the demonstration that was loaded, and who signs in with what."""

    files: str = ""  # hash of the demonstration's files, once all of it is loaded
    sign_ins: Mapping[str, Secret] = field(default_factory=dict)


def read_kept() -> Kept:
    """Return what is kept, or nothing when the data folder is new."""
    path = _path()
    if not path.exists():
        return Kept()
    found = json.loads(path.read_text(encoding="utf-8"))
    return Kept(found["files"], {name: Secret(**row) for name, row in found["sign_ins"].items()})


def keep(kept: Kept) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(kept), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _path() -> Path:
    return Path(settings.DATA_FOLDER) / FILE
