"""Who may do what with a case and its tasks."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor, ActorKind, Post
from yimen.cases.process import (
    CASE_MOVES,
    OUTCOMES,
    RIGHTS,
    TASK_MOVES,
    UNDECIDED_ENDS,
    Move,
    can_move,
    find_move,
)
from yimen.cases.rules.errors import (
    AlreadyClaimed,
    AlreadyDecided,
    CaseEnded,
    NotAllowed,
    ReasonMissing,
    ReasonTooLong,
    TaskCancelled,
    TooManyTasks,
    WrongOutcome,
    WrongState,
)
from yimen.cases.types import CaseState, Outcome, TaskOutcome, TaskState
from yimen.catalogue.types import TaskKind

LONGEST_REASON = 2000
MOST_AT_ONCE = 100
HEAD = "case.hand_over"  # who may hand over sees and does the work of every role of the agency
ENTER_FOR_OTHERS = "counter.accept"
VOID = "case.void"


class TaskLike(Protocol):
    """What the rules need to know of a task."""

    agency: str
    role: str
    kind: str
    state: str
    assignee: int | None
    assignee_number: str
    claimed_at: datetime | None
    done_at: datetime | None
    outcome: str


def officer_of(task: TaskLike) -> OfficerName:
    """Return how the officer who has, or finished, a task is named to others."""
    return OfficerName(task.agency, task.assignee_number)


def check_move(moves: Iterable[Move], verb: str, state: StrEnum) -> StrEnum:
    """Return the state after the verb, or refuse."""
    table = tuple(moves)
    if not can_move(table, verb, state):
        raise WrongState(verb, state)
    return find_move(table, verb).after


def check_case_move(verb: str, state: str) -> CaseState:
    """Return the case's state after the verb, or refuse."""
    return CaseState(check_move(CASE_MOVES, verb, CaseState(state)))


def check_goes_on(outcome: str, closed_at: datetime | None) -> None:
    """Refuse to handle a case that ended without a decision, and say how and when it did."""
    if outcome in UNDECIDED_ENDS:
        raise CaseEnded(Outcome(outcome), closed_at)


def check_may_answer(actor: Actor) -> None:
    """Refuse everybody but the applicant and the clerks who enter applications for others.

    Whose case it is was settled by the query that found it.
    """
    if actor.kind is ActorKind.STAFF and not actor.agencies_with(ENTER_FOR_OTHERS):
        raise NotAllowed(ENTER_FOR_OTHERS)


def can_work_on(actor: Actor, task: TaskLike, right: str) -> bool:
    """Say whether the actor holds the post that a task asks for, with this right."""
    return any(
        right in post.rights and _serves(post, task.agency, task.role) for post in actor.posts
    )


def _serves(post: Post, agency: str, role: str) -> bool:
    return post.agency == agency and (post.role == role or HEAD in post.rights)


def stands_in_for(actor: Actor, agency: str, role: str) -> int | None:
    """Return the absent colleague by whose post alone the actor serves a role; None by one's own."""
    served = [post.acting_for_account for post in actor.posts if _serves(post, agency, role)]
    return None if None in served else next(iter(served), None)


def check_may_work_on(actor: Actor, task: TaskLike, right: str) -> None:
    """Refuse unless the actor holds the post that a task asks for, with this right."""
    if not can_work_on(actor, task, right):
        raise NotAllowed(right, task.agency)


def check_right(actor: Actor, right: str, agency: str) -> None:
    """Refuse unless the actor holds this right in this agency. The system may do everything."""
    if actor.kind is not ActorKind.SYSTEM and not actor.has(right, agency):
        raise NotAllowed(right, agency)


def check_system(actor: Actor, right: str) -> None:
    """Refuse everybody but the system itself."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed(right)


def _check_not_finished(task: TaskLike) -> None:
    if task.state == TaskState.DONE:
        raise AlreadyDecided(officer_of(task), task.done_at, task.outcome)
    if task.state == TaskState.CANCELLED:
        raise TaskCancelled


def check_claim(actor: Actor, task: TaskLike) -> None:
    """Refuse to claim without the post, what somebody else has, and what is finished."""
    check_may_work_on(actor, task, "case.claim")
    _check_not_finished(task)
    if task.state == TaskState.CLAIMED and task.assignee != actor.account_id:
        raise AlreadyClaimed(officer_of(task), task.claimed_at)


def check_release(actor: Actor, task: TaskLike) -> None:
    """Refuse to give back what one does not have; a head may give back anybody's."""
    _check_not_finished(task)
    check_move(TASK_MOVES, "release", TaskState(task.state))
    if task.assignee != actor.account_id:
        check_right(actor, HEAD, task.agency)


def check_hand_over(actor: Actor, task: TaskLike) -> None:
    """Refuse unless it is the actor's own task, or the actor heads the agency."""
    _check_not_finished(task)
    if task.assignee is None or task.assignee != actor.account_id:
        check_right(actor, HEAD, task.agency)


def check_complete(actor: Actor, task: TaskLike, kind: TaskKind, outcome: TaskOutcome) -> None:
    """Refuse to finish without the right, another's task, a finished one, or with a wrong word.

    An unclaimed task may be finished at once: that claims it.
    """
    check_may_work_on(actor, task, RIGHTS[kind])
    _check_not_finished(task)
    if task.kind != kind or outcome not in OUTCOMES[kind]:
        raise WrongOutcome(task.kind, outcome)
    if task.state == TaskState.CLAIMED and task.assignee != actor.account_id:
        raise AlreadyClaimed(officer_of(task), task.claimed_at)


def check_ask(actor: Actor, task: TaskLike) -> None:
    """Refuse to ask for a correction at a task that is not the actor's."""
    check_may_work_on(actor, task, "case.correct")
    _check_not_finished(task)
    if task.state == TaskState.CLAIMED and task.assignee != actor.account_id:
        raise AlreadyClaimed(officer_of(task), task.claimed_at)


def may_void(actor: Actor, agency: str, entered_by: int | None) -> bool:
    """Say whether the actor may void an entry: who holds the right where it lies, or who made it.

    The clerk who entered an application sees a slip of the pen first; the right to enter for others
    is still needed, so that a dismissed clerk has none.
    """
    own = entered_by is not None and entered_by == actor.account_id
    clerk = own and bool(actor.agencies_with(ENTER_FOR_OTHERS))
    return clerk or actor.kind is ActorKind.SYSTEM or actor.has(VOID, agency)


def check_may_void(actor: Actor, agency: str, entered_by: int | None) -> None:
    """Refuse who may not void an entry: see `may_void`."""
    if not may_void(actor, agency, entered_by):
        raise NotAllowed(VOID, agency)


def check_reason(reason: str, *, needed: bool) -> str:
    """Return the reason without blanks around it; refuse a missing or endless one."""
    reason = reason.replace("\0", "").strip()  # a NUL would break the database
    if needed and not reason:
        raise ReasonMissing
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(LONGEST_REASON)
    return reason


def check_count(count: int) -> None:
    """Refuse more tasks at once than one page shows."""
    if count > MOST_AT_ONCE:
        raise TooManyTasks(MOST_AT_ONCE)


def account_of(actor: Actor) -> int:
    """Return the account of the officer who acts, or refuse who has none."""
    if actor.account_id is None:
        raise NotAllowed("account")
    return actor.account_id


def clerk_agency(actor: Actor) -> str:
    """Return the agency in which a clerk enters applications; "" for everybody else."""
    return min(actor.agencies_with(ENTER_FOR_OTHERS), default="")


def check_may_apply(actor: Actor, for_somebody: bool) -> None:
    """Refuse staff without the right to enter applications, and others who name somebody.

    Residents and visitors apply for themselves; staff only for others.
    """
    if actor.is_staff or for_somebody:
        if actor.kind is not ActorKind.SYSTEM and not actor.agencies_with(ENTER_FOR_OTHERS):
            raise NotAllowed(ENTER_FOR_OTHERS)
