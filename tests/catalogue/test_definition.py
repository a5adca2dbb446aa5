"""What declarations can be asked."""

from datetime import date
from decimal import Decimal

import pytest
from tiny_city import Town

from yimen.catalogue.definition import USUAL_WATCH, Limit
from yimen.catalogue.rules import contrast, in_calendar_days, is_longer
from yimen.catalogue.types import DayUnit, MendingKind


def test_things_are_found_by_their_key(town: Town) -> None:
    city = town.city()
    service, household = city.services["rent-help"], city.data_sets["household"]
    assert service.field_by_key("rent") is service.fields[1]
    assert service.field_by_key("rnt") is None
    assert service.material_by_key("lease") is service.materials[0]
    assert service.material_by_key("rent") is None
    assert household.field_by_key("income") is household.fields[1]
    assert household.field_by_key("x") is None
    assert str(service.place) == f"{town.folder}/services/rent-help/service.toml:1"
    line = town.line("services/rent-help/service.toml", 'key = "rent"') - 1
    assert service.fields[1].place.line == line


def test_an_amount_is_that_of_the_day(town: Town) -> None:
    city = town.city()
    assert city.standard_on("rent_help", date(2003, 12, 31)) is None
    assert city.standard_on("rent_help", date(2004, 1, 1)) == Decimal("300.00")
    assert city.standard_on("rent_help", date(2030, 1, 1)) == Decimal("320.00")
    assert city.standard_on("nothing", date(2030, 1, 1)) is None


def test_a_criterion_names_the_amounts_it_compares_with(town: Town) -> None:
    city = town.city()
    income, rented = city.services["rent-help"].criteria
    (standard,) = city.standards_of(income, date(2030, 1, 1))
    assert (standard.key, standard.amount) == ("rent_help", Decimal("320.00"))
    assert city.standards_of(income, date(2003, 12, 31)) == ()
    assert city.standards_of(rented, date(2030, 1, 1)) == ()


def test_limits_of_both_units_are_compared_by_weeks() -> None:
    def working(days: int) -> Limit:
        return Limit(days, DayUnit.WORKING)

    def calendar(days: int) -> Limit:
        return Limit(days, DayUnit.CALENDAR)

    assert in_calendar_days(working(20)) == (28, 28)
    assert is_longer(calendar(29), working(20))
    assert not is_longer(calendar(28), working(20))
    assert is_longer(working(6), calendar(8))
    assert not is_longer(working(6), working(6))


def test_a_promise_in_other_units_than_months_is_kept_whenever_it_begins() -> None:
    def months(number: int) -> Limit:
        return Limit(number, DayUnit.MONTHS)

    assert in_calendar_days(months(6)) == (181, 184)
    assert in_calendar_days(months(1)) == (28, 31)
    assert not is_longer(Limit(28, DayUnit.CALENDAR), months(1))
    assert is_longer(Limit(29, DayUnit.CALENDAR), months(1))
    assert is_longer(months(1), Limit(30, DayUnit.CALENDAR))
    assert not is_longer(months(1), Limit(23, DayUnit.WORKING))
    assert not is_longer(months(2), months(2))
    assert is_longer(months(3), months(2))


def test_contrast_is_that_of_the_guidelines() -> None:
    assert round(contrast("#000000", "#FFFFFF"), 1) == 21.0
    assert round(contrast("#A8321F", "#FFFFFF"), 1) == 6.7
    assert round(contrast("#0B6B50", "#F7F5F0"), 1) == 6.0
    assert contrast("#777777", "#777777") == 1.0


RECHECK = """
[recheck]
role = "head"
within = { calendar_days = 30 }
answer = { working_days = 5 }
"""
HEAD = """
[[roles]]
key = "head"
title = { zh = "负责人", en = "Head" }
rights = ["case.read", "case.claim", "case.mend"]
"""


def test_a_city_says_who_looks_again_at_what_solves_nothing(town: Town) -> None:
    assert town.city().recheck is None
    before = town.read("city.toml")
    town.write("city.toml", before + HEAD + RECHECK)
    terms = town.city().recheck
    assert terms is not None and terms.role == "head"
    assert (terms.within.days, terms.answer.unit) == (30, "working_days")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (RECHECK.replace('"head"', '"haed"'), "role 'haed' is not declared; did you mean 'head'?"),
        (RECHECK.replace('"head"', '"clerk"'), "needs the rights 'case.claim', 'case.mend'"),
        (RECHECK.replace("within = { calendar_days = 30 }\n", ""), "'within' is missing"),
        (RECHECK + "more = 1\n", "unknown key 'more'"),
    ],
)
def test_who_looks_again_must_be_able_to(town: Town, written: str, sentence: str) -> None:
    town.write("city.toml", town.read("city.toml") + HEAD + written)
    assert sentence in " ".join(town.problems())


def test_a_remedy_may_name_the_service_by_which_one_asks_for_it(town: Town) -> None:
    town.edit(
        "services/rent-help/service.toml", "[[remedies]]", '[[remedies]]\nservice = "rent-hlp"'
    )
    assert "service 'rent-hlp' is not declared; did you mean 'rent-help'?" in " ".join(
        town.problems()
    )


def test_a_service_that_contests_decisions_needs_somebody_who_looks_again(town: Town) -> None:
    asked = (
        '[[fields]]\nkey = "contested"\nkind = "case"\nlabel = { zh = "编号", en = "Number" }\n\n'
    )
    town.edit("services/rent-help/service.toml", "[[remedies]]", asked + "[[remedies]]")
    assert "needs [recheck] in city.toml" in " ".join(town.problems())
    town.write("city.toml", town.read("city.toml") + HEAD + RECHECK)
    assert not [found for found in town.problems() if "[recheck]" in found]


def test_a_city_says_on_what_grounds_its_agencies_mend_what_they_decided(town: Town) -> None:
    city = town.city()
    (deceit,) = city.mending_grounds(MendingKind.REVOKE)
    assert (deceit.key, deceit.says["en"]) == ("deceit", "Obtained by deceit")
    assert deceit.source == "Decree 3" and city.mending["slip"].source == ""
    town.write("city.toml", town.read("city.toml").replace("[[mending]]", "[[mended]]"))
    assert "unknown key 'mended'" in " ".join(town.problems())


def test_a_city_says_what_it_does_when_it_is_late(town: Town) -> None:
    promises = town.city().promises
    assert (promises.more_days, promises.complain["en"]) == (4, "You can complain")
    assert [(delay.key, delay.says["en"]) for delay in promises.delays.values()] == [
        ("many", "Many have applied"),
        ("flood", "A flood"),
    ]


def test_a_city_that_says_nothing_about_being_late_does_what_is_usual(town: Town) -> None:
    text = town.read("city.toml")
    start, end = text.index("[late]"), text.index("[[watch]]")
    promises = town.write("city.toml", text[:start] + text[end:]).city().promises
    assert (promises.more_days, bool(promises.complain), promises.delays) == (5, False, {})


def test_a_city_says_on_whose_desk_a_promise_is_watched_and_from_when_on(town: Town) -> None:
    assert [(s.who, s.of, s.days) for s in town.city().promises.watch] == [
        ("officer", "promised", -2),
        ("supervisor", "statutory", 1),
    ]
    text = town.read("city.toml")
    start, end = text.index("[[watch]]"), text.index("[[life_events]]")
    promises = town.write("city.toml", text[:start] + text[end:]).city().promises
    assert promises.watch == USUAL_WATCH
