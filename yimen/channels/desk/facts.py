"""What the applicant says beside what the records say, and what the criteria make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.base.identifiers import mask_id_number
from yimen.cases.queries import AnswerLine, CaseFileView, CriterionFacts, FileView
from yimen.catalogue.definition import City, FormField, Material, Standard
from yimen.catalogue.rules import Answer, visible_fields, visible_materials
from yimen.catalogue.types import FieldKind
from yimen.channels.shared import wording
from yimen.channels.shared.facts import fact_label, record_title, shown_fact
from yimen.channels.shared.questions import shown_answer
from yimen.people.types import RecordSource

_SHOWN_INLINE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True, slots=True)
class Value:
    """A value as people read it; ``whole`` is what stands behind a masked one."""

    shown: str
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """The record that a value comes from."""

    title: str
    as_of: date
    source_id: str


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question: what was answered, what the record says, whether the two differ."""

    key: str
    label: str
    answer: Value | None
    record: Value | None
    source: Source | None
    differs: bool
    was: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """One value that a criterion looked at."""

    label: str
    value: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One condition of the service and its answer: ``yes``, ``no`` or ``unknown``."""

    key: str
    answer: str
    sentence: str
    law: str
    known: tuple[Known, ...]
    unknown: tuple[str, ...]  # what nobody knows yet
    standards: tuple[Standard, ...] = ()  # the city's amounts it was judged by

    def ground(self, language: str) -> str:
        """Return the records that decided, for the list of grounds."""
        return _("; ").join(_decided_by(known, language) for known in self.known)


def _decided_by(known: Known, language: str) -> str:
    words = {"label": known.label, "value": known.value}
    if known.source is None:
        return _("%(label)s: %(value)s") % words
    day = wording.short_day(known.source.as_of, language)
    words |= {"title": known.source.title, "day": day}
    return _("%(label)s: %(value)s (%(title)s, as of %(day)s)") % words


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file that was added."""

    name: str
    size: int
    added_at: datetime
    address: str
    opens: bool  # the browser shows it; all others are saved


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """One document that the service asks for, with the files that came."""

    key: str
    title: str
    files: tuple[FileLine, ...]
    stands_in: str  # the data set that may answer instead


def answer_rows(file: CaseFileView, city: City, language: str) -> tuple[AnswerRow, ...]:
    """Return the questions that these answers called for, each beside its record."""
    service = file.status.service
    shown = {field.key for field in visible_fields(service, city, _typed(file))}
    return tuple(
        _row(line, city, language) for line in file.answers if line.field.key in shown or line.was
    )


def _typed(file: CaseFileView) -> dict[str, Answer]:
    return {
        line.field.key: line.value
        for line in file.answers
        if isinstance(line.value, str | int | Decimal | date)
    }


def _row(line: AnswerLine, city: City, language: str) -> AnswerRow:
    return AnswerRow(
        key=line.field.key,
        label=line.field.label[language],
        answer=_value(line.field, line.value, city, language),
        record=_value(line.field, line.record, city, language),
        source=_source(line.source, city, language),
        differs=line.differs,
        was=tuple(shown_answer(line.field, was, city, language) for was in line.was),
    )


def _value(field: FormField, value: object, city: City, language: str) -> Value | None:
    if value is None or value == "":
        return None
    shown = shown_answer(field, value, city, language)
    masked = field.kind is FieldKind.ID_NUMBER
    return Value(mask_id_number(str(value)), str(value)) if masked else Value(shown)


def _source(source: RecordSource | None, city: City, language: str) -> Source | None:
    if source is None:
        return None
    return Source(record_title(source.data_set, city, language), source.as_of, source.source_id)


def criterion_rows(file: CaseFileView, city: City, language: str) -> tuple[CriterionRow, ...]:
    """Return the conditions with their three-valued answers and the records that decided."""
    answers = {f"answer.{line.field.key}": line for line in file.answers}
    return tuple(
        _criterion(decided, file, answers, city, language) for decided in file.records.criteria
    )


_ANSWERS = {True: "yes", False: "no", None: "unknown"}


def _criterion(
    decided: CriterionFacts,
    file: CaseFileView,
    answers: Mapping[str, AnswerLine],
    city: City,
    language: str,
) -> CriterionRow:
    known = []
    for name in sorted(decided.criterion.when.names):
        value = _known(name, file, answers, city, language)
        if value is not None:
            known.append(value)
    return CriterionRow(
        key=decided.criterion.key,
        answer=_ANSWERS[decided.holds],
        sentence=decided.answer.sentence[language],
        law=decided.criterion.source,
        known=tuple(known),
        unknown=tuple(_label(n, answers, city, language) for n in decided.answer.unknown_names),
        standards=decided.answer.standards,
    )


def _known(
    name: str,
    file: CaseFileView,
    answers: Mapping[str, AnswerLine],
    city: City,
    language: str,
) -> Known | None:
    label = _label(name, answers, city, language)
    if name in answers:
        line = answers[name]
        stated = _value(line.field, line.value, city, language)
        return Known(label, stated.shown, None) if stated is not None else None
    value = file.records.facts.values.get(name)
    if value is None:
        return None
    source = _source(file.records.facts.sources.get(name), city, language)
    return Known(label, shown_fact(name, value, city, language), source)


def _label(name: str, answers: Mapping[str, AnswerLine], city: City, language: str) -> str:
    if name in answers:
        return answers[name].field.label[language]
    return fact_label(name, city, language)


def material_rows(
    file: CaseFileView, city: City, language: str, receipt_number: str
) -> tuple[MaterialRow, ...]:
    """Return the documents that these answers called for, and any other that came."""
    service = file.status.service
    came = {found.material_key for found in file.files}
    called = {material.key for material in visible_materials(service, city, _typed(file))}
    return tuple(
        MaterialRow(
            key=material.key,
            title=material.title[language],
            files=tuple(
                _file(found, receipt_number)
                for found in file.files
                if found.material_key == material.key
            ),
            stands_in=_data_set(material, city, language),
        )
        for material in service.materials
        if material.key in came | called
    )


def _data_set(material: Material, city: City, language: str) -> str:
    declared = city.data_sets.get(material.from_data_set)
    return declared.title[language] if declared is not None else ""


def _file(found: FileView, receipt_number: str) -> FileLine:
    return FileLine(
        found.name,
        found.size,
        found.added_at,
        reverse("desk:file", args=[receipt_number, found.id]),
        opens(found.media_type),
    )


def opens(media_type: str) -> bool:
    """Say whether the browser shows such a file itself, without running anything of it."""
    return media_type in _SHOWN_INLINE
