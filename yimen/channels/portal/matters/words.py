"""What states and officers are called for residents."""

from django.utils.translation import gettext as _

from yimen.accounts.types import OfficerName
from yimen.cases.types import CaseState, Outcome
from yimen.catalogue.definition import City


def state_words(state: CaseState, outcome: Outcome | None) -> tuple[str, str]:
    """Return where an application is in a word or two, and how the word is coloured."""
    if outcome is Outcome.APPROVED:
        return _("Approved"), "done"
    if outcome is Outcome.REFUSED:
        return _("Refused"), "closed"
    if state is CaseState.WAITING:
        return _("Your turn"), "turn"
    if state is CaseState.RECEIVED:
        return _("Arrived"), "quiet"
    return _("Being handled"), "quiet"


def agency_words(code: str, city: City, language: str) -> str:
    """Return the name of an agency, or its code when the city has dropped it."""
    agency = city.agencies.get(code)
    return agency.title[language] if agency is not None else code


def officer_words(officer: OfficerName, city: City, language: str) -> str:
    """Return an officer by agency and office number, or the agency alone when nobody is named."""
    agency = agency_words(officer.agency, city, language)
    if not officer.office_number:
        return agency
    return _("%(agency)s, office %(number)s") % {"agency": agency, "number": officer.office_number}
