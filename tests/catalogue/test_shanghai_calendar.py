"""Shanghai's calendar says of every day what the State Council's notices say."""

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from yimen.catalogue.definition import City
from yimen.catalogue.loader import load_folder

SHANGHAI = Path(__file__).parents[2] / "cities/shanghai"
YEARS = range(2004, 2027)


@pytest.fixture(scope="module")
def city() -> City:
    city, problems = load_folder(SHANGHAI)
    assert problems == []
    assert city is not None
    return city


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_worked_or_not_as_chinesecalendar_says(city: City, year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    differing = [
        day for day in days if city.calendar.is_working(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == []


def test_a_holiday_and_a_make_up_day_carry_their_name(city: City) -> None:
    eve_of_work, festival = date(2004, 1, 17), date(2004, 1, 22)
    assert city.calendar.exceptions[festival].name["en"] == "Spring Festival"
    assert not city.calendar.exceptions[festival].works
    assert city.calendar.exceptions[eve_of_work].name["zh-hans"] == "春节"
    assert city.calendar.exceptions[eve_of_work].works


def test_only_the_years_that_are_announced_are_listed(city: City) -> None:
    assert {day.year for day in city.calendar.exceptions} == set(YEARS)
