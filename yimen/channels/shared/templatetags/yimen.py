"""The design system in templates: filters for words, tags for components."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from django import template
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yimen.base import identifiers
from yimen.base.languages import plain_tag
from yimen.base.text import Text
from yimen.cases.types import RemedyNamed, StandardNamed
from yimen.catalogue.definition import Limit, Standard
from yimen.catalogue.queries import current_city
from yimen.channels.shared import facts, wording
from yimen.channels.shared.components import (
    Crumb,
    Fact,
    FieldError,
    Question,
    SummaryRow,
    TimelineItem,
    Upload,
)
from yimen.channels.shared.due_words import remedy_words
from yimen.channels.shared.markdown import markdown_to_html
from yimen.channels.shared.steps import DrawnStage

register = template.Library()


def _language() -> str:
    return get_language() or "zh"


# --- Words ----------------------------------------------------------------------------------------


@register.filter
def in_language(text: Text) -> str:
    """Return a text of the city's folder in the language of the page."""
    return text[_language()]


@register.filter
def cited(source: str) -> str:
    """Return a source as readers of the page's language cite it; Chinese among English is marked."""
    words = wording.cited(source, _language())
    before, bracket, chinese = words.removesuffix(")").partition(" (")
    if plain_tag(_language()) == "zh" or not bracket or words == source:
        return words
    return format_html('{} <span lang="zh-Hans">({})</span>', before, chinese)


@register.filter
def markdown(text: Text) -> SafeString:
    """Return a Markdown text of the city's folder as safe HTML in the language of the page."""
    return SafeString(markdown_to_html(text[_language()]))


@register.filter
def id_masked(number: str) -> str:
    """Return ``310101********1234``."""
    return identifiers.mask_id_number(number)


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """Return an amount in a currency, usually ``city.currency``."""
    return wording.money(amount, currency, _language())


@register.filter
def day(value: date | datetime) -> str:
    """Return ``2026年11月23日（星期一）`` or ``Monday 23 November 2026``."""
    return wording.day(value, _language())


@register.filter
def short_day(value: date | datetime) -> str:
    """Return ``2026年11月23日`` or ``23 November 2026``."""
    return wording.short_day(value, _language())


@register.filter
def iso_day(value: str) -> date:
    """Return the day that ``2026-11-23`` names."""
    return date.fromisoformat(value)


@register.filter
def moment(value: datetime) -> str:
    """Return a day with its time."""
    return wording.moment(value, _language())


@register.filter
def in_days(value: Limit) -> str:
    """Return a time limit: ``15 working days``."""
    return wording.limit(value)


@register.filter
def standard(value: Standard | StandardNamed) -> str:
    """Return an amount that the city sets: its name, how much, since when."""
    return wording.standard(value, current_city().currency, _language())


@register.filter
def remedy_until(value: RemedyNamed) -> str:
    """Return by when a remedy can be used: ``Last day: Friday 22 January 2027``."""
    return remedy_words(value, _language())


@register.filter
def due_in(working_days: int) -> str:
    """Return ``2 working days left``, ``due today`` or ``3 working days late``."""
    return wording.due_in(working_days)


@register.filter
def count(number: int) -> str:
    """Return a number; those of five digits and more are grouped."""
    return wording.count(number)


@register.filter
def file_size(size: int) -> str:
    """Return ``640 kB``."""
    return wording.file_size(size)


@register.filter
def listed(words: Sequence[str]) -> str:
    """Return words side by side: ``a, b, c``."""
    return _(", ").join(words)


@register.simple_tag(takes_context=True)
def fact_line(context: Context, name: str, value: object) -> str:
    """Return what a record said, with its label: ``Age: 15``."""
    city, language = context["city"], _language()
    colon = _(": ")
    shown = facts.shown_fact(name, value, city, language)
    return f"{facts.fact_label(name, city, language)}{colon}{shown}"


@register.filter
def site_name(address: str) -> str:
    """Return the address of a site as people write it."""
    return address.split("://", 1)[-1].rstrip("/")


# --- Components -----------------------------------------------------------------------------------


@register.simple_tag
@cache  # a page draws twenty, and the file's address takes longer to find than all else
def icon(name: str, extra_class: str = "") -> SafeString:
    """Draw a Lucide icon beside words that say the same."""
    return format_html(
        '<svg class="y-icon {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        extra_class,
        static("yimen/icons.svg"),
        name,
    )


@register.inclusion_tag("shared/components/button.html")
def button(
    text: str,
    href: str = "",
    kind: str = "",
    icon: str = "",
    name: str = "",
    value: str = "",
    key: str = "",
    form: str = "",
) -> dict[str, str]:
    """Draw a button, or a link that looks like one. ``kind``: secondary or warning.

    ``key`` is the key that uses it at the desk and the counter; it is shown on the button.
    """
    return {
        "text": text,
        "href": href,
        "kind": kind,
        "icon": icon,
        "name": name,
        "value": value,
        "key": key,
        "form": form,
    }


@register.inclusion_tag("shared/components/notification.html")
def notification(
    text: str, kind: str = "", title: str = "", live: bool = False
) -> dict[str, object]:
    """Draw a note. ``kind``: turn (the resident's turn), done, error, or none for information."""
    icons = {"turn": "bell", "done": "circle-check", "error": "circle-alert"}
    return {
        "text": text,
        "kind": kind,
        "title": title,
        "live": live,
        "icon_name": icons.get(kind, "info"),
    }


@register.inclusion_tag("shared/components/tag.html")
def tag(text: str, kind: str = "") -> dict[str, str]:
    """Draw a word in a small box. ``kind``: done, turn, closed, quiet."""
    return {"text": text, "kind": kind}


@register.inclusion_tag("shared/components/summary_list.html")
def summary_list(rows: Sequence[SummaryRow]) -> dict[str, object]:
    """Draw questions with their answers, each with its way to change it."""
    return {"rows": rows}


@register.inclusion_tag("shared/components/fact_strip.html")
def fact_strip(facts: Sequence[Fact]) -> dict[str, object]:
    """Draw the strip of facts on top of a guide page."""
    return {"facts": facts}


@register.inclusion_tag("shared/components/steps_line.html")
def steps_line(stages: Sequence[DrawnStage]) -> dict[str, object]:
    """Draw the steps of a process as a line; what happens at the same time stands side by side."""
    return {"stages": stages}


@register.inclusion_tag("shared/components/status_timeline.html")
def status_timeline(items: Sequence[TimelineItem]) -> dict[str, object]:
    """Draw where an application stands: done, now, next."""
    return {"items": items}


@register.inclusion_tag("shared/components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Crumb]) -> dict[str, object]:
    """Draw the way to this page; the page itself is not repeated."""
    return {"crumbs": crumbs}


@register.inclusion_tag("shared/components/back_link.html")
def back_link(url: str) -> dict[str, str]:
    """Draw the link to the page before."""
    return {"url": url}


@register.inclusion_tag("shared/components/error_summary.html")
def error_summary(errors: Iterable[FieldError]) -> dict[str, object]:
    """Draw all errors of a form on top of it, each a link to its field."""
    return {"errors": list(errors)}


@register.inclusion_tag("shared/components/pagination.html", takes_context=True)
def pagination(
    context: Context, number: int, pages: int, parameter: str = "page"
) -> dict[str, object]:
    """Draw the way to the pages before and after; the other parameters of the address are kept."""
    request = context["request"]

    def address(page: int) -> str:
        parameters = request.GET.copy()
        parameters[parameter] = str(page)
        return f"{request.path}?{parameters.urlencode()}"

    return {
        "number": number,
        "pages": pages,
        "before": address(number - 1) if number > 1 else "",
        "after": address(number + 1) if number < pages else "",
    }


@register.simple_tag
def question(asked: Question) -> SafeString:
    """Draw a question of a form by its kind, with hint, error and kept answer."""
    return SafeString(get_template(asked.template).render({"q": asked}))


@register.inclusion_tag("shared/questions/upload.html")
def upload(asked: Upload) -> dict[str, Upload]:
    """Draw the question for a document, with the files added so far."""
    return {"q": asked}
