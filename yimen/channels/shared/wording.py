"""How days, money, numbers and spans of time are written, in the language of the page."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.base.languages import plain_tag
from yimen.base.money import grouped
from yimen.cases.types import StandardNamed
from yimen.catalogue.definition import Limit, Standard
from yimen.catalogue.types import DayUnit

_DAY_PATTERNS = {"zh": "y年M月d日（EEEE）", "en": "EEEE d MMMM y"}
_SHORT_DAY_PATTERNS = {"zh": "y年M月d日", "en": "d MMMM y"}
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
# The word a resident uses; other currencies are written as Babel writes them.
_CURRENCY_WORDS = {("CNY", "zh"): "元", ("CNY", "en"): "yuan"}

_GLOSSED = re.compile(r"(.*[^\x00-\x7f].*?) \(([\x20-\x7e]+)\)")


def day(value: date | datetime, language: str) -> str:
    """Return ``2026年11月23日（星期一）`` or ``Monday 23 November 2026``."""
    return _format_day(value, language, _DAY_PATTERNS, "full")


def short_day(value: date | datetime, language: str) -> str:
    """Return ``2026年11月23日`` or ``23 November 2026``."""
    return _format_day(value, language, _SHORT_DAY_PATTERNS, "long")


def moment(value: datetime, language: str) -> str:
    """Return a day with its time: ``23 November 2026, 09:05``."""
    separator = " " if plain_tag(language) == "zh" else ", "
    return f"{short_day(value, language)}{separator}{localtime(value):%H:%M}"


def cited(source: str, language: str) -> str:
    """Return a source as readers of a language cite it.

    The city's folder writes a source in its own language, and may add what readers of English call
    it in round brackets: ``《行政许可法》第四十二条 (Administrative Licensing Law, art. 42)``.
    Chinese readers need the first half only; others read the second first.
    """
    halves = _GLOSSED.fullmatch(source)
    if halves is None:
        return source
    return halves[1] if plain_tag(language) == "zh" else f"{halves[2]} ({halves[1]})"


def _format_day(
    value: date | datetime, language: str, patterns: dict[str, str], otherwise: str
) -> str:
    tag = plain_tag(language)
    calendar_day = localtime(value).date() if isinstance(value, datetime) else value
    return format_date(
        calendar_day, patterns.get(tag, otherwise), locale=_LOCALES.get(tag, language)
    )


def money(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount with its unit; whole amounts without a fraction."""
    tag = plain_tag(language)
    word = _CURRENCY_WORDS.get((currency, tag))
    if word is None:
        return str(format_currency(amount, currency, locale=_LOCALES.get(tag, language)))
    return f"{grouped(amount).removesuffix('.00')} {word}"


def standard(value: Standard | StandardNamed, currency: str, language: str) -> str:
    """Return an amount that the city sets, with its name and its first day."""
    return _("%(title)s: %(amount)s, since %(day)s") % {
        "title": value.title[language],
        "amount": _amount_of(value, currency, language),
        "day": short_day(value.since, language),
    }


def _amount_of(value: Standard | StandardNamed, currency: str, language: str) -> str:
    """Return ``1330 yuan a month`` for 1330.00 CNY/month, ``9 m²`` for 9.00 m2."""
    unit, _slash, period = value.unit.partition("/")
    number = grouped(value.amount).removesuffix(".00")
    unit_words = unit.replace("m2", "m²")
    amount = (
        money(value.amount, currency, language) if unit == currency else f"{number} {unit_words}"
    )
    periods = {
        "month": _("%(amount)s a month"),
        "year": _("%(amount)s a year"),
        "day": _("%(amount)s a day"),
    }
    words = periods.get(period, f"%(amount)s/{period}" if period else "%(amount)s")
    return words % {"amount": amount}


def sourced(source: str, language: str) -> str:
    """Return where a fact stands, or that it is an example figure."""
    if not source:
        return _("example figure")
    return _("Source: %(source)s") % {"source": cited(source, language)}


def currency_word(currency: str, language: str) -> str:
    """Return the unit of money as it stands beside a field."""
    return _CURRENCY_WORDS.get((currency, plain_tag(language)), currency)


def count(number: int) -> str:
    """Return a number; those of five digits and more are grouped."""
    return f"{number:,}" if abs(number) >= 10_000 else str(number)


def days(number: int, unit: DayUnit) -> str:
    """Return ``15 working days``, ``60 days`` or ``6 months``."""
    match unit:
        case DayUnit.WORKING:
            words = ngettext("%(count)d working day", "%(count)d working days", number)
        case DayUnit.CALENDAR:
            words = ngettext("%(count)d day", "%(count)d days", number)
        case DayUnit.MONTHS:
            words = ngettext("%(count)d month", "%(count)d months", number)
    return words % {"count": number}


def limit(value: Limit) -> str:
    """Return a time limit with its unit. No days at all means: at once."""
    return days(value.days, value.unit) if value.days else _("At once")


def due_in(working_days: int) -> str:
    """Return how far a due day is: ``2 working days left``, ``due today``, ``3 ... late``."""
    if working_days == 0:
        return _("due today")
    if working_days > 0:
        words = ngettext("%(count)d working day left", "%(count)d working days left", working_days)
        return words % {"count": working_days}
    words = ngettext("%(count)d working day late", "%(count)d working days late", -working_days)
    return words % {"count": -working_days}


def file_size(size: int) -> str:
    """Return a size as people say it: ``10 MB``, ``640 kB``."""
    for unit, scale in (("MB", 1_000_000), ("kB", 1_000)):
        if size >= scale:
            return f"{size / scale:.1f}".removesuffix(".0") + f" {unit}"
    return ngettext("%(count)d byte", "%(count)d bytes", size) % {"count": size}


def one_of(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: ``a, b or c``."""
    if len(words) < 2:
        return "".join(words)
    return _(", ").join(words[:-1]) + _(" or ") + words[-1]
