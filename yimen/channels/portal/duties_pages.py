"""The list of duties of an agency (权责清单), made from what it declares: a page and a table."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from io import StringIO

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yimen.catalogue import queries
from yimen.catalogue.definition import Agency, City, Process, Remedy, Service
from yimen.catalogue.types import CountsFrom, NodeKind, TaskKind
from yimen.channels.shared import wording
from yimen.channels.shared.caching import SECONDS_IN_CACHES, public_page
from yimen.channels.shared.components import Crumb
from yimen.channels.shared.names import agency_words

AgencyView = Callable[[HttpRequest, Agency], HttpResponse]


@dataclass(frozen=True, slots=True)
class Duty:
    """What an agency has to do in one service, and what holds for it."""

    service: Service
    part: str
    kind: str
    fee: str
    decides: str
    remedies: tuple[tuple[Remedy, str], ...]  # each with how long it can be used


def of_acting_agency(name: str) -> Callable[[AgencyView], Callable[..., HttpResponse]]:
    """Let a page of an agency that has ended lead to that of its successor, for good."""

    def decorated(view: AgencyView) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, code: str) -> HttpResponse:
            acting = queries.acting(code)
            if acting != code:
                return HttpResponsePermanentRedirect(reverse(name, args=[acting]))
            found = queries.current_city().agencies.get(code)
            if found is None:
                raise Http404
            return view(request, found)

        return wrapped

    return decorated


@require_safe
@public_page
@of_acting_agency("portal:duties")
def duties(request: HttpRequest, agency: Agency) -> HttpResponse:
    """What an agency has to do, service by service."""
    city, language = queries.current_city(), get_language() or "zh"
    context = {
        "agency": agency,
        "page_agency": agency,
        "duties": _duties(agency, city, language),
        "again": _looked_at_again(city, language),
        "above": city.agencies.get(queries.acting(agency.parent)),
        "crumbs": (
            Crumb(_("Home"), reverse("portal:home")),
            Crumb(_("Agencies"), reverse("portal:agencies")),
            Crumb(agency.title[language], reverse("portal:agency", args=[agency.code])),
        ),
        "section": "agencies",
    }
    return render(request, "portal/duties.html", context)


@require_safe
@cache_control(public=True, max_age=SECONDS_IN_CACHES)
@of_acting_agency("portal:duties_file")
def duties_file(request: HttpRequest, agency: Agency) -> HttpResponse:
    """The same as a table, in the language of the page; the mark at its start is for Excel."""
    city, language = queries.current_city(), get_language() or "zh"
    again = _looked_at_again(city, language)
    above = city.agencies.get(queries.acting(agency.parent))
    complain = [again, above.title[language] if above else ""]
    text = StringIO()
    table = csv.writer(text)
    table.writerow(_header())
    for duty in _duties(agency, city, language):
        table.writerow([*_row(duty, language), "\n".join(filter(None, complain))])
    response = HttpResponse(f"\ufeff{text.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="duties-{agency.code}.csv"'
    return response


def _header() -> list[str]:
    return [
        _("Service"), _("Part"), _("Kind"), _("Legal basis"), _("The law allows"),
        _("We promise"), _("Fee"), _("Who decides"), _("If you disagree with the decision"),
        _("Where to complain"),
    ]  # fmt: skip


def _row(duty: Duty, language: str) -> list[str]:
    service = duty.service
    law = (_with_source(found.says[language], found.source, language) for found in service.law)
    remedies = (f"{remedy.title[language]}: {limit}" for remedy, limit in duty.remedies)
    return [
        service.title[language],
        duty.part,
        duty.kind,
        "\n".join(law),
        wording.limit(service.statutory),
        wording.limit(service.promised),
        duty.fee,
        duty.decides,
        "\n".join(remedies),
    ]


def _with_source(says: str, source: str, language: str) -> str:
    return f"{says} ({wording.sourced(source, language)})"


def _duties(agency: Agency, city: City, language: str) -> list[Duty]:
    return [
        Duty(
            service,
            _("decides") if service.agency == agency.code else _("takes part"),
            queries.process_of(service).title[language],
            wording.money(service.fee.amount, city.currency, language)
            if service.fee.amount
            else _("Free of charge"),
            _who_decides(service, city, language),
            tuple((remedy, _how_long(remedy)) for remedy in service.remedies),
        )
        for service in queries.services_of_agency(agency.code)
    ]


def _who_decides(service: Service, city: City, language: str) -> str:
    """Return agencies and roles of the steps that decide; a process may decide by itself."""
    process = queries.process_of(service)
    names = {
        f"{agency_words(service.agency_for(task.binding), city, language)} · "
        f"{city.roles[task.role].title[language]}": None
        for task in process.tasks
        if task.kind is TaskKind.DECISION
    }
    itself = _("the rules of the service, where the records settle it")
    return _("; ").join([itself, *names] if _decides_itself(process) else names)


def _decides_itself(process: Process) -> bool:
    """Say whether a way leads from the beginning of a process to an end past every decision."""
    decisions = {task.key for task in process.tasks if task.kind is TaskKind.DECISION}
    reached: set[str] = set()
    ways = [node.key for node in process.nodes if node.kind is NodeKind.START]
    while ways:
        key = ways.pop()
        if key not in reached and key not in decisions:
            reached.add(key)
            ways += [flow.target for flow in process.flows if flow.source == key]
    return any(node.kind is NodeKind.END and node.key in reached for node in process.nodes)


def _how_long(remedy: Remedy) -> str:
    limit = wording.limit(remedy.limit)
    if remedy.counts_from is CountsFrom.EARLIER_REMEDY:
        return _("%(limit)s from receiving the outcome of the one before") % {"limit": limit}
    return limit


def _looked_at_again(city: City, language: str) -> str:
    """Return who looks at a decision again, when the city offers that."""
    if city.recheck is None:
        return ""
    words = {
        "role": city.roles[city.recheck.role].title[language],
        "limit": wording.limit(city.recheck.within),
        "answer": wording.limit(city.recheck.answer),
    }
    return (
        _("%(role)s of the agency that decided: ask within %(limit)s, answered within %(answer)s")
        % words
    )
