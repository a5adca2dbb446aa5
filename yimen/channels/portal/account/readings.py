"""Who read what about a person, and what for."""

from typing import assert_never

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yimen.accounts.queries import actor_for
from yimen.base.text import Text
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.people import queries
from yimen.people.types import PurposeKind, Reading, RegisterField

READINGS_ON_A_PAGE = 20


@never_cache
@login_required
@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Show who read what about the person, and why; newest first."""
    actor, city = actor_for(request), current_city()
    pages = Paginator(queries.readings_of(actor), READINGS_ON_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "entries": [_shown(reading, city, actor.language) for reading in page],
        "page": page,
        "identified": actor.identified,
    }
    return render(request, "account/readings.html", context)


def _shown(reading: Reading, city: City, language: str) -> dict[str, object]:
    data_set = city.data_sets.get(reading.data_set)
    agency = city.agencies.get(reading.agency)
    labels = {f.key: f.label for f in data_set.fields} if data_set is not None else _register()
    register = Text.of({"page": _("Register of residents")})
    return {
        "at": reading.at,
        "agency": agency.title if agency is not None else None,
        "office": reading.office_number,
        "organisation": reading.organisation,
        "data_set": data_set.title if data_set is not None else register,
        # A field that the city has dropped since is shown by its key: nothing read is hidden.
        "fields": [labels.get(key) or Text.of({"page": key}) for key in reading.fields],
        "purpose": _purpose(reading, city, language),
    }


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


def _register() -> dict[str, Text]:
    """Return what the register of persons says of somebody, in the language of the page."""
    words = {
        RegisterField.NAME: _("Name"),
        RegisterField.NUMBER: _("Identity number"),
        RegisterField.BIRTH_DATE: _("Date of birth"),
        RegisterField.AGE: _("Age"),
        RegisterField.SEX: _("Sex"),
        RegisterField.CATEGORY: _("Kind of registration"),
        RegisterField.DISTRICT: _("District"),
        RegisterField.DIVISION: _("Neighbourhood"),
        RegisterField.ADDRESS: _("Address"),
        RegisterField.PHONE: _("Telephone"),
    }
    return {field: Text.of({"page": word}) for field, word in words.items()}
