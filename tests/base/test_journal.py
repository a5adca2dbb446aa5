"""What engineers read holds no word of what people sent, and a day's file cannot fill the disk."""

import json
import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest

from yimen.base import clock, journal

SECRET = "Wang Xiaoming"


def failing(value: str) -> BaseException:
    try:
        try:
            int(value)
        except ValueError as error:
            raise RuntimeError(f"cannot take {value}") from error
    except RuntimeError as error:
        return error
    raise AssertionError


def formatted(name: str, message: str, *args: object, **more: object) -> dict[str, object]:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, None, "here")
    record.__dict__.update(more)
    return json.loads(journal.JsonLines().format(record))


def test_an_exception_is_told_by_its_kinds_and_places_only():
    facts = journal.facts_of(failing(SECRET))
    assert facts["exception"] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert facts["trace"][0].startswith("tests/base/test_journal.py:")
    assert SECRET not in json.dumps(facts)


def test_an_error_of_the_machine_keeps_its_name():
    facts = journal.facts_of(OSError(28, "No space left on device", f"/tmp/{SECRET}"))
    assert facts["errno"] == "ENOSPC"
    assert SECRET not in json.dumps(facts)


def test_a_circle_of_causes_ends():
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert journal.facts_of(first)["exception"] == ["builtins.ValueError", "builtins.KeyError"]


def test_our_own_words_are_kept_and_those_of_others_are_not():
    assert formatted("yimen.config", "Job %s", 7)["message"] == "Job 7"
    other = formatted("procrastinate.worker", f"task(name={SECRET})", job={
        "id": 3, "task_name": "send", "call_string": SECRET, "task_kwargs": {"name": SECRET},
    })  # fmt: skip
    assert other["job"] == {"id": 3, "task_name": "send", "attempts": None}
    assert "test_journal.py:1 here" in str(other["said_at"])
    assert SECRET not in json.dumps(other)


def test_the_traceback_of_a_record_holds_no_message():
    error = failing(SECRET)
    line = formatted("yimen", "failed", exc_info=(type(error), error, error.__traceback__))
    assert line["exception"] == ["builtins.RuntimeError", "builtins.ValueError"]
    assert SECRET not in json.dumps(line)


def test_what_is_written_is_read_again_and_closed_to_others(tmp_path: Path):
    journal.append(tmp_path / "log", {"number": "a"})
    journal.append(tmp_path / "log", {"number": "b"})
    [path] = (tmp_path / "log").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b'{"number": "cu')  # as a power cut leaves it
    assert [entry["number"] for entry in journal.entries(tmp_path / "log")] == ["a", "b"]


def test_a_full_day_takes_down_only_what_broke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(journal, "LARGEST_DAY", 10)
    journal.append(tmp_path, {"number": "first", "status": 404})
    journal.append(tmp_path, {"number": "second", "status": 404})
    journal.append(tmp_path, {"number": "third", "status": 500, "exception": ["E"]})
    assert [entry["number"] for entry in journal.entries(tmp_path)] == ["first", "third"]


def test_old_days_are_forgotten_when_a_new_one_begins(tmp_path: Path):
    day = clock.now().date()
    for back in (1, 89, 91):
        (tmp_path / f"errors-{day - timedelta(days=back)}.jsonl").touch()
    journal.append(tmp_path, {"number": "a"})
    assert len(list(tmp_path.iterdir())) == 3
    assert not (tmp_path / f"errors-{day - timedelta(days=91)}.jsonl").exists()


def test_many_processes_write_whole_lines(tmp_path: Path):
    children = []
    for each in range(4):
        child = os.fork()
        if child == 0:
            for number in range(200):
                journal.append(tmp_path, {"number": f"{each}-{number}", "more": "x" * 2000})
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    found = {entry["number"] for entry in journal.entries(tmp_path)}
    assert found == {f"{each}-{number}" for each in range(4) for number in range(200)}
