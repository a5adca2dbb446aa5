"""What a person reads when an answer or a file is refused: what happened, and what to do."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from yimen.cases.rules.errors import FileProblem, FileRefused
from yimen.catalogue.definition import FormField, Material
from yimen.catalogue.rules.answers import Bound
from yimen.catalogue.types import AnswerCode, FieldKind
from yimen.channels.shared import wording

_CHOSEN = frozenset({FieldKind.CHOICE, FieldKind.YES_NO, FieldKind.DIVISION})


def about_field(code: str, field: FormField, language: str, bound: Bound = None) -> str:
    """Return the sentence for a refused answer, by the error code of the rules.

    ``bound`` is the limit that the answer breaks, as the rules name it.
    """
    label = field.label[language]
    if code == AnswerCode.TOO_SMALL:
        return _too_small(label, bound if bound is not None else field.minimum, language)
    if code == AnswerCode.TOO_LARGE:
        return _too_large(label, bound if bound is not None else field.maximum, language)
    make = _FIELD_SENTENCES.get(code)
    return make(field, label) if make else _any_other(label)


def about_material(code: str, material: Material, language: str) -> str:
    """Return the sentence for a missing document."""
    title = material.title[language]
    if code == AnswerCode.MATERIAL_MISSING:
        return _("“%(title)s” is missing. Add a photo or a file of it.") % {"title": title}
    return _any_other(title)


def about_unknown_field(key: str) -> str:
    """Return the sentence for an answer to a question that the form does not have."""
    return _(
        "The form has no question “%(key)s”. It may have changed: open it again; "
        "your other answers are kept."
    ) % {"key": key[:80]}


def _any_other(label: str) -> str:
    return _("“%(label)s” cannot be read. Write it again.") % {"label": label}


def _required(field: FormField, label: str) -> str:
    if field.kind in _CHOSEN:
        return _("“%(label)s” has no answer yet. Choose one.") % {"label": label}
    return _("“%(label)s” has no answer yet. Write it here.") % {"label": label}


def _too_small(label: str, least: Bound, language: str) -> str:
    words = {"label": label, "least": _bound(least, language)}
    if isinstance(least, date):
        return _("“%(label)s” lies before %(least)s. Write a later day.") % words
    return _("“%(label)s” is below %(least)s. Write %(least)s or more.") % words


def _too_large(label: str, most: Bound, language: str) -> str:
    words = {"label": label, "most": _bound(most, language)}
    if isinstance(most, date):
        return _("“%(label)s” lies after %(most)s. Write an earlier day.") % words
    return _("“%(label)s” is above %(most)s. Write %(most)s or less.") % words


def _bound(bound: Bound, language: str) -> str:
    if isinstance(bound, date):
        return wording.short_day(bound, language)
    number = Decimal(bound or 0)
    whole = number == number.to_integral_value()
    text = f"{number:,.0f}" if whole else f"{number:,f}"
    return text if abs(number) >= 10_000 else text.replace(",", "")


def _too_long(field: FormField, label: str) -> str:
    return _("“%(label)s” is too long. Shorten it to %(most)s characters.") % {
        "label": label,
        "most": wording.count(field.max_length),
    }


def _too_precise(field: FormField, label: str) -> str:
    places = 0 if field.kind is FieldKind.INTEGER else field.scale
    return _("“%(label)s” has too many digits after the point. Write at most %(places)d.") % {
        "label": label,
        "places": places,
    }


def _not_a_number(field: FormField, label: str) -> str:
    if field.kind is FieldKind.INTEGER:
        return _("“%(label)s”: this is not a whole number. Write digits only, such as 12.") % {
            "label": label
        }
    return _("“%(label)s”: this is not an amount. Write digits, such as 1200 or 1200.50.") % {
        "label": label
    }


def _not_a_date(_field: FormField, label: str) -> str:
    return _(
        "“%(label)s”: this is not a day of the calendar. Write year, month and day in digits, "
        "such as 2004, 7 and 15."
    ) % {"label": label}


def _not_text(_field: FormField, label: str) -> str:
    return _("“%(label)s” holds signs that nobody can see. Type it instead of pasting it.") % {
        "label": label
    }


def _not_an_option(_field: FormField, label: str) -> str:
    return _("“%(label)s”: this answer is not one of those offered. Choose one of them.") % {
        "label": label
    }


def _unknown_division(_field: FormField, label: str) -> str:
    return _("“%(label)s”: this place is not in the city's list. Choose one from the list.") % {
        "label": label
    }


def _bad_id_number(_field: FormField, label: str) -> str:
    return _(
        "“%(label)s” has a wrong character: the last one does not fit the others. Compare all 18 "
        "with the identity card."
    ) % {"label": label}


def _bad_credit_code(_field: FormField, label: str) -> str:
    return _(
        "“%(label)s” has a wrong character: the last one does not fit the others. Compare all 18 "
        "with the business licence."
    ) % {"label": label}


def _bad_receipt_number(_field: FormField, label: str) -> str:
    return _(
        "“%(label)s”: this is not a receipt number. It has 14 characters, such as "
        "261128-ABCD-EFGH, and stands on the receipt and in the letter."
    ) % {"label": label}


def _bad_phone(_field: FormField, label: str) -> str:
    return _(
        "“%(label)s”: this is not a telephone number. Write the 11 digits of a mobile phone, or area "
        "code and number."
    ) % {"label": label}


def _bad_email(_field: FormField, label: str) -> str:
    return _("“%(label)s”: this is not an e-mail address. Write it as name@example.cn.") % {
        "label": label
    }


def about_file(refused: FileRefused, material: Material) -> str:
    """Return the sentence for a file that cannot be attached: it is named, nothing else is lost."""
    return _file_words(refused.problem) % {
        "name": refused.name,
        "kinds": kinds_of_file(material),
        "most": wording.file_size(material.max_bytes),
        "count": material.max_files,
        "together": wording.file_size(refused.limit),
    }


def _file_words(problem: FileProblem) -> str:
    words = {
        FileProblem.EMPTY: _("“%(name)s” is empty. Choose the file again."),
        FileProblem.TOO_LARGE: _("“%(name)s” is larger than %(most)s. Add a smaller one."),
        FileProblem.TOO_MANY: _(
            "“%(name)s” was not added: %(count)d files are the most. Remove one first."
        ),
        FileProblem.TOO_MUCH: _(
            "“%(name)s” was not added: the files of one application together have at most "
            "%(together)s. Make them smaller, or remove one first."
        ),
        FileProblem.WRONG_TYPE: _("“%(name)s” is of another kind. Add %(kinds)s."),
        FileProblem.NOT_WHAT_IT_SAYS: _(
            "“%(name)s” is named as one kind of file, but its content is another. Save it again as "
            "%(kinds)s."
        ),
        FileProblem.DAMAGED: _("“%(name)s” is damaged and does not open. Add a copy that opens."),
        FileProblem.LOCKED: _("“%(name)s” asks for a password. Add a copy without one."),
        FileProblem.BOMB: _(
            "“%(name)s” unpacks to far more than it is and was not opened. Add a plain photo or PDF."
        ),
        FileProblem.ACTIVE: _(
            "“%(name)s” carries a script or program and was not kept. Print it to a new PDF and add "
            "that."
        ),
    }
    return words[problem]


_KINDS_OF_FILE = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/heic": "HEIC",
}


def kinds_of_file(material: Material) -> str:
    """Return the kinds of file that a material may be, as a list for people."""
    return wording.one_of([_KINDS_OF_FILE.get(kind, kind) for kind in material.media_types])


_FIELD_SENTENCES: dict[str, Callable[[FormField, str], str]] = {
    AnswerCode.REQUIRED: _required,
    AnswerCode.TOO_LONG: _too_long,
    AnswerCode.TOO_PRECISE: _too_precise,
    AnswerCode.NOT_TEXT: _not_text,
    AnswerCode.NOT_AN_OPTION: _not_an_option,
    AnswerCode.NOT_A_NUMBER: _not_a_number,
    AnswerCode.NOT_A_DATE: _not_a_date,
    AnswerCode.BAD_ID_NUMBER: _bad_id_number,
    AnswerCode.BAD_CREDIT_CODE: _bad_credit_code,
    AnswerCode.BAD_PHONE: _bad_phone,
    AnswerCode.BAD_RECEIPT_NUMBER: _bad_receipt_number,
    AnswerCode.BAD_EMAIL: _bad_email,
    AnswerCode.UNKNOWN_DIVISION: _unknown_division,
}
