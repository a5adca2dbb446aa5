"""Who read what about a person, and what for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yimen.accounts.queries import actor_for
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.channels.shared.facts import fact_label, record_title
from yimen.channels.shared.names import agency_words
from yimen.people import queries
from yimen.people.types import PurposeKind, Reading

SITTINGS_ON_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Read:
    """One record that was opened: when, whose and what it is, which of its fields."""

    at: datetime
    organisation: str
    record: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one office read for one purpose on one day, newest first."""

    agency: str  # empty for the system, without a person
    office: str
    purpose: str
    reads: tuple[Read, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """Return each record that was opened once, with whose it is when not the person's own."""
        names = (
            f"{r.organisation} · {r.record}" if r.organisation else r.record for r in self.reads
        )
        return tuple(dict.fromkeys(names))

    @property
    def last(self) -> datetime:
        return self.reads[0].at


@never_cache
@login_required
@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Show who read what about the person, and why; newest first, single readings on demand."""
    actor, city = actor_for(request), current_city()
    sittings = sittings_of(queries.readings_of(actor), city, actor.language)
    page = Paginator(sittings, SITTINGS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"sittings": page.object_list, "page": page, "identified": actor.identified}
    return render(request, "account/readings.html", context)


def sittings_of(found: Iterable[Reading], city: City, language: str) -> list[Sitting]:
    """Return the readings by day, office and purpose; a case read ten times is one line."""
    by_sitting: dict[tuple[object, ...], list[Reading]] = {}
    for reading in found:
        who = (reading.agency, reading.office_number)
        why = (reading.purpose_kind, reading.purpose, reading.service_code)
        key = (localtime(reading.at).date(), *who, *why)
        by_sitting.setdefault(key, []).append(reading)
    return [_sitting(readings, city, language) for readings in by_sitting.values()]


def _sitting(readings: list[Reading], city: City, language: str) -> Sitting:
    first = readings[0]
    return Sitting(
        agency=agency_words(first.agency, city, language) if first.agency else "",
        office=first.office_number,
        purpose=_purpose(first, city, language),
        reads=tuple(_read(reading, city, language) for reading in readings),
    )


def _read(reading: Reading, city: City, language: str) -> Read:
    # A field that the city has dropped since is shown by its key: nothing read is hidden.
    fields = tuple(
        fact_label(f"{reading.data_set}.{key}", city, language) for key in reading.fields
    )
    record = record_title(reading.data_set, city, language)
    return Read(reading.at, reading.organisation, record, fields)


def _purpose(reading: Reading, city: City, language: str) -> str:
    """Return what a record was opened for, as a sentence."""
    service = city.services.get(reading.service_code)
    title = service.title[language] if service is not None else reading.service_code
    match reading.purpose_kind:
        case PurposeKind.CASE:
            return _("Your application %(number)s: %(service)s") % {
                "number": reading.purpose,
                "service": title,
            }
        case PurposeKind.FILLING_IN:
            return _("Filling in: %(service)s") % {"service": title}
        case PurposeKind.STATED:
            return _("For: %(purpose)s") % {"purpose": reading.purpose}
        case _:  # pragma: no cover - mypy proves that no kind is missing
            assert_never(reading.purpose_kind)
