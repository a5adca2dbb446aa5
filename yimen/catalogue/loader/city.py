"""The city itself: its names, colours, roles, life events, divisions, calendar, amounts."""

import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from yimen.base.calendar import DayOff, WorkingCalendar
from yimen.base.text import Text
from yimen.catalogue.definition import (
    Division,
    LifeEvent,
    MendingGround,
    Place,
    Promises,
    RecheckTerms,
    Role,
    Standard,
)
from yimen.catalogue.loader.grammar import line_of
from yimen.catalogue.loader.mending import mending_ground, recheck_terms
from yimen.catalogue.loader.promises import read_promises
from yimen.catalogue.loader.reading import Reading, did_you_mean, listed
from yimen.catalogue.loader.rows import Row, read_rows
from yimen.catalogue.loader.table import Table, root_table, unique
from yimen.catalogue.loader.xml import XmlRefused, parsed
from yimen.catalogue.rules import contrast
from yimen.catalogue.types import RIGHTS, DivisionLevel

PAPER, WHITE = "#F7F5F0", "#FFFFFF"
MOST_HINTS = 10
ENOUGH_CONTRAST = 4.5  # WCAG 2.2 AA, text

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_ICON = re.compile(r"[a-z][a-z0-9-]{1,40}")
_RIGHT = re.compile(r"[a-z]+\.[a-z_]+")
_DIVISION = re.compile(r"[0-9A-Z][0-9A-Z-]{1,19}")
_UP = {
    DivisionLevel.CITY: None,
    DivisionLevel.DISTRICT: DivisionLevel.CITY,
    DivisionLevel.SUBDISTRICT: DivisionLevel.DISTRICT,
    DivisionLevel.COMMITTEE: DivisionLevel.SUBDISTRICT,
}
T = TypeVar("T")


@dataclass(frozen=True)
class Basics:
    """What `city.toml` says."""

    code: str
    title: Text
    languages: tuple[str, ...]
    time_zone: str
    currency: str
    colours: Mapping[str, str]
    emblem: str
    roles: Mapping[str, Role]
    life_events: Mapping[str, LifeEvent]
    place: Place
    mending: Mapping[str, MendingGround] = field(default_factory=dict)
    recheck: RecheckTerms | None = None
    promises: Promises = field(default_factory=Promises)


NO_BASICS = Basics("", Text(), (), "UTC", "", {}, "", {}, {}, Place("", 1))


def read_basics(reading: Reading) -> Basics | None:
    """Return what `city.toml` says, and tell the reading the city's languages."""
    root = root_table(reading, "city.toml")
    if root is None:
        return None
    languages = _languages(root)
    reading.languages = languages
    roles = _by_key(root, "roles", _role)
    basics = Basics(
        code=root.code("code"),
        title=root.text("title"),
        languages=languages,
        time_zone=_time_zone(root),
        currency=root.string(
            "currency", pattern=re.compile("[A-Z]{3}"), wanted="three capitals, such as 'CNY'"
        ),
        colours=_colours(root),
        emblem=_emblem(root),
        roles=roles,
        life_events=_by_key(root, "life_events", _life_event),
        place=root.place(),
        mending=_by_key(root, "mending", mending_ground, needed=False),
        recheck=recheck_terms(root, roles),
        promises=read_promises(root),
    )
    root.end()
    return basics


def _languages(root: Table) -> tuple[str, ...]:
    languages = root.strings("languages")
    for index, language in enumerate(languages):
        if not _LANGUAGE.fullmatch(language):
            root.report(
                f"'{language}' is not a language; write two small letters, such as 'zh'",
                "languages",
                index,
            )
    return languages


def _time_zone(root: Table) -> str:
    name = root.string("time_zone", wanted="a time zone, such as 'Asia/Shanghai'")
    known = zoneinfo.available_timezones()
    if name and name not in known:
        root.report(f"time zone '{name}' does not exist{did_you_mean(name, known)}", "time_zone")
    return name


def _colours(root: Table) -> dict[str, str]:
    table = root.table("colours", 'a table, such as { accent = "#A8321F", action = "#0B6B50" }',
                       required=True)  # fmt: skip
    if table is None:
        return {}
    colours = {}
    for key in ("accent", "action"):
        colour = table.string(key, pattern=_COLOUR, wanted="a colour, such as '#A8321F'")
        if colour:
            colours[key] = colour
            _check_contrast(table, key, colour)
    table.end()
    return colours


def _check_contrast(table: Table, key: str, colour: str) -> None:
    """Report a colour in which text, or white text on it, cannot be read (WCAG 2.2, 1.4.3)."""
    for name, background in (("white", WHITE), ("paper", PAPER)):
        ratio = contrast(colour, background)
        if ratio < ENOUGH_CONTRAST:
            table.report(
                f"the colour '{key}' {colour} has a contrast of {ratio:.1f} on {name} "
                f"({background}); text needs {ENOUGH_CONTRAST}, choose a darker one",
                key,
            )
            return


def _emblem(root: Table) -> str:
    name = root.string("emblem", "", wanted="the name of an SVG file of this folder")
    if not name:
        return ""
    reading = root.reading
    if name not in reading.files or not name.endswith(".svg") or "/" in name:
        beside = [path for path in reading.files if path.endswith(".svg")]
        root.report(
            f"the emblem '{name}' is not an SVG file beside city.toml{did_you_mean(name, beside)}",
            "emblem",
        )
        return name
    text = reading.text(name)
    if text is not None:
        _check_emblem(reading, name, text)
    return name


def _check_emblem(reading: Reading, name: str, text: str) -> None:
    """Report what could run or load something: an emblem is shown on every page."""
    try:
        root = parsed(text)
    except XmlRefused as refused:
        reading.report(name, refused.line, refused.sentence)
        return
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        reading.report(name, 1, "is not an SVG drawing")
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2]
        if tag in ("script", "foreignObject", "image", "style", "a", "animate", "set", "use"):
            reading.report(name, line_of(element), f"<{tag}> may not stand in an emblem; draw it")
        for attribute in element.attrib:
            local = str(attribute).rpartition("}")[2]
            if local.startswith("on") or local == "href":
                reading.report(name, line_of(element), f"'{local}' may not stand in an emblem")


def _by_key(
    root: Table, name: str, read: Callable[[Table], T], *, needed: bool = True
) -> dict[str, T]:
    """Return the tables of an array by their key."""
    tables = root.tables(name)
    found: dict[str, T] = {}
    for table in tables:
        found[table.code("key")] = read(table)
        table.end()
    if needed and not tables:
        root.report(f"no [[{name}]] is declared; add at least one")
    unique(tables, "key")
    return found


def _role(table: Table) -> Role:
    rights = table.strings("rights", ())
    for index, right in enumerate(rights):
        hint = did_you_mean(right, RIGHTS) if right not in RIGHTS else ""
        if not _RIGHT.fullmatch(right):
            table.report(
                f"'{right}' is not a right; rights are written as 'case.read'{hint}",
                "rights",
                index,
            )
        elif right.startswith("case.") and right not in RIGHTS:
            table.report(f"right '{right}' does not exist{hint}", "rights", index)
    return Role(table.written("key"), table.text("title"), frozenset(rights), table.place())


def _life_event(table: Table) -> LifeEvent:
    icon = table.string("icon", pattern=_ICON, wanted="the name of a Lucide icon, as 'hand-heart'")
    return LifeEvent(table.written("key"), table.text("title"), icon, table.place())


def read_divisions(reading: Reading) -> dict[str, Division] | None:
    """Return the divisions by code; each must hang below one of the next level up.

    None while the city's languages, and so the columns, are not known.
    """
    if not reading.languages:
        return None
    if "divisions.csv" not in reading.files:
        return {}
    found: dict[str, Division] = {}
    rows = read_rows(reading, "divisions.csv", ("code", "level", "parent", *reading.languages))
    for row in rows:
        division = _division(reading, row)
        if division is None:
            continue
        first = found.get(division.code)
        if first is not None:
            row.report(
                f"code '{division.code}' is declared twice, first in line {first.place.line}"
            )
        else:
            found[division.code] = division
    for division in found.values():
        _check_above(reading, division, found)
    return found


def _division(reading: Reading, row: Row) -> Division | None:
    code, level, parent = row["code"], row["level"], row["parent"]
    if not _DIVISION.fullmatch(code):
        row.report(f"code '{code}' is not a division's code; write digits, such as 310101")
        return None
    if level not in list(DivisionLevel):
        row.report(
            f"level '{level}' must be one of {listed(DivisionLevel)}"
            f"{did_you_mean(level, DivisionLevel)}"
        )
        return None
    names = tuple((language, row[language]) for language in reading.languages if row[language])
    if reading.languages and not row[reading.languages[0]]:
        row.report(f"the name in the language '{reading.languages[0]}' is missing")
    return Division(code, Text(names), DivisionLevel(level), parent, row.place)


def _check_above(reading: Reading, division: Division, found: Mapping[str, Division]) -> None:
    wanted = _UP[division.level]
    above = found.get(division.parent)
    if wanted is None and division.parent:
        problem = f"a city has no parent, but '{division.parent}' is given; leave it empty"
    elif wanted is not None and above is None:
        # Finding what was meant among thousands takes long: enough for the first mistakes.
        near = found if len(reading.problems) < MOST_HINTS else ()
        problem = f"parent '{division.parent}' is not declared{did_you_mean(division.parent, near)}"
    elif wanted is not None and above is not None and above.level is not wanted:
        problem = (
            f"parent '{division.parent}' is a {above.level}; a {division.level} needs a {wanted}"
        )
    else:
        return
    reading.report("divisions.csv", division.place.line, problem)


def read_calendar(reading: Reading) -> WorkingCalendar:
    """Return the working calendar: the week, and the days that differ from it."""
    days: dict[date, DayOff] = {}
    if reading.languages and "calendar.csv" in reading.files:
        for row in read_rows(reading, "calendar.csv", ("date", "kind", *reading.languages)):
            day = _day_off(reading, row)
            if day is not None and day.day in days:
                row.report(f"{day.day} is declared twice; remove one")
            elif day is not None:
                days[day.day] = day
    return WorkingCalendar(days)


def _day_off(reading: Reading, row: Row) -> DayOff | None:
    try:
        day = date.fromisoformat(row["date"])
    except ValueError:
        row.report(f"'{row['date']}' is not a date; write it as 2004-10-01")
        return None
    if row["kind"] not in ("holiday", "workday"):
        row.report(f"kind '{row['kind']}' must be 'holiday' or 'workday'")
        return None
    for language in reading.languages:
        if not row[language]:
            row.report(f"the day has no name in '{language}'; write it in that column")
    names = Text(tuple((language, row[language]) for language in reading.languages))
    return DayOff(day, row["kind"] == "workday", names)


def read_standards(reading: Reading) -> dict[str, tuple[Standard, ...]]:
    """Return the city's amounts by key, oldest first."""
    root = root_table(reading, "standards.toml") if "standards.toml" in reading.files else None
    if root is None:
        return {}
    found: dict[str, list[Standard]] = {}
    for table in root.tables("standards"):
        standard = Standard(
            key=table.word("key"),
            title=table.text("title"),
            amount=table.amount("amount"),
            unit=table.string("unit", wanted="a unit, such as 'CNY/month'"),
            since=table.day("since", required=True) or date.min,
            place=table.place(),
            source=table.string("source", ""),
        )
        table.end()
        same = found.setdefault(standard.key, [])
        if any(other.since == standard.since for other in same):
            table.report(f"'{standard.key}' is declared twice from {standard.since}", "since")
        if any(other.unit != standard.unit for other in same):
            table.report(f"'{standard.key}' has another unit, '{same[0].unit}', above", "unit")
        same.append(standard)
    root.end()
    return {key: tuple(sorted(all_, key=lambda s: s.since)) for key, all_ in found.items()}
