"""What agencies and officers are called. An officer is never shown by a private name."""

from django.utils.translation import gettext as _

from yimen.accounts.types import OfficerName
from yimen.catalogue.definition import City


def agency_words(code: str, city: City, language: str) -> str:
    """Return the title of an agency, or its code when the city has dropped it."""
    declared = city.agencies.get(code)
    return declared.title[language] if declared is not None else code


def officer_words(officer: OfficerName, city: City, language: str) -> str:
    """Return an officer by agency and office number, or the agency alone when nobody is named."""
    agency = agency_words(officer.agency, city, language)
    if not officer.office_number:
        return agency
    return _("%(agency)s, office %(number)s") % {"agency": agency, "number": officer.office_number}
