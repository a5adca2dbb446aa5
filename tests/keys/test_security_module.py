"""Keys in a security module: SoftHSM here, any library of PKCS#11 in a city."""

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django import Settings
from sealing_life import AUTHORITY, POLICE, Trust, a_pdf, root_pem

from yimen.keys import actions, commands, queries, rules
from yimen.keys.loader.folder import KeyFolder
from yimen.keys.loader.token import TokenKey

PIN = "a-pin-for-tests"


@pytest.fixture(scope="session")
def module(tmp_path_factory: pytest.TempPathFactory) -> str:
    """SoftHSM with a fresh token, for all tests of this process: a library starts once."""
    found = sorted(Path("/usr/lib").glob("**/libsofthsm2.so"))
    if shutil.which("softhsm2-util") is None or not found:
        pytest.skip("SoftHSM is not installed (softhsm2): keys in a security module are not tested")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    subprocess.run(
        [
            *("softhsm2-util", "--init-token", "--free", "--label", "yimen"),
            *("--so-pin", "the-officers-pin", "--pin", PIN),
        ],
        check=True,
        capture_output=True,
    )
    return str(found[0])


@pytest.fixture
def token(module: str, data_folder: Path, settings: Settings) -> Path:
    """Let new keys be made in the token; returns the file with the PIN."""
    pin = data_folder / "pin"
    pin.write_text(f"{PIN}\n")
    pin.chmod(0o600)
    settings.PKCS11_MODULE, settings.PKCS11_TOKEN = module, "yimen"
    settings.PKCS11_PIN_FILE = str(pin)
    return pin


def test_a_paper_is_sealed_with_keys_that_never_leave_the_token(
    token: Path, data_folder: Path, tmp_path: Path
) -> None:
    sealed = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
    (tmp_path / "trust").mkdir()
    trust = Trust(tmp_path / "trust")
    trust.believe("shanghai", root_pem())
    assert trust.asked(sealed.pdf).holds
    assert not list((data_folder / "keys").rglob("*.pem"))
    assert all(facts.in_token for facts in queries.certificates())


def test_the_ledger_signs_in_the_token_too(token: Path) -> None:
    actions.ensure_keys()
    signature = queries.sign("ledger", b"the root of a day")
    assert queries.verify(signature, b"the root of a day")
    assert not queries.verify(signature, b"another root")
    assert set(queries.public_keys("ledger")) == {signature.key_id}


def test_what_is_verified_needs_no_token(token: Path, settings: Settings) -> None:
    actions.ensure_keys()
    signature = queries.sign("ledger", b"one")
    settings.PKCS11_MODULE = ""
    assert queries.verify(signature, b"one")


def test_keys_of_files_go_on_until_they_are_changed(token: Path, settings: Settings) -> None:
    module, settings.PKCS11_MODULE = settings.PKCS11_MODULE, ""
    first = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).key_id
    settings.PKCS11_MODULE = module
    assert actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).key_id == first
    second = actions.rotate("seal-police")
    assert actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).key_id == second
    in_token = {facts.key_id: facts.in_token for facts in queries.certificates()}
    assert in_token[second] and not in_token[first]
    told = CliRunner().invoke(commands.command, ["list"]).stdout
    assert told.count("Its key lives in the security module.") == 1


def test_threads_share_the_token(token: Path) -> None:
    actions.ensure_keys()
    signed = []

    def sign() -> None:
        signed.extend(queries.sign("ledger", bytes([n])) for n in range(10))

    threads = [threading.Thread(target=sign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signed) == 40
    for one in signed:
        assert any(queries.verify(one, bytes([n])) for n in range(10))


@pytest.mark.parametrize(
    ("setting", "value"),
    [("PKCS11_TOKEN", "no-such-token"), ("PKCS11_MODULE", "/no/such/module.so")],
)
def test_a_token_that_is_not_there_is_told_in_a_sentence(
    token: Path, settings: Settings, setting: str, value: str
) -> None:
    setattr(settings, setting, value)
    with pytest.raises(rules.TokenUnavailable):
        actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
    assert queries.certificates() == []
    done = CliRunner().invoke(commands.command, ["rotate", "ledger"])
    assert done.exit_code == 1
    assert "The security module" in done.output and "YIMEN_PKCS11_MODULE" in done.output


def test_a_missing_or_open_pin_file_is_refused(token: Path) -> None:
    token.chmod(0o644)
    with pytest.raises(rules.KeyExposed):
        actions.ensure_keys("other")
    token.unlink()
    with pytest.raises(rules.TokenUnavailable) as refusal:
        actions.ensure_keys("other")
    assert PIN not in str(refusal.value)


def test_a_key_that_the_token_has_lost_is_told_and_nothing_else_suffers(
    token: Path, data_folder: Path
) -> None:
    actions.ensure_keys("other")
    [path] = (data_folder / "keys" / "other").glob("*.token")
    told = json.loads(path.read_bytes())
    path.write_bytes(json.dumps({**told, "id": "00" * 16}).encode())
    with pytest.raises(rules.TokenUnavailable):
        queries.sign("other", b"")
    assert queries.sign("ledger", b"").purpose == "ledger"


@pytest.mark.parametrize("content", ["", "{}", '{"id": "zz", "public": ""}'])
def test_a_damaged_token_file_is_named(token: Path, data_folder: Path, content: str) -> None:
    actions.ensure_keys("other")
    [path] = (data_folder / "keys" / "other").glob("*.token")
    path.write_text(content)
    with pytest.raises(rules.KeyDamaged):
        KeyFolder(data_folder / "keys").key(path.stem)


def test_a_key_in_a_token_does_only_what_it_may(token: Path, data_folder: Path) -> None:
    actions.ensure_keys()
    [path] = (data_folder / "keys" / "ledger").glob("*.token")
    key = KeyFolder(data_folder / "keys").key(path.stem).private
    assert isinstance(key, TokenKey) and key.key_size == 256
    for refused in (key.private_numbers, key.private_bytes):
        with pytest.raises(NotImplementedError):
            refused()
