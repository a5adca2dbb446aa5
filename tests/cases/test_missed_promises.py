"""A promise that is not kept: the applicant gets an apology, the reason and the new day unasked."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from changed_city import ChangeCity, replaced
from city_life import (
    a_person,
    an_application,
    case_of,
    officer,
    resident,
    reviewed,
    send,
    started,
    task,
    work,
)
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from yimen.base.actor import SYSTEM, Actor
from yimen.base.calendar import WorkingCalendar
from yimen.cases import tasks
from yimen.cases.actions import (
    apologise,
    ask_for_correction,
    claim,
    decide,
    promise_anew,
    take_back_correction,
    tell_of_lateness,
)
from yimen.cases.actions import promises as acting
from yimen.cases.models import Case, MissedPromise
from yimen.cases.queries import file, status
from yimen.cases.queries.figures import _count
from yimen.cases.rules.errors import BadNewDay, DelayMissing, NotAllowed, WrongState
from yimen.cases.rules.promises import (
    after_stop,
    days_to_choose,
    missed_day,
    new_day,
    owed_day,
    past_by_law,
)
from yimen.cases.types import CorrectionItem, CorrectionKind, Receipt, TaskOutcome
from yimen.ledger.models import Event
from yimen.mailbox.models import Message

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZONE)
DUE = date(2026, 11, 11)  # a Wednesday
LATE = datetime(2026, 11, 12, 9, tzinfo=ZONE)
NEW = date(2026, 11, 19)  # five working days after that
BY_LAW = date(2026, 11, 30)
LATER = datetime(2026, 12, 7, 9, tzinfo=ZONE)  # past the limit of the law
ITEMS = [CorrectionItem(CorrectionKind.FIELD, "phone", "Wrong.")]
CALENDAR = WorkingCalendar({})

in_the_city = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def li() -> Actor:
    return officer("family-planning", "officer", "li", "211")


@pytest.fixture
def card(wang: Actor) -> Receipt:
    """A card that was applied for on Monday 2 November 2026: seven working days are promised."""
    return a_card(wang)


def a_card(actor: Actor) -> Receipt:
    with time_machine.travel(MONDAY, tick=False):
        return started(actor, an_application("reproductive-service-card", "good-planning-couple"))


def noted() -> list[MissedPromise]:
    return list(MissedPromise.objects.order_by("promised"))


def apologies(actor: Actor) -> list[Message]:
    rows = Message.objects.filter(
        person_id=actor.person_id, subject__en="We are late, and we apologise"
    )
    return list(rows.order_by("id"))


def run_on(moment: datetime) -> None:
    """Let the worker do its round of five minutes, and what that queues."""
    with time_machine.travel(moment, tick=False):
        tasks.apologise(0)
        work()


@in_the_city
def test_the_applicant_is_told_why_and_by_when_without_asking(wang: Actor, card: Receipt) -> None:
    work()
    run_on(datetime(2026, 11, 11, 23, tzinfo=ZONE))
    assert noted() == []
    run_on(LATE)
    (row,) = noted()
    assert (row.promised, row.new_due, row.statutory) == (DUE, NEW, None)
    assert row.agencies == ["family-planning"]
    (told,) = apologies(wang)
    assert (
        "by 11 November 2026. We are not keeping this promise, and we apologise." in told.body["en"]
    )
    assert "Population and Family Planning Commission is not finished" in told.body["en"]
    assert "The new day: we will decide by 19 November 2026." in told.body["en"]
    assert "不能在我们承诺的2026年11月11日之前办结" in told.body["zh"]
    assert "尚未办完，办理单位：" in told.body["zh"] and "2026年11月19日之前办结" in told.body["zh"]
    with time_machine.travel(LATE, tick=False):
        late = status(wang, card.receipt_number).late
    assert late is not None and (late.promised, late.new_due) == (DUE, NEW)
    (line,) = [one for one in status(wang, card.receipt_number).history if one.kind == "late"]
    assert line.data["promised_due"] == NEW.isoformat()


@in_the_city
def test_nobody_is_named_and_nobody_is_told_twice(wang: Actor, li: Actor, card: Receipt) -> None:
    claim(li, card.receipt_number, task(card, "review").id)
    for _ in range(3):
        run_on(LATE)
    (row,) = noted()
    tell_of_lateness(SYSTEM, row.person_id, row.case_id, row.id)
    (told,) = apologies(wang)
    assert "何丽" not in told.body["zh"] and "211" not in told.body["zh"]
    assert Event.objects.filter(kind="cases.promise_missed").count() == 1


@in_the_city
def test_a_new_day_that_passes_is_a_promise_missed_as_well(wang: Actor, card: Receipt) -> None:
    run_on(LATE)
    run_on(datetime(2026, 11, 20, 9, tzinfo=ZONE))
    run_on(datetime(2026, 11, 28, 9, tzinfo=ZONE))
    first, second, third = noted()
    assert (second.promised, second.new_due) == (first.new_due, date(2026, 11, 27))
    assert (third.promised, third.new_due) == (second.new_due, BY_LAW)  # never past the limit
    assert len(apologies(wang)) == 3


@in_the_city
def test_past_the_limit_of_the_law_it_says_so_and_whom_to_turn_to(
    wang: Actor, card: Receipt, change_city: ChangeCity
) -> None:
    run_on(LATER)
    (told,) = apologies(wang)
    assert "The time limit set by law, 30 November 2026, has passed as well." in told.body["en"]
    assert "administrative reconsideration" in told.body["en"]
    assert "法定办结期限（2026年11月30日）也已经超过。" in told.body["zh"]
    assert noted()[0].statutory == BY_LAW
    complain = 'complain.en = "You can complain by the city\'s telephone 12345, and ask for administrative reconsideration under the law."'
    zh = 'complain.zh = "你可以向本市12345热线投诉，也可以依法申请行政复议。"'
    change_city(replaced("city.toml", (complain, ""), (zh, "")))
    run_on(LATER + timedelta(days=14))
    assert (
        "You can complain to Shanghai Municipal Population and Family Planning Commission."
        in apologies(wang)[1].body["en"]
    )


@in_the_city
def test_while_it_is_the_applicants_turn_no_promise_is_missed(
    wang: Actor, li: Actor, card: Receipt
) -> None:
    review = task(card, "review").id
    with time_machine.travel(LATE, tick=False):  # late already when it was asked for
        ask_for_correction(li, card.receipt_number, review, ITEMS)
    run_on(LATER)
    assert noted() == []
    with time_machine.travel(LATER, tick=False):
        take_back_correction(li, card.receipt_number)
    run_on(LATER)
    assert [row.promised for row in noted()] == [DUE]


@in_the_city
def test_a_new_day_moves_on_while_the_clock_stands_for_the_applicant(
    wang: Actor, li: Actor, card: Receipt
) -> None:
    run_on(LATE)
    with time_machine.travel(datetime(2026, 11, 16, 9, tzinfo=ZONE), tick=False):
        ask_for_correction(li, card.receipt_number, task(card, "review").id, ITEMS)
    with time_machine.travel(datetime(2026, 11, 18, 9, tzinfo=ZONE), tick=False):
        take_back_correction(li, card.receipt_number)
    assert noted()[0].new_due == date(2026, 11, 23)
    run_on(datetime(2026, 11, 20, 9, tzinfo=ZONE))
    assert len(noted()) == 1


@in_the_city
def test_what_is_decided_is_not_apologised_for(wang: Actor, li: Actor, card: Receipt) -> None:
    head = officer("family-planning", "head", "zhao", "301")
    with time_machine.travel(LATE, tick=False):
        assert apologise(SYSTEM) == 1
        reviewed(card, li)
        decide(head, card.receipt_number, task(card, "decide").id, TaskOutcome.APPROVE)
        work()
        assert apologies(wang) == []
        assert status(wang, card.receipt_number).late is None
        assert (_count().decided, _count().in_time) == (1, 0)  # the figures keep the first promise
    run_on(LATER)
    assert len(noted()) == 1


@in_the_city
def test_an_application_that_nobody_has_begun_waits_for_its_agency(wang: Actor) -> None:
    with time_machine.travel(MONDAY, tick=False):
        receipt = send(wang, an_application("reproductive-service-card", "good-planning-couple"))
    with time_machine.travel(LATE, tick=False):
        apologise(SYSTEM)
    (row,) = noted()
    assert (
        row.says["en"]
        == "Shanghai Municipal Population and Family Planning Commission has not begun yet."
    )
    assert row.case_id == receipt.case_id


@in_the_city
def test_an_officer_says_beforehand_that_it_gets_late(
    wang: Actor, li: Actor, card: Receipt
) -> None:
    with time_machine.travel(datetime(2026, 11, 10, 9, tzinfo=ZONE), tick=False):
        days = file(li, card.receipt_number).new_days
        assert (days[0], days[-1]) == (date(2026, 11, 12), BY_LAW)
        with pytest.raises(DelayMissing):
            promise_anew(li, card.receipt_number, "my-holiday", days[2])
        for day in (None, DUE, date(2026, 11, 14), BY_LAW + timedelta(days=1)):
            with pytest.raises(BadNewDay):
                promise_anew(li, card.receipt_number, "other-agency", day)
        promise_anew(li, card.receipt_number, "other-agency", days[2])
        work()
    (told,) = apologies(wang)
    assert "The reason: We are waiting for what another agency has to confirm" in told.body["en"]
    assert "we will decide by 16 November 2026" in told.body["en"]
    run_on(LATE)
    assert len(noted()) == 1 and case_of(card).promised_due == DUE
    run_on(datetime(2026, 11, 17, 9, tzinfo=ZONE))
    assert [row.delay for row in noted()] == ["other-agency", ""]


@in_the_city
def test_only_the_leading_agency_says_that_it_gets_late(
    wang: Actor, li: Actor, card: Receipt, change_city: ChangeCity
) -> None:
    watcher = officer("family-planning", "supervisor", "qian", "401")
    with time_machine.travel(MONDAY, tick=False):
        assert file(watcher, card.receipt_number).new_days == ()
        with pytest.raises(NotAllowed):
            promise_anew(watcher, card.receipt_number, "records", BY_LAW)
        with pytest.raises(NotAllowed):
            apologise(li)
        ask_for_correction(li, card.receipt_number, task(card, "review").id, ITEMS)
        assert file(li, card.receipt_number).new_days == ()
        with pytest.raises(WrongState):
            promise_anew(li, card.receipt_number, "records", BY_LAW)


@in_the_city
def test_a_city_that_declares_no_reasons_offers_no_form(
    li: Actor, card: Receipt, change_city: ChangeCity
) -> None:
    def without(folder: Path) -> None:
        text = (folder / "city.toml").read_text()
        start, end = text.index("[[delays]]"), text.index("# --- Life events")
        (folder / "city.toml").write_text(text[:start] + text[end:])

    change_city(without)
    with time_machine.travel(MONDAY, tick=False):
        assert file(li, card.receipt_number).new_days == ()


@in_the_city
def test_the_database_takes_one_apology_for_a_promised_day(card: Receipt) -> None:
    run_on(LATE)
    (row,) = noted()
    row.pk = (row.person_id, card.case_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@in_the_city
def test_a_batch_costs_one_statement_for_each_case_beside_a_fixed_number(
    django_assert_num_queries: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for serial in range(1, 6):
        a_card(resident(a_person(serial).pk))
    monkeypatch.setattr(acting, "AT_ONCE", 3)
    with time_machine.travel(LATE, tick=False):
        with django_assert_num_queries(FIXED + 3):
            assert apologise(SYSTEM) == 3
        with django_assert_num_queries(FIXED + 2):
            assert apologise(SYSTEM) == 2
        assert apologise(SYSTEM) == 0
    assert len(noted()) == 5


FIXED = 7  # two of a savepoint, the cases, what was told, the tasks, two inserts


@in_the_city
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_apologise_once() -> None:
    for serial in range(1, 7):
        a_card(resident(a_person(serial).pk))
    gate = Barrier(2)

    def run() -> int:
        gate.wait(10)
        looked_at = 0
        while count := apologise(SYSTEM):
            looked_at += count
        connection.close()
        return looked_at

    with time_machine.travel(LATE, tick=False), ThreadPoolExecutor(2) as pool:
        looked = [pool.submit(run), pool.submit(run)]
        assert sum(one.result(30) for one in looked) >= 6
    assert MissedPromise.objects.count() == Case.objects.count() == 6
    assert Event.objects.filter(kind="cases.promise_missed").count() == 6


# The rules


def test_which_day_is_owed_and_when_it_is_missed() -> None:
    assert owed_day(None, NEW) is None and owed_day(DUE, None) == DUE
    assert owed_day(DUE, NEW) == NEW and owed_day(NEW, DUE) == NEW
    for state, owed, today, missed in (
        ("handling", DUE, DUE, False),
        ("handling", DUE, NEW, True),
        ("received", DUE, NEW, True),
        ("waiting", DUE, NEW, False),
        ("closed", DUE, NEW, False),
        ("handling", None, NEW, False),
    ):
        assert missed_day(state, owed, today) == (owed if missed else None)


def test_the_new_day_by_table() -> None:
    for today, by_law, day in (
        (DUE, None, date(2026, 11, 18)),
        (DUE, date(2026, 11, 30), date(2026, 11, 18)),
        (DUE, date(2026, 11, 13), date(2026, 11, 13)),
        (DUE, DUE, DUE),
        (DUE, date(2026, 11, 10), date(2026, 11, 18)),
    ):
        assert new_day(today, by_law, CALENDAR, 5) == day
    assert days_to_choose(None, DUE, None, CALENDAR, 5) == ()
    assert days_to_choose(DUE, DUE, None, CALENDAR, 2) == (date(2026, 11, 12), date(2026, 11, 13))
    assert len(days_to_choose(DUE, DUE, date(2027, 11, 11), CALENDAR, 2)) == 60


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(days, days, st.none() | days, st.integers(1, 60))
def test_a_new_day_lies_ahead_and_within_the_law_while_that_can_be_kept(
    owed: date, today: date, by_law: date | None, more: int
) -> None:
    day = new_day(today, by_law, CALENDAR, more)
    offered = days_to_choose(owed, today, by_law, CALENDAR, more)
    assert day >= today and all(one > max(owed, today) for one in offered)
    assert all(CALENDAR.is_working(one) for one in offered)
    if by_law is not None and past_by_law(by_law, today) is None:
        assert day <= by_law and all(one <= by_law for one in offered)


@given(days, days, st.integers(0, 90))
def test_a_stop_moves_only_what_had_not_passed(day: date, since: date, length: int) -> None:
    until = since + timedelta(days=length)
    after = after_stop(day, since, until, CALENDAR)
    moved = CALENDAR.working_days_after(day, after)
    assert moved == (CALENDAR.working_days_after(since, until) if day >= since else 0)
