"""The questions behind the criteria of a service, for what no record answers, and what they decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.rules.purposes import for_draft
from yimen.catalogue.definition import City, DataField, FormField, Option, Place, Service
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.catalogue.types import DivisionLevel, FieldKind
from yimen.people.queries import eligibility
from yimen.people.types import Category, CriterionAnswer, Eligibility, Sex

_HERE = Place(__name__, 1)
_OF_THE_FORM = "answer."


@dataclass(frozen=True, slots=True)
class Check:
    """What was answered about the criteria so far, and what follows from it.

    ``given`` are the answers as posted, by name and in the order in which they were given; None
    stands for "I do not know".
    """

    service: Service
    given: Mapping[str, str | None]
    result: Eligibility

    @property
    def to_ask(self) -> tuple[str, ...]:
        """Return the names that are still to be asked for; none once a criterion does not hold."""
        if self.result.holds is False:
            return ()
        names = (name for name in self.result.unknown_names if not name.startswith(_OF_THE_FORM))
        return tuple(name for name in names if name not in self.given)


def has_criteria(service: Service) -> bool:
    """Say whether anything can be asked before the form."""
    return any(
        not name.startswith(_OF_THE_FORM)
        for criterion in service.criteria
        for name in criterion.when.names
    )


def check(
    actor: Actor,
    service: Service,
    city: City,
    given: Mapping[str, str | None],
    person_id: UUID | None,
) -> Check:
    """Judge the criteria by the records of a person, if any, and by what was answered."""
    known = {name: known_value(name, raw, city) for name, raw in given.items()}
    held = {name: value for name, value in known.items() if value is not None}
    found = eligibility(actor, service, person_id, held, for_draft(actor, service))
    return Check(service, given, found)


def known_value(name: str, raw: str | None, city: City) -> object:
    """Return an answer in its normal form, None when there is none or it does not hold."""
    field = question_for(name, city)
    if field is None or raw is None:
        return None
    value = read_answer(field, raw, city)
    return None if isinstance(value, AnswerError) else value


def question_for(name: str, city: City) -> FormField | None:
    """Return the question by which a visitor says what no record does, or None for no such name."""
    code, _dot, key = name.partition(".")
    data_set = city.data_sets.get(code)
    declared = data_set.field_by_key(key) if data_set is not None else None
    if declared is not None:
        return _as_question(name, declared)
    make = _REGISTER.get(name)
    return make(city) if make is not None else None


def label_of(name: str, city: City) -> Text:
    """Return what a name stands for, in a few words."""
    code, _dot, key = name.partition(".")
    data_set = city.data_sets.get(code)
    declared = data_set.field_by_key(key) if data_set is not None else None
    if declared is not None:
        return declared.label
    make = _REGISTER.get(name)
    return make(city).label if make is not None else Text()


def materials_that_tell(answer: CriterionAnswer, service: Service) -> tuple[Text, ...]:
    """Return the documents that would say what is not known about a criterion."""
    codes = {name.partition(".")[0] for name in answer.unknown_names}
    return tuple(m.title for m in service.materials if m.from_data_set in codes)


def is_decided_by_form(answer: CriterionAnswer) -> bool:
    """Say whether a criterion looks at the form, which is not filled in yet."""
    return any(name.startswith(_OF_THE_FORM) for name in answer.unknown_names)


def form_key(name: str) -> str:
    """Return a name as the name of a field in a page."""
    return name.replace(".", "-")


def _as_question(name: str, declared: DataField) -> FormField:
    return FormField(
        key=form_key(name),
        kind=declared.kind,
        label=declared.question or declared.label,
        place=_HERE,
        minimum=declared.minimum,
        maximum=declared.maximum,
        max_length=declared.max_length,
        scale=declared.scale,
        options=declared.options,
    )


def _text(words: str) -> Text:
    return Text.of({"page": words})


def _asked(name: str, kind: FieldKind, words: str, options: tuple[Option, ...] = ()) -> FormField:
    return FormField(
        key=form_key(name), kind=kind, label=_text(words), place=_HERE, options=options
    )


def _sex(_city: City) -> FormField:
    options = (Option(Sex.FEMALE, _text(_("Female"))), Option(Sex.MALE, _text(_("Male"))))
    return _asked("person.sex", FieldKind.CHOICE, _("What does your identity card say?"), options)


def _category(_city: City) -> FormField:
    options = (
        Option(Category.REGISTERED, _text(_("I am registered in this city"))),
        Option(Category.RURAL, _text(_("I am registered in a village of this city"))),
        Option(Category.FLOATING, _text(_("I live here and am registered elsewhere"))),
        Option(Category.STUDENT, _text(_("I am a student under 16"))),
    )
    return _asked("person.category", FieldKind.CHOICE, _("How are you registered?"), options)


def _district(city: City) -> FormField:
    options = tuple(
        Option(division.code, division.title)
        for division in city.divisions.values()
        if division.level is DivisionLevel.DISTRICT
    )
    words = _("In which district are you registered?")
    return _asked("person.district", FieldKind.CHOICE, words, options)


# What the register of persons says; no data set declares a question for it.
_REGISTER: dict[str, Callable[[City], FormField]] = {
    "person.age": lambda city: _asked("person.age", FieldKind.INTEGER, _("How old are you?")),
    "person.birth_date": lambda city: _asked(
        "person.birth_date", FieldKind.DATE, _("When were you born?")
    ),
    "person.sex": _sex,
    "person.category": _category,
    "person.district": _district,
    "household.members": lambda city: _asked(
        "household.members", FieldKind.INTEGER, _("How many people live in your household?")
    ),
}
