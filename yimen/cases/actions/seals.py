"""The seal on a paper: what the city and the agency are called in its certificate."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _

from yimen.base.text import Text
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.keys.actions import ensure_authority, renew_seals, seal_pdf
from yimen.keys.types import Authority, Sealed, Sealer
from yimen.mailbox.actions import in_each_language


def sealed_by_agency(pdf: bytes, agency: str) -> Sealed:
    """Return a paper under the seal of the agency that decided. Raises KeyTrouble."""
    city = current_city()
    return seal_pdf(pdf, _authority(city), Sealer(agency, city.agencies[agency].title))


def keep_seals() -> None:
    """Make the city's root where there is none, and renew all that nears its end. Run hourly."""
    ensure_authority(_authority(current_city()))
    renew_seals()


def _authority(city: City) -> Authority:
    return Authority(
        city=city.title,
        root=_named(city, lambda: _("Root certificate of the seals of %(city)s")),
        stamp=_named(city, lambda: _("Time stamps of %(city)s")),
        revocations=f"{settings.SITE_URL}/seals",
    )


def _named(city: City, say: Callable[[], str]) -> Text:
    return in_each_language(lambda language: say() % {"city": city.title[language]})
