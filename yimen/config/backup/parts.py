"""What lies in a backup folder.

Each run of `yimen backup` leaves one folder, a part: `20261128T114205Z-full` or `...-changes`. It is
written as `.unfinished-...` and renamed when all of it is on disk and was read again: what does not
bear a part's name is no backup.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from yimen.config.backup.sealing import Sum, sum_of
from yimen.config.refusal import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, FILES, WAL = "database.tar.gz.age", "files.tar.gz.age", "wal.tar.gz.age"
FULL, CHANGES = "full", "changes"
_UNFINISHED = ".unfinished-"
_NAME = re.compile(r"\d{8}T\d{6}Z-(full|changes)")
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_SEGMENTS_OF_A_LOG = 256  # of 16 MiB


@dataclass(frozen=True, slots=True)
class Part:
    """One finished run, as its manifest describes it."""

    folder: Path
    kind: str
    began: datetime
    ready: datetime  # a full part: the first moment that it can be restored to
    until: datetime  # the last moment that it knows
    yimen: str
    postgresql: str  # major version
    system: str  # PostgreSQL's number of this database cluster
    migrations: tuple[str, ...]  # applied: "cases.0004_name"
    wal: tuple[str, ...]  # segments of the write-ahead log, in order
    sums: Mapping[str, Sum]

    @property
    def is_full(self) -> bool:
        """Say whether the part can be restored without one before it."""
        return self.kind == FULL

    def check(self) -> None:
        """Read every file again, and refuse one that is not as it was written."""
        for name, known in self.sums.items():
            path = self.folder / name
            if not path.is_file():
                raise Refusal(f"{path} is missing. The backup {self.folder.name} is not whole.")
            if sum_of(path) != known:
                raise Refusal(
                    f"{path} is not as it was written: its SHA-256 differs from the manifest's."
                    " Use another copy of this backup."
                )


def parts_in(folder: Path) -> list[Part]:
    """Return the finished parts, the oldest first; what is unfinished does not count."""
    if not folder.is_dir():
        raise Refusal(f"There is no folder {folder}.")
    return [_read(path) for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name)]


def write_manifest(part: Part, folder: Path) -> None:
    """Write the manifest of a part into the folder that is being made."""
    said = asdict(part) | {"format": FORMAT}
    del said["folder"]
    for name in ("began", "ready", "until"):
        said[name] = said[name].isoformat()
    said["sum"] = _sum_of_manifest(said)
    with (folder / MANIFEST).open("x", encoding="utf-8") as file:
        json.dump(said, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _sum_of_manifest(said: Mapping[str, object]) -> str:
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _read(folder: Path) -> Part:
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        known = said.pop("sum")
        if said["format"] != FORMAT:
            raise Refusal(
                f"{path} has format {said['format']}; this version of Yimen reads {FORMAT}."
            )
        if known != _sum_of_manifest(said):
            raise ValueError("its sum differs")
        return Part(
            folder=folder,
            kind=said["kind"],
            began=datetime.fromisoformat(said["began"]),
            ready=datetime.fromisoformat(said["ready"]),
            until=datetime.fromisoformat(said["until"]),
            yimen=said["yimen"],
            postgresql=said["postgresql"],
            system=said["system"],
            migrations=tuple(said["migrations"]),
            wal=tuple(said["wal"]),
            sums={name: Sum(**row) for name, row in said["sums"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{path} is not as it was written ({error}). Use another copy.") from error


# Segments


def is_segment(name: str) -> bool:
    """Say whether a name is one of a segment of the write-ahead log."""
    return _SEGMENT.fullmatch(name) is not None


def follows(before: str, after: str) -> bool:
    """Say whether a segment is the next one of the same timeline."""
    return before[:8] == after[:8] and _number(after) == _number(before) + 1


def first_gap(parts: Sequence[Part]) -> str | None:
    """Return the first segment that does not follow from the one before it, of parts in order."""
    known = dict.fromkeys(name for part in parts for name in part.wal if is_segment(name))
    return next((b for a, b in pairwise(known) if not follows(a, b)), None)


def _number(segment: str) -> int:
    return int(segment[8:16], 16) * _SEGMENTS_OF_A_LOG + int(segment[16:], 16)


# Writing


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Make the folder if need be, and let only one run write into it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        try:
            flock(file, LOCK_EX | LOCK_NB)
        except BlockingIOError as error:
            raise Refusal(f"Another backup into {folder} is running.") from error
        yield


@contextmanager
def unfinished(folder: Path, name: str) -> Iterator[Path]:
    """Give a folder for a new part, named so when the block ends, gone when it fails.

    What a run that was killed left is removed first.
    """
    for left in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left)
    making = folder / f"{_UNFINISHED}{name}"
    making.mkdir(mode=0o700)
    try:
        yield making
        sync_folder(making)
        making.rename(folder / name)
        sync_folder(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on disk."""
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
