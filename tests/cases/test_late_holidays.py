"""A new calendar reaches every open case, whatever a process holds and whoever holds a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from threading import Event, Thread
from time import monotonic
from zoneinfo import ZoneInfo

import pytest
import time_machine
from changed_city import ChangeCity
from city_life import a_person, an_application, case_of, resident, started, work
from django.db import connection, transaction
from test_due_dates import announce

from yimen.base.actor import SYSTEM
from yimen.base.identifiers import uuid7
from yimen.cases import tasks
from yimen.cases.actions.notices import tell_due_changed
from yimen.cases.models import Case
from yimen.cases.types import Receipt
from yimen.catalogue import queries
from yimen.catalogue.definition import City
from yimen.mailbox.models import Message

MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
BEFORE, AFTER = date(2026, 11, 11), date(2026, 11, 12)

pytestmark = pytest.mark.usefixtures("city")


def a_card(serial: int = 1) -> Receipt:
    """A card that was applied for on a Monday: seven working days are promised."""
    with time_machine.travel(MONDAY, tick=False):
        return started(
            resident(a_person(serial).pk),
            an_application("reproductive-service-card", "good-planning-couple"),
        )


def hold(city: City, release: int) -> None:
    """Let this process hold a city as if it had just asked, as another process may."""
    queries.forget_city()
    queries._held.hold(city, release)
    queries._held.asked_at = monotonic()


@contextmanager
def held_elsewhere(receipt: Receipt) -> Iterator[None]:
    """Hold the row of a case on another connection."""
    held, done = Event(), Event()

    def keep() -> None:
        with transaction.atomic():
            Case.objects.select_for_update().get(id=receipt.case_id)
            held.set()
            done.wait(30)
        connection.close()

    holder = Thread(target=keep)
    holder.start()
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        holder.join()


def test_a_worker_that_holds_the_city_before_computes_by_the_new_one(
    city: City, change_city: ChangeCity
) -> None:
    receipt, release = a_card(), queries._held.release
    change_city(announce("2026-11-05,holiday"))
    hold(city, release)
    with time_machine.travel(MONDAY, tick=False):
        work()
    assert case_of(receipt).promised_due == AFTER


def test_what_a_web_server_wrote_by_the_calendar_before_is_mended_within_a_minute(
    city: City, change_city: ChangeCity
) -> None:
    change_city(announce("2026-11-05,holiday"))
    work()
    hold(city, 0)
    receipt = a_card()
    assert case_of(receipt).promised_due == BEFORE
    with time_machine.travel(MONDAY, tick=False):
        tasks.keep_deadlines(0)
    assert case_of(receipt).promised_due == AFTER


@pytest.mark.django_db(transaction=True)
def test_a_case_that_was_held_by_somebody_follows_within_a_minute(
    change_city: ChangeCity,
) -> None:
    busy, free = a_card(1), a_card(2)
    with held_elsewhere(busy):
        change_city(announce("2026-11-05,holiday"))
        tasks.keep_deadlines(0)
        assert case_of(busy).promised_due == BEFORE
        assert case_of(free).promised_due == AFTER
    tasks.keep_deadlines(0)
    assert case_of(busy).promised_due == AFTER


def test_who_is_asked_for_something_hears_of_no_new_day() -> None:
    case = case_of(a_card())
    case.promised_due = None  # the clock is paused: the day is told when it runs again
    tell_due_changed(SYSTEM, case, BEFORE, uuid7())
    told = Message.objects.filter(person_id=case.person_id)
    assert "The day of our decision has moved" not in {message.subject["en"] for message in told}
