"""The questions of the page that asks for a code by post, in the form of every other question."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from yimen.base.identifiers import check_id_number
from yimen.base.text import Text
from yimen.catalogue.definition import City, FormField, Place
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.catalogue.types import AnswerCode, FieldKind
from yimen.channels.shared.components import Question
from yimen.channels.shared.questions import Asked, posted_answer, question

_HERE = Place(__name__, 1)
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")  # a passport has another form


def _fields() -> tuple[FormField, ...]:
    """Return the questions, worded in the language of the page."""
    return (
        _field("name", FieldKind.TEXT, _("Name"), _("As on your identity card.")),
        _field("birth_date", FieldKind.DATE, _("Date of birth")),
        _field("number", FieldKind.TEXT, _("Number of your identity card or passport")),
    )


def _field(key: str, kind: FieldKind, label: str, hint: str = "") -> FormField:
    return FormField(key=key, kind=kind, label=_text(label), place=_HERE, hint=_text(hint))


def _text(words: str) -> Text:
    return Text.of({"page": words})


@dataclass(frozen=True, slots=True)
class Wish:
    """What was entered, and what is wrong with it."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, AnswerError] = field(default_factory=dict)
    name: str = ""
    birth_date: date = date.min
    number: str = ""


def read_wish(data: Mapping[str, str], city: City) -> Wish:
    """Return what was entered in its normal form, with everything that is wrong."""
    typed = {asked.key: posted_answer(asked, data) for asked in _fields()}
    answers = {asked.key: read_answer(asked, typed[asked.key], city) for asked in _fields()}
    number = answers["number"]
    if isinstance(number, str) and _ID_NUMBER.fullmatch(number) and not check_id_number(number):
        answers["number"] = AnswerError("number", AnswerCode.BAD_ID_NUMBER)
    errors = {key: value for key, value in answers.items() if isinstance(value, AnswerError)}
    born = answers["birth_date"]
    return Wish(
        typed=typed,
        errors=errors,
        name=str(answers["name"]),
        birth_date=born if isinstance(born, date) else date.min,
        number=str(answers["number"]),
    )


def wish_questions(wish: Wish, city: City, language: str) -> tuple[Question, ...]:
    """Return the questions as the page shows them."""
    return tuple(_question(asked, wish, city, language) for asked in _fields())


def _question(asked: FormField, wish: Wish, city: City, language: str) -> Question:
    wrong = wish.errors.get(asked.key)
    return question(
        Asked(
            asked,
            answer=wish.typed.get(asked.key, ""),
            error=wrong.code if wrong is not None else "",
            bound=wrong.bound if wrong is not None else None,
        ),
        city,
        language,
    )
