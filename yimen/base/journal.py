"""What is written down for engineers: JSON, a line each, and nothing of what people sent.

An address, a form, the message of an exception or a third party's log line may hold a person's name.
So only what our own code says in words of its own is written; of everything else, where it happened.
"""

import errno
import json
import logging
import os
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from yimen.base import clock

KEPT_FOR = timedelta(days=90)
LARGEST_DAY = 200_000_000  # bytes; beyond them a day takes down only what broke on our side
_PREFIX = "errors-"
_OURS = "yimen"
_HOUSE = Path(__file__).resolve().parents[2]


class JsonLines(logging.Formatter):
    """Formats a record of any logger as one line of JSON without anybody's data."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
        }
        if record.name.partition(".")[0] == _OURS:
            line["message"] = record.getMessage()
        else:  # its words may quote what somebody sent
            line["said_at"] = f"{_short(record.pathname)}:{record.lineno} {record.funcName}"
        job = getattr(record, "job", None)
        if isinstance(job, Mapping):
            line["job"] = {key: job.get(key) for key in ("id", "task_name", "attempts")}
        if status := getattr(record, "status_code", None):
            line["status"] = status
        if record.exc_info and record.exc_info[1]:
            line |= facts_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def facts_of(exception: BaseException) -> dict[str, object]:
    """Return what an exception tells without its message: its kinds, outermost first, and places."""
    chain = list(_chain(exception))
    numbers = [each.errno for each in chain if isinstance(each, OSError) and each.errno]
    named = {"errno": errno.errorcode.get(numbers[0], "")} if numbers else {}
    return named | {
        "exception": [f"{type(each).__module__}.{type(each).__qualname__}" for each in chain],
        "trace": [place for each in reversed(chain) for place in _places(each)],
    }


def append(folder: Path, entry: Mapping[str, object]) -> None:
    """Write an entry to the file of the day; many processes may do so at once.

    Raises OSError when it cannot be written.
    """
    day = clock.now().date()
    path = folder / f"{_PREFIX}{day.isoformat()}.jsonl"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size > LARGEST_DAY and "exception" not in entry:
            return
        os.write(descriptor, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
    finally:
        os.close(descriptor)
    if size == 0:
        _forget_old(folder)


def entries(folder: Path) -> Iterator[dict[str, object]]:
    """Return what was written, the newest day first; a line that a crash cut is left out."""
    for path in sorted(folder.glob(f"{_PREFIX}*.jsonl"), reverse=True):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if isinstance(entry, dict):
                    yield entry


def _forget_old(folder: Path) -> None:
    oldest = f"{_PREFIX}{(clock.now() - KEPT_FOR).date().isoformat()}.jsonl"
    for path in folder.glob(f"{_PREFIX}*.jsonl"):
        if path.name < oldest:
            path.unlink(missing_ok=True)


def _chain(exception: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    each: BaseException | None = exception
    while each is not None and id(each) not in seen:
        seen.add(id(each))
        yield each
        each = each.__cause__ or (None if each.__suppress_context__ else each.__context__)


def _places(exception: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(exception.__traceback__):
        yield f"{_short(frame.filename)}:{frame.lineno} {frame.name}"


def _short(path: str) -> str:
    """Return a path from the house or from the packages on, without where they are installed."""
    _, packages, inside = path.rpartition("/site-packages/")
    return inside if packages else path.removeprefix(f"{_HOUSE}/")
