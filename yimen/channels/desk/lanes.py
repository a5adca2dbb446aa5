"""The steps of a case drawn from its process: what is done, what is open, what comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.utils.translation import gettext as _

from yimen.cases.queries import CaseFileView, TaskView
from yimen.cases.types import TaskState
from yimen.catalogue.definition import City, Process, ProcessStep, Service
from yimen.catalogue.types import NodeKind, TaskKind
from yimen.channels.desk.names import post
from yimen.channels.desk.refusals import outcome
from yimen.channels.shared.components import Progress
from yimen.channels.shared.names import agency_words, officer_words


@dataclass(frozen=True, slots=True)
class LaneStep:
    """One step of one lane, and where it stands."""

    title: str
    who: str
    progress: Progress
    state: str  # the same in words
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LaneStage:
    """Steps that stand side by side."""

    steps: tuple[LaneStep, ...]
    together: bool  # at the same time; otherwise one of them happens


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """What an agency said of the case, or that it has not spoken yet."""

    agency: str
    officer: str
    title: str
    outcome: str  # "" while it is awaited
    against: bool
    reason: str
    at: datetime | None


def lanes(file: CaseFileView, process: Process, city: City, language: str) -> tuple[LaneStage, ...]:
    """Return the stages of a case's process with the state of each step."""
    newest = {task.key: task for task in file.tasks}
    steps = sorted(
        (step for step in process.steps if step.kind is NodeKind.TASK),
        key=lambda step: (step.stage, step.branch),
    )
    stages = []
    for _stage, group in groupby(steps, key=lambda step: step.stage):
        side = list(group)
        drawn = tuple(_drawn(step, newest, file, city, language) for step in side)
        stages.append(LaneStage(drawn, len(side) > 1 and all(step.parallel for step in side)))
    return tuple(stages)


def _drawn(
    step: ProcessStep,
    newest: Mapping[str, TaskView],
    file: CaseFileView,
    city: City,
    language: str,
) -> LaneStep:
    service: Service = file.status.service
    task = newest.get(step.key)
    who = post(service.agency_for(step.binding), step.role, city, language)
    title = step.title[language]
    if task is None:
        progress = Progress.NEXT if file.status.is_open else Progress.STOPPED
        words = _("comes later") if file.status.is_open else _("was not needed")
        return LaneStep(title, who, progress, words)
    if task.officer is not None:
        who = officer_words(task.officer, city, language)
    return LaneStep(
        title, who, _PROGRESS[task.state], _state(task), task.done_at or task.claimed_at
    )


_PROGRESS = {
    TaskState.OPEN: Progress.NOW,
    TaskState.CLAIMED: Progress.NOW,
    TaskState.DONE: Progress.DONE,
    TaskState.CANCELLED: Progress.STOPPED,
}


def _state(task: TaskView) -> str:
    if task.state is TaskState.DONE and task.outcome is not None:
        return outcome(task.outcome)
    words = {
        TaskState.OPEN: _("open: nobody has claimed it"),
        TaskState.CLAIMED: _("being worked on"),
        TaskState.DONE: _("done"),
        TaskState.CANCELLED: _("was not needed"),
    }
    return words[task.state]


def opinions(tasks: Sequence[TaskView], city: City, language: str) -> tuple[OpinionLine, ...]:
    """Return what the agencies said: opinions, and the notes of reviews that left one."""
    return tuple(
        OpinionLine(
            agency=agency_words(task.agency, city, language),
            officer=officer_words(task.officer, city, language) if task.officer is not None else "",
            title=task.title[language],
            outcome=outcome(task.outcome) if task.outcome is not None else "",
            against=task.outcome == "against",
            reason=task.reason,
            at=task.done_at,
        )
        for task in tasks
        if task.kind is TaskKind.OPINION or (task.kind is TaskKind.REVIEW and task.reason)
    )
