"""From a declared field to a question on a page, and back from what was posted to an answer.

One ``match`` over the kind of field in each direction: a new kind fails the type check until every
one has its arm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from django.utils.translation import gettext as _

from yimen.base.identifiers import mask_id_number
from yimen.base.languages import plain_tag
from yimen.catalogue.definition import City, Division, FormField, Material
from yimen.catalogue.rules.answers import Bound
from yimen.catalogue.types import DivisionLevel, FieldKind
from yimen.channels.shared import sentences, wording
from yimen.channels.shared.components import (
    Choice,
    ChoiceGroup,
    DatePart,
    KeptFile,
    Question,
    Upload,
)

# Keys of fields for which the browser can offer what the person typed elsewhere.
_AUTOCOMPLETE = {
    "name": "name",
    "full_name": "name",
    "address": "street-address",
    "postcode": "postal-code",
    "organisation": "organization",
    "company_name": "organization",
}
_BIRTH_KEYS = frozenset({"birth_date", "birthday", "born"})
_YES = frozenset({"yes", "true", "on", "1"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A declared field with what is known about its answer at this moment."""

    field: FormField
    answer: object = None  # typed, or the text that was posted
    error: str = ""  # an error code of the rules
    bound: Bound = None  # the limit that the answer breaks
    heading: bool = False
    kept_note: str = ""


def question(asked: Asked, city: City, language: str) -> Question:
    """Return the question as a page shows it, with its hint, error and kept answer."""
    field = asked.field
    text = posted_text(field, asked.answer)
    match field.kind:
        case FieldKind.TEXT | FieldKind.ID_NUMBER | FieldKind.CREDIT_CODE | FieldKind.CASE:
            return _text_question(asked, language, text)
        case FieldKind.PHONE | FieldKind.EMAIL:
            return _contact_question(asked, language, text)
        case FieldKind.LONG_TEXT:
            return _base(asked, language, "long_text", value=text, max_length=field.max_length)
        case FieldKind.INTEGER | FieldKind.DECIMAL | FieldKind.MONEY:
            return _number_question(asked, city, language, text)
        case FieldKind.DATE:
            return _base(asked, language, "date", parts=_date_parts(field, text, language))
        case FieldKind.CHOICE | FieldKind.YES_NO:
            return _base(asked, language, "choice", choices=_choices(field, language, text))
        case FieldKind.DIVISION:
            return _base(asked, language, "division", groups=division_groups(city, language, text))
        case _:
            assert_never(field.kind)


def posted_answer(field: FormField, data: Mapping[str, str]) -> str:
    """Return the answer as text from a posted form; empty when nothing was given.

    A date comes in three parts and becomes ``2004-07-15``; parts that are no date stay as typed, so
    that the rules refuse them and the page shows them again.
    """
    match field.kind:
        case FieldKind.DATE:
            parts = [data.get(f"{field.key}-{part}", "").strip() for part in _DATE_KEYS]
            return _joined_date(parts) if any(parts) else data.get(field.key, "").strip()
        case FieldKind.LONG_TEXT:
            return data.get(field.key, "").replace("\r\n", "\n").strip()
        case (
            FieldKind.TEXT
            | FieldKind.ID_NUMBER
            | FieldKind.CREDIT_CODE
            | FieldKind.PHONE
            | FieldKind.EMAIL
            | FieldKind.INTEGER
            | FieldKind.DECIMAL
            | FieldKind.MONEY
            | FieldKind.CHOICE
            | FieldKind.YES_NO
            | FieldKind.DIVISION
            | FieldKind.CASE
        ):
            return data.get(field.key, "").strip()
        case _:
            assert_never(field.kind)


def posted_text(field: FormField, answer: object) -> str:
    """Return an answer as the text that a form would post for it."""
    match answer:
        case None:
            return ""
        case bool():
            return "yes" if answer else "no"
        case Decimal():
            return f"{answer:f}"
        case date():
            return answer.isoformat()
        case _:
            text = str(answer)
            if field.kind is FieldKind.YES_NO and text:
                return "yes" if text.lower() in _YES else "no"
            return text


def shown_answer(field: FormField, answer: object, city: City, language: str) -> str:
    """Return an answer as people read it on the "check your answers" page and at the desk."""
    text = posted_text(field, answer)
    if not text:
        return _("No answer")
    match field.kind:
        case FieldKind.CHOICE | FieldKind.YES_NO:
            return _options(field, language).get(text, text)
        case FieldKind.DATE:
            return _shown_date(text, language)
        case FieldKind.MONEY:
            return _shown_money(text, city, language)
        case FieldKind.DIVISION:
            return division_path(city, text, language)
        case FieldKind.ID_NUMBER:
            return mask_id_number(text)
        case (
            FieldKind.TEXT
            | FieldKind.LONG_TEXT
            | FieldKind.CREDIT_CODE
            | FieldKind.PHONE
            | FieldKind.EMAIL
            | FieldKind.INTEGER
            | FieldKind.DECIMAL
            | FieldKind.CASE
        ):
            return text
        case _:
            assert_never(field.kind)


def upload(
    material: Material,
    language: str,
    *,
    files: tuple[KeptFile, ...] = (),
    error: str = "",
    heading: bool = False,
) -> Upload:
    """Return the question for a document, with the files added so far and a sentence if refused."""
    one = _("%(kinds)s, up to %(size)s, one file only")
    several = _("%(kinds)s, up to %(size)s each, at most %(count)d files")
    limits = (one if material.max_files == 1 else several) % {
        "kinds": sentences.kinds_of_file(material),
        "size": wording.file_size(material.max_bytes),
        "count": material.max_files,
    }
    return Upload(
        key=material.key,
        label=material.title[language],
        accept=",".join(material.media_types),
        limits=limits,
        hint=material.hint[language],
        error=error,
        required=material.required,
        heading=heading,
        multiple=material.max_files > 1,
        files=files,
    )


def division_path(city: City, code: str, language: str) -> str:
    """Return a place with the districts it lies in: ``Huangpu / Nanjing East Road``."""
    names: list[str] = []
    division = city.divisions.get(code)
    while division is not None and division.level is not DivisionLevel.CITY:
        names.insert(0, _place_name(division, language))
        division = city.divisions.get(division.parent)
    return " / ".join(names) or code


def division_groups(city: City, language: str, chosen: str) -> tuple[ChoiceGroup, ...]:
    """Return the subdistricts under their districts; a district without any stands for itself."""
    children: dict[str, list[Division]] = {}
    for division in city.divisions.values():
        if division.level is DivisionLevel.SUBDISTRICT:
            children.setdefault(division.parent, []).append(division)
    wanted = _subdistrict_of(city, chosen)
    return tuple(
        ChoiceGroup(
            _place_name(district, language),
            tuple(
                Choice(place.code, _place_name(place, language), place.code == wanted)
                for place in children.get(district.code, [district])
            ),
        )
        for district in city.divisions.values()
        if district.level is DivisionLevel.DISTRICT
    )


_DATE_KEYS = ("year", "month", "day")


def _base(
    asked: Asked,
    language: str,
    template: str,
    *,
    value: str = "",
    max_length: int | None = None,
    parts: tuple[DatePart, ...] = (),
    choices: tuple[Choice, ...] = (),
    groups: tuple[ChoiceGroup, ...] = (),
) -> Question:
    field = asked.field
    return Question(
        template=f"shared/questions/{template}.html",
        key=field.key,
        label=field.label[language],
        hint=field.hint[language],
        error=_sentence(asked, language),
        required=field.required,
        heading=asked.heading,
        kept_note=asked.kept_note,
        value=value,
        max_length=max_length,
        parts=parts,
        choices=choices,
        groups=groups,
        autocomplete=_AUTOCOMPLETE.get(field.key, ""),
    )


def _sentence(asked: Asked, language: str) -> str:
    if not asked.error:
        return ""
    return sentences.about_field(asked.error, asked.field, language, asked.bound)


def _text_question(asked: Asked, language: str, text: str) -> Question:
    coded = asked.field.kind is not FieldKind.TEXT
    base = _base(asked, language, "text", value=text)
    if not coded:
        return base
    return replace(base, width="20", spellcheck=False, autocomplete="off")


def _contact_question(asked: Asked, language: str, text: str) -> Question:
    base = _base(asked, language, "text", value=text)
    if asked.field.kind is FieldKind.PHONE:
        return replace(base, input_type="tel", autocomplete="tel", width="20", spellcheck=False)
    return replace(base, input_type="email", autocomplete="email", spellcheck=False)


def _number_question(asked: Asked, city: City, language: str, text: str) -> Question:
    base = _base(asked, language, "text", value=text)
    if asked.field.kind is FieldKind.INTEGER:
        return replace(base, input_mode="numeric", width="5", spellcheck=False)
    unit = ""
    if asked.field.kind is FieldKind.MONEY:
        unit = wording.currency_word(city.currency, language)
    return replace(base, input_mode="decimal", width="10", spellcheck=False, unit=unit)


def _options(field: FormField, language: str) -> dict[str, str]:
    if field.kind is FieldKind.YES_NO:
        return {"yes": _("Yes"), "no": _("No")}
    return {option.value: option.label[language] for option in field.options}


def _choices(field: FormField, language: str, chosen: str) -> tuple[Choice, ...]:
    return tuple(
        Choice(value, label, value == chosen, f"{field.key}-{number}" if number else field.key)
        for number, (value, label) in enumerate(_options(field, language).items())
    )


def _date_parts(field: FormField, text: str, language: str) -> tuple[DatePart, ...]:
    values = dict(zip(_DATE_KEYS, (*text.split("-"), "", "", ""), strict=False))
    labels = {"year": _("Year"), "month": _("Month"), "day": _("Day")}
    chinese = plain_tag(language) == "zh"
    order = _DATE_KEYS if chinese else _DATE_KEYS[::-1]
    birth = field.key in _BIRTH_KEYS
    return tuple(
        DatePart(
            key=part,
            label=labels[part],
            value=values[part].lstrip("0") if values[part].isdigit() else values[part],
            width=4 if part == "year" else 2,
            autocomplete=f"bday-{part}" if birth else "",
        )
        for part in order
    )


def _joined_date(parts: list[str]) -> str:
    if all(part.isdigit() for part in parts):
        return f"{parts[0]:0>4}-{parts[1]:0>2}-{parts[2]:0>2}"
    return "-".join(parts)


def _shown_date(text: str, language: str) -> str:
    try:
        return wording.short_day(date.fromisoformat(text), language)
    except ValueError:
        return text


def _shown_money(text: str, city: City, language: str) -> str:
    try:
        return wording.money(Decimal(text), city.currency, language)
    except ArithmeticError:
        return text


def _place_name(division: Division, language: str) -> str:
    return division.title[language] or division.title["zh"]


def _subdistrict_of(city: City, code: str) -> str:
    division = city.divisions.get(code)
    if division is not None and division.level is DivisionLevel.COMMITTEE:
        return division.parent
    return code
