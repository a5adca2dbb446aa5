"""The commands: sentences for people, JSON and exit codes for machines."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from happenings import happen, seal_all

from yimen.base import clock
from yimen.ledger import actions, commands
from yimen.ledger.types import Fault, FaultKind

in_the_database = pytest.mark.django_db(transaction=True)


def _run(*words: str) -> Result:
    return CliRunner().invoke(commands.command, words)


@in_the_database
def test_a_ledger_that_holds_is_said_so() -> None:
    for _ in range(3):
        happen()
    seal_all()
    done = _run("verify")
    assert done.exit_code == 0
    assert "Verified 3 events in 1 seal" in done.stdout
    assert "The ledger holds." in done.stdout


@in_the_database
def test_a_fault_is_a_sentence_and_exit_code_1(unguarded: Callable[..., None]) -> None:
    event_id = happen()
    seal_all()
    unguarded("UPDATE ledger_event SET kind = 'x'")
    done = _run("verify")
    assert done.exit_code == 1
    assert f"Event {event_id} at position 1 was changed after sealing." in done.stderr
    assert "ledger_event_no_truncate of the database is switched off" in done.stderr


@in_the_database
def test_machines_get_json(unguarded: Callable[..., None]) -> None:
    event_id = happen()
    seal_all()
    told = json.loads(_run("verify", "--json").stdout)
    assert (told["holds"], told["events"], told["fault"]) == (True, 1, None)
    unguarded("UPDATE ledger_event SET kind = 'x'")
    done = _run("verify", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["fault"] == {
        "kind": "changed",
        "position": 1,
        "event_id": str(event_id),
    }


@in_the_database
def test_a_day_can_be_named_and_a_wrong_one_is_refused() -> None:
    happen()
    seal_all()
    assert json.loads(_run("verify", "--json", "--day", "2004-07-01").stdout)["events"] == 0
    assert _run("verify", "--day", "yesterday").exit_code == 2


@in_the_database
def test_published_roots_are_compared(tmp_path: Path, unguarded: Callable[..., None]) -> None:
    happen()
    seal_all()
    kept = tmp_path / "roots.json"
    kept.write_text(_run("roots", "--json").stdout)
    assert _run("verify", "--against", str(kept)).exit_code == 0
    unguarded("DELETE FROM ledger_seal")
    unguarded("DELETE FROM ledger_event")
    done = _run("verify", "--against", str(kept))
    assert done.exit_code == 1
    assert "Seal 1 is not as it was published." in done.stderr
    kept.write_text("{}")
    assert _run("verify", "--against", str(kept)).exit_code == 2


@in_the_database
def test_sealing_by_hand_tells_what_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    happen()
    seal_all()
    monkeypatch.setattr(clock, "today", lambda zone: date(2999, 1, 1))
    assert _run("seal").stdout == "Sealed: 0 events. Closed: 1 day.\n"
    assert json.loads(_run("seal", "--json").stdout) == {"sealed": 0, "days": [], "waiting": 0}
    assert len(_run("roots").stdout.splitlines()) == 1


@in_the_database
def test_sealing_by_hand_tells_what_must_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    happen()
    monkeypatch.setattr(actions, "seal_once", lambda: None)  # as when another process seals
    said = _run("seal").stdout
    assert "Waiting: 1 event." in said


@in_the_database
def test_without_keys_sealing_tells_what_to_do(data_folder: Path) -> None:
    happen()
    done = _run("seal")
    assert done.exit_code == 1
    assert f"no key to sign with in {data_folder / 'keys'}" in done.stderr


@in_the_database
def test_a_proof_is_printed_for_a_sealed_event_only() -> None:
    event_id = happen()
    assert "waits for its seal" in _run("proof", str(event_id)).stderr
    seal_all()
    assert json.loads(_run("proof", str(event_id)).stdout)["event"] == str(event_id)
    assert "no such event" in _run("proof", str(uuid4())).stderr
    assert _run("proof", "x").exit_code == 2


@pytest.mark.parametrize("kind", list(FaultKind))
@pytest.mark.parametrize("of", ["event", "batch", "seal", "day"])
def test_every_fault_has_a_sentence(kind: FaultKind, of: str) -> None:
    fault = {
        "event": Fault(kind, 3, UUID(int=1), belongs_at=4),
        "batch": Fault(kind, 3, seal=2, last_position=9),
        "seal": Fault(kind, 3, seal=2),
        "day": Fault(kind, 3, day=date(2004, 7, 1)),
    }[of]
    try:
        sentence = commands.sentence_of(fault)
    except KeyError:
        assert (kind, of) not in POSSIBLE
    else:
        assert sentence.endswith(".")
        assert "{" not in sentence


POSSIBLE = {
    *((kind, "event") for kind in (FaultKind.CHANGED, FaultKind.INSERTED, FaultKind.REORDERED)),
    (FaultKind.DELETED, "event"),
    (FaultKind.CHANGED, "batch"),
    *(
        (kind, of)
        for of in ("seal", "day")
        for kind in (
            FaultKind.GAP,
            FaultKind.BROKEN_CHAIN,
            FaultKind.WRONG_SIGNATURE,
            FaultKind.WRONG_ROOT,
            FaultKind.NOT_AS_PUBLISHED,
        )
    ),
}
