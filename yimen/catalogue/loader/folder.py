"""A city's folder on disk: its files, read with care about what a folder can hold."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from yimen.catalogue.definition import Place, Problem
from yimen.catalogue.loader.reading import did_you_mean

LARGEST = {".csv": 20_000_000, ".svg": 200_000}
LARGEST_OTHER = 2_000_000
MOST_FILES = 200_000

_CODE = "[a-z][a-z0-9-]*"
_PLACES = re.compile(
    r"city\.toml|agencies\.toml|standards\.toml|notices\.toml|divisions\.csv|calendar\.csv|README\.md|"
    rf"[a-z0-9-]+\.svg|datasets/[a-z][a-z0-9_]*\.toml|processes/{_CODE}\.bpmn|"
    rf"interface/[a-z]{{2,3}}\.po|articles/{_CODE}\.[a-z]{{2,3}}\.md|"
    r"demo/(?:residents|staff|organisations)\.toml|"
    rf"services/{_CODE}/(?:service\.toml|guide\.[a-z]{{2,3}}\.md|examples/{_CODE}\.toml)"
)
_NAMES = (
    "city.toml", "agencies.toml", "standards.toml", "notices.toml", "divisions.csv",
    "calendar.csv", "README.md", "service.toml", "datasets", "processes", "services", "examples",
    "demo", "interface", "articles", "residents.toml",
    "staff.toml", "organisations.toml",
)  # fmt: skip


def read_folder(folder: Path, name: str) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of a city's folder by their path in it, and what is wrong with others.

    Files whose names begin with a dot are left out: editors and version control keep them.
    """
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    root = folder.resolve()
    for path, entry in _entries(folder, ""):
        sentence = _refused(path, entry, root)
        if sentence is None:
            try:
                with open(entry.path, "rb") as file:  # noqa: PTH123 - tens of thousands of them
                    files[path] = file.read(entry.stat().st_size + 1)
            except OSError as error:
                sentence = f"cannot be read: {error.strerror}"
        if sentence is not None:
            problems.append(Problem(Place(f"{name}/{path}", 1), sentence))
        if len(files) > MOST_FILES:
            problems.append(Problem(Place(name, 1), f"holds more than {MOST_FILES} files"))
            break
    return files, problems


def _entries(folder: Path | str, below: str) -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = below + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path, f"{path}/")
        else:
            yield path, entry


def _refused(path: str, entry: "os.DirEntry[str]", root: Path) -> str | None:
    """Say why a file of the folder is not read, or None."""
    if not path.isprintable():  # what is not UTF-8 is not printable either
        return "has a name that is not plain text; rename it"
    if entry.is_symlink():
        target = Path(entry.path).resolve()
        if not target.is_relative_to(root):
            return "is a link that leads out of the folder; put the file itself here"
        if not target.is_file():
            return "is a link that leads to no file; remove it"
    status = entry.stat()
    if not stat.S_ISREG(status.st_mode):
        return "is not a file; remove it"
    if status.st_size > _largest(path):
        return f"has {status.st_size:,} bytes; a file of this kind has at most {_largest(path):,}"
    return None


def _largest(path: str) -> int:
    return LARGEST.get(path[path.rfind(".") :], LARGEST_OTHER)


def misplaced(path: str) -> str | None:
    """Say what is wrong with the place or name of a file, or None."""
    if _PLACES.fullmatch(path):
        return None
    name = path.rpartition("/")[2]
    if name.endswith(".bpmn"):
        return (
            "is in the wrong place or has capitals in its name; diagrams are processes/<code>.bpmn"
        )
    if "/" not in path and name.endswith(".toml"):
        hint = did_you_mean(name, _NAMES, 0.8)
        return f"is not a file of a city's folder{hint or '; data sets are datasets/<code>.toml'}"
    parts = (name, *path.split("/"))
    hint = next(filter(None, (did_you_mean(p, _NAMES, 0.8) for p in parts if p not in _NAMES)), "")
    return f"is not a file of a city's folder{hint or '; move or remove it'}"
