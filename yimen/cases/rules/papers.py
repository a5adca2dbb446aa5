"""What stands in a certificate: placeholders filled, answers and days in each language."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from yimen.base.money import grouped
from yimen.base.text import Text
from yimen.catalogue.definition import City, FormField, Service

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_.]*)\}")
_DAY_FORMATS = {"zh": "y年M月d日", "en": "d MMMM y"}
_YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
_NAME_KEYS = ("name", "full_name", "applicant_name", "company_name")


def shown_day(day: date, language: str) -> str:
    """Return a day as people write it: 2026年11月23日, 23 November 2026."""
    return format_date(day, _DAY_FORMATS.get(language, "d MMMM y"), locale=language)


def shown_answer(field: FormField | None, value: object, city: City, language: str) -> str:
    """Return an answer as a certificate names it: the label of an option, a day, an amount."""
    if isinstance(value, bool):
        yes, no = _YES_NO.get(language, _YES_NO["en"])
        return yes if value else no
    if isinstance(value, date):
        return shown_day(value, language)
    if isinstance(value, Decimal):
        return grouped(value) if value.as_tuple().exponent == -2 else f"{value:f}"
    text = str(value)
    for option in field.options if field is not None else ():
        if option.value == text:
            return option.label[language]
    division = city.divisions.get(text)
    return division.title[language] if division is not None else text


def filled(body: Text, values: Mapping[str, Mapping[str, str]]) -> Text:
    """Return a text with its placeholders filled: ``values[language][placeholder]``.

    What is not known is left out. Nothing in a value is read as a placeholder again.
    """

    def fill(text: str, known: Mapping[str, str]) -> str:
        return _PLACEHOLDER.sub(lambda found: known.get(found[1], ""), text)

    return Text(
        tuple((language, fill(text, values[language])) for language, text in body.by_language)
    )


def placeholders(
    city: City,
    service: Service,
    answers: Mapping[str, object],
    *,
    name: str,
    receipt_number: str,
    decided_on: date,
    valid_until: date | None,
) -> dict[str, dict[str, str]]:
    """Return the words for `filled` in every language of the city."""
    known = {}
    for language in city.languages:
        words = {
            f"answer.{key}": shown_answer(service.field_by_key(key), value, city, language)
            for key, value in answers.items()
        }
        words["name"] = name
        words["receipt"] = receipt_number
        words["decided_on"] = shown_day(decided_on, language)
        words["valid_until"] = shown_day(valid_until, language) if valid_until else ""
        known[language] = words
    return known


def valid_until(decided_on: date, years: int | None) -> date | None:
    """Return the last day on which a certificate is good; 29 February becomes the 28th."""
    if years is None:
        return None
    day = 28 if (decided_on.month, decided_on.day) == (2, 29) else decided_on.day
    return decided_on.replace(year=decided_on.year + years, day=day)


def name_in(answers: Mapping[str, object]) -> str:
    """Return the applicant's name as the application states it, for who is not registered."""
    return next((str(answers[key]) for key in _NAME_KEYS if answers.get(key)), "")


def plain_code(text: str) -> str:
    """Return a verification code as it is stored, from how people type it."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def spaced_code(code: str) -> str:
    """Return a verification code as it is printed: groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))
