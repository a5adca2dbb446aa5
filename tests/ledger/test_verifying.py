"""Verifying: what was done to the ledger behind its back is found and named."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from happenings import empty_ledger, happen, happen_often, seal_all
from pytest_django import DjangoDbBlocker

from yimen.base import clock
from yimen.keys import queries as keys
from yimen.keys.actions import ensure_keys
from yimen.ledger import actions, loader, queries, rules
from yimen.ledger.models import DayRoot, Event, Seal
from yimen.ledger.queries import verification
from yimen.ledger.queries.verification import verify
from yimen.ledger.types import Fault, FaultKind, Progress

Run = Callable[..., None]
TABLES = ("ledger_event", "ledger_seal", "ledger_dayroot")
DAYS = (date(2004, 7, 1), date(2004, 7, 2), date(2004, 7, 3))


@pytest.fixture(scope="module")
def sealed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Three days, the last one open; 60 events in seals of at most 8."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        empty_ledger()
        for day in DAYS:
            instant = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            patch.setattr(clock, "now", lambda instant=instant: instant)
            actions.close_days()
            happen_often(20)
            seal_all(limit=8)
        patch.undo()
        yield
        empty_ledger()


@pytest.fixture
def ledger(sealed: None, db: None) -> None:
    """The sealed ledger, for a test whose transaction is taken back."""


@pytest.fixture
def unguarded(ledger: None) -> Run:
    """Run a statement while the guards are switched off."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def run(sql: str, *values: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)

    return run


def _event_at(position: int) -> UUID:
    return Event.objects.get(position=position).id


def _fault(**facts: object) -> Fault:
    return Fault(**facts)  # type: ignore[arg-type]  # any of its fields


def test_an_untouched_ledger_holds(ledger: None) -> None:
    found = verify()
    assert found.holds
    assert (found.events, found.seals, found.days, found.last_position) == (60, 9, 2, 60)


def test_what_waits_for_its_seal_is_no_fault(ledger: None) -> None:
    happen()
    assert verify().events == 60
    assert verify().holds


def test_one_day_can_be_verified_alone(ledger: None, unguarded: Run) -> None:
    unguarded("UPDATE ledger_event SET kind = 'x' WHERE position = 5")
    assert [verify(day=day).holds for day in DAYS] == [False, True, True]
    assert [verify(day=day).events for day in DAYS] == [0, 20, 20]
    assert [verify(day=day).days for day in DAYS] == [0, 1, 0]
    assert verify(day=date(2004, 6, 30)).events == 0


def test_progress_is_told(ledger: None) -> None:
    told: list[Progress] = []
    verify(report=told.append)
    assert told[-1] == Progress(60, 60)


def test_a_long_walk_goes_on_in_a_new_transaction(
    ledger: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "_STRETCH", 0.0)
    found = verify()
    assert (found.holds, found.events, found.days) == (True, 60, 2)


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'cases.refused'",
        "at = at + interval '1 microsecond'",
        "actor_kind = 'system'",
        "actor_account = actor_account + 1",
        "actor_account = NULL",
        "actor_person = gen_random_uuid()",
        "actor_label = ''",
        "channel = 'portal'",
        "person_id = NULL",
        "payload = payload || '{\"version\": 0}'",
        "payload = payload - 'receipt'",
        "payload = jsonb_set(payload, '{version}', '11.0')",
        "horizon = horizon + 1",
        "id = gen_random_uuid()",
    ],
)
def test_a_change_of_any_column_is_found_and_named(
    ledger: None, unguarded: Run, change: str
) -> None:
    unguarded(f"UPDATE ledger_event SET {change} WHERE position = 11")
    assert verify().fault == _fault(kind=FaultKind.CHANGED, position=11, event_id=_event_at(11))


def test_the_first_of_several_changes_is_named(ledger: None, unguarded: Run) -> None:
    unguarded("UPDATE ledger_event SET channel = 'x' WHERE position IN (59, 13, 14, 31)")
    assert verify().fault == _fault(kind=FaultKind.CHANGED, position=13, event_id=_event_at(13))


@pytest.mark.parametrize("position", [1, 8, 9, 33, 60])
def test_a_deleted_event_is_named_by_its_position(
    ledger: None, unguarded: Run, position: int
) -> None:
    unguarded("DELETE FROM ledger_event WHERE position = %s", position)
    assert verify().fault == _fault(kind=FaultKind.DELETED, position=position)


def test_closing_the_gap_after_a_deletion_hides_nothing(ledger: None, unguarded: Run) -> None:
    unguarded("DELETE FROM ledger_event WHERE position = 20")
    unguarded("UPDATE ledger_event SET position = -position WHERE position > 20")
    unguarded("UPDATE ledger_event SET position = -position - 1 WHERE position < 0")
    assert verify().fault == _fault(kind=FaultKind.DELETED, position=20)


def _insert(run: Run, position: int) -> UUID:
    event_id = uuid4()
    run(
        "INSERT INTO ledger_event (id, kind, at, actor_kind, actor_label, channel, payload,"
        " position) VALUES (%s, 'x', now(), 'staff', '', 'desk', '{}', %s)",
        event_id,
        position,
    )
    return event_id


def test_an_event_put_between_others_is_named(ledger: None, unguarded: Run) -> None:
    unguarded("UPDATE ledger_event SET position = -position WHERE position >= 20")
    unguarded("UPDATE ledger_event SET position = -position + 1 WHERE position < 0")
    stranger = _insert(unguarded, 20)
    assert verify().fault == _fault(kind=FaultKind.INSERTED, position=20, event_id=stranger)


@pytest.mark.parametrize("position", [61, 1000, 0, -5])
def test_an_event_at_a_position_without_a_seal_is_named(
    ledger: None, unguarded: Run, position: int
) -> None:
    stranger = _insert(unguarded, position)
    assert verify().fault == _fault(kind=FaultKind.INSERTED, position=position, event_id=stranger)


@pytest.mark.parametrize("position", [1, 5, 8, 9, 60])
def test_a_second_event_at_a_position_is_named(ledger: None, unguarded: Run, position: int) -> None:
    unguarded("DROP INDEX ledger_event_position")
    stranger = _insert(unguarded, position)
    assert verify().fault == _fault(kind=FaultKind.INSERTED, position=position, event_id=stranger)


@pytest.mark.parametrize(("one", "other"), [(3, 4), (2, 57), (8, 9)])
def test_two_events_that_changed_places_are_named(
    ledger: None, unguarded: Run, one: int, other: int
) -> None:
    unguarded("UPDATE ledger_event SET position = -1 WHERE position = %s", one)
    unguarded("UPDATE ledger_event SET position = %s WHERE position = %s", one, other)
    unguarded("UPDATE ledger_event SET position = %s WHERE position = -1", other)
    assert verify().fault == _fault(
        kind=FaultKind.REORDERED, position=one, event_id=_event_at(one), belongs_at=other
    )


def test_an_event_moved_to_the_end_is_named(ledger: None, unguarded: Run) -> None:
    unguarded("UPDATE ledger_event SET position = 61 WHERE position = 7")
    assert verify().fault == _fault(
        kind=FaultKind.REORDERED, position=61, event_id=_event_at(61), belongs_at=7
    )


def test_an_event_whose_position_was_taken_away_is_named(ledger: None, unguarded: Run) -> None:
    event_id = _event_at(7)
    unguarded("UPDATE ledger_event SET position = NULL WHERE position = 7")
    assert verify().fault == _fault(kind=FaultKind.CHANGED, position=7, event_id=event_id)


# Seals


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("root = sha256('x')", FaultKind.WRONG_SIGNATURE),
        ("at = at + interval '1 microsecond'", FaultKind.WRONG_SIGNATURE),
        ("first_position = first_position + 1", FaultKind.WRONG_SIGNATURE),
        ("last_position = last_position + 1000", FaultKind.WRONG_SIGNATURE),
        ("signature = sha256('a') || sha256('b')", FaultKind.WRONG_SIGNATURE),
        ("signature = ''", FaultKind.WRONG_SIGNATURE),
        ("algorithm = 'none'", FaultKind.WRONG_SIGNATURE),
        ("key_id = 'ledger-0123456789abcdef'", FaultKind.WRONG_SIGNATURE),
        ("previous = sha256('x')", FaultKind.BROKEN_CHAIN),
        ("number = 1000", FaultKind.GAP),
        ("leaves = sha256('x') || substr(leaves, 33)", FaultKind.WRONG_ROOT),
        ("leaves = ''", FaultKind.WRONG_ROOT),
    ],
)
def test_a_changed_seal_is_found_and_named(
    ledger: None, unguarded: Run, change: str, kind: FaultKind
) -> None:
    unguarded(f"UPDATE ledger_seal SET {change} WHERE number = 3")
    assert verify().fault == _fault(kind=kind, position=17, seal=3)


def test_a_deleted_seal_is_a_gap(ledger: None, unguarded: Run) -> None:
    unguarded("DELETE FROM ledger_seal WHERE number = 3")
    assert verify().fault == _fault(kind=FaultKind.GAP, position=17, seal=3)


def test_without_the_last_seal_its_events_stand_without_one(ledger: None, unguarded: Run) -> None:
    unguarded("DELETE FROM ledger_seal WHERE number = 9")
    assert verify().fault == _fault(kind=FaultKind.INSERTED, position=57, event_id=_event_at(57))


def test_who_changes_an_event_and_its_leaf_is_caught_by_the_root(
    ledger: None, unguarded: Run
) -> None:
    unguarded("UPDATE ledger_event SET kind = 'x' WHERE position = 18")
    unguarded("UPDATE ledger_seal SET leaves = sha256('x') || substr(leaves, 33) WHERE number = 3")
    assert verify().fault == _fault(kind=FaultKind.CHANGED, position=17, seal=3, last_position=20)


def test_who_makes_a_whole_new_seal_without_the_key_is_caught_by_the_signature(
    ledger: None, unguarded: Run
) -> None:
    unguarded("UPDATE ledger_event SET kind = 'x' WHERE position = 42")
    seal = Seal.objects.get(number=7)
    found = verification._found("position BETWEEN %s AND %s", [41, 48])
    leaves = b"".join(rules.leaf_hash(event.record.encode()) for event in found)
    unguarded(
        "UPDATE ledger_seal SET leaves = %s, root = %s WHERE number = 7",
        leaves,
        rules.merkle_root(leaves),
    )
    assert verify().fault == _fault(kind=FaultKind.WRONG_SIGNATURE, position=41, seal=7)
    seal.refresh_from_db()
    stolen = keys.sign("ledger", seal.body())
    unguarded("UPDATE ledger_seal SET signature = %s WHERE number = 7", stolen.value)
    assert verify().fault == _fault(kind=FaultKind.BROKEN_CHAIN, position=49, seal=8)


def test_a_signature_by_the_key_of_another_purpose_is_none(ledger: None, unguarded: Run) -> None:
    ensure_keys("other")
    other = keys.sign("other", Seal.objects.get(number=9).body())
    unguarded(
        "UPDATE ledger_seal SET signature = %s, key_id = %s WHERE number = 9",
        other.value,
        other.key_id,
    )
    assert verify().fault == _fault(kind=FaultKind.WRONG_SIGNATURE, position=57, seal=9)


# Days


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("root = sha256('x')", FaultKind.WRONG_SIGNATURE),
        ("last_seal = last_seal - 1", FaultKind.WRONG_SIGNATURE),
        ("last_seal = 1000", FaultKind.WRONG_SIGNATURE),
        ("previous = sha256('x')", FaultKind.BROKEN_CHAIN),
    ],
)
def test_a_changed_root_of_a_day_is_found_and_named(
    ledger: None, unguarded: Run, change: str, kind: FaultKind
) -> None:
    unguarded(f"UPDATE ledger_dayroot SET {change} WHERE day = %s", DAYS[1])
    assert verify().fault == _fault(kind=kind, position=21, day=DAYS[1])
    assert verify(day=DAYS[1]).fault == _fault(kind=kind, position=21, day=DAYS[1])


def test_a_missing_day_is_a_gap(ledger: None, unguarded: Run) -> None:
    unguarded("DELETE FROM ledger_dayroot WHERE day = %s", DAYS[0])
    assert verify().fault == _fault(kind=FaultKind.GAP, position=1, day=DAYS[1])


def test_a_day_whose_seals_give_another_root_is_found(ledger: None, unguarded: Run) -> None:
    day = DayRoot.objects.get(day=DAYS[1])
    day.root = bytes(32)
    stolen = keys.sign("ledger", day.body())
    unguarded(
        "UPDATE ledger_dayroot SET root = %s, signature = %s WHERE day = %s",
        bytes(32),
        stolen.value,
        DAYS[1],
    )
    assert verify().fault == _fault(kind=FaultKind.WRONG_ROOT, position=21, day=DAYS[1])


def _published() -> loader.PublishedRoots:
    return loader.read_roots(json.dumps(queries.published_roots()).encode())


def test_the_ledger_is_compared_with_what_was_published(ledger: None, unguarded: Run) -> None:
    published = _published()
    assert verify(published=published).holds
    unguarded("DELETE FROM ledger_dayroot WHERE day = %s", DAYS[1])
    assert verify().holds, "a day that is not closed yet is no fault"
    assert verify(published=published).fault == _fault(kind=FaultKind.NOT_AS_PUBLISHED, day=DAYS[1])


def test_events_taken_back_after_publishing_are_missed(ledger: None, unguarded: Run) -> None:
    published = _published()
    unguarded("DELETE FROM ledger_seal WHERE number = 9")
    unguarded("DELETE FROM ledger_event WHERE position >= 57")
    assert verify().holds, "the database alone cannot know"
    assert verify(published=published).fault == _fault(kind=FaultKind.NOT_AS_PUBLISHED, seal=9)


@pytest.mark.parametrize("content", ["", "[]", '{"format": "x"}', "\0", '{"days": []}'])
def test_a_file_that_holds_no_roots_is_refused(content: str) -> None:
    with pytest.raises(rules.NotARootsFile):
        loader.read_roots(content.encode())


def test_guards_that_were_switched_off_are_told(ledger: None) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        assert verify().unguarded == ()
        cursor.execute("ALTER TABLE ledger_event DISABLE TRIGGER ledger_event_no_delete")
    assert verify().unguarded == ("ledger_event_no_delete",)


def test_a_ledger_that_changes_while_it_is_verified_is_not_judged(ledger: None) -> None:
    with pytest.raises(RuntimeError, match="seal 1"):
        verification._first_bad_event(Seal.objects.get(number=1))


# A thousand alterations


def _alter(run: Run, chance: random.Random) -> tuple[FaultKind, int]:
    """Do one thing to the ledger and return what it is and where it first shows."""
    position = chance.randrange(1, 61)
    match chance.choice(
        ("change", "delete", "insert", "move", "seal", "signature", "chain", "gap")
    ):
        case "change":
            column, value = chance.choice(
                (
                    ("kind", "x"),
                    ("actor_label", f"police {chance.randrange(9)}"),
                    ("channel", "api"),
                    ("person_id", str(uuid4())),
                    ("payload", json.dumps({"n": chance.random()})),
                    ("at", f"2004-07-0{chance.randrange(1, 9)}T00:00:00.{chance.randrange(9)}Z"),
                    ("actor_account", chance.randrange(10**6, 10**9)),
                )
            )
            run(f"UPDATE ledger_event SET {column} = %s WHERE position = %s", value, position)
            return FaultKind.CHANGED, position
        case "delete":
            run("DELETE FROM ledger_event WHERE position = %s", position)
            if chance.random() < 0.5 and position < 60:
                run("UPDATE ledger_event SET position = -position WHERE position > %s", position)
                run("UPDATE ledger_event SET position = -position - 1 WHERE position < 0")
            return FaultKind.DELETED, position
        case "insert":
            run("UPDATE ledger_event SET position = -position WHERE position >= %s", position)
            run("UPDATE ledger_event SET position = -position + 1 WHERE position < 0")
            _insert(run, position)
            return FaultKind.INSERTED, position
        case "move":
            other = chance.choice([p for p in range(1, 61) if p != position])
            run("UPDATE ledger_event SET position = -1 WHERE position = %s", position)
            run("UPDATE ledger_event SET position = %s WHERE position = %s", position, other)
            run("UPDATE ledger_event SET position = %s WHERE position = -1", other)
            return FaultKind.REORDERED, min(position, other)
    return _alter_seal(run, chance, chance.randrange(1, 9))


def _alter_seal(run: Run, chance: random.Random, number: int) -> tuple[FaultKind, int]:
    first = Seal.objects.get(number=number).first_position
    match chance.choice(("field", "signature", "chain", "gap")):
        case "field":
            column = chance.choice(("root = sha256('x')", "at = at - interval '1 s'"))
            run(f"UPDATE ledger_seal SET {column} WHERE number = %s", number)
            return FaultKind.WRONG_SIGNATURE, first
        case "signature":
            value = chance.randbytes(64)
            run("UPDATE ledger_seal SET signature = %s WHERE number = %s", value, number)
            return FaultKind.WRONG_SIGNATURE, first
        case "chain":
            value = chance.randbytes(32)
            run("UPDATE ledger_seal SET previous = %s WHERE number = %s", value, number)
            return FaultKind.BROKEN_CHAIN, first
    run("DELETE FROM ledger_seal WHERE number = %s", number)
    return FaultKind.GAP, first


def test_a_thousand_alterations_are_found_and_named(ledger: None, unguarded: Run) -> None:
    chance = random.Random(20040701)
    kinds: set[FaultKind] = set()
    for _ in range(1000):
        with transaction.atomic():
            kind, position = _alter(unguarded, chance)
            fault = verify().fault
            assert fault is not None
            assert (fault.kind, fault.position) == (kind, position), fault
            transaction.set_rollback(True)
        kinds.add(kind)
    assert len(kinds) == 7
    assert verify().holds
