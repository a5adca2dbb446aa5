"""Agencies that begin and end: what `city check` refuses, and who acts on which day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from tiny_city import SERVICE_FILE, Town

from yimen.base.actor import SYSTEM
from yimen.base.text import Text
from yimen.catalogue import queries
from yimen.catalogue.actions import apply_city
from yimen.catalogue.definition import Agency, Place
from yimen.catalogue.queries import acting, current_city, service_version, services_of_agency
from yimen.catalogue.rules import (
    acting_agency,
    acting_since,
    agencies_called,
    days_without_change,
    done_before_by,
    has_ended,
    is_there,
    moved_city,
)
from yimen.catalogue.types import AgencyKind

BUREAU, HALL, NORTH = 'kind = "bureau"', 'kind = "government"', 'kind = "neighbourhood"'
REFORM = date(2027, 1, 1)
HOMES = """
[[agencies]]
code = "homes"
kind = "bureau"
parent = "town-hall"
title = { zh = "住建局", en = "Homes" }
from = 2027-01-01
"""


def with_days(town: Town, kind: str, days: str) -> Town:
    """Give the agency of a kind these days."""
    return town.edit("agencies.toml", kind, f"{kind}\n{days}")


def with_reform(town: Town) -> Town:
    """Let the bureau of homes take over from the bureau of housing."""
    with_days(town, BUREAU, 'until = 2027-01-01\nsuccessor = "homes"')
    return town.write("agencies.toml", town.read("agencies.toml") + HOMES)


def at(day: date) -> time_machine.travel:
    """Stop the clock at one o'clock of a day in the city."""
    moment = datetime(day.year, day.month, day.day, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    return time_machine.travel(moment, tick=False)


def told(town: Town) -> str:
    (problem,) = town.problems()
    return problem


def test_a_reform_that_is_declared_well_has_no_problem(town: Town) -> None:
    assert with_reform(town).problems() == []


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ("until = 2027-01-01", "the agency 'housing' ends on 2027-01-01 and nobody has this"),
        ("from = 2999-01-01", "the agency 'housing' begins only on 2999-01-01; name the one"),
    ],
)
def test_a_service_needs_an_agency_on_every_day(town: Town, days: str, sentence: str) -> None:
    with_days(town, BUREAU, days)
    line = town.line(SERVICE_FILE, "agency =")
    assert told(town).startswith(f"{SERVICE_FILE}:{line}: {sentence}")


def test_a_service_that_is_closed_by_then_needs_nobody_afterwards(town: Town) -> None:
    with_days(town, BUREAU, "until = 2027-01-01")
    town.edit(SERVICE_FILE, "version = 1", "version = 1\nclosed_since = 2027-01-01")
    assert town.problems() == []
    town.edit(SERVICE_FILE, "2027-01-01", "2027-01-02")
    assert "nobody has this afterwards" in told(town)


def test_a_chain_of_successors_must_end_with_one_that_stays(town: Town) -> None:
    with_reform(town).edit("agencies.toml", "from = 2027-01-01", "until = 2030-01-01")
    assert "the agency 'homes' ends on 2030-01-01 and nobody has this afterwards" in told(town)


def test_lanes_of_a_process_need_an_agency_too(town: Town) -> None:
    town.edit("processes/review.bpmn", "lead: officer", "partner: officer")
    town.edit(SERVICE_FILE, "version = 1", 'version = 1\nbindings = { partner = "north-office" }')
    assert town.problems() == []
    with_days(town, NORTH, "until = 2027-01-01")
    line = town.line(SERVICE_FILE, "bindings =")
    assert told(town).startswith(f"{SERVICE_FILE}:{line}: the agency 'north-office' ends")


def test_a_data_set_needs_an_owner_on_every_day(town: Town) -> None:
    with_days(town, HALL, "until = 2027-01-01")
    problems = town.problems()
    assert {problem.split(":")[0] for problem in problems} == {
        "datasets/household.toml",
        "datasets/firm.toml",
    }
    assert all("the agency 'town-hall' ends on 2027-01-01" in problem for problem in problems)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ("until = 2027-01-01", "the successor 'homes' has ended by then, on 2027-01-01"),
        ("from = 2027-01-02", "the successor 'homes' begins only on 2027-01-02; nobody would"),
        ('until = 2027-01-02\nsuccessor = "housing"', "'homes' comes after itself by way of"),
    ],
)
def test_a_successor_must_be_there_on_the_day(town: Town, days: str, sentence: str) -> None:
    with_reform(town).edit("agencies.toml", "from = 2027-01-01", days)
    assert any(sentence in problem for problem in town.problems()), town.problems()


def an_agency(code: str, title: str = "", **days: date) -> Agency:
    heir = {"a": "b", "b": "c"}.get(code, "") if "until" in days else ""
    title_ = Text.of({"en": title or code})
    return Agency(code, title_, AgencyKind.BUREAU, Place("x", 1), successor=heir, **days)


CHAIN = {
    agency.code: agency
    for agency in (
        an_agency("a", "Harbour Office", until=date(2005, 1, 1)),
        an_agency("b", "River Office", since=date(2005, 1, 1), until=date(2008, 1, 1)),
        an_agency("c", "Water Bureau", since=date(2008, 1, 1)),
        an_agency("d", "Lamp Office", until=date(2005, 1, 1)),
    )
}


@pytest.mark.parametrize(
    ("day", "acts"),
    [
        (date(2004, 12, 31), "a"), (date(2005, 1, 1), "b"), (date(2007, 12, 31), "b"),
        (date(2008, 1, 1), "c"),
    ],
)  # fmt: skip
def test_the_agency_that_acts_is_the_last_successor_by_that_day(day: date, acts: str) -> None:
    assert acting_agency(CHAIN, "a", day) == acts
    assert is_there(CHAIN[acts], day)


def test_who_ended_without_a_successor_is_followed_by_nobody() -> None:
    assert acting_agency(CHAIN, "d", date(2010, 1, 1)) == "d"
    assert has_ended(CHAIN["d"], date(2005, 1, 1))
    assert acting_agency(CHAIN, "unknown", date(2010, 1, 1)) == "unknown"
    assert acting_agency({}, "a", date(2010, 1, 1)) == "a"


def test_it_is_known_since_when_another_acts() -> None:
    assert acting_since(CHAIN, "a", date(2004, 12, 31)) is None
    assert acting_since(CHAIN, "a", date(2005, 1, 1)) == date(2005, 1, 1)
    assert acting_since(CHAIN, "a", date(2026, 1, 1)) == date(2008, 1, 1)
    assert acting_since(CHAIN, "d", date(2026, 1, 1)) is None


def test_an_agency_is_not_there_before_it_begins() -> None:
    assert not is_there(CHAIN["c"], date(2007, 12, 31))
    assert is_there(CHAIN["d"], date(1990, 1, 1))


def test_an_agency_knows_whose_work_it_has() -> None:
    assert [a.code for a in done_before_by(CHAIN, "c", date(2008, 1, 1))] == ["b", "a"]
    assert [a.code for a in done_before_by(CHAIN, "b", date(2007, 1, 1))] == ["a"]
    assert done_before_by(CHAIN, "b", date(2008, 1, 1)) == ()


def test_days_without_a_change_lie_between_two_turns() -> None:
    turns = date(2005, 1, 1), date(2008, 1, 1)
    assert days_without_change(CHAIN, date(2004, 1, 1)) == (date.min, turns[0])
    assert days_without_change(CHAIN, turns[0]) == turns
    assert days_without_change(CHAIN, date(2026, 1, 1)) == (turns[1], date.max)


def test_an_agency_is_found_by_its_name_and_by_those_before_it() -> None:
    def found(words: str, day: date = date(2026, 1, 1)) -> list[str]:
        return [agency.code for agency in agencies_called(CHAIN, words, "en", day)]

    assert found("the water bureau") == found("harbour offices") == found("river") == ["c"]
    assert found("harbour office", date(2004, 1, 1)) == ["a"]
    assert found("lamp") == found("harbour bureau") == found("the") == []


def test_a_city_without_a_reform_stays_as_it_is(town: Town) -> None:
    city = town.city()
    assert moved_city(city, REFORM) is city


def test_services_and_data_sets_that_name_others_stay_the_same_objects(town: Town) -> None:
    city = with_reform(town).city()
    moved = moved_city(city, REFORM)
    assert moved.services["rent-help"].agency == "homes"
    assert moved.data_sets == city.data_sets
    assert moved_city(city, date(2026, 12, 31)) is city


@pytest.mark.django_db
@pytest.mark.usefixtures("forgotten")
def test_what_is_held_moves_on_the_day_without_being_applied_again(town: Town) -> None:
    with at(date(2026, 12, 31)):
        apply_city(with_reform(town).folder, SYSTEM, force=True)
        assert current_city().services["rent-help"].agency == "housing"
        assert service_version("rent-help", 1).agency == acting("housing") == "housing"
        asked, release = queries._held.asked_at, queries._held.release
    with at(REFORM):
        assert current_city().services["rent-help"].agency == "homes"
        assert service_version("rent-help", 1).agency == acting("housing") == "homes"
        assert [s.code for s in services_of_agency("homes")] == ["rent-help"]
        assert services_of_agency("housing") == ()
        assert current_city().agencies["housing"].title["en"] == "Housing"
        assert queries._held.release == release
        assert queries._held.asked_at >= asked
    with at(date(2026, 12, 31)):
        assert current_city().services["rent-help"].agency == "housing"


@pytest.mark.django_db
@pytest.mark.usefixtures("forgotten")
def test_nothing_is_left_to_apply_after_the_day(town: Town) -> None:
    with at(date(2026, 12, 31)):
        apply_city(with_reform(town).folder, SYSTEM, force=True)
    with at(REFORM):
        assert queries.plan_city(town.folder).is_empty
