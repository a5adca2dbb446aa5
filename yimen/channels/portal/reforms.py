"""What the page of an agency says about those before it and those after it."""

from datetime import date

from django.utils.translation import gettext as _

from yimen.catalogue.definition import Agency, City
from yimen.catalogue.rules import acting_since, done_before_by, has_ended
from yimen.channels.shared.names import agency_words
from yimen.channels.shared.wording import short_day


def reform_notes(agency: Agency, city: City, day: date, language: str) -> list[str]:
    """Return sentences: what the agency took over, what it will, when it begins or ends."""
    notes = []
    if agency.since is not None and agency.since > day:
        notes.append(_("It begins its work on %(day)s.") % _named(agency, agency.since, language))
    for before in done_before_by(city.agencies, agency.code, day):
        since = acting_since(city.agencies, before.code, day)
        says = _("Since %(day)s it does what this agency did: %(agency)s.")
        notes.append(says % _named(before, since, language))
    for other in city.agencies.values():
        if other.successor == agency.code and not has_ended(other, day):
            says = _("From %(day)s it does what this agency does: %(agency)s.")
            notes.append(says % _named(other, other.until, language))
    if agency.until is not None:
        notes.append(_ending(agency, city, day, language) % _named(agency, agency.until, language))
    return notes


def _named(agency: Agency, day: date | None, language: str) -> dict[str, str]:
    return {"agency": agency.title[language], "day": short_day(day, language) if day else ""}


def _ending(agency: Agency, city: City, day: date, language: str) -> str:
    """Return the sentence of an end, whose day is still to be filled in."""
    if has_ended(agency, day):  # without a successor, or this page would lead to that one
        return _("It ended on %(day)s, and nobody has taken over its work.")
    if not agency.successor:
        return _("It ends on %(day)s.")
    heir = agency_words(agency.successor, city, language).replace("%", "%%")
    return _("From %%(day)s its work is done by %(heir)s.") % {"heir": heir}
