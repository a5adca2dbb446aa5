"""What the city knows of somebody, as people read it: names such as ``person.age``, and values."""

from django.utils.translation import gettext as _

from yimen.catalogue.definition import City, DataField, FormField, Place
from yimen.catalogue.types import FieldKind
from yimen.channels.shared.questions import shown_answer
from yimen.people.rules import PERSON
from yimen.people.types import Category, RegisterField, Sex

_HERE = Place(__name__, 1)
_REGISTER_SETS = frozenset({PERSON, "household"})  # no city declares them
_REGISTER_KINDS = {"person.birth_date": FieldKind.DATE, "person.district": FieldKind.DIVISION}


def record_title(data_set: str, city: City, language: str) -> str:
    """Return what a record is called; one that the city has dropped keeps its code."""
    declared = city.data_sets.get(data_set)
    if declared is not None:
        return declared.title[language]
    return _("Register of residents") if data_set in _REGISTER_SETS else data_set


def fact_label(name: str, city: City, language: str) -> str:
    """Return what a fact is called; one that the city has dropped keeps its name."""
    declared = _declared(name, city)
    return declared.label[language] if declared is not None else _register_words().get(name, name)


def shown_fact(name: str, value: object, city: City, language: str) -> str:
    """Return a value of a record, or of the JSON of a decision, as people read it."""
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


def _declared(name: str, city: City) -> DataField | None:
    code, _dot, key = name.partition(".")
    data_set = city.data_sets.get(code)
    return data_set.field_by_key(key) if data_set is not None else None


def _register_words() -> dict[str, str]:
    words = {
        RegisterField.NAME: _("Name"),
        RegisterField.NUMBER: _("Identity number"),
        RegisterField.BIRTH_DATE: _("Date of birth"),
        RegisterField.AGE: _("Age"),
        RegisterField.SEX: _("Sex"),
        RegisterField.CATEGORY: _("Kind of registration"),
        RegisterField.DISTRICT: _("District of registration"),
        RegisterField.DIVISION: _("Neighbourhood"),
        RegisterField.ADDRESS: _("Address"),
        RegisterField.PHONE: _("Telephone"),
    }
    of_register = {f"{PERSON}.{field}": word for field, word in words.items()}
    return {**of_register, "household.members": _("Members of the household")}


def _value_words() -> dict[str, str]:
    return {
        Sex.FEMALE: _("female"),
        Sex.MALE: _("male"),
        Category.REGISTERED: _("registered in the city"),
        Category.RURAL: _("registered in a village of the city"),
        Category.FLOATING: _("registered elsewhere"),
        Category.STUDENT: _("student under 16"),
    }
