"""Proofs and published roots, checked by the script that anyone may use, in its own process."""

import base64
import copy
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from happenings import empty_ledger, happen, happen_often, seal_all
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker

from yimen.base import clock
from yimen.keys import queries as keys
from yimen.keys.actions import rotate
from yimen.ledger import actions, queries, rules
from yimen.ledger.models import Event

SCRIPT = Path(rules.__file__).parent / "static/ledger/check_ledger.py"
Alter = Callable[[dict[str, Any]], None]
pytestmark = pytest.mark.django_db


# Trees: RFC 6962, section 2.1.3, and every size up to 70


def _root_by_definition(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = _root_by_definition(leaves[:split]), _root_by_definition(leaves[split:])
    return hashlib.sha256(b"\1" + left + right).digest()


def _path_by_definition(leaves: list[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*_path_by_definition(leaves[:split], index), _root_by_definition(leaves[split:])]
    return [
        *_path_by_definition(leaves[split:], index - split),
        _root_by_definition(leaves[:split]),
    ]


@given(st.integers(1, 70), st.data())
def test_roots_and_paths_are_those_of_the_rfc(size: int, data: st.DataObject) -> None:
    leaves = [rules.leaf_hash(str(n).encode()) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    assert rules.merkle_root(b"".join(leaves)) == _root_by_definition(leaves)
    assert rules.audit_path(b"".join(leaves), index) == _path_by_definition(leaves, index)


def test_known_vectors_of_certificate_transparency_hold() -> None:
    # From the reference implementation's merkle_tree_test: inputs and roots of 1 to 8 leaves.
    texts = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    texts.append("606162636465666768696a6b6c6d6e6f")
    leaves = [rules.leaf_hash(bytes.fromhex(text)) for text in texts]
    roots = [rules.merkle_root(b"".join(leaves[:n])).hex() for n in (0, 1, 2, 3, 8)]
    assert roots == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]


# Published files


@pytest.fixture(scope="module")
def published(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[dict[str, Any]]:
    """Three closed days under two keys and an open one; proofs of some events."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        empty_ledger()
        for day in range(1, 5):
            instant = datetime(2004, 7, day, 4, tzinfo=UTC)
            patch.setattr(clock, "now", lambda instant=instant: instant)
            actions.close_days()
            if day == 3:
                rotate("ledger")
            happen_often(17)
            seal_all(limit=5)
        ids = dict(Event.objects.values_list("position", "id"))
        yield {
            "roots": queries.published_roots(),
            "proofs": [queries.published_proof(ids[place]) for place in (1, 17, 42, 68)],
            "more": [queries.published_proof(ids[place]) for place in range(3, 68, 9)],
        }
        empty_ledger()


@pytest.fixture
def files(published: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    return {**published, "folder": tmp_path}


def _check(
    files: dict[str, Any], *, by_hand: bool = False, **given_files: object
) -> subprocess.CompletedProcess[str]:
    """Run the script in a process that knows nothing of this package."""
    words = []
    for name, content in {"roots": files["roots"], **given_files}.items():
        path = files["folder"] / f"{name}.file"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        words += [str(path)] if name == "roots" else [f"--{name}", str(path)]
    options = ["-I", "-S"] if by_hand else ["-I"]  # -S: without any installed package
    return subprocess.run(
        [sys.executable, *options, str(SCRIPT), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=files["folder"],
    )


@pytest.mark.parametrize("by_hand", [False, True])
def test_published_roots_hold(files: dict[str, Any], by_hand: bool) -> None:
    done = _check(files, by_hand=by_hand)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 days hold" in done.stdout


def test_the_script_imports_nothing_of_ours() -> None:
    assert "yimen" not in [
        line.split()[1].split(".")[0]
        for line in SCRIPT.read_text().splitlines()
        if line.strip().startswith(("import ", "from "))
    ]


@pytest.mark.parametrize("by_hand", [False, True])
def test_an_event_is_proven_up_to_its_published_day(files: dict[str, Any], by_hand: bool) -> None:
    for proof, day in zip(files["proofs"][:3], (1, 1, 3), strict=True):
        done = _check(files, by_hand=by_hand, proof=proof)
        assert done.returncode == 0, done.stdout
        assert f"event {proof['event']} stands at position" in done.stdout
        assert f"in the published day 2004-07-0{day}" in done.stdout


def test_an_event_of_today_is_proven_up_to_its_seal(files: dict[str, Any]) -> None:
    done = _check(files, proof=files["proofs"][3])
    assert done.returncode == 0, done.stdout
    assert "its day has no root yet" in done.stdout


def test_every_event_can_be_proven(files: dict[str, Any]) -> None:
    for proof in files["more"]:
        assert _check(files, proof=proof).returncode == 0


def test_roots_that_were_kept_are_compared(files: dict[str, Any]) -> None:
    older = copy.deepcopy(files["roots"])
    older["days"].pop()
    done = _check(files, older=older)
    assert done.returncode == 0
    assert "The 2 days of the older file are unchanged." in done.stdout
    older["days"][1]["signed"] = older["days"][1]["signed"].replace("root", "rood")
    done = _check(files, older=older)
    assert done.returncode == 1
    assert "2004-07-02" in done.stdout


def test_only_keys_that_the_reader_trusts_count(files: dict[str, Any]) -> None:
    first, second = (
        keys.public_key_pem(day["key"])
        for day in (files["roots"]["days"][0], files["roots"]["days"][2])
    )
    assert _check(files, key=first).returncode == 1
    assert "a key that is not given" in _check(files, key=first).stdout
    both = [files["folder"] / "a.pem", files["folder"] / "b.pem"]
    for path, pem in zip(both, (first, second), strict=True):
        path.write_text(pem)
    roots = files["folder"] / "roots.file"
    command = [sys.executable, "-I", str(SCRIPT), str(roots)]
    for path in both:
        command += ["--key", str(path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def _drop_day(roots: dict[str, Any]) -> None:
    del roots["days"][1]


def _drop_first_day(roots: dict[str, Any]) -> None:
    del roots["days"][0]


def _swap_days(roots: dict[str, Any]) -> None:
    roots["days"][0], roots["days"][1] = roots["days"][1], roots["days"][0]


def _change_root(roots: dict[str, Any]) -> None:
    day = json.loads(roots["days"][1]["signed"])
    day["root"] = "0" * 64
    roots["days"][1]["signed"] = json.dumps(day)


def _exchange_signatures(roots: dict[str, Any]) -> None:
    roots["days"][1]["signature"] = roots["days"][0]["signature"]


def _no_signature(roots: dict[str, Any]) -> None:
    roots["days"][1]["signature"] = base64.b64encode(bytes(64)).decode()


def _short_signature(roots: dict[str, Any]) -> None:
    roots["days"][1]["signature"] = ""


def _another_algorithm(roots: dict[str, Any]) -> None:
    roots["days"][1]["algorithm"] = "none"


def _another_key(roots: dict[str, Any]) -> None:
    name = roots["days"][0]["key"]
    roots["keys"][name] = roots["keys"][roots["days"][2]["key"]]


def _no_key(roots: dict[str, Any]) -> None:
    roots["keys"] = {}


ALTERATIONS = [
    _drop_day,
    _drop_first_day,
    _swap_days,
    _change_root,
    _exchange_signatures,
    _no_signature,
    _short_signature,
    _another_algorithm,
    _another_key,
    _no_key,
]


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("alter", ALTERATIONS)
def test_altered_roots_do_not_hold(files: dict[str, Any], alter: Alter, by_hand: bool) -> None:
    roots = copy.deepcopy(files["roots"])
    alter(roots)
    done = _check(files, by_hand=by_hand, roots=roots)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("DOES NOT HOLD: ")


def _another_record(proof: dict[str, Any]) -> None:
    proof["record"] = proof["record"].replace("tests.happened", "tests.invented")


def _another_position(proof: dict[str, Any]) -> None:
    record = json.loads(proof["record"])
    proof["record"] = proof["record"].replace(f"[{record[0]},", f"[{record[0] + 1},")


def _outside_position(proof: dict[str, Any]) -> None:
    record = json.loads(proof["record"])
    proof["record"] = proof["record"].replace(f"[{record[0]},", "[900,")


def _shorter_path(proof: dict[str, Any]) -> None:
    proof["path"].pop()


def _longer_path(proof: dict[str, Any]) -> None:
    proof["path"].append("0" * 64)


def _another_step(proof: dict[str, Any]) -> None:
    proof["path"][0] = "0" * 64


def _another_seal(proof: dict[str, Any]) -> None:
    proof["seal"]["signed"] = proof["seal"]["signed"].replace('"seal":', '"seal":1')


def _another_day_path(proof: dict[str, Any]) -> None:
    proof["path_in_day"][0] = "0" * 64


@pytest.mark.parametrize(
    "alter",
    [
        _another_record,
        _another_position,
        _outside_position,
        _shorter_path,
        _longer_path,
        _another_step,
        _another_seal,
        _another_day_path,
    ],
)
def test_an_altered_proof_does_not_hold(files: dict[str, Any], alter: Alter) -> None:
    proof = copy.deepcopy(files["proofs"][0])
    alter(proof)
    done = _check(files, proof=proof)
    assert (done.returncode, done.stderr) == (1, ""), done.stdout


def test_a_proof_of_a_day_that_was_not_published_does_not_hold(files: dict[str, Any]) -> None:
    roots = copy.deepcopy(files["roots"])
    roots["days"].pop()
    done = _check(files, roots=roots, proof=files["proofs"][2])
    assert done.returncode == 1
    assert "the proof and the published roots differ" in done.stdout


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "other"}', "\0"])
def test_a_file_that_cannot_be_read_is_exit_code_2(files: dict[str, Any], content: str) -> None:
    done = _check(files, roots=content)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_the_curve_by_hand_agrees_with_cryptography(files: dict[str, Any]) -> None:
    program = f"""
import json, runpy, sys
script = runpy.run_path({str(SCRIPT)!r})
for pem, value, message in json.load(sys.stdin):
    value, message = bytes.fromhex(value), bytes.fromhex(message)
    by_hand, fast = (script[name](pem, value, message) for name in ("verify_by_hand", "verify"))
    assert by_hand == fast, (value, message)
    print(by_hand)
assert script["FAST"]
"""
    chance = random.Random(7)
    cases, expected = [], []
    for n in range(8):
        message = chance.randbytes(n)
        signature = keys.sign("ledger", message)
        pem, value = keys.public_key_pem(signature.key_id), signature.value
        for altered in (value, bytes([value[0] ^ 1]) + value[1:], value[:-1] + b"\0"):
            cases.append((pem, altered.hex(), message.hex()))
            expected.append(str(altered == value))
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == expected


# Asking for proofs


def test_an_unknown_event_has_no_proof() -> None:
    with pytest.raises(rules.EventUnknown):
        queries.inclusion_proof(uuid4())


def test_an_event_that_waits_for_its_seal_has_no_proof_yet() -> None:
    event_id = happen()
    with pytest.raises(rules.EventNotSealed):
        queries.inclusion_proof(event_id)


def test_a_proof_leads_to_the_roots(files: dict[str, Any]) -> None:
    proof = queries.inclusion_proof(UUID(files["proofs"][1]["event"]))
    assert (proof.position, proof.seal.number) == (17, 4)
    assert proof.day is not None
    assert proof.day.day == date(2004, 7, 1)
    assert len(proof.path_in_day) == 2
