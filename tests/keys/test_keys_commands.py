"""The commands about keys."""

import json
from pathlib import Path

from click.testing import CliRunner

from yimen.keys import actions, commands, queries


def test_keys_are_listed_and_changed(data_folder: Path) -> None:
    actions.ensure_keys()
    old = queries.sign("ledger", b"").key_id
    said = CliRunner().invoke(commands.command, ["rotate", "ledger"]).stdout
    new = queries.sign("ledger", b"").key_id
    assert new in said
    assert set(
        json.loads(CliRunner().invoke(commands.command, ["list", "ledger", "--json"]).stdout)
    ) == {
        old,
        new,
    }
    listed = CliRunner().invoke(commands.command, ["list", "ledger"]).stdout
    assert f"{old}\n-----BEGIN PUBLIC KEY-----" in listed
    assert "PRIVATE" not in listed
    told = CliRunner().invoke(commands.command, ["rotate", "ledger", "--json"]).stdout
    newest = queries.sign("ledger", b"").key_id
    assert json.loads(told) == {"purpose": "ledger", "name": newest}


def test_a_purpose_that_cannot_be_is_refused(data_folder: Path) -> None:
    for words in (["rotate", "../x"], ["list", "X Y"]):
        assert CliRunner().invoke(commands.command, words).exit_code == 2


def test_without_a_purpose_every_key_is_told(data_folder: Path) -> None:
    actions.ensure_keys()
    old = queries.sign("ledger", b"").key_id
    new = actions.rotate("ledger")
    listed = CliRunner().invoke(commands.command, ["list"]).stdout
    assert f"{new}: signs.\n" in listed and f"{old}: signed before" in listed
    assert "There are no certificates yet." in listed
    told = json.loads(CliRunner().invoke(commands.command, ["list", "--json"]).stdout)
    assert {row["name"]: row["signs"] for row in told["keys"]} == {old: False, new: True}
    assert told["certificates"] == []
