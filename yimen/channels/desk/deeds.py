"""What an officer does with one task: each verb with the action behind it and what is said after."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.base.actor import Actor
from yimen.cases import actions
from yimen.cases.queries import CaseFileView, TaskView
from yimen.cases.rules import errors
from yimen.cases.types import TaskOutcome, TaskState
from yimen.catalogue.types import TaskKind
from yimen.channels.desk.forms import asked_items, without_sentence
from yimen.channels.desk.notes import Note
from yimen.channels.desk.refusals import GroundMissing, Refusal, outcome


@dataclass(frozen=True, slots=True)
class Deed:
    """One verb. ``settled`` says that a refused form has done its work before: a double click."""

    run: Callable[[Actor, str, UUID, QueryDict], object]
    settled: Callable[[CaseFileView, TaskView, QueryDict], bool]
    note: Callable[[str, UUID, QueryDict], Note]


def _never(_file: CaseFileView, _task: TaskView, _posted: QueryDict) -> bool:
    return False


def _is_open(_file: CaseFileView, task: TaskView, _posted: QueryDict) -> bool:
    return task.state is TaskState.OPEN


def _asked_the_same(file: CaseFileView, _task: TaskView, posted: QueryDict) -> bool:
    turn = file.status.your_turn
    wanted = {(item.kind, item.key, item.says.strip()) for item in asked_items(posted)}
    return turn is not None and wanted == {(i.kind, i.key, i.says) for i in turn.items}


def _ended_the_same(_file: CaseFileView, task: TaskView, posted: QueryDict) -> bool:
    return (
        task.state is TaskState.DONE
        and task.is_mine
        and task.outcome == posted.get("outcome", TaskOutcome.COMPLETE)
        and task.reason == str(posted.get("reason", "")).strip()
    )


def _said_the_same(_file: CaseFileView, task: TaskView, posted: QueryDict) -> bool:
    said = str(posted.get("reason", "")).strip()
    return task.outcome is TaskOutcome.STANDS and task.is_mine and task.reason == said


def _outcome(posted: QueryDict, kind: TaskKind) -> TaskOutcome:
    word = str(posted.get("outcome", ""))
    if word not in set(TaskOutcome):
        raise errors.WrongOutcome(kind, word)
    return TaskOutcome(word)


def _reason(posted: QueryDict) -> str:
    return str(posted.get("reason", ""))


def _hand_over(actor: Actor, number: str, task_id: UUID, posted: QueryDict) -> None:
    chosen = str(posted.get("colleague", ""))
    if not (chosen.isascii() and chosen.isdecimal()) or len(chosen) > 18:
        raise errors.NotAColleague
    actions.hand_over(actor, number, task_id, int(chosen), _reason(posted))


def _opine(actor: Actor, number: str, task_id: UUID, posted: QueryDict) -> None:
    how = _outcome(posted, TaskKind.OPINION)
    actions.give_opinion(actor, number, task_id, how, _reason(posted))


def _decide(actor: Actor, number: str, task_id: UUID, posted: QueryDict) -> None:
    how, grounds = _outcome(posted, TaskKind.DECISION), posted.getlist("ground")
    if how is TaskOutcome.REFUSE and posted.get("grounds") == "offered" and not grounds:
        raise GroundMissing
    actions.decide(actor, number, task_id, how, _reason(posted), grounds=grounds)


def _stands(actor: Actor, number: str, task_id: UUID, posted: QueryDict) -> None:
    actions.answer_recheck(actor, number, task_id, _reason(posted))


def _task_address(number: str, task_id: UUID, verb: str) -> str:
    return reverse("desk:act", args=[number, task_id, verb])


def _claimed(number: str, task_id: UUID, _posted: QueryDict) -> Note:
    undo = _task_address(number, task_id, "release")
    return Note(_("The task is yours."), undo=undo, undo_label=_("Give it back"))


def _released(number: str, task_id: UUID, _posted: QueryDict) -> Note:
    undo = _task_address(number, task_id, "claim")
    return Note(_("The task is back in the queue."), undo=undo, undo_label=_("Take it again"))


def _asked(number: str, _task_id: UUID, _posted: QueryDict) -> Note:
    undo = reverse("desk:take_back", args=[number])
    return Note(
        _("The applicant is asked to correct it. The clock is paused until the answer comes."),
        undo=undo,
        undo_label=_("Take it back"),
    )


def _ended(_number: str, _task_id: UUID, posted: QueryDict) -> Note:
    word = str(posted.get("outcome", TaskOutcome.COMPLETE))
    if word == TaskOutcome.APPROVE:
        return Note(_("Approved. The applicant is told, and the document is being made."))
    if word == TaskOutcome.REFUSE:
        return Note(_("Refused. The applicant is told, with the reason and the remedies."))
    return Note(_("Recorded: %(outcome)s.") % {"outcome": outcome(word)})


DEEDS: dict[str, Deed] = {
    "claim": Deed(
        lambda actor, number, task_id, _posted: actions.claim(actor, number, task_id),
        _never,
        _claimed,
    ),
    "release": Deed(
        lambda actor, number, task_id, _posted: actions.release(actor, number, task_id),
        _is_open,
        _released,
    ),
    "hand-over": Deed(
        _hand_over, _never, lambda _n, _t, _p: Note(_("Your colleague has the task now."))
    ),
    "ask": Deed(
        lambda actor, number, task_id, posted: actions.ask_for_correction(
            actor, number, task_id, asked_items(posted)
        ),
        _asked_the_same,
        _asked,
    ),
    "review": Deed(
        lambda actor, number, task_id, posted: actions.complete_review(
            actor, number, task_id, _reason(posted)
        ),
        _ended_the_same,
        _ended,
    ),
    "opinion": Deed(_opine, _ended_the_same, _ended),
    "decide": Deed(_decide, _ended_the_same, _ended),
    "stands": Deed(
        _stands,
        _said_the_same,
        lambda _n, _t, _p: Note(_("The decision stands. The applicant is told why.")),
    ),
}


_FIELD_OF: dict[type[Exception], str] = {
    errors.WrongOutcome: "outcome",
    errors.CannotMend: "outcome",
    errors.NotAColleague: "colleague",
    errors.NothingToCorrect: "ask",
    GroundMissing: "ground",
    errors.GroundHolds: "ground",
    errors.ExtensionTooLong: "days",
    errors.LawMissing: "law",
    errors.DelayMissing: "delay",
    errors.BadNewDay: "day",
}


def about(error: Refusal, sentence: str, posted: QueryDict) -> Mapping[str, str]:
    """Return which fields of the form an error is about, with its sentence."""
    if isinstance(error, errors.ReasonMissing | errors.ReasonTooLong):
        asked = posted.getlist("ask")
        return dict.fromkeys(without_sentence(posted) or asked or ["reason"], sentence)
    field = _FIELD_OF.get(type(error))
    return {field: sentence} if field is not None else {}
