"""The states of cases and tasks as data, and the diagrams drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from yimen.cases.types import CaseState, HistoryKind, Outcome, TaskOutcome, TaskState
from yimen.catalogue.types import TaskKind


@dataclass(frozen=True, slots=True)
class Move:
    """One verb that leads from some states to one. ``before`` is empty for the first state."""

    verb: str
    before: tuple[StrEnum, ...]
    after: StrEnum


_C, _T = CaseState, TaskState

CASE_MOVES = (
    Move("submit", (), _C.RECEIVED),
    Move("start_process", (_C.RECEIVED,), _C.HANDLING),
    Move("complete_review", (_C.HANDLING,), _C.HANDLING),
    Move("give_opinion", (_C.HANDLING,), _C.HANDLING),
    Move("ask_for_correction", (_C.HANDLING,), _C.WAITING),
    Move("answer_correction", (_C.WAITING,), _C.HANDLING),
    Move("take_back_correction", (_C.WAITING,), _C.HANDLING),
    Move("extend", (_C.HANDLING,), _C.HANDLING),
    Move("tell_late", (_C.HANDLING,), _C.HANDLING),
    Move("decide", (_C.HANDLING,), _C.HANDLING),
    Move("close", (_C.RECEIVED, _C.HANDLING), _C.CLOSED),
    Move("withdraw", (_C.RECEIVED, _C.HANDLING, _C.WAITING), _C.CLOSED),
    Move("void", (_C.RECEIVED, _C.HANDLING, _C.WAITING), _C.CLOSED),
    Move("revoke", (_C.CLOSED,), _C.CLOSED),
    Move("correct_decision", (_C.CLOSED,), _C.CLOSED),
    Move("ask_for_recheck", (_C.CLOSED,), _C.CLOSED),
    Move("answer_recheck", (_C.CLOSED,), _C.CLOSED),
    Move("order_recheck", (_C.CLOSED,), _C.CLOSED),
)

TASK_MOVES = (
    Move("open", (), _T.OPEN),
    Move("claim", (_T.OPEN,), _T.CLAIMED),
    Move("release", (_T.CLAIMED,), _T.OPEN),
    Move("hand_over", (_T.OPEN, _T.CLAIMED), _T.CLAIMED),
    Move("complete", (_T.OPEN, _T.CLAIMED), _T.DONE),
    Move("cancel", (_T.OPEN, _T.CLAIMED), _T.CANCELLED),
)

# What an officer may answer at each kind of task; conditions of a process read these words.
OUTCOMES: dict[TaskKind, tuple[TaskOutcome, ...]] = {
    TaskKind.REVIEW: (TaskOutcome.COMPLETE,),
    TaskKind.OPINION: (TaskOutcome.FOR, TaskOutcome.AGAINST),
    TaskKind.DECISION: (TaskOutcome.APPROVE, TaskOutcome.REFUSE),
    TaskKind.RECHECK: (TaskOutcome.STANDS,),  # or the decision is mended, which ends it too
}

# How a case ends in which nobody decides any more; the history says how it came to that.
UNDECIDED_ENDS: dict[Outcome, HistoryKind] = {
    Outcome.WITHDRAWN: HistoryKind.WITHDRAWN,
    Outcome.VOIDED: HistoryKind.VOIDED,
}

# What the agency that decided may make of its decision: an approval is taken back by revoking it,
# which has grounds of its own in law; every other change is a correction.
REVOCABLE = frozenset({Outcome.APPROVED})
CORRECTIONS: dict[Outcome, tuple[Outcome, ...]] = {
    Outcome.APPROVED: (Outcome.APPROVED,),
    Outcome.REFUSED: (Outcome.APPROVED, Outcome.REFUSED),
    Outcome.REVOKED: (Outcome.APPROVED,),
}

# The right that each kind of task asks for.
RIGHTS: dict[TaskKind, str] = {
    TaskKind.REVIEW: "case.review",
    TaskKind.OPINION: "case.opine",
    TaskKind.DECISION: "case.decide",
    TaskKind.RECHECK: "case.mend",
}

# What the applicant sees of a case's history. The rest is for the desk: an opinion is not a
# decision, and who handed what to whom is the office's own matter.
SHOWN_TO_RESIDENTS = frozenset(
    {
        HistoryKind.SUBMITTED,
        HistoryKind.STARTED,
        HistoryKind.CLAIMED,
        HistoryKind.CORRECTION_ASKED,
        HistoryKind.CORRECTION_ANSWERED,
        HistoryKind.CORRECTION_TAKEN_BACK,
        HistoryKind.REVIEWED,
        HistoryKind.OPINION_GIVEN,
        HistoryKind.DECISION_STEP,
        HistoryKind.DECIDED,
        HistoryKind.EXTENDED,
        HistoryKind.DUE_CHANGED,
        HistoryKind.LATE,
        HistoryKind.DOCUMENT_ISSUED,
        HistoryKind.WITHDRAWN,
        HistoryKind.VOIDED,
        HistoryKind.REVOKED,
        HistoryKind.DECISION_CORRECTED,
        HistoryKind.RECHECK_ASKED,
        HistoryKind.RECHECK_ANSWERED,
        HistoryKind.RECHECK_ORDERED,
        HistoryKind.CONTESTED,
        HistoryKind.MOVED,
    }
)

# Of these, residents see which step was done and by whom: what officers wrote is for each other.
STEPS_WITHOUT_WORDS = frozenset(
    {HistoryKind.REVIEWED, HistoryKind.OPINION_GIVEN, HistoryKind.DECISION_STEP}
)


def find_move(moves: Sequence[Move], verb: str) -> Move:
    """Return the move of this verb."""
    return next(move for move in moves if move.verb == verb)


def can_move(moves: Sequence[Move], verb: str, state: StrEnum) -> bool:
    """Say whether the verb is allowed in this state."""
    return state in find_move(moves, verb).before


def as_text(moves: Sequence[Move]) -> str:
    """Return the state table as lines of text, one verb a line."""
    lines = []
    for move in moves:
        before = " | ".join(str(state) for state in move.before) or "(nothing)"
        lines.append(f"{move.verb}: {before} -> {move.after}")
    return "\n".join(lines)


def as_mermaid(moves: Sequence[Move]) -> str:
    """Return the state diagram in Mermaid's words, for the documents."""
    lines = ["stateDiagram-v2"]
    lines.extend(
        f"    {state} --> {move.after}: {move.verb}"
        for move in moves
        for state in move.before or ("[*]",)
    )
    afters = {move.after for move in moves}
    befores = {state for move in moves for state in move.before if state is not move.after}
    lines.extend(f"    {state} --> [*]" for state in sorted(afters - befores))
    return "\n".join(lines)
