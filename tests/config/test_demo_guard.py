"""The demonstration is never served to others."""

import os
from pathlib import Path

import psycopg
import pytest

from tests.config.test_commands import yimen
from yimen.config.demo_guard import refuse_demo_people, refuse_to_load, stays_here
from yimen.config.refusal import Refusal

OPEN = "0.0.0.0"


def test_only_addresses_of_this_machine_stay_here() -> None:
    assert all(map(stays_here, ("127.0.0.1", "127.8.9.1", "::1", "localhost")))
    assert not any(map(stays_here, (OPEN, "::", "10.1.2.3", "city.example", "")))


def test_the_demonstration_is_not_loaded_behind_an_open_address(tmp_path: Path) -> None:
    refuse_to_load("127.0.0.1")
    with pytest.raises(Refusal, match="Add --no-demo"):
        refuse_to_load(OPEN)
    answer = yimen("run", "--host", OPEN, YIMEN_DATA=str(tmp_path / "data"))
    assert answer.returncode == 1
    assert "Add --no-demo" in answer.stderr


def test_kept_passwords_of_the_demonstration_close_an_open_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIMEN_DATA", str(tmp_path))
    (tmp_path / "demo-sign-ins.json").write_text("{}")
    refuse_demo_people("127.0.0.1")
    with pytest.raises(Refusal, match="start there with --no-demo"):
        refuse_demo_people(OPEN)


def test_people_of_the_demonstration_in_the_database_close_an_open_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIMEN_DATA", str(tmp_path))
    where = os.environ["DATABASE_URL"]
    with psycopg.connect(where, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS guarded")
        try:
            monkeypatch.setenv("DATABASE_URL", f"{where}?options=-csearch_path%3Dguarded")
            refuse_demo_people(OPEN)  # a database without tables
            connection.execute("CREATE TABLE guarded.accounts_account (username text)")
            refuse_demo_people(OPEN)  # nobody of the demonstration
            connection.execute("INSERT INTO guarded.accounts_account VALUES ('wang-jianguo')")
            with pytest.raises(Refusal, match="has 1 of their accounts"):
                refuse_demo_people(OPEN)
            answer = yimen(
                "serve",
                "--host",
                OPEN,
                DATABASE_URL=os.environ["DATABASE_URL"],
                YIMEN_DATA=str(tmp_path),
            )
            assert answer.returncode == 1
            assert "1 of their accounts" in answer.stderr
        finally:
            connection.execute("DROP SCHEMA guarded CASCADE")
