"""Which answers to a form hold.

Every channel and `cases.actions.submit` check a form with the same functions. Questions are read
in their order: a condition (`when`) sees the typed answers of the visible questions before it, a
question whose condition is not true is not asked, and an answer given to it is dropped.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from yimen.base import clock
from yimen.base.expression import Expression, evaluate
from yimen.base.identifiers import (
    check_credit_code,
    check_id_number,
    normal_id_number,
    normal_receipt_number,
)
from yimen.catalogue.definition import City, FormField, Material, Service
from yimen.catalogue.types import AnswerCode, FieldKind

Answer = str | int | Decimal | date | bool
Bound = Decimal | int | date | None

EARLIEST_DAY, LATEST_DAY = date(1850, 1, 1), date(2200, 12, 31)  # outside is a slip of the pen
LARGEST_NUMBER = Decimal(10) ** 15

_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20, 0x2212: 0x2D}
_FULL_WIDTH_DIGITS = {0xFF10 + n: 0x30 + n for n in range(10)}
_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"[+-]?(?:\d{1,20}|\d{1,3}(?:,\d{3}){1,6})(?:\.\d{1,20})?", re.ASCII)
_CURRENCY = re.compile(r"^[¥￥$€£]|元$")
_DAY = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?日?", re.ASCII)
_DAY_SOLID = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_DAY_ENGLISH = re.compile(r"(\d{1,2}) ([A-Za-z]{3,9})\.?,? (\d{4})", re.ASCII)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_PHONE = re.compile(r"\+\d(?:-?\d){7,14}|\d(?:-?\d){6,11}(?:(?:-|x|ext|转)\d{1,6})?", re.ASCII)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,63}"
)
_YES = frozenset({"yes", "true", "1", "on", "是", "有"})
_NO = frozenset({"no", "false", "0", "off", "否", "没有", "无"})


@dataclass(frozen=True, slots=True)
class AnswerError:
    """One answer or material that is not right; ``bound`` is the limit that it breaks."""

    key: str
    code: AnswerCode
    bound: Bound = None


@dataclass(frozen=True, slots=True)
class AnswersRead:
    """Answers in their normal form, and what is wrong with the others."""

    values: Mapping[str, Answer]
    errors: tuple[AnswerError, ...]


class _NotRight(Exception):
    def __init__(self, code: AnswerCode, bound: Bound = None) -> None:
        super().__init__(code)
        self.code = code
        self.bound = bound


def read_answers(
    service: Service,
    city: City,
    answers: Mapping[str, object],
    attached: Collection[str] = (),
    stands_in: Collection[str] = (),
    today: date | None = None,
) -> AnswersRead:
    """Return the answers in their normal form with everything that is wrong.

    ``attached`` are the keys of the materials that came with them, ``stands_in`` those for which
    a record answers. Without ``today`` it is the day it is in the city.
    """
    holds = partial(_holds, city, today or clock.today(ZoneInfo(city.time_zone)))
    values: dict[str, Answer] = {}
    known: dict[str, Answer] = {}  # the same by the words of expressions
    asked = {field.key for field in service.fields}
    errors = [AnswerError(key, AnswerCode.UNKNOWN_FIELD) for key in answers if key not in asked]
    for field in service.fields:
        if not holds(field.when, known):
            continue
        try:
            value = _required_value(field, answers.get(field.key), city)
        except _NotRight as error:
            errors.append(AnswerError(field.key, error.code, error.bound))
        else:
            if value is not None:
                values[field.key] = known[f"answer.{field.key}"] = value
    here = {*attached, *stands_in}
    errors += [
        AnswerError(material.key, AnswerCode.MATERIAL_MISSING)
        for material in service.materials
        if material.required and material.key not in here and holds(material.when, known)
    ]
    errors += [
        AnswerError(key, AnswerCode.UNKNOWN_FIELD)
        for key in attached
        if service.material_by_key(key) is None
    ]
    return AnswersRead(values, tuple(errors))


def check_answers(
    service: Service,
    city: City,
    answers: Mapping[str, object],
    attached: Collection[str],
    stands_in: Collection[str] = (),
    today: date | None = None,
) -> list[AnswerError]:
    """Return everything that is wrong with the answers and materials; none when they may be sent."""
    return list(read_answers(service, city, answers, attached, stands_in, today).errors)


def visible_fields(
    service: Service, city: City, values: Mapping[str, Answer], today: date | None = None
) -> tuple[FormField, ...]:
    """Return the questions to ask, given the typed answers so far."""
    holds = partial(_holds, city, today or clock.today(ZoneInfo(city.time_zone)))
    known: dict[str, Answer] = {}
    visible = []
    for field in service.fields:
        if holds(field.when, known):
            visible.append(field)
            if field.key in values:
                known[f"answer.{field.key}"] = values[field.key]
    return tuple(visible)


def visible_materials(
    service: Service, city: City, values: Mapping[str, Answer], today: date | None = None
) -> tuple[Material, ...]:
    """Return the materials that these answers call for, required or not."""
    holds = partial(_holds, city, today or clock.today(ZoneInfo(city.time_zone)))
    known = {f"answer.{key}": value for key, value in values.items()}
    return tuple(material for material in service.materials if holds(material.when, known))


def read_answer(field: FormField, raw: object, city: City) -> Answer | AnswerError | None:
    """Return one answer in its normal form, None when it is empty, or what is wrong with it.

    Channels that ask one thing a page use it; whether the question must be answered is checked
    too.
    """
    try:
        return _required_value(field, raw, city)
    except _NotRight as error:
        return AnswerError(field.key, error.code, error.bound)


def _holds(
    city: City, today: date, condition: Expression | None, known: Mapping[str, Answer]
) -> bool:
    """Say whether a condition is true; one that is not known hides what depends on it."""
    if condition is None:
        return True
    return bool(
        evaluate(condition, known, today=today, standard=lambda key: city.standard_on(key, today))
    )


def _required_value(field: FormField, raw: object, city: City) -> Answer | None:
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        if field.required:
            raise _NotRight(AnswerCode.REQUIRED)
        return None
    return _value(field, raw, city)


def _value(field: FormField, raw: object, city: City) -> Answer:
    match field.kind:
        case FieldKind.TEXT:
            return _text(field, _BLANKS.sub(" ", _clean(raw)).translate(_FULL_WIDTH_DIGITS))
        case FieldKind.LONG_TEXT:
            return _text(field, _clean(raw))
        case FieldKind.INTEGER:
            return int(_number(field, raw, 0))
        case FieldKind.DECIMAL:
            return _number(field, raw, field.scale)
        case FieldKind.MONEY:
            return _number(field, raw, 2)
        case FieldKind.DATE:
            return _day(raw)
        case FieldKind.YES_NO:
            return _yes_or_no(raw)
        case _:
            return _identifier(field, raw, city)


def _identifier(field: FormField, raw: object, city: City) -> str:
    """Return a word of a list or a number with a check, in its normal form."""
    text = _clean(raw).translate(_FULL_WIDTH).strip()
    solid = _BLANKS.sub("", text)
    match field.kind:
        case FieldKind.CHOICE:
            return _allowed(
                text,
                any(option.value == text for option in field.options),
                AnswerCode.NOT_AN_OPTION,
            )
        case FieldKind.PHONE:
            number = re.sub(r"[().]", "", solid).lower()
            return _allowed(number, _PHONE.fullmatch(number), AnswerCode.BAD_PHONE)
        case FieldKind.EMAIL:
            name, _, domain = text.rpartition("@")
            address = f"{name}@{domain.lower()}"
            holds = len(address) <= 254 and _EMAIL.fullmatch(address)
            return _allowed(address, holds, AnswerCode.BAD_EMAIL)
        case FieldKind.ID_NUMBER:
            number = normal_id_number(solid)
            return _allowed(number, check_id_number(number), AnswerCode.BAD_ID_NUMBER)
        case FieldKind.CREDIT_CODE:
            code = solid.replace("-", "").upper()
            return _allowed(code, check_credit_code(code), AnswerCode.BAD_CREDIT_CODE)
        case FieldKind.CASE:
            receipt = normal_receipt_number(text)
            return _allowed(receipt or text, receipt, AnswerCode.BAD_RECEIPT_NUMBER)
        case _:
            return _allowed(solid, solid in city.divisions, AnswerCode.UNKNOWN_DIVISION)


def _allowed(text: str, holds: object, code: AnswerCode) -> str:
    if not holds:
        raise _NotRight(code)
    return text


def _clean(raw: object) -> str:
    """Return text without what nobody can type or see: controls, direction marks, half characters.

    A NUL would break the database, a direction override would show another text than is stored.
    """
    if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < LARGEST_NUMBER:
        raw = str(raw)
    if not isinstance(raw, str):
        raise _NotRight(AnswerCode.NOT_TEXT)
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.isprintable():
        text = "".join(c for c in text if c in "\n\t" or not _is_hidden(c))
    return text.strip()


def _is_hidden(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cs"):
        return True
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


def _text(field: FormField, text: str) -> str:
    if not text and field.required:  # there was nothing in it but what cannot be seen
        raise _NotRight(AnswerCode.REQUIRED)
    if len(text) > field.max_length:
        raise _NotRight(AnswerCode.TOO_LONG, field.max_length)
    return text


def _number(field: FormField, raw: object, scale: int) -> Decimal:
    number = _number_in(raw)
    low = -LARGEST_NUMBER if field.minimum is None else field.minimum
    high = LARGEST_NUMBER if field.maximum is None else field.maximum
    if number < low:
        raise _NotRight(AnswerCode.TOO_SMALL, low)
    if number > high:
        raise _NotRight(AnswerCode.TOO_LARGE, high)
    rounded = number.quantize(Decimal(1).scaleb(-scale))
    if rounded != number:
        raise _NotRight(AnswerCode.TOO_PRECISE, scale)
    return rounded


def _number_in(raw: object) -> Decimal:
    """Return the number that a text or a JSON number names; never infinity, never a bomb."""
    if isinstance(raw, str):
        text = _CURRENCY.sub("", _BLANKS.sub("", raw.translate(_FULL_WIDTH)))
        if _NUMBER.fullmatch(text):
            return Decimal(text.replace(",", ""))
    elif isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
        number = Decimal(str(raw)) if isinstance(raw, float) else Decimal(raw)
        if number.is_finite() and abs(number.adjusted()) <= 20:
            return number
    raise _NotRight(AnswerCode.NOT_A_NUMBER)


def _day(raw: object) -> date:
    day = raw if type(raw) is date else _day_in(raw)
    if day < EARLIEST_DAY:
        raise _NotRight(AnswerCode.TOO_SMALL, EARLIEST_DAY)
    if day > LATEST_DAY:
        raise _NotRight(AnswerCode.TOO_LARGE, LATEST_DAY)
    return day


def _day_in(raw: object) -> date:
    """Return the day that a text names: 2004-07-01, 2004/7/1, 2004年7月1日, 20040701, 1 July 2004."""
    if not isinstance(raw, str):
        raise _NotRight(AnswerCode.NOT_A_DATE)
    text = _BLANKS.sub(" ", raw.translate(_FULL_WIDTH)).strip()
    numbers = _DAY.fullmatch(text) or _DAY_SOLID.fullmatch(text)
    if numbers:
        year, month, day = (int(part) for part in numbers.groups())
    elif english := _DAY_ENGLISH.fullmatch(text):
        year, month, day = int(english[3]), _month(english[2].lower()), int(english[1])
    else:
        raise _NotRight(AnswerCode.NOT_A_DATE)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _NotRight(AnswerCode.NOT_A_DATE) from error


def _month(name: str) -> int:
    """Return the number of an English month, written out or short; 0 when it is none."""
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)


def _yes_or_no(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _NotRight(AnswerCode.NOT_AN_OPTION)
