"""Appending: in the caller's transaction, with its jobs, or not at all."""

import threading
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from happenings import Happened, Heard, happen, seal_all
from procrastinate.contrib.django.models import ProcrastinateJob

from yimen.base.actor import ANONYMOUS, Actor, ActorKind, Channel
from yimen.ledger import actions, events, models, queries, rules

OFFICER = Actor(ActorKind.STAFF, Channel.DESK, account_id=7, label="civil-affairs 12")
RESIDENT = Actor(
    ActorKind.RESIDENT, Channel.PORTAL, account_id=8, label="王小明", person_id=uuid4()
)


@pytest.fixture
def listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_subscriptions", {})
    events.subscribe(Heard, "tests.first")
    events.subscribe(Heard, "builtin:procrastinate.builtin_tasks.remove_old_jobs")


def test_an_event_is_appended_with_who_did_it_where(db: None) -> None:
    person = uuid4()
    event_id = happen("a claim", actor=OFFICER, person_id=person)
    event = models.Event.objects.get(id=event_id)
    assert (event.kind, event.payload["what"]) == ("tests.happened", "a claim")
    assert (event.actor_kind, event.actor_account, event.actor_label) == (
        "staff",
        7,
        "civil-affairs 12",
    )
    assert (event.channel, event.person_id) == ("desk", person)
    assert event.position is None


def test_a_residents_name_stays_out_of_the_ledger(db: None) -> None:
    event = models.Event.objects.get(id=happen(actor=RESIDENT))
    assert (event.actor_kind, event.actor_account, event.actor_label) == ("resident", 8, "")
    assert event.actor_person == RESIDENT.person_id


def test_an_unidentified_visitor_is_known_by_a_provisional_person(db: None) -> None:
    provisional = uuid4()
    event = models.Event.objects.get(id=happen(actor=replace(ANONYMOUS, person_id=provisional)))
    assert (event.actor_account, event.actor_person) == (None, provisional)


def test_ids_in_a_payload_are_kept_as_text(db: None) -> None:
    subject = uuid4()
    with transaction.atomic():
        event_id = actions.append(Happened("x", 3, subject), actor=OFFICER)
    payload = models.Event.objects.get(id=event_id).payload
    assert payload == {"what": "x", "count": 3, "subject_id": str(subject)}


def test_outside_a_transaction_nothing_is_appended(transactional_db: None) -> None:
    with pytest.raises(rules.NotInTransaction) as refusal:
        actions.append(Happened("x"), actor=OFFICER)
    assert refusal.value.kind == "tests.happened"
    assert not models.Event.objects.exists()


def test_what_is_rolled_back_leaves_neither_event_nor_job(
    transactional_db: None, listeners: None
) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.append(Heard("x"), actor=OFFICER)
        raise ZeroDivisionError
    assert not models.Event.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_each_subscribed_job_is_deferred_with_the_event(db: None, listeners: None) -> None:
    person = uuid4()
    with transaction.atomic():
        event_id = actions.append(Heard("x"), actor=OFFICER, person_id=person)
    jobs = list(ProcrastinateJob.objects.order_by("id"))
    assert [job.task_name for job in jobs] == [
        "tests.first",
        "builtin:procrastinate.builtin_tasks.remove_old_jobs",
    ]
    assert [job.queue_name for job in jobs] == ["default", "builtin"]
    for job in jobs:
        assert job.args == {
            "event_id": str(event_id),
            "person_id": str(person),
            "payload": {"what": "x"},
        }


def test_a_job_about_nobody_gets_no_person(db: None, listeners: None) -> None:
    with transaction.atomic():
        actions.append(Heard("x"), actor=OFFICER)
    assert {job.args["person_id"] for job in ProcrastinateJob.objects.all()} == {None}


@pytest.mark.parametrize("heard", [False, True])
def test_an_event_and_its_jobs_are_one_statement(
    db: None, listeners: None, django_assert_num_queries: object, heard: bool
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]  # a fixture without a type
        actions.append(Heard("x") if heard else Happened("x"), actor=OFFICER)


FORBIDDEN = [
    "UPDATE ledger_event SET payload = '{}'",
    "UPDATE ledger_event SET position = position + 1",
    "UPDATE ledger_event SET position = NULL",
    "DELETE FROM ledger_event",
    "UPDATE ledger_seal SET at = now()",
    "DELETE FROM ledger_seal",
    "UPDATE ledger_dayroot SET day = day + 1",
    "DELETE FROM ledger_dayroot",
    "INSERT INTO ledger_event (id, kind, at, actor_kind, actor_label, channel, payload, position)"
    " VALUES (gen_random_uuid(), 'x', now(), 'x', '', 'x', '{}', 99)",
]


def test_the_database_itself_refuses_to_change_the_ledger(transactional_db: None) -> None:
    happen()
    seal_all()
    for statement in FORBIDDEN:
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_event_that_waits_for_its_seal_cannot_be_changed_either(db: None) -> None:
    happen()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_event SET kind = 'x', position = 1")


@pytest.mark.parametrize("table", ["ledger_event", "ledger_seal", "ledger_dayroot"])
def test_the_ledger_cannot_be_emptied_where_the_guards_stand(db: None, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")
        with pytest.raises(DatabaseError, match="append-only"):
            cursor.execute(f"TRUNCATE {table}")


def test_writers_do_not_wait_for_one_another_nor_for_the_sealer(transactional_db: None) -> None:
    written: list[UUID] = []

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        written.extend(happen() for _ in range(20))
        connection.close()

    with transaction.atomic():
        happen()
        actions._take_turn()  # as if the sealer were in the middle
        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(written) == 80
    assert sum(seal_all()) == 81


def test_what_waits_for_the_sealer_can_be_measured(transactional_db: None) -> None:
    assert queries.sealer_lag().events == 0
    assert queries.sealer_lag().seconds == 0
    happen()
    lag = queries.sealer_lag()
    assert (lag.events, lag.last_position) == (1, 0)
    assert 0 <= lag.seconds < 10
    seal_all()
    assert (queries.sealer_lag().events, queries.sealer_lag().last_position) == (0, 1)


def test_events_are_read_in_the_order_of_positions(transactional_db: None) -> None:
    for what in "abc":
        happen(what)
    assert queries.events_after(0) == []
    seal_all()
    happen("d")
    assert [e.payload["what"] for e in queries.events_after(1)] == ["b", "c"]
    assert [e.position for e in queries.events_after(0, limit=2)] == [1, 2]
    assert queries.events_after(0, kinds=["tests.heard"]) == []
    assert len(queries.events_after(0, kinds=["tests.happened"])) == 3


def test_events_about_a_person_come_newest_first_and_unsealed_too(db: None) -> None:
    person, merged, other = uuid4(), uuid4(), uuid4()
    for what, about in (("a", person), ("b", merged), ("c", other)):
        happen(what, person_id=about)
    found = queries.events_about([person, merged])
    assert [event.payload["what"] for event in found] == ["b", "a"]
    assert queries.events_about([person], kinds=["tests.heard"]) == []
