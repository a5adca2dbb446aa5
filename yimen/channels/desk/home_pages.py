"""The first page of the desk, the extensions that wait for a head, and the keys."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.accounts.queries import absences_of, office_numbers
from yimen.base.actor import Actor
from yimen.cases import queries
from yimen.cases.types import QueueFilters
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import DayUnit
from yimen.channels.desk.door import staff_page
from yimen.channels.desk.listing import case_paths, counted, counts_of, due, listing_of
from yimen.channels.desk.names import is_head, role
from yimen.channels.desk.pages import desk_response, page_language
from yimen.channels.shared import wording
from yimen.channels.shared.names import agency_words, officer_words

MOST_TODAY = 10


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post in which the officer acts, and for whom."""

    agency: str
    role: str
    acting_for: str  # the absent colleague's office number


@dataclass(frozen=True, slots=True)
class TodayLine:
    """A task whose day it is, or was."""

    address: str
    applicant: str
    says: str
    due: str
    band: str


@dataclass(frozen=True, slots=True)
class ExtensionLine:
    """An extension that waits."""

    number: str
    address: str
    service: str
    days: str
    reason: str
    who: str
    when: str
    is_mine: bool
    due: str
    band: str


@require_safe
@staff_page
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show who one is here, what is due today, and what waits for an answer."""
    city, language = current_city(), page_language()
    counts = counts_of(actor)
    listing = listing_of(request.GET, city)
    context: dict[str, object] = {
        "posts": post_lines(actor, city, language),
        "today": _today(actor, language),
        "counts": counts,
        "late": counted(counts.late) if counts.late else "",
        "mine": counted(counts.mine),
        "unclaimed": counted(counts.unclaimed),
        "standing": counted(counts.standing),
        "extensions": extension_lines(actor, city, language),
        "absences": absences_of(actor),
    }
    return desk_response(request, actor, "desk/home.html", context, listing=listing, counts=counts)


@require_safe
@staff_page
def extensions(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the extensions that wait for a head of section."""
    city = current_city()
    context: dict[str, object] = {
        "extensions": extension_lines(actor, city, page_language()),
        "may_approve": is_head(actor),
    }
    listing = listing_of(request.GET, city)
    return desk_response(request, actor, "desk/extensions.html", context, listing=listing)


@require_safe
@staff_page
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show the keys of the desk."""
    listing = listing_of(request.GET, current_city())
    return desk_response(request, actor, "desk/keys.html", {}, listing=listing)


def post_lines(actor: Actor, city: City, language: str) -> tuple[PostLine, ...]:
    """Return the posts in which somebody acts today, their own first."""
    absent = [(p.acting_for_account, p.agency) for p in actor.posts if p.acting_for_account]
    numbers = office_numbers(absent) if absent else {}
    return tuple(
        PostLine(
            agency_words(post.agency, city, language),
            role(post.role, city, language),
            numbers.get((post.acting_for_account or 0, post.agency), ""),
        )
        for post in actor.posts
    )


def _today(actor: Actor, language: str) -> tuple[TodayLine, ...]:
    page = queries.queue(actor, QueueFilters(due="today"))
    path = case_paths()
    return tuple(
        TodayLine(
            f"{path(item.receipt_number)}?task={item.task_id}",
            item.applicant or _("No name given"),
            f"{item.service[language]} · {item.title[language]}",
            due(item.left),
            str(item.left.band),
        )
        for item in page.items[:MOST_TODAY]
    )


def extension_lines(actor: Actor, city: City, language: str) -> tuple[ExtensionLine, ...]:
    """Return the extensions that wait for this head of section."""
    path = case_paths()
    return tuple(
        ExtensionLine(
            number=waiting.receipt_number,
            address=path(waiting.receipt_number),
            service=waiting.service[language],
            days=wording.days(waiting.days, DayUnit(waiting.unit)),
            reason=waiting.reason,
            who=officer_words(waiting.officer, city, language),
            when=wording.moment(waiting.asked_at, language),
            is_mine=waiting.is_mine,
            due=due(waiting.left),
            band=str(waiting.left.band),
        )
        for waiting in queries.waiting_extensions(actor)
    )
