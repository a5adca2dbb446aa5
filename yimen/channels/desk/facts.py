"""What the applicant says beside what the records say, and what the criteria make of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from yimen.base.identifiers import mask_id_number
from yimen.cases.queries import AnswerLine, CaseFileView, CriterionFacts, FileView
from yimen.catalogue.definition import City, DataField, FormField, Material, Place, Standard
from yimen.catalogue.rules import Answer, visible_fields, visible_materials
from yimen.catalogue.types import FieldKind
from yimen.channels.shared.questions import shown_answer
from yimen.people.types import Category, RecordSource, Sex

_HERE = Place(__name__, 1)
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

    @property
    def ground(self) -> str:
        """Return the records that decided, for the list of grounds."""
        return "; ".join(
            _("%(label)s %(value)s (%(title)s, as of %(day)s)")
            % {"label": k.label, "value": k.value, "title": k.source.title, "day": k.source.as_of}
            if k.source is not None
            else f"{k.label} {k.value}"
            for k in self.known
        )


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
    declared = city.data_sets.get(source.data_set)
    title = declared.title[language] if declared is not None else _("Register of persons")
    return Source(title, source.as_of, source.source_id)


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
    return Known(label, _shown_fact(name, value, city, language), source)


def _declared(name: str, city: City) -> DataField | None:
    code, _dot, key = name.partition(".")
    data_set = city.data_sets.get(code)
    return data_set.field_by_key(key) if data_set is not None else None


def _label(name: str, answers: Mapping[str, AnswerLine], city: City, language: str) -> str:
    if name in answers:
        return answers[name].field.label[language]
    declared = _declared(name, city)
    return declared.label[language] if declared is not None else _register_words().get(name, name)


def _register_words() -> dict[str, str]:
    return {
        "person.age": _("Age"),
        "person.sex": _("Sex"),
        "person.category": _("Kind of registration"),
        "person.district": _("District of registration"),
        "person.birth_date": _("Date of birth"),
        "household.members": _("Members of the household"),
    }


def _value_words() -> dict[str, str]:
    return {
        Sex.FEMALE: _("female"),
        Sex.MALE: _("male"),
        Category.REGISTERED: _("registered in the city"),
        Category.RURAL: _("registered in a village of the city"),
        Category.FLOATING: _("registered elsewhere"),
        Category.STUDENT: _("student under 16"),
    }


_REGISTER_KINDS = {"person.birth_date": FieldKind.DATE, "person.district": FieldKind.DIVISION}


def _shown_fact(name: str, value: object, city: City, language: str) -> str:
    declared = _declared(name, city)
    if declared is None:
        kind = _REGISTER_KINDS.get(name, FieldKind.TEXT)
        field = FormField(name, kind, city.title, _HERE)
        text = shown_answer(field, value, city, language)
        return _value_words().get(text, text)
    field = FormField(
        declared.key, declared.kind, declared.label, declared.place, options=declared.options
    )
    return shown_answer(field, value, city, language)


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
