"""Promises near or past their day: on whose desk they stand, and the day's list by e-mail."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import city_life
import pytest
import time_machine
from city_life import (
    a_person,
    an_application,
    case_of,
    resident,
    reviewed,
    started,
    task,
)
from django.core.cache import cache
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from yimen.accounts.actions import end_posts
from yimen.accounts.models import Account
from yimen.base.actor import SYSTEM, Actor, Post
from yimen.base.calendar import WorkingCalendar
from yimen.cases import tasks
from yimen.cases.actions import ask_for_correction, claim, decide, mail_lists
from yimen.cases.models import Case, WatchMail
from yimen.cases.queries import (
    agency_figures,
    watch_count,
    watch_counts,
    watched_cases,
    watches,
)
from yimen.cases.rules.errors import NotAllowed
from yimen.cases.rules.watching import band_of, is_mail_time, last_day, last_days
from yimen.cases.types import CorrectionItem, CorrectionKind, Receipt, TaskOutcome, WatchBand
from yimen.catalogue.definition import USUAL_WATCH, WatchStep
from yimen.catalogue.types import WatchedDay, Watcher
from yimen.ledger.models import Event
from yimen.mailbox.models import Delivery

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZONE)
DUE = date(2026, 11, 11)  # a Wednesday; by law 30 November
CALENDAR = WorkingCalendar({})

in_the_city = pytest.mark.usefixtures("city")


def at(day: int, hour: int = 9) -> time_machine.travel:
    return time_machine.travel(datetime(2026, 11, day, hour, tzinfo=ZONE), tick=False)


def officer(agency: str, role: str, username: str, office_number: str) -> Actor:
    """Somebody who has held a post since the Monday."""
    with time_machine.travel(MONDAY, tick=False):
        return city_life.officer(agency, role, username, office_number)


def a_card(serial: int = 1) -> Receipt:
    """A card that was applied for on Monday 2 November 2026: due on Wednesday 11 November."""
    with time_machine.travel(MONDAY, tick=False):
        return started(
            resident(a_person(serial).pk),
            an_application("reproductive-service-card", "good-planning-couple"),
        )


@pytest.fixture
def card() -> Receipt:
    return a_card()


@pytest.fixture
def li() -> Actor:
    return officer("family-planning", "officer", "li", "211")


@pytest.fixture
def head() -> Actor:
    return officer("family-planning", "head", "zhao", "301")


@pytest.fixture
def supervisor() -> Actor:
    return officer("shanghai", "supervisor", "yan", "902")


def take(actor: Actor, receipt: Receipt) -> None:
    with time_machine.travel(MONDAY, tick=False):
        claim(actor, receipt.receipt_number, task(receipt, "review").id)


@in_the_city
def test_a_promise_stands_first_with_its_officer_then_the_head_then_the_supervisor(
    card: Receipt, li: Actor, head: Actor, supervisor: Actor
) -> None:
    take(li, card)
    for day, counts in (
        (5, (0, 0, 0)),
        (6, (1, 0, 0)),
        (10, (1, 1, 0)),
        (13, (1, 1, 0)),
        (16, (1, 1, 1)),
    ):
        with at(day):
            assert tuple(watch_count(who) for who in (li, head, supervisor)) == counts, day


@in_the_city
def test_each_sees_only_what_is_theirs(card: Receipt, li: Actor, head: Actor) -> None:
    take(li, card)
    colleague = officer("family-planning", "officer", "wu", "212")
    elsewhere = officer("police", "head", "wei", "301")
    editor = officer("general-office", "editor", "fang", "901")
    clerk = officer("xuhui", "clerk", "qian", "101")
    with at(20):
        assert watched_cases(colleague) == watched_cases(elsewhere) == watched_cases(clerk) == ()
        assert not watches(editor) and watch_count(editor) == 0 and watched_cases(editor) == ()
        assert watch_count(li) == watch_count(head) == 1
        assert agency_figures(li) == agency_figures(elsewhere) == ()


@in_the_city
def test_who_stands_in_sees_what_the_absent_colleague_has(card: Receipt, li: Actor) -> None:
    take(li, card)
    wu = officer("family-planning", "officer", "wu", "212")
    own, absent = wu.posts[0], li.account_id
    for_li = Post(own.agency, own.role, own.rights, absent)
    standing_in = Actor(wu.kind, wu.channel, account_id=wu.account_id, posts=(own, for_li))
    with at(10):
        assert watch_count(wu) == 0 and watch_count(standing_in) == 1


@in_the_city
def test_while_it_is_the_applicants_turn_nothing_is_watched(
    card: Receipt, li: Actor, supervisor: Actor
) -> None:
    with at(13):  # late already
        items = [CorrectionItem(CorrectionKind.FIELD, "phone", "Wrong.")]
        ask_for_correction(li, card.receipt_number, task(card, "review").id, items)
    with at(27):
        assert watch_count(li) == watch_count(supervisor) == 0


@in_the_city
def test_a_line_says_who_has_it_by_when_and_what_was_told(
    card: Receipt, li: Actor, supervisor: Actor
) -> None:
    take(li, card)
    with at(12):
        tasks.apologise(0)
        (line,) = watched_cases(li)
        assert (line.receipt_number, line.agency, line.band) == (
            card.receipt_number,
            "family-planning",
            WatchBand.LATE,
        )
        assert (line.promised_due, line.new_due, line.left.days) == (DUE, date(2026, 11, 19), -1)
        ((agency, who),) = line.waits_for
        assert agency == "family-planning" and who is not None and who.office_number == "211"
        assert line.opens
    with at(27):
        (line,) = watched_cases(supervisor)
        assert not line.opens and line.band is WatchBand.LATE
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=ZONE), tick=False):
        assert watch_counts(supervisor)[WatchBand.PAST_LAW] == 1


@in_the_city
def test_the_counts_say_how_far_each_promise_is(head: Actor) -> None:
    cases = [case_of(a_card(serial)) for serial in range(1, 6)]
    with at(10):
        today = date(2026, 11, 10)
        for case, promised, by_law in (
            (cases[0], today - timedelta(days=5), today - timedelta(days=1)),
            (cases[1], today - timedelta(days=1), today),
            (cases[2], today, today + timedelta(days=9)),
            (cases[3], today + timedelta(days=1), today),
            (cases[4], today + timedelta(days=1), None),
        ):
            Case.objects.filter(id=case.id).update(promised_due=promised, statutory_due=by_law)
        assert list(watch_counts(head).values()) == [1, 1, 2, 1]
        bands = [line.band for line in watched_cases(head)]
    assert bands == ["past_law", "late", "today", "today", "soon"]


@in_the_city
def test_reading_promises_costs_the_same_for_one_as_for_many(
    head: Actor, django_assert_num_queries: Callable[..., object]
) -> None:
    a_card()
    with at(12):
        watched_cases(head)
        with django_assert_num_queries(5):  # counts, rows, what was told, tasks, the count
            watch_counts(head), watched_cases(head), watch_count(head)
    for serial in range(2, 5):
        a_card(serial)
    with at(12), django_assert_num_queries(5):
        watch_counts(head), watched_cases(head), watch_count(head)


@in_the_city
def test_figures_measure_the_first_promise_by_agency(
    li: Actor, head: Actor, supervisor: Actor
) -> None:
    cards = [a_card(serial) for serial in (1, 2, 3)]
    for card, day in ((cards[0], 11), (cards[1], 12)):
        with at(day):
            tasks.apologise(0)
            reviewed(card, li)
            decide(head, card.receipt_number, task(card, "decide").id, TaskOutcome.APPROVE)
    cache.clear()
    with at(13):
        (row,) = agency_figures(head)
        assert (row.agency, row.in_time, row.late, row.open_late) == ("family-planning", 1, 1, 1)
        assert row.share == 0.5 and agency_figures(supervisor) == (row,)
    cache.clear()
    with at(27):
        (row,) = agency_figures(supervisor)
        assert (row.share, row.open_late) == (None, 1)
    cache.clear()


# The day's list by e-mail


def mails() -> list[Delivery]:
    return list(Delivery.objects.filter(way="email", message_id__isnull=True).order_by("id"))


@in_the_city
def test_the_days_list_comes_once_in_the_morning_with_numbers_and_days_only(
    card: Receipt, li: Actor, head: Actor
) -> None:
    take(li, card)
    officer("police", "officer", "ma", "211")  # has nothing on the list
    editor = officer("general-office", "editor", "fang", "901")
    before = len(mails())
    for hour in (6, 7, 8, 13):
        with at(12, hour):
            tasks.mail_lists(int(datetime(2026, 11, 12, hour, tzinfo=ZONE).timestamp()))
    sent = mails()[before:]
    assert sorted(mail.address for mail in sent) == ["li@example.org", "zhao@example.org"]
    text = sent[0].body
    assert sent[0].subject == "你的工作台上有1件临近或者超过承诺日期的申请"
    assert f"{card.receipt_number}：2026年11月11日之前" in text and "超过承诺日期：1件" in text
    assert "/desk/promises/" in text and "王芳" not in text and "何丽" not in text
    assert WatchMail.objects.get(account_id=editor.account_id).cases == 0
    assert [e.payload["count"] for e in Event.objects.filter(kind="cases.lists_mailed")] == [2]
    with at(13):
        tasks.mail_lists(int(datetime(2026, 11, 13, 9, tzinfo=ZONE).timestamp()))
    assert len(mails()) == before + 4


@in_the_city
def test_a_long_list_names_the_most_pressing_and_how_many_more(head: Actor) -> None:
    one = case_of(a_card())
    case_rows = [case_of(a_card(serial)) for serial in range(2, 23)]
    assert one.promised_due == case_rows[-1].promised_due
    with at(12):
        assert mail_lists(SYSTEM) is not None
    text = mails()[-1].body
    assert text.count("2026年11月11日之前") == 20 and "还有2件" in text


@in_the_city
def test_who_has_left_or_has_no_address_gets_no_list(card: Receipt, li: Actor, head: Actor) -> None:
    take(li, card)
    with at(11):
        end_posts(SYSTEM, li.account_id or 0, agency="family-planning")
    Account.objects.filter(pk=head.account_id).update(email="")
    before = len(mails())
    with at(12):
        assert mail_lists(SYSTEM) is None
        with pytest.raises(NotAllowed):
            mail_lists(head)
    assert len(mails()) == before


@in_the_city
def test_a_worker_that_is_killed_leaves_the_list_to_the_next(head: Actor, card: Receipt) -> None:
    class Killed(Exception):
        pass

    before = len(mails())
    with at(12):
        with pytest.raises(Killed), transaction.atomic():
            mail_lists(SYSTEM)
            raise Killed
        assert len(mails()) == before
        mail_lists(SYSTEM)
    assert len(mails()) == before + 1


@in_the_city
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_list() -> None:
    a_card()
    officer("family-planning", "head", "zhao", "301")
    before, gate = len(mails()), Barrier(2)

    def run() -> None:
        gate.wait(10)
        mail_lists(SYSTEM)
        connection.close()

    with at(12), ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(run), pool.submit(run)]:
            one.result(30)
    assert len(mails()) == before + 1 and WatchMail.objects.count() == 1


# The rules


def step(days: int) -> WatchStep:
    return WatchStep(Watcher.HEAD, WatchedDay.PROMISED, days)


def test_from_when_on_a_promise_stands_there_by_table() -> None:
    wednesday = DUE
    for days, last in (
        (-3, date(2026, 11, 16)),
        (-1, date(2026, 11, 12)),
        (0, wednesday),
        (1, date(2026, 11, 10)),
        (3, date(2026, 11, 8)),  # what was due on the weekend has waited three days as well
    ):
        assert last_day(step(days), wednesday, CALENDAR) == last, days
    assert last_days(USUAL_WATCH, Watcher.HEAD, wednesday, CALENDAR) == {
        WatchedDay.PROMISED: date(2026, 11, 10),
        WatchedDay.STATUTORY: date(2026, 11, 16),
    }


days_of_two_years = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(days_of_two_years, st.integers(0, 60))
def test_before_and_after_count_working_days(today: date, count: int) -> None:
    before = last_day(step(-count), today, CALENDAR)
    assert CALENDAR.working_days_after(today, before) == count
    after = last_day(step(count), today, CALENDAR)
    assert CALENDAR.working_days_after(after, today) == count
    assert count == 0 or CALENDAR.working_days_after(after + timedelta(days=1), today) == count - 1


@given(days_of_two_years, st.none() | days_of_two_years, days_of_two_years)
def test_a_later_day_is_never_more_pressing(
    promised: date, by_law: date | None, today: date
) -> None:
    order = list(WatchBand)
    now = order.index(band_of(promised, by_law, today))
    assert order.index(band_of(promised + timedelta(days=1), by_law, today)) >= now
    assert order.index(band_of(promised, by_law, today + timedelta(days=1))) <= max(now, 1)


def test_lists_are_sent_on_working_mornings() -> None:
    for day, hour, holds in (
        (11, 7, True),
        (11, 11, True),
        (11, 6, False),
        (11, 12, False),
        (14, 8, False),
    ):
        assert is_mail_time(datetime(2026, 11, day, hour, tzinfo=ZONE), CALENDAR) is holds
