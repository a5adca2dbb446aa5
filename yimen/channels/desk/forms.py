"""The forms of a task: which are offered, and what was typed into one that was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.accounts.queries import staff_of
from yimen.base.actor import Actor
from yimen.cases.queries import CaseFileView, TaskView
from yimen.cases.types import CorrectionItem, CorrectionKind, TaskOutcome
from yimen.catalogue.definition import City
from yimen.catalogue.types import TaskKind
from yimen.channels.desk.facts import AnswerRow, CriterionRow, MaterialRow
from yimen.channels.desk.names import role
from yimen.channels.shared.components import Choice, FieldError

SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Refused:
    """A form that was refused: which one, why, and everything that was typed into it."""

    verb: str
    sentence: str
    task_id: UUID | None = None
    posted: QueryDict = field(default_factory=QueryDict)
    about: Mapping[str, str] = field(default_factory=dict)  # sentences by field

    @property
    def typed(self) -> tuple[str, ...]:
        """Return the texts that were typed, to be copied where no form takes them any more."""
        return tuple(
            text
            for name, texts in self.posted.lists()
            if name == "reason" or name.startswith("says-")
            for text in texts
            if text.strip()
        )


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that can be asked to be corrected, with the sentence typed so far."""

    value: str  # kind and key
    label: str
    now: str  # what stands there now
    ticked: bool
    says: str
    error: str

    @property
    def id(self) -> str:
        return self.value.replace(SEPARATOR, "-")


@dataclass(frozen=True, slots=True)
class GroundChoice:
    """A condition that does not hold, with the record that says so."""

    key: str
    sentence: str
    record: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Work:
    """What the officer can do with one task, and what was typed so far."""

    task: TaskView
    verbs: frozenset[str]
    address: str  # of the task's forms, the verb is added
    ends: tuple[Choice, ...]
    colleagues: tuple[Choice, ...]
    asks: tuple[Ask, ...]
    grounds: tuple[GroundChoice, ...]
    reason: str  # typed into the form that ends the task
    handing: str  # typed into the form that hands it over
    open_form: str  # the form that was refused
    errors: Mapping[str, str]

    @property
    def complete_verb(self) -> str:
        return COMPLETE[self.task.kind]

    @property
    def is_review(self) -> bool:
        return self.task.kind is TaskKind.REVIEW

    @property
    def is_recheck(self) -> bool:
        return self.task.kind is TaskKind.RECHECK

    @property
    def is_decision(self) -> bool:
        return self.task.kind is TaskKind.DECISION


COMPLETE = {
    TaskKind.REVIEW: "review",
    TaskKind.OPINION: "opinion",
    TaskKind.DECISION: "decide",
    TaskKind.RECHECK: "stands",
}


def works(
    actor: Actor,
    file: CaseFileView,
    answers: Sequence[AnswerRow],
    criteria: Sequence[CriterionRow],
    materials: Sequence[MaterialRow],
    city: City,
    language: str,
    refused: Refused | None,
) -> tuple[Work, ...]:
    """Return the tasks of the case with which the officer can do something now."""
    number = file.status.receipt_number
    found = []
    for task in file.tasks:
        if not task.can:
            continue
        mine = refused if refused is not None and refused.task_id == task.id else None
        handing = "hand_over" in task.can
        found.append(
            Work(
                task=task,
                verbs=task.can,
                address=reverse("desk:task", args=[number, task.id]),
                ends=_ends(task, mine),
                colleagues=_colleagues(actor, task, city, language, mine) if handing else (),
                asks=_asks(answers, materials, mine),
                grounds=_grounds(criteria, mine, language),
                reason=_typed(mine, COMPLETE[task.kind]),
                handing=_typed(mine, "hand-over"),
                open_form=mine.verb if mine is not None else "",
                errors=mine.about if mine is not None else {},
            )
        )
    return tuple(found)


def _typed(refused: Refused | None, verb: str) -> str:
    if refused is None or refused.verb != verb:
        return ""
    return str(refused.posted.get("reason", ""))


def _ends(task: TaskView, refused: Refused | None) -> tuple[Choice, ...]:
    words = {
        TaskOutcome.COMPLETE: _("The review is complete"),
        TaskOutcome.FOR: _("In favour"),
        TaskOutcome.AGAINST: _("Against"),
        TaskOutcome.APPROVE: _("Approve"),
        TaskOutcome.REFUSE: _("Refuse"),
        TaskOutcome.STANDS: _("The decision stands"),
    }
    chosen = refused.posted.get("outcome") if refused is not None else None
    return tuple(
        Choice(word, words[word], word == chosen, f"outcome-{task.id}-{word}")
        for word in task.outcomes
    )


def _colleagues(
    actor: Actor, task: TaskView, city: City, language: str, refused: Refused | None
) -> tuple[Choice, ...]:
    """Return the colleagues who hold the post that the task asks for, by office number."""
    chosen = refused.posted.get("colleague") if refused is not None else None
    found: dict[int, Choice] = {}
    for post in staff_of(actor, task.agency):
        declared = city.roles.get(post.role)
        rights = declared.rights if declared is not None else frozenset()
        fits = post.role == task.role or "case.hand_over" in rights
        if not fits or "case.claim" not in rights or post.account_id == actor.account_id:
            continue
        name = f"{post.office_number} {post.account.first_name} · {role(post.role, city, language)}"
        value = str(post.account_id)
        found.setdefault(post.account_id, Choice(value, name, value == chosen))
    return tuple(found.values())


def _asks(
    answers: Sequence[AnswerRow], materials: Sequence[MaterialRow], refused: Refused | None
) -> tuple[Ask, ...]:
    mine = refused if refused is not None and refused.verb == "ask" else None
    ticked = set(mine.posted.getlist("ask")) if mine is not None else set()

    def ask(kind: CorrectionKind, key: str, label: str, now: str) -> Ask:
        value = f"{kind}{SEPARATOR}{key}"
        says = mine.posted.get(f"says-{value}", "") if mine is not None else ""
        error = mine.about.get(value, "") if mine is not None else ""
        return Ask(value, label, now, value in ticked, str(says), error)

    return (
        *(
            ask(CorrectionKind.FIELD, row.key, row.label, row.answer.shown if row.answer else "")
            for row in answers
        ),
        *(
            ask(CorrectionKind.MATERIAL, row.key, row.title, ", ".join(f.name for f in row.files))
            for row in materials
        ),
    )


def _grounds(
    criteria: Sequence[CriterionRow], refused: Refused | None, language: str
) -> tuple[GroundChoice, ...]:
    """Return what a refusal can rest on; everything is ticked until the officer says otherwise."""
    mine = refused if refused is not None and refused.verb == "decide" else None
    return tuple(
        GroundChoice(
            row.key,
            row.sentence,
            row.ground(language),
            mine is None or row.key in mine.posted.getlist("ground"),
        )
        for row in criteria
        if row.answer == "no"
    )


def asked_items(posted: QueryDict) -> tuple[CorrectionItem, ...]:
    """Return what an officer ticked to be corrected, with the sentences."""
    items = []
    for value in posted.getlist("ask"):
        kind, _separator, key = value.partition(SEPARATOR)
        if kind in set(CorrectionKind):
            says = str(posted.get(f"says-{value}", ""))
            items.append(CorrectionItem(CorrectionKind(kind), key, says))
    return tuple(items)


def without_sentence(posted: QueryDict) -> tuple[str, ...]:
    """Return what was ticked but not explained."""
    return tuple(v for v in posted.getlist("ask") if not posted.get(f"says-{v}", "").strip())


def summary(refused: Refused, works_here: Sequence[Work]) -> tuple[FieldError, ...]:
    """Return the errors of a refused form, each with the place to correct it.

    None where there is nothing to correct: somebody was faster, or the form is not there any more.
    """
    if refused.task_id not in {None, *(work.task.id for work in works_here)}:
        return ()
    return tuple(FieldError(_anchor(name, refused), says) for name, says in refused.about.items())


def _anchor(name: str, refused: Refused) -> str:
    """Return the id of what an error is about; several forms with one field stand on one page."""
    return f"{name.replace(SEPARATOR, '-')}-{refused.task_id or refused.verb}"
