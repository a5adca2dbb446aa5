"""The command `yimen city`: sentences for people, JSON for machines, exit codes for both."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tiny_city import SERVICE_FILE, Town

from yimen.catalogue.commands import command
from yimen.catalogue.definition import Change
from yimen.catalogue.loader import check, check_folder
from yimen.catalogue.queries import EXTENSIONS, Extension
from yimen.catalogue.types import ChangeKind

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_a_folder_without_problems_is_told_so(town: Town) -> None:
    result = run("check", town.folder)
    assert result.exit_code == 0
    assert result.stdout == (
        f"{town.folder}: 1 service, 2 examples, 1 process, 2 data sets, 3 agencies, 4 divisions, "
        "1 standard. No problems.\n"
    )


def test_problems_are_sentences_and_the_exit_code_is_1(town: Town) -> None:
    town.edit(SERVICE_FILE, '"housing"', '"housin"').edit("agencies.toml", '"bureau"', '"burau"')
    result = run("check", town.folder)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) == 2
    assert lines[1] == (
        f"{town.folder}/{SERVICE_FILE}:3: agency 'housin' is not declared; did you mean 'housing'?"
    )
    assert result.stderr == "2 problems.\n"


def test_machines_get_json(town: Town) -> None:
    answer = json.loads(run("check", town.folder, "--json").stdout)
    assert (answer["ok"], answer["city"], answer["problems"]) == (True, "town", [])
    assert answer["counts"]["services"] == 1
    town.edit(SERVICE_FILE, '"housing"', '"housin"')
    result = run("check", town.folder, "--json")
    assert result.exit_code == 1
    [problem] = json.loads(result.stdout)["problems"]
    assert problem["line"] == 3
    assert problem["path"].endswith(SERVICE_FILE)


def test_a_folder_that_is_not_there_is_wrong_use() -> None:
    result = run("check", "/no/such/folder")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


def test_checking_starts_without_django(town: Town) -> None:
    code = (
        "import sys; from yimen.catalogue.commands import command\n"
        f"try: command(['check', {str(town.folder)!r}])\n"
        "except SystemExit as stop: assert stop.code in (0, None), stop\n"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg', 'wagtail')]"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_people_at_a_terminal_see_a_progress_bar(town: Town) -> None:
    ours, theirs = pty.openpty()
    code = (
        "import time; from yimen.catalogue.loader import check\n"
        "from yimen.catalogue.commands import command\n"
        "from yimen.catalogue.loader.load import Loading\n"
        "read = Loading.service\n"
        "Loading.service = lambda *a: (time.sleep(0.3), read(*a))[1]\n"
        f"command(['check', {str(town.folder)!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs,
        env=os.environ | {"TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    seen = os.read(ours, 100_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "Reading services" in seen


def many(town: Town, count: int) -> None:
    for number in range(count):
        for path in ("service.toml", "guide.zh.md", "guide.en.md", "examples/good.toml"):
            text = town.read(f"services/rent-help/{path}")
            text = text.replace('code = "rent-help"', f'code = "rent-{number}"')
            if number == 7:
                text = text.replace('"household.members"', '"household.member"')
            town.write(f"services/rent-{number}/{path}", text)


def test_a_large_folder_is_checked_by_several_processes_with_the_same_result(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(town, 60)
    alone = check_folder(town.folder)
    monkeypatch.setattr(check, "WORTH_SHARING", 10)
    monkeypatch.setattr(check, "_PORTION", 7)
    told: list[tuple[int, int]] = []
    shared = check_folder(town.folder, lambda done, of: told.append((done, of)))
    assert shared == alone
    assert len(shared.problems) == 1
    assert (shared.services, shared.examples) == (61, 62)
    assert told[-1] == (61, 61)
    monkeypatch.setattr(check.multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert check_folder(town.folder) == alone


# With a database

database = pytest.mark.usefixtures("db", "forgotten", "alone")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(EXTENSIONS):
        monkeypatch.delitem(EXTENSIONS, name)


@database
def test_a_plan_is_shown_and_changes_nothing(town: Town) -> None:
    result = run("plan", town.folder)
    assert result.exit_code == 0
    assert "add" in result.stdout
    assert "service rent-help" in result.stdout
    assert "would be made." in result.stdout
    assert run("plan", town.folder).stdout == result.stdout


@database
def test_applying_says_what_was_done_and_the_second_time_that_nothing_was(town: Town) -> None:
    first = run("apply", town.folder)
    assert first.exit_code == 0, first.output
    assert "changes made." in first.stdout
    second = run("apply", town.folder)
    assert second.stdout == "Nothing changes: town is in force as declared.\n"
    assert json.loads(run("plan", town.folder, "--json").stdout)["changes"] == []


@database
def test_a_refused_change_is_shown_with_its_remedy(town: Town) -> None:
    run("apply", town.folder)
    town.edit(SERVICE_FILE, '"0.00"', '"5.00"')
    for verb in ("plan", "apply"):
        result = run(verb, town.folder)
        assert result.exit_code == 1
        assert "refused" in result.stdout
        assert "make it 2" in result.stdout
        assert "Nothing can be applied: 1 of 1 change refused, see above." in result.stdout
    answer = json.loads(run("apply", town.folder, "--json").stdout)
    assert answer["ok"] is False
    assert answer["changes"][0]["refused"] is True


@database
def test_problems_stop_a_plan_and_an_apply(town: Town) -> None:
    town.edit(SERVICE_FILE, '"housing"', '"housin"')
    for verb in ("plan", "apply"):
        result = run(verb, town.folder)
        assert (result.exit_code, result.stderr) == (1, "1 problem.\n")


@database
def test_force_is_named_where_it_is_needed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Change(ChangeKind.REMOVE, "column", "a.b", "it is hidden", needs_force=True)
    monkeypatch.setitem(EXTENSIONS, "x", Extension(lambda _city: [lost], lambda _city: None))
    refused = run("apply", town.folder)
    assert refused.exit_code == 1
    assert "needs --force" in refused.stdout
    assert "changes were not made; 1 only with --force." in refused.stdout
    assert run("apply", town.folder, "--force").exit_code == 0
