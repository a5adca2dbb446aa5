"""What the city knows fills in forms and decides criteria: yes, no, or not known."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from standing import (
    DAY,
    a_case,
    a_household,
    a_person,
    an_id_number,
    officer,
    pension,
    resident,
    said,
)

from yimen.base.actor import SYSTEM
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.people import actions, queries, rules
from yimen.people.models import Person
from yimen.people.types import NO_PURPOSE, PersonFacts, Row

pytestmark = pytest.mark.usefixtures("city")


def a_poor_household(person, income="600.00", members=2, **more):
    home = a_household(person)
    values = {"members": members, "monthly_income": income, "allowance_status": "none", **more}
    actions.write_records(SYSTEM, "household", [Row(home, values)], as_of=DAY, source_id="x")


def registered(person, registration="urban"):
    row = Row(person, {"registration": registration})
    actions.write_records(SYSTEM, "residence", [row], as_of=DAY, source_id="x")


def test_facts_come_with_their_source_and_what_is_not_known_is_absent() -> None:
    person = a_person().pk
    pension(person, 36)
    found = queries.facts(
        resident(person),
        person,
        ["pension.months_paid", "pension.paid_until", "housing_fund.balance", "answer.x", "no.y"],
        NO_PURPOSE,
    )
    assert found.values == {"pension.months_paid": 36}
    source = found.sources["pension.months_paid"]
    assert (source.data_set, source.as_of, source.source_id) == ("pension", DAY, "test")


def test_one_data_set_is_one_read_however_many_fields() -> None:
    person = a_person().pk
    names = ["pension.months_paid", "pension.status", "housing_fund.balance", "person.age"]
    queries.facts(officer(), person, names, a_case("housing-fund-withdrawal"))
    entries = Event.objects.filter(kind="people.record_read").order_by("id")
    read = {event.payload["data_set"]: event.payload["fields"] for event in entries}
    assert read == {
        "pension": ["months_paid", "status"],
        "housing_fund": ["balance"],
        "person": ["age"],
    }


@pytest.mark.parametrize(("day", "age"), [("2026-02-27", 21), ("2026-02-28", 22)])
def test_a_child_of_the_29th_of_february_grows_older_on_the_28th(day, age) -> None:
    with time_machine.travel(f"{day}T04:00:00Z", tick=False):
        person = a_person(number=an_id_number(7, born="20040229")).pk
        found = queries.facts(resident(person), person, ["person.age"], NO_PURPOSE)
    assert found.values["person.age"] == age


def test_the_register_says_sex_category_district_and_birth_date() -> None:
    person = a_person().pk
    names = [f"person.{key}" for key in ("sex", "category", "district", "birth_date")]
    found = queries.facts(resident(person), person, names, NO_PURPOSE)
    assert found.values == {
        "person.sex": "male",
        "person.category": "registered",
        "person.district": "310104",
        "person.birth_date": date(1970, 1, 1),
    }
    assert found.sources["person.sex"].source_id == "register"


def test_what_the_register_does_not_say_is_not_known() -> None:
    person = actions.register_person(SYSTEM, PersonFacts("无名氏")).pk
    names = [f"person.{key}" for key in ("age", "sex", "category", "district", "birth_date")]
    assert queries.facts(resident(person), person, names, NO_PURPOSE).values == {}
    assert queries.facts(SYSTEM, uuid7(), names, said("job")).values == {}


def test_somebody_is_eligible_and_the_records_that_decided_are_named(city) -> None:
    person = a_person().pk
    registered(person)
    a_poor_household(person)
    service = city.services["minimum-living-allowance"]
    found = queries.eligibility(officer(), service, person, {}, a_case())
    assert found.holds is True
    assert {s.data_set for a in found.criteria for s in a.sources} == {"household", "residence"}
    assert found.failed == ()
    assert found.unknown_names == ()


def test_a_no_is_said_with_the_sentence_and_the_date_of_the_record(city) -> None:
    person = a_person().pk
    registered(person)
    a_poor_household(person, income="99000.00")
    service = city.services["minimum-living-allowance"]
    found = queries.eligibility(resident(person), service, person, {}, NO_PURPOSE)
    assert found.holds is False
    [failed] = found.failed
    assert failed.criterion.key == "income"
    assert failed.sentence == failed.criterion.says_not
    assert [source.as_of for source in failed.sources] == [DAY]


def test_not_known_says_exactly_what_to_ask_for(city) -> None:
    person = a_person().pk
    registered(person)
    service = city.services["minimum-living-allowance"]
    found = queries.eligibility(resident(person), service, person, {}, NO_PURPOSE)
    assert found.holds is None
    assert set(found.unknown_names) == {
        "household.monthly_income",
        "household.members",
        "household.allowance_status",
    }
    unknown = next(a for a in found.criteria if a.holds is None)
    assert unknown.sentence == unknown.criterion.says


def test_answers_fill_in_what_no_record_says_and_never_overrule_one(city) -> None:
    person = a_person().pk
    registered(person)
    a_poor_household(person)
    service = city.services["minimum-living-allowance"]
    lies = {"household.monthly_income": Decimal(99000)}
    assert queries.eligibility(resident(person), service, person, lies, NO_PURPOSE).holds is True


def test_a_visitor_is_judged_by_the_answers_alone(city) -> None:
    service = city.services["minimum-living-allowance"]
    known = {
        "residence.registration": "urban",
        "household.monthly_income": Decimal(600),
        "household.members": 2,
        "household.allowance_status": "none",
    }
    visitor = resident(None, identified=False)
    assert queries.eligibility(visitor, service, None, known, NO_PURPOSE).holds is True
    known["household.members"] = None
    assert queries.eligibility(visitor, service, None, known, NO_PURPOSE).holds is None
    known["household.members"] = 0
    assert queries.eligibility(visitor, service, None, known, NO_PURPOSE).holds is None
    with pytest.raises(TypeError):
        queries.eligibility(visitor, service, None, {"household.members": [2]}, NO_PURPOSE)


def test_facts_take_few_queries(django_assert_num_queries) -> None:
    person = a_person().pk
    a_poor_household(person)
    names = ["pension.months_paid", "household.members", "person.age"]
    with django_assert_num_queries(6):  # ids, row, home, row, the way to the survivor, person
        queries.facts(resident(person), person, names, NO_PURPOSE)


def test_nobody_reads_the_facts_of_another(city) -> None:
    person = a_person().pk
    for stranger in (resident(uuid7()), officer("page.edit")):
        with pytest.raises(rules.MayNotOpen):
            queries.eligibility(
                stranger, city.services["minimum-living-allowance"], person, {}, said("curiosity")
            )
    assert Person.objects.count() == 1
