"""Shanghai's divisions: the districts of 2004, the subdistricts and committees of 2023."""

from collections import Counter
from pathlib import Path

import pytest

from yimen.catalogue.definition import City
from yimen.catalogue.loader import load_folder
from yimen.catalogue.types import AgencyKind, DivisionLevel

SHANGHAI = Path(__file__).parents[2] / "cities/shanghai"
MERGED_SINCE = {"310103", "310108", "310119"}  # Luwan, Zhabei, Nanhui


@pytest.fixture(scope="module")
def city() -> City:
    city, problems = load_folder(SHANGHAI)
    assert problems == []
    assert city is not None
    return city


def test_there_are_19_districts_234_subdistricts_and_6509_committees(city: City) -> None:
    assert Counter(division.level for division in city.divisions.values()) == {
        DivisionLevel.CITY: 1,
        DivisionLevel.DISTRICT: 19,
        DivisionLevel.SUBDISTRICT: 234,
        DivisionLevel.COMMITTEE: 6509,
    }


def test_every_division_hangs_below_the_next_level_up(city: City) -> None:
    levels = list(DivisionLevel)
    for division in city.divisions.values():
        depth = levels.index(division.level)
        if depth:
            assert city.divisions[division.parent].level is levels[depth - 1], division.code
        else:
            assert division.parent == ""


def test_codes_begin_with_the_code_of_their_district_but_for_chongming(city: City) -> None:
    for division in city.divisions.values():
        if division.level is DivisionLevel.SUBDISTRICT:
            district = division.code[:6]
            assert division.parent == ("310230" if district == "310151" else district)
        if division.level is DivisionLevel.COMMITTEE:
            assert division.parent == division.code[:9]


def test_the_districts_that_merged_have_no_subdistricts_of_their_own(city: City) -> None:
    districts = {d.code for d in city.divisions.values() if d.level is DivisionLevel.DISTRICT}
    parents = {d.parent for d in city.divisions.values() if d.level is DivisionLevel.SUBDISTRICT}
    assert districts - parents == MERGED_SINCE


def test_districts_have_names_in_both_languages(city: City) -> None:
    for division in city.divisions.values():
        if division.level in (DivisionLevel.CITY, DivisionLevel.DISTRICT):
            assert dict(division.title.by_language).keys() == {"zh", "en"}, division.code


def test_each_district_and_county_is_an_agency_of_its_own(city: City) -> None:
    of_districts = {
        agency.division
        for agency in city.agencies.values()
        if agency.kind in (AgencyKind.DISTRICT, AgencyKind.COUNTY)
    }
    assert of_districts == {
        d.code for d in city.divisions.values() if d.level is DivisionLevel.DISTRICT
    }


def test_there_are_47_commissions_offices_and_bureaus(city: City) -> None:
    kinds = (AgencyKind.COMMISSION, AgencyKind.OFFICE, AgencyKind.BUREAU)
    assert sum(agency.kind in kinds for agency in city.agencies.values()) == 47
