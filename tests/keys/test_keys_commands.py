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
    assert set(json.loads(CliRunner().invoke(commands.command, ["list", "--json"]).stdout)) == {
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
