"""Signing keys: made once, kept private, changed without losing what they signed."""

import multiprocessing
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import settings

from yimen.keys import actions, queries, rules
from yimen.keys.types import Signature


@pytest.fixture
def keys(data_folder: Path) -> Path:
    actions.ensure_keys("other")
    return data_folder / "keys"


def _ensure_and_name_key(folder: Path) -> str:
    settings.KEY_FOLDER = folder
    actions.ensure_keys()
    return queries.sign("ledger", b"x").key_id + queries.keyed_hash("phone", "1")


def test_a_signature_names_its_key_and_algorithm_and_verifies(keys: Path) -> None:
    signature = queries.sign("ledger", b"the root of a day")
    assert signature.algorithm == "ES256"
    assert signature.purpose == "ledger"
    assert len(signature.value) == 64
    assert queries.verify(signature, b"the root of a day")


def test_a_signature_of_something_else_does_not_verify(keys: Path) -> None:
    signature = queries.sign("ledger", b"one")
    assert not queries.verify(signature, b"two")
    for value in (b"", b"\0" * 64, signature.value[:-1], b"\xff" * 64):
        assert not queries.verify(Signature(signature.key_id, "ES256", value), b"one")


def test_an_unknown_algorithm_or_key_proves_nothing(keys: Path) -> None:
    value = queries.sign("ledger", b"one").value
    key_id = queries.sign("ledger", b"one").key_id
    assert not queries.verify(Signature(key_id, "none", value), b"one")
    assert not queries.verify(Signature("ledger-0000000000000000", "ES256", value), b"one")
    assert not queries.verify(Signature("../../etc/passwd", "ES256", value), b"one")


def test_the_key_of_one_purpose_is_not_the_key_of_another(keys: Path) -> None:
    assert queries.sign("ledger", b"").key_id != queries.sign("other", b"").key_id


def test_old_signatures_verify_after_a_rotation(keys: Path) -> None:
    old = queries.sign("ledger", b"before")
    new_key = actions.rotate("ledger")
    new = queries.sign("ledger", b"after")
    assert new.key_id == new_key != old.key_id
    assert queries.verify(old, b"before")
    assert queries.verify(new, b"after")
    assert set(queries.public_keys("ledger")) == {old.key_id, new.key_id}


def test_public_keys_are_pem_that_any_library_reads(keys: Path) -> None:
    pem = queries.public_key_pem(queries.sign("ledger", b"").key_id)
    assert load_pem_public_key(pem.encode()).key_size == 256
    assert "PRIVATE" not in pem


def test_making_keys_again_changes_nothing(keys: Path) -> None:
    before = {p: p.read_bytes() for p in keys.rglob("*") if p.is_file()}
    actions.ensure_keys("other")
    assert {p: p.read_bytes() for p in keys.rglob("*") if p.is_file()} == before


def test_further_purposes_are_made_by_name(keys: Path) -> None:
    with pytest.raises(rules.KeysNotMade) as refusal:
        queries.sign("card", b"")
    assert refusal.value.purpose == "card"
    actions.ensure_keys("card")
    assert queries.sign("card", b"").purpose == "card"


def test_many_processes_at_once_make_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        names = pool.map(_ensure_and_name_key, [tmp_path / "keys"] * 24)
    assert len(set(names)) == 1
    assert len(list((tmp_path / "keys" / "ledger").glob("*.pem"))) == 1


def test_only_the_owner_can_read_the_folder_and_its_files(data_folder: Path) -> None:
    (data_folder / "keys").mkdir(mode=0o777)
    (data_folder / "keys").chmod(0o777)
    actions.ensure_keys()
    for path in [data_folder / "keys", *(data_folder / "keys").rglob("*")]:
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_a_key_that_others_can_read_is_refused(keys: Path) -> None:
    for path in (keys / "ledger").glob("*.pem"):
        path.chmod(0o640)
    with pytest.raises(rules.KeyExposed) as refusal:
        queries.sign("ledger", b"")
    assert refusal.value.mode == 0o640
    assert "(mode 640)" in str(refusal.value) and "chmod go=" in str(refusal.value)


@pytest.mark.parametrize("content", ["another key", "not a key at all"])
def test_a_key_file_with_other_content_is_refused(keys: Path, content: str) -> None:
    [path] = (keys / "ledger").glob("*.pem")
    if content == "another key":
        [other] = (keys / "other").glob("*.pem")
        path.write_bytes(other.read_bytes())
    else:
        path.write_text(content)
    with pytest.raises(rules.KeyDamaged):
        queries.sign("ledger", b"")


def test_a_folder_without_keys_is_noticed_not_filled(data_folder: Path) -> None:
    with pytest.raises(rules.KeysNotMade):
        queries.sign("ledger", b"")
    with pytest.raises(rules.KeysNotMade):
        queries.keyed_hash("id-number", "310101199001011234")
    assert not (data_folder / "keys").exists()


def test_equal_values_have_equal_keyed_hashes_only_under_one_purpose(keys: Path) -> None:
    one = queries.keyed_hash("id-number", "310101199001011234")
    assert one == queries.keyed_hash("id-number", "310101199001011234")
    assert one != queries.keyed_hash("phone", "310101199001011234")
    assert one != queries.keyed_hash("id-number", "310101199001011235")
    assert len(bytes.fromhex(one)) == 32


@pytest.mark.parametrize("purpose", ["", "Ledger", "../keys", "a b", "-a", "a" * 69, "a\n"])
def test_a_purpose_is_a_short_plain_name(keys: Path, purpose: str) -> None:
    with pytest.raises(rules.BadPurpose):
        queries.keyed_hash(purpose, "x")
    with pytest.raises(rules.BadPurpose):
        actions.rotate(purpose)


def test_no_half_written_key_is_left_behind(keys: Path) -> None:
    assert [p for p in keys.rglob(".*") if p.name != ".lock"] == []
