"""The officer's desk: the queue in order, and the file with the records beside the answers."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from city_life import (
    a_person,
    an_application,
    officer,
    records,
    resident,
    reviewed,
    send,
    started,
    task,
    visitor,
)
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yimen.base.actor import Actor, Post
from yimen.cases.actions import ask_for_correction, claim, decide
from yimen.cases.queries import case_visible_to, cases_visible_to, desks, file, queue, queue_counts
from yimen.cases.queries import desk as desk_queries
from yimen.cases.rules.errors import NotAllowed, NotFound
from yimen.cases.types import (
    CorrectionItem,
    CorrectionKind,
    DueBand,
    QueueFilters,
    Receipt,
    TaskOutcome,
)
from yimen.ledger.models import Event

MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
EVERYTHING = QueueFilters()

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def li() -> Actor:
    return officer("police", "officer", "li", "211")


def sent_on(wang: Actor, day: int, application: object = None) -> Receipt:
    with time_machine.travel(MONDAY + timedelta(days=day), tick=False):
        return started(wang, application)  # type: ignore[arg-type]  # an application or None


def numbers(actor: Actor, filters: QueueFilters = EVERYTHING) -> list[str]:
    return [item.receipt_number for item in queue(actor, filters).items]


def test_the_most_pressing_task_comes_first(wang: Actor, li: Actor) -> None:
    later, sooner = sent_on(wang, 3), sent_on(wang, 0)
    assert numbers(li) == [sooner.receipt_number, later.receipt_number]


def test_an_item_says_what_for_whom_and_how_long(wang: Actor, li: Actor) -> None:
    receipt = sent_on(wang, 0)
    with time_machine.travel(MONDAY, tick=False):
        (item,) = queue(li, EVERYTHING).items
    assert (item.receipt_number, item.applicant) == (receipt.receipt_number, "王芳")
    assert (item.service["en"], item.title["en"]) == (
        item.service["en"],
        "Check the file",
    )
    assert (item.left.band, item.left.unit) == (DueBand.CALM, "calendar_days")
    assert item.left.due == date(2026, 11, 12)
    assert (item.left.days, item.officer, item.is_mine) == (10, None, False)


def test_an_officer_sees_the_tasks_of_their_post_only(wang: Actor, li: Actor) -> None:
    receipt = sent_on(wang, 0)
    assert numbers(officer("civil-affairs", "officer", "sun")) == []
    assert numbers(officer("police", "supervisor", "wu")) == []
    assert numbers(wang) == [] and numbers(visitor()) == []
    reviewed(receipt, li)
    assert numbers(li) == []
    assert numbers(officer("police", "head", "zhao")) == [receipt.receipt_number]


def test_a_head_sees_every_role_of_the_agency_once(wang: Actor) -> None:
    receipt = sent_on(wang, 0)
    head = officer("police", "head", "zhao")
    assert numbers(head) == [receipt.receipt_number]
    assert ("police", "officer") in desks(head) and ("police", "head") in desks(head)


def test_two_posts_are_merged_in_one_order(wang: Actor, li: Actor) -> None:
    permit = sent_on(wang, 0)
    allowance = sent_on(
        wang, -20, an_application("minimum-living-allowance", "good-laid-off-couple")
    )
    rights = li.posts[0].rights
    both = Actor(
        li.kind,
        li.channel,
        account_id=li.account_id,
        posts=(Post("police", "officer", rights), Post("civil-affairs", "officer", rights)),
    )
    assert numbers(both) == [allowance.receipt_number, permit.receipt_number]
    assert numbers(both, QueueFilters(agency="police")) == [permit.receipt_number]
    assert numbers(both, QueueFilters(agency="housing-fund")) == []


def test_the_queue_narrows(wang: Actor, li: Actor) -> None:
    mine, other = sent_on(wang, 0), sent_on(wang, 1)
    passport = sent_on(wang, 2, an_application("passport-application", "good-first-holiday"))
    claim(li, mine.receipt_number, task(mine, "review").id)
    assert numbers(li, QueueFilters(whose="mine")) == [mine.receipt_number]
    assert numbers(li, QueueFilters(whose="unclaimed")) == [
        other.receipt_number,
        passport.receipt_number,
    ]
    assert numbers(li, QueueFilters(service="passport-application")) == [passport.receipt_number]
    assert numbers(li, QueueFilters(kind="decision")) == []
    assert len(numbers(li, QueueFilters(kind="review"))) == 3


def test_the_queue_is_searched_by_number_and_by_name(wang: Actor, li: Actor) -> None:
    receipt = sent_on(wang, 0)
    zhang = sent_on(resident(a_person(3, "张伟").pk), 0)
    number = receipt.receipt_number
    assert numbers(li, QueueFilters(words=number)) == [number]
    assert numbers(li, QueueFilters(words=number[:9].lower())) == [number]
    assert numbers(li, QueueFilters(words=" 张伟 ")) == [zhang.receipt_number]
    assert numbers(li, QueueFilters(words="张")) == [zhang.receipt_number]
    assert numbers(li, QueueFilters(words="nobody")) == []


@pytest.mark.parametrize(
    ("day", "due", "found"),
    [
        (0, "late", False),
        (11, "late", True),
        (10, "today", True),
        (9, "today", False),
        (8, "soon", True),
        (3, "soon", False),
    ],
)
def test_the_queue_narrows_to_what_is_due(
    wang: Actor, li: Actor, day: int, due: str, found: bool
) -> None:
    sent_on(wang, 0)  # due on Thursday 12 November
    with time_machine.travel(MONDAY + timedelta(days=day), tick=False):
        assert bool(numbers(li, QueueFilters(due=due))) is found


def test_what_waits_for_the_resident_comes_last_and_has_its_own_word(
    wang: Actor, li: Actor
) -> None:
    waiting, other = sent_on(wang, 0), sent_on(wang, 3)
    items = [CorrectionItem(CorrectionKind.FIELD, "phone", "Wrong.")]
    ask_for_correction(li, waiting.receipt_number, task(waiting, "review").id, items)
    assert numbers(li) == [other.receipt_number, waiting.receipt_number]
    last = queue(li, EVERYTHING).items[-1]
    assert (last.left.band, last.left.due) == (DueBand.STANDING, None)
    assert numbers(li, QueueFilters(due="standing")) == [waiting.receipt_number]


def test_pages_follow_each_other_without_gap_or_double(
    wang: Actor, li: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [sent_on(wang, day).receipt_number for day in (0, 0, 0, 1, 1, 2, 3)]
    monkeypatch.setattr(desk_queries, "PAGE", 3)
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        page = queue(li, EVERYTHING, cursor)
        seen += [item.receipt_number for item in page.items]
        cursor = page.next_cursor
    assert cursor == ""
    assert sorted(seen) == sorted(sent) and len(seen) == 7


@pytest.mark.parametrize("cursor", ["nonsense", "2026-11-02_x", "_", "2026-13-01_" + "0" * 32])
def test_a_cursor_that_somebody_made_up_starts_at_the_beginning(
    wang: Actor, li: Actor, cursor: str
) -> None:
    receipt = sent_on(wang, 0)
    page = queue(li, EVERYTHING, cursor)
    assert [item.receipt_number for item in page.items] == [receipt.receipt_number]


def test_the_counts_say_how_much_there_is(wang: Actor, li: Actor) -> None:
    mine = sent_on(wang, 0)
    sent_on(wang, 3)
    claim(li, mine.receipt_number, task(mine, "review").id)
    with time_machine.travel(MONDAY + timedelta(days=11), tick=False):
        counts = queue_counts(li)
    assert (counts.mine, counts.unclaimed, counts.late, counts.standing) == (1, 1, 1, 0)
    assert queue_counts(wang).mine == 0


def test_the_queue_costs_one_statement_however_many_posts(wang: Actor) -> None:
    sent_on(wang, 0)
    head = officer("police", "head", "zhao")
    with CaptureQueriesContext(connection) as captured:
        queue(head, EVERYTHING)
    assert len(captured) == 1


# Scope


def test_staff_see_the_cases_of_their_agency_and_residents_their_own(
    wang: Actor, li: Actor
) -> None:
    permit = sent_on(wang, 0)
    allowance = send(wang, an_application("minimum-living-allowance", "good-laid-off-couple"))
    partner = officer("labour-social-security", "supervisor", "zhou")
    assert [c.id for c in cases_visible_to(li)] == [permit.case_id]
    assert [c.id for c in cases_visible_to(partner)] == [allowance.case_id]
    assert {c.id for c in cases_visible_to(wang)} == {permit.case_id, allowance.case_id}
    assert not cases_visible_to(resident(a_person(3).pk)).exists()
    assert not cases_visible_to(visitor()).exists()
    assert case_visible_to(li, permit.receipt_number).id == permit.case_id


def test_a_post_without_the_right_to_read_sees_nothing(wang: Actor) -> None:
    receipt = sent_on(wang, 0)
    editor = officer("police", "editor", "sun")
    assert not cases_visible_to(editor).exists() and desks(editor) == ()
    with pytest.raises(NotFound):
        file(editor, receipt.receipt_number)


# The file


def test_the_file_shows_the_record_beside_the_answer(wang: Actor, li: Actor) -> None:
    assert wang.person_id is not None
    records(
        "residence",
        wang.person_id,
        registration="elsewhere",
        current_address="漕溪北路3号",
        residing_since=date(2024, 9, 1),
    )
    receipt = sent_on(wang, 0)
    view = file(li, receipt.receipt_number)
    (line,) = [line for line in view.answers if line.field.key == "current_address"]
    assert (line.value, line.record, line.differs) == (
        "天钥桥路1弄8号102室",
        "漕溪北路3号",
        True,
    )
    assert line.source is not None
    assert (line.source.data_set, line.source.as_of) == ("residence", date(2026, 10, 1))
    holds = {c.criterion.key: c.holds for c in view.records.criteria}
    assert list(holds.values())[:2] == [True, True]


def test_the_file_names_the_applicant_the_materials_and_what_can_be_done(
    wang: Actor, li: Actor
) -> None:
    receipt = sent_on(wang, 0)
    view = file(li, receipt.receipt_number)
    assert (view.applicant.name, view.applicant.provisional) == ("王芳", False)
    assert {f.material_key for f in view.files} == {"id-card", "photo", "address-proof"}
    (review,) = view.tasks
    assert review.can == {"claim", "complete", "ask_for_correction"}
    assert review.outcomes == (TaskOutcome.COMPLETE,)
    claim(li, receipt.receipt_number, review.id)
    (review,) = file(li, receipt.receipt_number).tasks
    assert review.is_mine
    assert review.can == {"release", "hand_over", "complete", "ask_for_correction"}
    he = officer("police", "officer", "he", "212")
    (review,) = file(he, receipt.receipt_number).tasks
    assert review.can == set() and review.officer is not None


def test_a_finished_task_shows_its_outcome(wang: Actor, li: Actor) -> None:
    receipt = sent_on(wang, 0)
    reviewed(receipt, li)
    decide(
        officer("police", "head", "zhao"),
        receipt.receipt_number,
        task(receipt, "decide").id,
        TaskOutcome.REFUSE,
        "Not yet.",
    )
    review, step = file(li, receipt.receipt_number).tasks
    assert (review.outcome, step.outcome, step.reason) == ("complete", "refuse", "Not yet.")
    assert step.can == set()


def test_a_visitor_has_a_file_without_records(li: Actor) -> None:
    receipt = started(visitor())
    view = file(li, receipt.receipt_number)
    assert view.applicant.provisional
    assert all(line.record is None for line in view.answers)


def test_every_data_set_opened_is_one_entry_with_the_receipt_as_purpose(
    wang: Actor, li: Actor
) -> None:
    receipt = sent_on(wang, 0)
    file(li, receipt.receipt_number)
    read = [e.payload for e in Event.objects.filter(kind="people.record_read")]
    opened = [payload["data_set"] for payload in read]
    assert len(opened) == len(set(opened)) and "residence" in opened
    assert {payload["purpose"] for payload in read} == {receipt.receipt_number}


def test_the_queue_is_no_entry(wang: Actor, li: Actor) -> None:
    sent_on(wang, 0)
    queue(li, EVERYTHING)
    assert not Event.objects.filter(kind="people.record_read").exists()


def test_residents_have_no_file(wang: Actor) -> None:
    receipt = sent_on(wang, 0)
    with pytest.raises(NotAllowed):
        file(wang, receipt.receipt_number)
