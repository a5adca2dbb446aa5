"""The pages of the catalogue: services by audience, life event and agency; agencies; search."""

from collections.abc import Callable, Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yimen.accounts.queries import city_today
from yimen.catalogue import queries
from yimen.catalogue.definition import Agency, City, Service
from yimen.catalogue.rules import agencies_called, agencies_there, done_before_by
from yimen.catalogue.types import AgencyKind, Audience
from yimen.channels.portal.duties_pages import of_acting_agency
from yimen.channels.portal.guide import guide_of
from yimen.channels.portal.reforms import reform_notes
from yimen.channels.shared.caching import public_page
from yimen.channels.shared.components import Crumb

SERVICES_ON_A_PAGE = 50
RESULTS = 30
LONGEST_QUESTION = 200


def audience_title(audience: Audience) -> str:
    """Return for whom a service is, as a heading."""
    return _AUDIENCES[audience]()


@require_safe
@public_page
def services(request: HttpRequest) -> HttpResponse:
    """All services of the city."""
    return _service_list(
        request, queries.open_services(), heading=_("All services"), crumbs=(_home(),)
    )


@require_safe
@public_page
def audience(request: HttpRequest, key: str) -> HttpResponse:
    """The services for one group of people."""
    try:
        group = Audience(key)
    except ValueError:
        raise Http404 from None
    return _service_list(
        request,
        queries.services_for_audience(group),
        heading=audience_title(group),
        crumbs=(_home(), _all_services()),
        current=group,
    )


@require_safe
@public_page
def life_event(request: HttpRequest, key: str) -> HttpResponse:
    """The services for a moment in life."""
    city = queries.current_city()
    event = city.life_events.get(key)
    if event is None:
        raise Http404
    context = {
        "event": event,
        "others": [other for other in queries.life_events_served() if other.key != key],
        "rows": _rows(queries.services_for_life_event(key), city),
        "crumbs": (_home(), _all_services()),
        "section": "services",
    }
    return render(request, "portal/life_event.html", context)


@require_safe
@public_page
def service(request: HttpRequest, code: str) -> HttpResponse:
    """The guide page of a service."""
    city = queries.current_city()
    declared = city.services.get(code)
    if declared is None:
        raise Http404
    agency = city.agencies[declared.agency]
    context = {
        "service": declared,
        "guide": guide_of(declared, city, get_language() or "zh"),
        "agency": agency,
        "page_agency": agency,
        "crumbs": (_home(), _all_services()),
        "section": "services",
    }
    return render(request, "portal/guide.html", context)


@require_safe
@public_page
def agencies(request: HttpRequest) -> HttpResponse:
    """All agencies by kind."""
    there = agencies_there(queries.current_city().agencies, city_today())
    groups = [
        (kind.value, words(), [a for a in there if a.kind is kind])
        for kind, words in _AGENCY_KINDS.items()
    ]
    context = {
        "groups": [group for group in groups if group[2]],
        "crumbs": (_home(),),
        "section": "agencies",
    }
    return render(request, "portal/agencies.html", context)


@require_safe
@public_page
@of_acting_agency("portal:agency")
def agency(request: HttpRequest, found: Agency) -> HttpResponse:
    """One agency: what it does, its services, how to reach it, whose work it has."""
    city = queries.current_city()
    context = {
        "agency": found,
        "page_agency": found,
        "notes": reform_notes(found, city, city_today(), get_language() or "zh"),
        "parent": city.agencies.get(queries.acting(found.parent)),
        "division": city.divisions.get(found.division),
        "below": _below(found, city),
        "rows": _rows(queries.services_of_agency(found.code), city),
        "crumbs": (_home(), Crumb(_("Agencies"), reverse("portal:agencies"))),
        "section": "agencies",
    }
    return render(request, "portal/agency.html", context)


@require_safe
@public_page
def search(request: HttpRequest) -> HttpResponse:
    """Services for the words that somebody typed; long questions are read from their beginning."""
    words = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    asked = words[:LONGEST_QUESTION]
    city, language = queries.current_city(), get_language() or "zh"
    found = queries.find_services(asked, language, RESULTS) if asked else ()
    called = agencies_called(city.agencies, asked, language, city_today())
    context = {
        "asked": asked,
        "shortened": len(words) > LONGEST_QUESTION,
        "rows": _rows(found, city),
        "agencies": [
            (one, done_before_by(city.agencies, one.code, city_today())) for one in called
        ],
        "life_events": queries.life_events_served(),
    }
    return render(request, "portal/search.html", context)


@require_safe
@public_page
def mistake(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a mistake on a page."""
    city = queries.current_city()
    address = request.GET.get("page", "")[:LONGEST_QUESTION]
    here = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    ours = address if here else ""
    parts = [part for part in ours.split("/") if part]
    declared = city.services.get(parts[-1]) if "services" in parts else None
    named = parts[parts.index("agencies") + 1 :] if "agencies" in parts else []
    answerable = declared.agency if declared else named[0] if named else ""
    context = {
        "address": request.build_absolute_uri(ours) if ours else "",
        "back": ours,
        "agency": city.agencies.get(queries.acting(answerable)),
        "crumbs": (_home(),),
    }
    return render(request, "portal/mistake.html", context)


def _service_list(
    request: HttpRequest,
    found: Sequence[Service],
    *,
    heading: str,
    crumbs: tuple[Crumb, ...],
    current: Audience | None = None,
) -> HttpResponse:
    city = queries.current_city()
    pages = Paginator(found, SERVICES_ON_A_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    context = {
        "heading": heading,
        "tabs": [(a.value, audience_title(a), a is current) for a in _audiences_of(city)],
        "current": current,
        "total": pages.count,
        "rows": _rows(list(shown.object_list), city),
        "number": shown.number,
        "pages": pages.num_pages,
        "crumbs": crumbs,
        "section": "services",
    }
    return render(request, "portal/services.html", context)


def _rows(found: Sequence[Service], city: City) -> list[tuple[Service, Agency, bool]]:
    return [(item, city.agencies[item.agency], not queries.is_open(item)) for item in found]


def _audiences_of(city: City) -> list[Audience]:
    used = {group for item in city.services.values() for group in item.audience}
    return [group for group in Audience if group in used]


def _below(parent: Agency, city: City) -> list[Agency]:
    if parent.kind is AgencyKind.GOVERNMENT:  # its agencies are the list of all agencies
        return []
    there = agencies_there(city.agencies, city_today())
    return [child for child in there if queries.acting(child.parent) == parent.code]


def _home() -> Crumb:
    return Crumb(_("Home"), reverse("portal:home"))


def _all_services() -> Crumb:
    return Crumb(_("All services"), reverse("portal:services"))


_AUDIENCES: dict[Audience, Callable[[], str]] = {
    Audience.REGISTERED: lambda: _("Registered residents"),
    Audience.FLOATING: lambda: _("People from elsewhere"),
    Audience.RURAL: lambda: _("Rural residents"),
    Audience.STUDENT: lambda: _("Students under 16"),
    Audience.COMPANY: lambda: _("Companies"),
}

_AGENCY_KINDS: dict[AgencyKind, Callable[[], str]] = {
    AgencyKind.GOVERNMENT: lambda: _("Government of the city"),
    AgencyKind.COMMISSION: lambda: _("Commissions"),
    AgencyKind.BUREAU: lambda: _("Bureaus"),
    AgencyKind.OFFICE: lambda: _("Offices"),
    AgencyKind.DISTRICT: lambda: _("Districts"),
    AgencyKind.COUNTY: lambda: _("Counties"),
    AgencyKind.NEIGHBOURHOOD: lambda: _("Neighbourhood offices"),
    AgencyKind.OTHER: lambda: _("Other bodies"),
}
