"""Who may work on what, decided without a database."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel, Post
from yimen.cases.rules.errors import (
    AlreadyClaimed,
    NotAllowed,
    NotFound,
    ReasonMissing,
    TaskCancelled,
    check_found,
)
from yimen.cases.rules.permissions import (
    account_of,
    can_work_on,
    check_claim,
    check_complete,
    check_hand_over,
    check_may_apply,
    check_reason,
    check_release,
    check_right,
    clerk_agency,
    stands_in_for,
)
from yimen.cases.types import TaskOutcome
from yimen.catalogue.types import TaskKind


@dataclass
class Step:
    """A task as the rules see it."""

    agency: str = "police"
    role: str = "officer"
    kind: str = "decision"
    state: str = "open"
    assignee: int | None = None
    assignee_number: str = ""
    claimed_at: datetime | None = None
    done_at: datetime | None = None
    outcome: str = ""


def somebody(*rights: str, role: str = "officer", agency: str = "police") -> Actor:
    post = Post(agency, role, frozenset(rights))
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=7, posts=(post,))


def test_who_serves_by_a_delegated_post_alone_stands_in_for_somebody() -> None:
    head = Post("police", "head", frozenset({"case.hand_over"}), acting_for_account=9)
    own, lent = Post("police", "officer"), Post("police", "officer", acting_for_account=8)
    elsewhere = Post("tax", "officer", acting_for_account=5)

    def absent(*posts: Post) -> int | None:
        return stands_in_for(replace(somebody(), posts=posts), "police", "officer")

    assert absent(elsewhere, lent) == 8
    assert absent(head) == 9
    assert absent(own, head) is None
    assert absent(elsewhere) is None


def test_a_post_fits_by_agency_role_and_right() -> None:
    assert can_work_on(somebody("case.claim"), Step(), "case.claim")
    assert not can_work_on(somebody("case.read"), Step(), "case.claim")
    assert not can_work_on(somebody("case.claim", role="clerk"), Step(), "case.claim")
    assert not can_work_on(somebody("case.claim", agency="housing-fund"), Step(), "case.claim")
    head = somebody("case.claim", "case.hand_over", role="head")
    assert can_work_on(head, Step(), "case.claim")


def test_a_right_in_one_post_does_not_help_another() -> None:
    two = Actor(
        ActorKind.STAFF,
        Channel.DESK,
        account_id=7,
        posts=(
            Post("police", "officer", frozenset({"case.read"})),
            Post("housing-fund", "officer", frozenset({"case.claim"})),
        ),
    )
    assert not can_work_on(two, Step(), "case.claim")


def test_what_the_process_has_left_cannot_be_claimed() -> None:
    with pytest.raises(TaskCancelled):
        check_claim(somebody("case.claim"), Step(state="cancelled"))


def test_ones_own_task_can_be_given_back_handed_over_and_finished() -> None:
    mine = Step(state="claimed", assignee=7)
    officer = somebody("case.claim", "case.decide")
    check_release(officer, mine)
    check_hand_over(officer, mine)
    check_complete(officer, mine, TaskKind.DECISION, TaskOutcome.APPROVE)
    with pytest.raises(AlreadyClaimed):
        check_complete(officer, replace(mine, assignee=8), TaskKind.DECISION, TaskOutcome.APPROVE)


def test_the_system_has_every_right_and_no_account() -> None:
    check_right(SYSTEM, "case.extend", "police")
    check_may_apply(SYSTEM, for_somebody=True)
    with pytest.raises(NotAllowed):
        account_of(SYSTEM)
    assert account_of(somebody()) == 7


def test_a_clerk_enters_for_others_and_nobody_else_does() -> None:
    clerk = somebody("counter.accept", role="clerk")
    check_may_apply(clerk, for_somebody=True)
    assert clerk_agency(clerk) == "police" and clerk_agency(somebody()) == ""
    with pytest.raises(NotAllowed):
        check_may_apply(somebody("case.read"), for_somebody=False)
    resident = Actor(ActorKind.RESIDENT, Channel.PORTAL, account_id=1)
    check_may_apply(resident, for_somebody=False)
    with pytest.raises(NotAllowed):
        check_may_apply(resident, for_somebody=True)


def test_what_is_not_there_is_refused() -> None:
    assert check_found(datetime(2026, 11, 2, tzinfo=UTC)).year == 2026
    with pytest.raises(NotFound):
        check_found(None)


def test_a_reason_is_kept_without_what_would_break_the_database() -> None:
    assert check_reason(" 不符\0合 ", needed=True) == "不符合"
    with pytest.raises(ReasonMissing):
        check_reason("\0 ", needed=True)
