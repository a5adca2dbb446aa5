"""Whose task it is: claiming, giving back, handing over."""

import pytest
from city_life import (
    a_person,
    an_application,
    officer,
    resident,
    reviewed,
    started,
    task,
)

from yimen.accounts.actions import end_posts, give_post, set_absence
from yimen.accounts.queries import city_today
from yimen.base.actor import SYSTEM, Actor, Post
from yimen.cases import handlers
from yimen.cases.actions import (
    bulk_claim,
    claim,
    hand_over,
    release,
    release_left_tasks,
)
from yimen.cases.models import History
from yimen.cases.rules.errors import (
    AlreadyClaimed,
    AlreadyDecided,
    NotAColleague,
    NotAllowed,
    NotFound,
    TooManyTasks,
    WrongState,
)
from yimen.cases.types import Receipt

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def permit(wang: Actor) -> Receipt:
    """A residence permit that waits for its review."""
    return started(wang)


@pytest.fixture
def li() -> Actor:
    return officer("police", "officer", "li", "211")


@pytest.fixture
def he() -> Actor:
    return officer("police", "officer", "he", "212")


@pytest.fixture
def head() -> Actor:
    return officer("police", "head", "zhao", "301")


def claim_review(actor: Actor, receipt: Receipt) -> None:
    claim(actor, receipt.receipt_number, task(receipt, "review").id)


# Claiming


def test_who_claims_a_task_has_it(permit: Receipt, li: Actor) -> None:
    claim_review(li, permit)
    review = task(permit, "review")
    assert (review.state, review.assignee, review.assignee_number) == (
        "claimed",
        li.account_id,
        "211",
    )


def test_a_second_officer_is_told_who_claimed(permit: Receipt, li: Actor, he: Actor) -> None:
    claim_review(li, permit)
    with pytest.raises(AlreadyClaimed) as refused:
        claim_review(he, permit)
    assert (refused.value.who.agency, refused.value.who.office_number) == ("police", "211")
    assert refused.value.at is not None


def test_claiming_ones_own_task_again_changes_nothing(permit: Receipt, li: Actor) -> None:
    claim_review(li, permit)
    claim_review(li, permit)
    assert History.objects.filter(case_id=permit.case_id, kind="claimed").count() == 1


def test_an_officer_of_another_agency_does_not_even_see_the_case(permit: Receipt) -> None:
    stranger = officer("civil-affairs", username="wu")
    with pytest.raises(NotFound):
        claim_review(stranger, permit)


def test_another_role_cannot_claim(permit: Receipt) -> None:
    supervisor = officer("police", "supervisor", "wu")
    with pytest.raises(NotAllowed):
        claim_review(supervisor, permit)


def test_a_head_can_claim_what_an_officer_could(permit: Receipt, head: Actor) -> None:
    claim_review(head, permit)
    assert task(permit, "review").assignee == head.account_id


def test_residents_claim_nothing(permit: Receipt, wang: Actor) -> None:
    with pytest.raises(NotAllowed):
        claim_review(wang, permit)


def test_a_task_that_is_not_there_is_refused(permit: Receipt, li: Actor) -> None:
    with pytest.raises(NotFound):
        claim(li, permit.receipt_number, permit.case_id)
    with pytest.raises(NotFound):
        claim(li, "260101-AAAA-AAAA", task(permit, "review").id)


def test_a_delegate_is_named_with_whom_they_stand_in_for(permit: Receipt, head: Actor) -> None:
    partner = officer("police", "supervisor", "wu", "999")
    assert partner.account_id is not None and head.account_id is not None
    give_post(SYSTEM, partner.account_id, agency="police", role="officer", office_number="999")
    day = city_today()
    set_absence(head, head.account_id, delegate_id=partner.account_id, from_day=day, until_day=day)
    post = Post("police", "officer", head.posts[0].rights, acting_for_account=head.account_id)
    delegate = Actor(partner.kind, partner.channel, account_id=partner.account_id, posts=(post,))
    claim_review(delegate, permit)
    line = History.objects.get(case_id=permit.case_id, kind="claimed")
    assert (line.office_number, line.data["acting_for"]) == ("999", "301")


def test_an_officer_of_two_agencies_is_named_by_the_office_of_the_agency(
    permit: Receipt, li: Actor
) -> None:
    give_post(SYSTEM, li.account_id, agency="civil-affairs", role="clerk", office_number="77")
    claim_review(li, permit)
    assert task(permit, "review").assignee_number == "211"


def test_many_tasks_are_claimed_at_once(li: Actor, he: Actor, wang: Actor) -> None:
    mine, taken, done = started(wang), started(wang), started(wang)
    claim_review(he, taken)
    reviewed(done, he)
    elsewhere = started(wang, an_application("pension-enrolment", "good-freelance-debit"))
    wanted = [(r.receipt_number, task(r, "review").id) for r in (mine, taken, done)]
    wanted.append((elsewhere.receipt_number, task(elsewhere, "decide").id))
    wanted.append((mine.receipt_number, mine.case_id))
    got = bulk_claim(li, wanted)
    assert got.claimed == (task(mine, "review").id,)
    why = {task_id: type(error) for task_id, error in got.refused}
    assert why == {
        task(taken, "review").id: AlreadyClaimed,
        task(done, "review").id: AlreadyDecided,
        task(elsewhere, "decide").id: NotFound,
        mine.case_id: NotFound,
    }
    again = bulk_claim(li, wanted[:1])
    assert again.claimed == got.claimed


def test_more_than_a_page_is_not_claimed_at_once(li: Actor, permit: Receipt) -> None:
    with pytest.raises(TooManyTasks):
        bulk_claim(li, [(permit.receipt_number, permit.case_id)] * 101)
    assert bulk_claim(li, []).claimed == ()


# Giving back and handing over


def test_what_a_dismissed_officer_had_goes_back_to_the_queue(
    permit: Receipt, li: Actor, he: Actor, worker
) -> None:
    claim_review(li, permit)
    worker()
    [post] = end_posts(SYSTEM, li.account_id, agency="police")
    assert "yimen.cases.handlers.release_left_tasks" in worker()
    assert (task(permit, "review").state, task(permit, "review").assignee) == ("open", None)
    line = History.objects.get(case_id=permit.case_id, kind="released")
    assert (line.data["task"], line.account_id) == ("review", None)
    event = {"account_id": post.account_id, "agency": post.agency}
    handlers.release_left_tasks("again", None, event)
    assert History.objects.filter(case_id=permit.case_id, kind="released").count() == 1
    claim_review(he, permit)


def test_who_keeps_another_post_that_does_the_work_keeps_the_task(
    permit: Receipt, li: Actor, worker
) -> None:
    claim_review(li, permit)
    for role in ("clerk", "head"):
        give_post(SYSTEM, li.account_id, agency="police", role=role, office_number="9")
    end_posts(SYSTEM, li.account_id, role="officer")
    worker()
    assert task(permit, "review").assignee == li.account_id
    end_posts(SYSTEM, li.account_id, role="head")
    worker()
    assert task(permit, "review").assignee is None


def test_only_the_system_gives_back_what_was_left(li: Actor) -> None:
    with pytest.raises(NotAllowed):
        release_left_tasks(li, li.account_id, "police")


def test_a_task_can_be_given_back(permit: Receipt, li: Actor, he: Actor) -> None:
    claim_review(li, permit)
    release(li, permit.receipt_number, task(permit, "review").id)
    claim_review(he, permit)
    assert task(permit, "review").assignee == he.account_id


def test_nobody_gives_back_what_another_has_but_the_head(
    permit: Receipt, li: Actor, he: Actor, head: Actor
) -> None:
    claim_review(li, permit)
    with pytest.raises(NotAllowed):
        release(he, permit.receipt_number, task(permit, "review").id)
    release(head, permit.receipt_number, task(permit, "review").id)
    with pytest.raises(WrongState):
        release(li, permit.receipt_number, task(permit, "review").id)


def test_a_task_is_handed_to_a_colleague(permit: Receipt, li: Actor, he: Actor) -> None:
    claim_review(li, permit)
    assert he.account_id is not None
    review = task(permit, "review")
    hand_over(li, permit.receipt_number, review.id, he.account_id, "on leave")
    assert task(permit, "review").assignee_number == "212"
    line = History.objects.get(case_id=permit.case_id, kind="handed_over")
    assert line.data == {"task": "review", "to": "212", "reason": "on leave"}


def test_who_gets_a_task_in_the_post_of_somebody_away_is_named_by_the_own_office(
    permit: Receipt, li: Actor, head: Actor
) -> None:
    partner = officer("police", "supervisor", "wu", "999")
    assert partner.account_id is not None and li.account_id is not None
    day = city_today()
    set_absence(SYSTEM, li.account_id, delegate_id=partner.account_id, from_day=day, until_day=day)
    hand_over(head, permit.receipt_number, task(permit, "review").id, partner.account_id)
    assert task(permit, "review").assignee_number == "999"


def test_a_head_hands_over_what_nobody_has(permit: Receipt, he: Actor, head: Actor) -> None:
    assert he.account_id is not None
    hand_over(head, permit.receipt_number, task(permit, "review").id, he.account_id)
    assert task(permit, "review").assignee == he.account_id


def test_handing_over_twice_hands_over_once(permit: Receipt, he: Actor, head: Actor) -> None:
    assert he.account_id is not None
    for _ in range(2):
        hand_over(head, permit.receipt_number, task(permit, "review").id, he.account_id)
    assert History.objects.filter(case_id=permit.case_id, kind="handed_over").count() == 1


def test_an_officer_does_not_hand_over_what_is_not_theirs(
    permit: Receipt, li: Actor, he: Actor
) -> None:
    assert he.account_id is not None
    with pytest.raises(NotAllowed):
        hand_over(li, permit.receipt_number, task(permit, "review").id, he.account_id)


def test_a_task_goes_to_nobody_without_the_post(permit: Receipt, li: Actor) -> None:
    claim_review(li, permit)
    for stranger in (
        officer("civil-affairs", "officer", "wu"),
        officer("police", "supervisor", "qian"),
    ):
        assert stranger.account_id is not None
        with pytest.raises(NotAColleague):
            hand_over(li, permit.receipt_number, task(permit, "review").id, stranger.account_id)
