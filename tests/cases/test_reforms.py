"""An agency ends: what is open goes on at its successor, what was done keeps the old name."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from changed_city import ChangeCity, reformed, replaced
from city_life import (
    a_household,
    a_person,
    an_account,
    an_application,
    case_of,
    officer,
    records,
    resident,
    reviewed,
    send,
    started,
    task,
    work,
)
from test_late_holidays import held_elsewhere

from yimen.accounts import actions as accounts
from yimen.accounts import rules as accounts_rules
from yimen.accounts import tasks as accounts_tasks
from yimen.accounts.actions.moving import move_posts
from yimen.accounts.models import Account, StaffPost
from yimen.accounts.queries import _rights, city_today, posts_of
from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel
from yimen.base.clock import now
from yimen.cases import actions, tasks
from yimen.cases.actions import moving
from yimen.cases.models import Decision, History, Task
from yimen.cases.queries import file, history, queue, status
from yimen.cases.queries.handling import decision_in_force
from yimen.cases.rules.errors import NotAllowed, NotFound
from yimen.cases.types import (
    CorrectionItem,
    CorrectionKind,
    HistoryKind,
    QueueFilters,
    Receipt,
    TaskOutcome,
)
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.ledger.models import Event

pytestmark = pytest.mark.usefixtures("city")
NEW = "public-order"


@pytest.fixture
def wang() -> Actor:
    person = a_person()
    records("residence", person.pk, registration="elsewhere")
    return resident(person.pk, an_account(person.pk))


@pytest.fixture
def li() -> Actor:
    return officer()


@pytest.fixture
def gao() -> Actor:
    return officer(role="head", username="gao", office_number="320")


@pytest.fixture
def permit(wang: Actor) -> Receipt:
    """A residence permit that waits for its review at the police."""
    return started(wang)


def reform(change_city: ChangeCity, until: date | None = None) -> City:
    """End the police today, and let the worker do what it does each minute."""
    found = change_city(reformed(until or city_today()))
    each_minute()
    return found


def each_minute() -> None:
    accounts_tasks.follow_reforms(0)
    tasks.follow_reforms(0)


def again(actor: Actor) -> Actor:
    """Return an officer with the posts and rights that a request of today gives them."""
    assert actor.account_id is not None
    held = posts_of(actor.account_id, city_today())
    posts = _rights(current_city(), held, actor.account_id)
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=actor.account_id, posts=posts)


def moves(receipt: Receipt) -> list[tuple[str, str]]:
    rows = History.objects.filter(case_id=receipt.case_id, kind="moved").order_by("id")
    return [(row.data["from"], row.data["to"]) for row in rows]


def approved(receipt: Receipt, li: Actor, gao: Actor) -> Receipt:
    reviewed(receipt, li)
    step = task(receipt, "decide").id
    actions.decide(gao, receipt.receipt_number, step, TaskOutcome.APPROVE)
    work()
    return receipt


# Officers


def test_officers_go_on_in_their_role_and_office_without_signing_in_again(
    li: Actor, gao: Actor, change_city: ChangeCity
) -> None:
    reform(change_city)
    before, after = StaffPost.objects.filter(account_id=li.account_id).order_by("id")
    assert (before.agency, before.until) == ("police", city_today())
    assert (after.agency, after.role, after.office_number) == (NEW, "officer", "211")
    assert (after.since, after.until) == (city_today(), None)
    account = Account.objects.get(pk=li.account_id)
    assert account.is_staff and account.sign_ins_ended_at is None
    event = Event.objects.filter(kind="accounts.post_moved").earliest("id")
    assert event.payload == {
        "post_id": before.pk, "new_post_id": after.pk, "account_id": li.account_id,
        "agency": "police", "successor": NEW, "role": "officer",
    }  # fmt: skip
    each_minute()
    assert StaffPost.objects.count() == 4
    assert again(gao).has("case.hand_over", NEW) and not again(gao).has("case.hand_over", "police")


def test_a_post_in_an_agency_that_has_ended_has_no_right_before_the_worker_comes(
    gao: Actor, change_city: ChangeCity
) -> None:
    tomorrow = city_today() + timedelta(days=1)
    change_city(reformed(tomorrow))
    assert again(gao).has("case.decide", "police")
    assert move_posts(SYSTEM) == actions.move_cases(SYSTEM) == 0
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        assert again(gao).posts == ()


def test_who_works_at_the_successor_already_keeps_that_post(
    li: Actor, change_city: ChangeCity
) -> None:
    change_city(reformed(city_today() + timedelta(days=1)))
    accounts.give_post(SYSTEM, li.account_id, agency=NEW, role="officer", office_number="9")
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        each_minute()
    (held,) = StaffPost.objects.filter(account_id=li.account_id, until=None)
    assert (held.agency, held.office_number) == (NEW, "9")


def test_many_posts_move_in_batches_and_only_by_the_system(
    li: Actor, gao: Actor, change_city: ChangeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yimen.accounts.actions.moving.POSTS_AT_ONCE", 1)
    change_city(reformed(city_today()))
    assert [move_posts(SYSTEM) for _ in range(3)] == [1, 1, 0]
    for move in (move_posts, actions.move_cases):
        with pytest.raises((accounts_rules.NotAllowed, NotAllowed)):
            move(gao)


def test_nobody_gets_a_post_in_the_agency_afterwards(li: Actor, change_city: ChangeCity) -> None:
    reform(change_city)
    with pytest.raises(accounts_rules.AgencyEnded):
        accounts.give_post(SYSTEM, li.account_id, agency="police", role="head", office_number="1")


# Cases


def test_an_open_case_goes_on_where_it_was_with_the_same_officer(
    wang: Actor, li: Actor, gao: Actor, permit: Receipt, change_city: ChangeCity
) -> None:
    step = task(permit, "review").id
    actions.claim(li, permit.receipt_number, step)
    reform(change_city)
    case, moved = case_of(permit), task(permit, "review")
    assert (case.agency, case.agencies) == (NEW, [NEW])
    assert (moved.agency, moved.state, moved.assignee) == (NEW, "claimed", li.account_id)
    (line,) = [line for line in history(wang, permit.receipt_number) if line.kind == "moved"]
    assert line.data == {"from": "police", "to": NEW}
    event = Event.objects.get(kind="cases.moved")
    assert event.person_id == permit.person_id
    assert event.payload == {
        "case_id": str(permit.case_id), "agency": "police", "successor": NEW, "tasks": ["review"],
    }  # fmt: skip
    assert [i.task_id for i in queue(again(li), QueueFilters(whose="mine")).items] == [step]
    with pytest.raises(NotFound):
        file(li, permit.receipt_number)  # rights of yesterday open nothing
    approved(permit, again(li), again(gao))
    (decision,) = Decision.objects.filter(case_id=permit.case_id)
    assert (decision.agency, decision.decided_number) == (NEW, "320")
    officers = [line.officer for line in history(wang, permit.receipt_number)]
    assert {officer.agency for officer in officers} >= {"police", NEW}


def test_it_moves_once_and_in_batches(
    wang: Actor, permit: Receipt, change_city: ChangeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = started(wang)
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    change_city(reformed(city_today()))
    assert [actions.move_cases(SYSTEM) for _ in range(3)] == [1, 1, 0]
    tasks.follow_reforms(0)
    assert moves(permit) == moves(other) == [("police", NEW)]


def test_a_case_that_was_sent_just_before_is_started_at_the_successor(
    wang: Actor, change_city: ChangeCity
) -> None:
    receipt = send(wang)
    change_city(reformed(city_today()))
    work()
    assert task(receipt, "review").agency == NEW
    tasks.follow_reforms(0)
    assert (case_of(receipt).agency, moves(receipt)) == (NEW, [("police", NEW)])


def test_what_is_sent_afterwards_has_nothing_to_move(wang: Actor, change_city: ChangeCity) -> None:
    reform(change_city)
    receipt = started(wang)
    assert (case_of(receipt).agency, task(receipt, "review").agency) == (NEW, NEW)
    assert actions.move_cases(SYSTEM) == 0


def test_only_the_tasks_of_a_partner_that_ends_move(wang: Actor, change_city: ChangeCity) -> None:
    assert wang.person_id is not None
    a_household(wang.person_id)
    application = an_application("minimum-living-allowance", "good-laid-off-couple")
    receipt = reviewed(started(wang, application), officer("civil-affairs", username="sun"))
    change_city(reformed(city_today(), "labour-social-security"))
    tasks.follow_reforms(0)
    assert task(receipt, "opinion_partner").agency == NEW
    assert task(receipt, "opinion_lead").agency == "civil-affairs"
    case = case_of(receipt)
    assert (case.agency, case.agencies) == ("civil-affairs", ["civil-affairs", NEW])
    assert moves(receipt) == [("labour-social-security", NEW)]


def test_a_partner_that_ends_before_its_turn_is_followed_when_it_comes(
    wang: Actor, change_city: ChangeCity
) -> None:
    assert wang.person_id is not None
    a_household(wang.person_id)
    application = an_application("minimum-living-allowance", "good-laid-off-couple")
    receipt, sun = started(wang, application), officer("civil-affairs", username="sun")
    change_city(reformed(city_today(), "labour-social-security"))
    assert actions.move_cases(SYSTEM) == 0
    reviewed(receipt, sun)
    assert task(receipt, "opinion_partner").agency == NEW
    partner = officer(NEW, username="zhou")
    assert file(partner, receipt.receipt_number).status.receipt_number == receipt.receipt_number


def test_a_correction_that_was_asked_for_before_is_taken_back_by_the_successor(
    wang: Actor, li: Actor, permit: Receipt, change_city: ChangeCity
) -> None:
    item = CorrectionItem(CorrectionKind.MATERIAL, "photo", "Too dark.")
    actions.ask_for_correction(li, permit.receipt_number, task(permit, "review").id, (item,))
    reform(change_city)
    turn = status(wang, permit.receipt_number).your_turn
    assert turn is not None and turn.officer.agency == "police"
    with pytest.raises(NotFound):
        actions.take_back_correction(li, permit.receipt_number)
    actions.take_back_correction(again(li), permit.receipt_number)
    last = history(wang, permit.receipt_number)[-1]
    assert (last.kind, last.officer.agency) == (HistoryKind.CORRECTION_TAKEN_BACK, NEW)


# What is closed


def test_a_closed_case_keeps_its_agency_and_the_successor_answers_for_it(
    wang: Actor, li: Actor, gao: Actor, permit: Receipt, change_city: ChangeCity
) -> None:
    approved(permit, li, gao)
    reform(change_city)
    case = case_of(permit)
    assert (case.agency, case.agencies, moves(permit)) == ("police", ["police"], [])
    number, head = permit.receipt_number, again(gao)
    assert file(head, number).can_revoke and file(head, number).corrections
    found = status(wang, number).decision
    assert found is not None and found.officer.agency == "police"
    stranger = officer("civil-affairs", "head", "wu", "103")
    with pytest.raises(NotFound):
        file(stranger, number)
    decision = decision_in_force(case)
    assert decision is not None
    actions.correct_decision(head, number, decision.id, "approved", "The street.", "slip")
    old, new = Decision.objects.filter(case_id=permit.case_id).order_by("id")
    assert (old.agency, new.agency) == ("police", NEW)


def test_a_decision_is_looked_at_again_where_its_work_is_now(
    wang: Actor, li: Actor, gao: Actor, permit: Receipt, change_city: ChangeCity
) -> None:
    approved(permit, li, gao)
    other = officer("police", "head", "lu", "321")
    actions.ask_for_recheck(wang, permit.receipt_number, "The wrong street.")
    later = approved(started(wang), li, gao)
    reform(change_city)
    assert (task(permit, "recheck").agency, case_of(permit).agency) == (NEW, "police")
    assert moves(permit) == [("police", NEW)]
    actions.ask_for_recheck(wang, later.receipt_number, "The wrong street.")
    assert task(later, "recheck").agency == NEW
    step = task(permit, "recheck").id
    actions.answer_recheck(again(other), permit.receipt_number, step, "It is right.")
    assert not Task.objects.filter(state="open", agency="police").exists()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_moves_a_minute_later(change_city: ChangeCity) -> None:
    busy, free = started(resident(a_person(1).pk)), started(resident(a_person(2).pk))
    change_city(reformed(city_today()))
    with held_elsewhere(busy):
        tasks.follow_reforms(0)
        assert (case_of(busy).agency, case_of(free).agency) == ("police", NEW)
    tasks.follow_reforms(0)
    assert (case_of(busy).agency, moves(busy), moves(free)) == (
        NEW, [("police", NEW)], [("police", NEW)],
    )  # fmt: skip


def test_a_closed_data_set_opens_to_the_successor_of_its_owner(
    wang: Actor, change_city: ChangeCity
) -> None:
    def closed_and_reformed(folder: Path) -> None:
        replaced("datasets/household.toml", ('"conditional"', '"closed"'))(folder)
        reformed(city_today(), "civil-affairs")(folder)

    receipt = started(wang, an_application("minimum-living-allowance", "good-laid-off-couple"))
    change_city(closed_and_reformed)
    tasks.follow_reforms(0)
    assert file(officer(NEW, username="sun"), receipt.receipt_number).records.closed == ()
