"""More time when somebody approves it, and new dates when a holiday is announced."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from changed_city import Change, ChangeCity
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

from yimen.base.actor import SYSTEM, Actor
from yimen.cases.actions import (
    approve_extension,
    ask_for_correction,
    decide,
    due_dates,
    recompute_deadlines,
    request_extension,
    tell_of_extension,
)
from yimen.cases.models import Extension, History
from yimen.cases.queries import file, history, status, waiting_extensions
from yimen.cases.rules.errors import (
    ExtensionTooLong,
    NoExtension,
    NotAllowed,
    NotFound,
    OnlyOneExtension,
    ReasonMissing,
    SameOfficer,
    WrongState,
)
from yimen.cases.types import CorrectionItem, CorrectionKind, Receipt, StepKind, TaskOutcome
from yimen.ledger.models import Event
from yimen.mailbox.models import Message
from yimen.mailbox.queries import messages_of

MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def li() -> Actor:
    return officer("family-planning", "officer", "li", "211")


@pytest.fixture
def head() -> Actor:
    return officer("family-planning", "head", "zhao", "301")


@pytest.fixture
def card(wang: Actor) -> Receipt:
    """A card that was applied for on Monday 2 November 2026: seven working days are promised."""
    with time_machine.travel(MONDAY, tick=False):
        return started(wang, an_application("reproductive-service-card", "good-planning-couple"))


@pytest.fixture
def passport(wang: Actor) -> Receipt:
    """A passport, whose law lets the decision take 15 days more: ten days are promised."""
    with time_machine.travel(MONDAY, tick=False):
        return started(wang, an_application("passport-application", "good-first-holiday"))


@pytest.fixture
def ma() -> Actor:
    return officer("police", "officer", "ma", "211")


@pytest.fixture
def chief() -> Actor:
    return officer("police", "head", "wei", "301")


def test_an_approved_extension_moves_both_dates_and_says_why(
    wang: Actor, ma: Actor, chief: Actor, passport: Receipt
) -> None:
    before = case_of(passport)
    assert before.promised_due == date(2026, 11, 12)
    request_extension(ma, passport.receipt_number, 5, "The register of Anhui is asked.")
    assert case_of(passport).promised_due == before.promised_due
    approve_extension(chief, passport.receipt_number)
    after = case_of(passport)
    assert after.promised_due == date(2026, 11, 17)
    assert after.statutory_due is not None and before.statutory_due is not None
    assert after.statutory_due - before.statutory_due == timedelta(
        days=6
    )  # 22 November is a Sunday
    assert task(passport, "review").due == after.promised_due
    told = status(wang, passport.receipt_number)
    (step,) = [step for step in told.promised_steps if step.kind is StepKind.EXTENSION]
    assert step.days == 5
    (line,) = [line for line in told.history if line.kind == "extended"]
    assert line.data["promised_due"] == "2026-11-17"
    assert line.data["reason"] == "The register of Anhui is asked."


def test_the_file_shows_a_head_what_waits_for_approval(
    ma: Actor, chief: Actor, passport: Receipt
) -> None:
    assert not file(chief, passport.receipt_number).can_extend
    request_extension(ma, passport.receipt_number, 5, "Reason.")
    view = file(chief, passport.receipt_number)
    assert view.can_extend and view.status.extension is not None
    assert (view.status.extension.days, view.status.extension.officer.office_number) == (5, "211")
    assert not file(ma, passport.receipt_number).can_extend


def test_heads_find_what_waits_for_their_approval(
    ma: Actor, chief: Actor, passport: Receipt
) -> None:
    assert waiting_extensions(chief) == ()
    request_extension(ma, passport.receipt_number, 5, "Reason.")
    (waiting,) = waiting_extensions(chief)
    assert (waiting.receipt_number, waiting.days, waiting.unit, waiting.is_mine) == (
        passport.receipt_number,
        5,
        "calendar_days",
        False,
    )
    assert waiting.left.due == case_of(passport).promised_due
    assert waiting_extensions(ma) == ()
    assert waiting_extensions(officer("family-planning", "head", "wu")) == ()
    reviewed(passport, ma)
    decide(chief, passport.receipt_number, task(passport, "decide").id, TaskOutcome.APPROVE)
    assert waiting_extensions(chief) == ()


def test_a_refused_extension_moves_nothing_and_may_be_asked_for_again(
    wang: Actor, ma: Actor, chief: Actor, passport: Receipt
) -> None:
    before = case_of(passport).promised_due
    request_extension(ma, passport.receipt_number, 5, "Reason.")
    with pytest.raises(ReasonMissing):
        approve_extension(chief, passport.receipt_number, approve=False)
    approve_extension(chief, passport.receipt_number, approve=False, reason="It is all there.")
    assert case_of(passport).promised_due == before
    assert "extension_refused" not in [line.kind for line in history(wang, passport.receipt_number)]
    request_extension(ma, passport.receipt_number, 2, "Another reason.")
    assert Extension.objects.filter(case_id=passport.case_id).count() == 2


def test_a_limit_is_extended_once(ma: Actor, chief: Actor, passport: Receipt) -> None:
    request_extension(ma, passport.receipt_number, 5, "Reason.")
    with pytest.raises(OnlyOneExtension):
        request_extension(ma, passport.receipt_number, 5, "Reason.")
    approve_extension(chief, passport.receipt_number)
    with pytest.raises(OnlyOneExtension):
        request_extension(ma, passport.receipt_number, 5, "Reason.")


def test_more_time_needs_a_reason_and_another_officer(
    ma: Actor, chief: Actor, passport: Receipt
) -> None:
    number = passport.receipt_number
    with pytest.raises(ReasonMissing):
        request_extension(ma, number, 5, "")
    with pytest.raises(ExtensionTooLong):
        request_extension(ma, number, 16, "Reason.")
    with pytest.raises(NotFound):
        approve_extension(chief, number)
    request_extension(chief, number, 5, "Reason.")
    with pytest.raises(SameOfficer):
        approve_extension(chief, number)
    with pytest.raises(NotAllowed):
        approve_extension(ma, number)


def test_another_agency_asks_for_no_more_time(passport: Receipt) -> None:
    with pytest.raises(NotFound):
        request_extension(
            officer("family-planning", username="wu"), passport.receipt_number, 5, "Reason."
        )
    with pytest.raises(NotAllowed):
        request_extension(
            officer("police", "supervisor", "qian"), passport.receipt_number, 5, "Reason."
        )


def test_a_closed_case_is_not_extended(ma: Actor, chief: Actor, passport: Receipt) -> None:
    request_extension(ma, passport.receipt_number, 5, "Reason.")
    reviewed(passport, ma)
    decide(chief, passport.receipt_number, task(passport, "decide").id, TaskOutcome.APPROVE)
    with pytest.raises(WrongState):
        request_extension(ma, passport.receipt_number, 5, "Reason.")
    with pytest.raises(WrongState):
        approve_extension(chief, passport.receipt_number)


def letters(actor: Actor) -> list[Message]:
    return list(Message.objects.filter(person_id=actor.person_id))


def test_the_applicant_is_told_the_new_day_and_the_reason(
    wang: Actor, ma: Actor, chief: Actor, passport: Receipt
) -> None:
    number = passport.receipt_number
    request_extension(ma, number, 5, "The register of Anhui is asked.")
    approve_extension(chief, number, approve=False, reason="It is all there.")
    with time_machine.travel(MONDAY, tick=False):
        work()
        assert not [m for m in letters(wang) if "takes longer" in m.subject["en"]]
        request_extension(ma, number, 5, "The register of Anhui is asked.")
        approve_extension(chief, number)
        assert "yimen.cases.handlers.tell_of_extension" in work()
    extension = Extension.objects.get(case_id=passport.case_id, state="approved")
    tell_of_extension(SYSTEM, passport.person_id, passport.case_id, extension.id)
    (told,) = [m for m in letters(wang) if "takes longer" in m.subject["en"]]
    assert number in told.body["en"] and number in told.body["zh"]
    assert "The reason: The register of Anhui is asked." in told.body["en"]
    assert "We will decide by 17 November 2026" in told.body["en"]
    assert "2026年11月17日" in told.body["zh"]


def test_a_service_whose_law_allows_no_more_time_is_not_extended(li: Actor, card: Receipt) -> None:
    with pytest.raises(NoExtension):
        request_extension(li, card.receipt_number, 1, "Reason.")


# Holidays that are announced later


def announce(*lines: str) -> Change:
    """Return a change of the calendar: days that were not known when the cases came in."""

    def make(folder: Path) -> None:
        file = folder / "calendar.csv"
        header, *known = file.read_text().splitlines()
        columns = len(header.split(","))
        added = [line + ",x" * (columns - 2) for line in lines]
        days = {line.split(",")[0] for line in lines}
        kept = [line for line in known if line.split(",")[0] not in days]
        file.write_text("\n".join([header, *sorted([*kept, *added])]) + "\n")

    return make


def test_a_holiday_announced_later_moves_open_cases(
    wang: Actor, li: Actor, card: Receipt, change_city: ChangeCity
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        change_city(announce("2026-11-05,holiday", "2026-11-06,holiday"))
        assert "yimen.cases.handlers.recompute_deadlines" in work()
        told = status(wang, card.receipt_number)
    assert case_of(card).promised_due == date(2026, 11, 13)
    assert task(card, "review").due == date(2026, 11, 13)
    assert [s.day for s in told.promised_steps if s.kind is StepKind.DAY_OFF] == [
        date(2026, 11, 5),
        date(2026, 11, 6),
    ]
    (line,) = [line for line in told.history if line.kind == "due_changed"]
    assert line.data == {"promised_due_before": "2026-11-11", "promised_due": "2026-11-13"}
    message = messages_of(wang)[0]
    assert "by 13 November 2026. Before, it was 11 November 2026" in message.body["en"]
    assert "改为在2026年11月13日之前办结，原为2026年11月11日" in message.body["zh"]


def test_stops_and_extensions_count_in_the_new_dates(
    wang: Actor, ma: Actor, chief: Actor, passport: Receipt, change_city: ChangeCity
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        request_extension(ma, passport.receipt_number, 1, "Reason.")
        approve_extension(chief, passport.receipt_number)
        items = [CorrectionItem(CorrectionKind.FIELD, "phone", "Wrong.")]
        ask_for_correction(ma, passport.receipt_number, task(passport, "review").id, items)
        change_city(announce("2026-11-05,holiday"))
        work()
    case = case_of(passport)
    (told,) = [letter for letter in letters(wang) if "takes longer" in letter.subject["en"]]
    assert "stands still until you have answered" in told.body["en"]
    assert (case.promised_due, case.state) == (None, "waiting")
    assert not History.objects.filter(case_id=case.id, kind="due_changed").exists()


def test_a_city_with_the_same_calendar_leaves_every_date(
    card: Receipt, change_city: ChangeCity
) -> None:
    def another_emblem(folder: Path) -> None:
        text = (folder / "city.toml").read_text()
        (folder / "city.toml").write_text(text.replace("#A8321F", "#A8321E"))

    change_city(another_emblem)
    assert recompute_deadlines(SYSTEM) == 0


def test_a_run_goes_on_where_it_was_and_ends(
    wang: Actor, card: Receipt, change_city: ChangeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(wang)
    change_city(announce("2026-11-05,holiday"))
    monkeypatch.setattr(due_dates, "AT_ONCE", 1)
    assert [recompute_deadlines(SYSTEM) for _ in range(3)] == [1, 1, 0]
    assert Event.objects.filter(kind="cases.due_dates_recomputed").count() == 2


def test_closed_cases_keep_their_dates(
    li: Actor, head: Actor, card: Receipt, change_city: ChangeCity
) -> None:
    reviewed(card, li)
    decide(head, card.receipt_number, task(card, "decide").id, TaskOutcome.APPROVE)
    change_city(announce("2026-11-05,holiday"))
    assert recompute_deadlines(SYSTEM) == 0
    assert case_of(card).promised_due == date(2026, 11, 11)


def test_only_the_system_recomputes(head: Actor) -> None:
    with pytest.raises(NotAllowed):
        recompute_deadlines(head)
