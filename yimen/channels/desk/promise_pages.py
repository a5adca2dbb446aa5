"""The promises that are near or past their day: how many are how far, which, and by agency."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.base.actor import Actor
from yimen.cases import queries
from yimen.cases.queries import AgencyFigures, WatchedCase
from yimen.cases.types import WatchBand
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.channels.desk.door import staff_page
from yimen.channels.desk.listing import case_paths, due, listing_of
from yimen.channels.desk.pages import desk_response, page_language
from yimen.channels.shared import wording
from yimen.channels.shared.names import agency_words, officer_words

WIDTH = 1000  # of a bar, in its own units


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, from ``x`` on; the number stands beside it in words."""

    kind: str
    label: str
    count: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One promise in words."""

    number: str
    address: str  # "": the file is not open to the actor
    service: str
    due: str
    band: str
    by_law: str
    new_day: str
    who: str


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """How an agency keeps its promises."""

    agency: str
    in_time: str
    late: str
    open_late: str
    share: str
    bar: tuple[Segment, ...]


@require_safe
@staff_page
def promises(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what is near or past its day: an officer's own, a head's agency, for a supervisor all."""
    if not queries.watches(actor):
        raise Http404
    city, language = current_city(), page_language()
    counts = queries.watch_counts(actor)
    cases = queries.watched_cases(actor)
    path = case_paths()
    lines = [_line(case, city, language, path) for case in cases]
    total = sum(counts.values())
    context: dict[str, object] = {
        "bar": segments([(band, band_words(band), counts[band]) for band in WatchBand]),
        "groups": _groups(counts, cases, lines),
        "total": total,
        "shown": len(cases) if len(cases) < total else 0,
        "figures": tuple(_figures(row, city, language) for row in queries.agency_figures(actor)),
    }
    listing = listing_of(request.GET, city)
    return desk_response(request, actor, "desk/promises.html", context, listing=listing)


def band_words(band: WatchBand) -> str:
    """Return how far a promise is."""
    words: Mapping[WatchBand, str] = {
        WatchBand.PAST_LAW: _("Past the limit of the law"),
        WatchBand.LATE: _("Past the promised day"),
        WatchBand.TODAY: _("Due today"),
        WatchBand.SOON: _("Due soon"),
    }
    return words[band]


def segments(parts: list[tuple[str, str, int]]) -> tuple[Segment, ...]:
    """Return a bar: the parts side by side fill it to its end, in proportion to their counts."""
    total = sum(count for _kind, _label, count in parts)
    found, before = [], 0
    for kind, label, count in parts:
        x = before * WIDTH // total if total else 0
        before += count
        end = before * WIDTH // total if total else 0
        found.append(Segment(str(kind), label, count, x, end - x))
    return tuple(found)


def _groups(
    counts: Mapping[WatchBand, int], cases: tuple[WatchedCase, ...], lines: list[PromiseLine]
) -> list[tuple[WatchBand, str, int, list[PromiseLine]]]:
    return [
        (
            band,
            band_words(band),
            counts[band],
            [line for case, line in zip(cases, lines, strict=True) if case.band is band],
        )
        for band in WatchBand
        if counts[band]
    ]


def _line(case: WatchedCase, city: City, language: str, path: Callable[[str], str]) -> PromiseLine:
    who = [
        officer_words(has, city, language)
        if has is not None
        else _("%(agency)s, unclaimed") % {"agency": agency_words(agency, city, language)}
        for agency, has in case.waits_for
    ] or [agency_words(case.agency, city, language)]
    law, new = case.statutory_due, case.new_due
    return PromiseLine(
        number=case.receipt_number,
        address=path(case.receipt_number) if case.opens else "",
        service=case.service[language],
        due=due(case.left),
        band=str(case.left.band),
        by_law=wording.short_day(law, language) if law is not None else "",
        new_day=wording.short_day(new, language) if new is not None else "",
        who=_("; ").join(who),
    )


def _figures(row: AgencyFigures, city: City, language: str) -> AgencyLine:
    share = row.share
    return AgencyLine(
        agency=agency_words(row.agency, city, language),
        in_time=wording.count(row.in_time),
        late=wording.count(row.late),
        open_late=wording.count(row.open_late),
        share="" if share is None else f"{int(share * 100)} %",
        bar=segments([("in_time", "", row.in_time), ("late", "", row.late)]),
    )
