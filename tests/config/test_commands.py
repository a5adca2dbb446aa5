"""`yimen` answers people in sentences and machines in JSON and exit codes."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.conftest import free_port
from yimen.config import environment
from yimen.config.refusal import Refusal

ROOT = environment.ROOT


def yimen(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "yimen.config", *arguments],
        cwd=ROOT,
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_help_names_every_command_without_starting_django() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from yimen.config.commands import house\n"
        "print(CliRunner().invoke(house, ['--help']).output)\n"
        "print('django' in sys.modules)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in ("run", "serve", "worker", "city", "ledger", "manage", "demo", "upgrade"):
        assert f"\n  {name} " in answer.stdout
    assert answer.stdout.endswith("False\n")


def test_a_database_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    answer = yimen(
        "manage",
        "showmigrations",
        DATABASE_URL="postgresql://yimen:very-secret@127.0.0.1:1/nowhere",
        YIMEN_DATA=str(tmp_path / "data"),
    )
    assert answer.returncode == 1
    assert "The database 'nowhere' at 127.0.0.1:1 cannot be reached" in answer.stderr
    assert "Check DATABASE_URL" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "very-secret" not in answer.stderr


def test_a_wrong_use_has_exit_code_2() -> None:
    assert yimen("run", "--port", "many").returncode == 2
    assert yimen("no-such-command").returncode == 2


def test_a_setting_that_is_no_number_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIMEN_WEB_WORKERS", "many")
    with pytest.raises(Refusal, match="YIMEN_WEB_WORKERS is 'many'; it must be a whole number"):
        environment.capacity()


def test_the_database_has_a_connection_for_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIMEN_WEB_WORKERS", "6")
    monkeypatch.setenv("YIMEN_WEB_THREADS", "5")
    monkeypatch.setenv("YIMEN_JOBS", "3")
    assert environment.capacity().connections >= 6 * 5 + 3


def test_each_data_folder_gets_a_secret_key_of_its_own_and_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []
    for name in ("one", "two", "one"):
        (tmp_path / name).mkdir(exist_ok=True)
        monkeypatch.delenv("YIMEN_SECRET_KEY", raising=False)
        environment.ensure_secret_key(tmp_path / name)
        keys.append(os.environ["YIMEN_SECRET_KEY"])
        assert stat.S_IMODE((tmp_path / name / "secret-key").stat().st_mode) == 0o600
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) >= 50


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    answer = yimen("demo", YIMEN_DATA=str(tmp_path / "file" / "data"))
    assert answer.returncode == 1
    assert f"The data folder {tmp_path / 'file' / 'data'} cannot be used" in answer.stderr
    assert "Set YIMEN_DATA" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_the_demonstration_of_an_empty_database_is_no_list_for_machines_either(
    tmp_path: Path,
) -> None:
    answer = yimen("demo", "--json", YIMEN_DATA=str(tmp_path))
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == []


def test_a_checkout_without_its_built_front_end_says_how_to_build_it(tmp_path: Path) -> None:
    answer = yimen(
        "run",
        "--port",
        str(free_port()),
        YIMEN_DATA=str(tmp_path),
        YIMEN_STATIC=str(tmp_path / "nothing"),
    )
    assert answer.returncode == 1
    assert "Run `make front-end` first" in answer.stderr
    assert not (tmp_path / "postgres").exists()
