"""A form that is being filled in: what is asked, what is answered, where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.base.actor import Actor
from yimen.cases import queries
from yimen.cases.queries import DraftView, FileView
from yimen.catalogue.definition import City, FormField, Material, Service
from yimen.catalogue.rules import (
    Answer,
    AnswerError,
    AnswersRead,
    read_answer,
    read_answers,
    visible_fields,
    visible_materials,
)
from yimen.catalogue.types import FieldKind
from yimen.channels.shared import wording
from yimen.channels.shared.facts import record_title
from yimen.mailbox.queries import address_of
from yimen.people.types import RecordSource

REGISTER = "person"  # the register of persons, which is no data set
FROM_CHECK = "check"  # came from "check your answers" and goes back there


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer that the person is shown and confirms, with the words that say where it is from."""

    value: object
    note: str


@dataclass(frozen=True)
class Form:
    """A draft with everything that follows from what was answered so far."""

    actor: Actor
    draft: DraftView
    city: City

    @property
    def service(self) -> Service:
        return self.draft.service

    @cached_property
    def read(self) -> AnswersRead:
        """Return the answers in their normal form, and what is wrong or missing."""
        draft = self.draft
        return read_answers(self.service, self.city, draft.answers, draft.attached, self.on_record)

    @cached_property
    def values(self) -> Mapping[str, Answer]:
        """Return the answers in their normal form, without looking at documents or records."""
        return read_answers(self.service, self.city, self.draft.answers).values

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        """Return the questions that these answers call for."""
        return visible_fields(self.service, self.city, self.values)

    @cached_property
    def materials(self) -> tuple[Material, ...]:
        """Return the documents that these answers call for."""
        return visible_materials(self.service, self.city, self.values)

    @cached_property
    def on_record(self) -> Mapping[str, RecordSource]:
        """Return the documents that need not be added, with the record that answers instead."""
        if not any(material.from_data_set for material in self.service.materials):
            return {}
        return queries.stands_in(self.actor, self.service, self.draft.person_id)

    @cached_property
    def to_add(self) -> tuple[Material, ...]:
        """Return the documents that only the person has."""
        return tuple(m for m in self.materials if m.key not in self.on_record)

    @property
    def documents_asked(self) -> bool:
        return bool(self.materials)

    @cached_property
    def missing(self) -> frozenset[str]:
        """Return the keys of required documents that have no file and no record."""
        here = self.draft.attached
        return frozenset(m.key for m in self.to_add if m.required and m.key not in here)

    def field(self, key: str) -> FormField | None:
        """Return the question with this key when it is asked."""
        return next((field for field in self.fields if field.key == key), None)

    def material(self, key: str) -> Material | None:
        """Return the document with this key when it is asked."""
        return next((material for material in self.materials if material.key == key), None)

    def files_of(self, key: str) -> tuple[FileView, ...]:
        """Return the files that were added for a document."""
        return tuple(file for file in self.draft.files if file.material_key == key)

    def is_answered(self, field: FormField) -> bool:
        """Say whether a question has an answer that holds, or may stay empty and was seen."""
        if field.key in self.values:
            return True
        return not field.required and self.draft.answers.get(field.key) == ""

    @property
    def first_open(self) -> FormField | None:
        """Return the first question that waits for an answer."""
        return next((field for field in self.fields if not self.is_answered(field)), None)

    # Where to go

    @cached_property
    def steps(self) -> int:
        """Return about how many pages the form has: documents on record are none."""
        spared = self.actor.identified
        return len(self.fields) + sum(not (spared and m.from_data_set) for m in self.materials)

    def number_of(self, key: str) -> int:
        """Return the place of a question or document in the form, counted from one."""
        keys = [field.key for field in self.fields]
        keys += [m.key for m in self.materials if m.key == key or not m.from_data_set]
        return keys.index(key) + 1

    def address(self, page: str, *more: str) -> str:
        """Return the address of a page of this form."""
        return reverse(f"portal:{page}", args=[self.draft.id, *more])

    def question_address(self, key: str, came_from: str = "") -> str:
        """Return the address of a question; from "check your answers" the way leads back there."""
        address = self.address("question", key)
        return f"{address}?from={FROM_CHECK}" if came_from == FROM_CHECK else address

    def go_on(self) -> str:
        """Return where somebody who comes back goes on: the first thing that is open."""
        waiting = self.first_open
        if waiting is not None:
            return self.question_address(waiting.key)
        if self.missing:
            return self.address("documents")
        return self.address("check_answers")

    def after_question(self, key: str, came_from: str) -> str:
        """Return the page after a question was answered."""
        if came_from == FROM_CHECK:
            waiting = self.first_open
            if waiting is not None:
                return self.question_address(waiting.key, FROM_CHECK)
            return self.address("check_answers")
        keys = [field.key for field in self.fields]
        at = keys.index(key) + 1
        if at < len(keys):
            return self.question_address(keys[at])
        return self.address("documents" if self.documents_asked else "check_answers")

    def before_question(self, key: str, came_from: str) -> str:
        """Return the page before a question."""
        if came_from == FROM_CHECK:
            return self.address("check_answers")
        keys = [field.key for field in self.fields]
        at = keys.index(key)
        if at:
            return self.question_address(keys[at - 1])
        return reverse("portal:apply", args=[self.service.code])

    def after_documents(self, key: str = "") -> str:
        """Return the page after a document, or after the list of them."""
        keys = [material.key for material in self.to_add]
        at = keys.index(key) + 1 if key in keys else 0
        for later in keys[at:]:
            if not self.files_of(later):
                return self.address("document", later)
        return self.address("check_answers")

    # What is proposed

    def proposal(self, field: FormField, told: Mapping[str, object]) -> Proposal | None:
        """Return an answer to confirm: a record's, an earlier answer, or what was told before.

        ``told`` are answers given about the criteria, by the name of the record's field.
        """
        sources = (
            self._of_record(field),
            self._of_answer(field),
            _of_told(field, told),
            self._of_account(field),
        )
        for found in sources:
            if found is not None and not isinstance(
                read_answer(field, found.value, self.city), AnswerError
            ):
                return found
        return None

    def _of_record(self, field: FormField) -> Proposal | None:
        if not field.from_record:
            return None
        found = queries.prefilled(
            self.actor, self.service, self.draft.person_id, keys=(field.key,)
        ).get(field.key)
        if found is None:
            return None
        return Proposal(found.value, self.record_note(found.source))

    def _of_answer(self, field: FormField) -> Proposal | None:
        earlier = self.service.field_by_key(field.from_answer) if field.from_answer else None
        if earlier is None or earlier.key not in self.values:
            return None
        words = _("As you answered “%(question)s”. Change it if this is different.")
        label = earlier.label[self.actor.language]
        return Proposal(self.values[earlier.key], words % {"question": label})

    def _of_account(self, field: FormField) -> Proposal | None:
        """Return where the applicant reads word already; of nobody else's account."""
        person_id = self.actor.person_id
        if field.kind is not FieldKind.EMAIL or person_id is None:
            return None
        address = address_of(person_id) if person_id == self.draft.person_id else ""
        note = _("From your account. Change it if word is to go somewhere else.")
        return Proposal(address, note) if address else None

    def record_note(self, source: RecordSource) -> str:
        """Return from which record an answer is filled in, and of which day."""
        words = _("From: %(record)s, as of %(day)s. Correct it here if it is not right.")
        return words % self._source_words(source)

    def source_words(self, source: RecordSource) -> str:
        """Return which record answers, and of which day."""
        return _("%(record)s, as of %(day)s") % self._source_words(source)

    def _source_words(self, source: RecordSource) -> dict[str, str]:
        language = self.actor.language
        title = record_title(source.data_set, self.city, language)
        return {"record": title, "day": wording.short_day(source.as_of, language)}


def _of_told(field: FormField, told: Mapping[str, object]) -> Proposal | None:
    value = told.get(field.from_record)
    if not field.from_record or value is None:
        return None
    return Proposal(value, _("As you said before. Change it if this is different."))
