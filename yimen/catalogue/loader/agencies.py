"""The agencies of a city: what they are, whom they belong to, who takes over when they end."""

import re
from collections.abc import Mapping
from datetime import date

from yimen.catalogue.definition import Agency, Division
from yimen.catalogue.loader.reading import Reading
from yimen.catalogue.loader.table import CODE, Table, root_table, unique
from yimen.catalogue.types import AgencyKind

_SITE = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[!-~]*)?")


def read_agencies(
    reading: Reading, divisions: Mapping[str, Division] | None
) -> dict[str, Agency] | None:
    """Return the agencies by code, or None when their file cannot be read."""
    root = root_table(reading, "agencies.toml")
    if root is None:
        return None
    tables = root.tables("agencies")
    found: dict[str, Agency] = {}
    for table in tables:
        agency = _agency(table, divisions)
        found.setdefault(agency.code, agency)
    root.end()
    unique(tables, "code")
    for table in tables:
        _check_parents(table, found)
        _check_days(table, found)
    return found


def _agency(table: Table, divisions: Mapping[str, Division] | None) -> Agency:
    site = table.string("site", "", pattern=_SITE, wanted="an address, such as 'http://a.gov.cn'")
    division = table.reference("division", divisions, "a division", "")
    agency = Agency(
        code=table.string("code", pattern=CODE, wanted="a code, such as 'civil-affairs'"),
        title=table.text("title"),
        kind=table.choice("kind", AgencyKind),
        place=table.place(),
        parent=table.code("parent", ""),
        site=site,
        phone=table.string("phone", ""),
        address=table.text("address", required=False),
        hours=table.text("hours", required=False),
        division=division,
        duties=table.text("duties", required=False),
        source=table.string("source", ""),
        since=table.day("from"),
        until=table.day("until"),
        successor=table.code("successor", ""),
    )
    table.end()
    return agency


def _check_parents(table: Table, found: Mapping[str, Agency]) -> None:
    """Report a parent that is not declared, or a ring of agencies that stand above each other."""
    code = table.written("code")
    parent = table.written("parent")
    if not parent:
        return
    if parent not in found:
        table.check_reference(parent, found, "an agency", "parent")
        return
    above, passed = parent, {code}
    while above in found and above not in passed:
        passed.add(above)
        above = found[above].parent
    if above == code:
        table.report(f"the agency '{code}' stands above itself by way of '{parent}'", "parent")


def _check_days(table: Table, found: Mapping[str, Agency]) -> None:
    """Report an end before the beginning, and a successor that could not take over on that day."""
    agency = found.get(table.written("code"))
    if agency is None:
        return
    if agency.since and agency.until and agency.until <= agency.since:
        table.report(f"'until' is {agency.until}; it must be after 'from', {agency.since}", "until")
    if not agency.successor:
        return
    if agency.successor not in found:
        table.check_reference(agency.successor, found, "an agency", "successor")
    elif agency.until is None:
        table.report(
            "a successor takes over on a day; write it, such as until = 2004-07-01", "successor"
        )
    else:
        sentence = _why_not(agency.code, agency.until, found[agency.successor], found)
        if sentence:
            table.report(sentence, "successor")


def _why_not(code: str, day: date, heir: Agency, found: Mapping[str, Agency]) -> str:
    """Return why an agency cannot take over from another on a day, or ""."""
    if code in _heirs(heir.code, found):
        return f"the agency '{code}' comes after itself by way of '{heir.code}'"
    if heir.until and heir.until <= day:
        return (
            f"the successor '{heir.code}' has ended by then, on {heir.until}; name the agency "
            f"that has the work on {day}"
        )
    if heir.since and heir.since > day:
        return (
            f"the successor '{heir.code}' begins only on {heir.since}; nobody would have the "
            f"work from {day}"
        )
    return ""


def _heirs(code: str, found: Mapping[str, Agency]) -> list[str]:
    """Return an agency and those that come after it, in their order."""
    heirs: list[str] = []
    while code in found and code not in heirs:
        heirs.append(code)
        code = found[code].successor
    return heirs


def check_has_agency(
    table: Table,
    key: str,
    agencies: Mapping[str, Agency] | None,
    today: date,
    *,
    closed_since: date | None = None,
) -> None:
    """Report what names an agency that ends without a successor, or that is not there yet.

    ``key`` holds the code. What is closed by the day on which the agency ends needs nobody.
    """
    heirs = _heirs(table.written(key), agencies or {})
    if not heirs or agencies is None:
        return
    first, last = agencies[heirs[0]], agencies[heirs[-1]]
    if first.since and first.since > today:
        table.report(
            f"the agency '{first.code}' begins only on {first.since}; name the one that has this "
            "until then: it moves to its successor by itself",
            key,
        )
    closed = closed_since is not None and last.until is not None and closed_since <= last.until
    if last.until and not last.successor and not closed:
        table.report(
            f"the agency '{last.code}' ends on {last.until} and nobody has this afterwards; give "
            "it a successor in agencies.toml, or name another agency",
            key,
        )
