"""Which agency does something today: agencies begin, end, and leave what they did to a successor.

A declaration names the agency of the day on which it was written. Whoever asks who does it today
asks here; who did it then stays written where it was done.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from yimen.catalogue.definition import Agency, City, DataSet, Service
from yimen.catalogue.rules.finding import search_words


def has_ended(agency: Agency, day: date) -> bool:
    """Say whether an agency is no longer there on a day."""
    return agency.until is not None and agency.until <= day


def is_there(agency: Agency, day: date) -> bool:
    """Say whether an agency works on a day: it has begun and has not ended."""
    return (agency.since is None or agency.since <= day) and not has_ended(agency, day)


def agencies_there(agencies: Mapping[str, Agency], day: date) -> tuple[Agency, ...]:
    """Return the agencies that work on a day, in the order of the city."""
    return tuple(agency for agency in agencies.values() if is_there(agency, day))


def acting_agency(agencies: Mapping[str, Agency], code: str, day: date) -> str:
    """Return the code of the agency that does on a day what this one was declared for.

    An agency that ended without a successor, or that is not declared, is returned as it is: nobody
    has taken over.
    """
    passed = _passed(agencies, code, day)
    return passed[-1].successor if passed else code


def acting_since(agencies: Mapping[str, Agency], code: str, day: date) -> date | None:
    """Return the day on which the agency that acts now took over from this one; None: it did not."""
    passed = _passed(agencies, code, day)
    return passed[-1].until if passed else None


def _passed(agencies: Mapping[str, Agency], code: str, day: date) -> list[Agency]:
    """Return an agency and those after it that have ended by a day and left their work."""
    passed: list[Agency] = []
    for _step in agencies:  # no way is longer, whatever the declarations say
        agency = agencies.get(code)
        if agency is None or not agency.successor or not has_ended(agency, day):
            break
        passed.append(agency)
        code = agency.successor
    return passed


def moved_agencies(agencies: Mapping[str, Agency], day: date) -> dict[str, str]:
    """Return the agencies whose work lies with another one by this day, each with that one."""
    found = {code: acting_agency(agencies, code, day) for code in agencies}
    return {code: acting for code, acting in found.items() if acting != code}


def days_without_change(agencies: Mapping[str, Agency], day: date) -> tuple[date, date]:
    """Return the days around this one on which no agency begins or ends: first, and end.

    The end is the first day that does not belong to them.
    """
    turns = {turn for a in agencies.values() for turn in (a.since, a.until) if turn is not None}
    first = max((turn for turn in turns if turn <= day), default=date.min)
    return first, min((turn for turn in turns if turn > day), default=date.max)


def done_before_by(agencies: Mapping[str, Agency], code: str, day: date) -> tuple[Agency, ...]:
    """Return the agencies whose work an agency has taken over by a day, the last one first."""
    moved = moved_agencies(agencies, day)
    found = [agencies[old] for old, acts in moved.items() if acts == code]
    return tuple(sorted(found, key=lambda a: (a.until or date.max, a.code), reverse=True))


def agencies_called(
    agencies: Mapping[str, Agency], words: str, language: str, day: date
) -> tuple[Agency, ...]:
    """Return a day's agencies that are called by all these words, or that took over from such."""
    wanted = set(search_words(words))
    called = {
        acting_agency(agencies, code, day)
        for code, agency in agencies.items()
        if wanted and wanted <= set(search_words(agency.title[language]))
    }
    return tuple(a for a in agencies_there(agencies, day) if a.code in called)


def moved_service(service: Service, moved: Mapping[str, str]) -> Service:
    """Return a service as it is done by the agencies that have its work now."""
    agency = moved.get(service.agency, service.agency)
    bindings = {lane: moved.get(code, code) for lane, code in service.bindings.items()}
    if agency == service.agency and bindings == service.bindings:
        return service
    return replace(service, agency=agency, bindings=bindings)


def moved_city(city: City, day: date) -> City:
    """Return a city whose services and data sets name the agencies that have them on this day."""
    moved = moved_agencies(city.agencies, day)
    if not moved:
        return city
    services = {code: moved_service(service, moved) for code, service in city.services.items()}
    data_sets = {code: _moved_data_set(found, moved) for code, found in city.data_sets.items()}
    return replace(city, services=services, data_sets=data_sets)


def _moved_data_set(data_set: DataSet, moved: Mapping[str, str]) -> DataSet:
    return replace(data_set, owner=moved.get(data_set.owner, data_set.owner))
