"""Records are written as declared, opened for a purpose, and shown to whom they are about."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from standing import (
    DAY,
    a_case,
    a_household,
    a_person,
    an_organisation,
    officer,
    pension,
    resident,
    said,
)

from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.people import actions, queries, rules
from yimen.people.types import NO_PURPOSE, Row

pytestmark = pytest.mark.usefixtures("city")
PAID = ["months_paid"]


def entries() -> list[Event]:
    return list(Event.objects.filter(kind="people.record_read").order_by("id"))


def test_a_batch_is_one_event_that_holds_no_value() -> None:
    rows = [Row(a_person(n).pk, {"status": "paying", "months_paid": n * 12}) for n in (1, 2)]
    before = Event.objects.count()
    written = actions.write_records(SYSTEM, "pension", rows, as_of=DAY, source_id="file-1")
    assert written == 2
    assert Event.objects.count() == before + 1
    event = Event.objects.order_by("id").last()
    assert (event.payload["rows"], event.payload["source_id"]) == (2, "file-1")
    assert queries.subjects_from(SYSTEM, "pension", "file-1") == {row.subject_id for row in rows}
    assert queries.subjects_from(SYSTEM, "pension", "file-2") == frozenset()


def test_equal_batches_have_equal_hashes_and_others_have_not() -> None:
    person = a_person().pk
    for months in (12, 12, 13):
        pension(person, months)
    first, second, third = (
        event.payload["content_hash"]
        for event in Event.objects.filter(kind="people.records_written").order_by("id")
    )
    assert first == second != third


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"status": "paying", "months_paid": "many"}, "months_paid", "not_a_number"),
        ({"status": "paying", "months_paid": 721}, "months_paid", "too_large"),
        ({"status": "flying"}, "status", "not_an_option"),
        ({}, "status", "required"),
        ({"status": "paying", "salary": 1}, "salary", "unknown_field"),
        ({"status": "paying", "enrolled_on": "2004-02-30"}, "enrolled_on", "not_a_date"),
        ({"status": "paying", "contribution_base": "1.005"}, "contribution_base", "too_precise"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_the_whole_batch(values, field, code) -> None:
    good = Row(a_person(1).pk, {"status": "paying"})
    bad = Row(a_person(2).pk, values)
    with pytest.raises(rules.BadRows) as refusal:
        actions.write_records(SYSTEM, "pension", [good, bad], as_of=DAY, source_id="x")
    [problem] = refusal.value.problems
    assert (problem.row, problem.field, problem.code) == (1, field, code)
    assert queries.subjects_from(SYSTEM, "pension", "x") == frozenset()


def test_a_row_of_nobody_is_refused() -> None:
    with pytest.raises(rules.BadRows) as refusal:
        pension(uuid7(), 1)
    assert refusal.value.problems[0].code == "unknown_subject"
    with pytest.raises(rules.BadRows):
        row = Row(uuid7(), {"members": 2})
        actions.write_records(SYSTEM, "household", [row], as_of=DAY, source_id="x")


def test_only_the_owner_writes() -> None:
    row = Row(a_person().pk, {"status": "paying"})
    with pytest.raises(rules.NotAllowed):
        actions.write_records(officer("record.write"), "pension", [row], as_of=DAY, source_id="x")
    owner = officer("record.write", agency="labour-social-security")
    assert actions.write_records(owner, "pension", [row], as_of=DAY, source_id="x") == 1


def test_the_newest_row_counts() -> None:
    person = a_person().pk
    pension(person, 12, date(2026, 5, 1))
    pension(person, 11, date(2026, 4, 1))
    pension(person, 13, date(2026, 5, 1))
    record = queries.open_record(resident(person), person, "pension", PAID, NO_PURPOSE)
    assert (record.values["months_paid"], record.as_of) == (13, date(2026, 5, 1))
    assert record.source.source_id == "test"


def test_values_come_back_in_their_kinds() -> None:
    person = a_person().pk
    pension(person, 12, contribution_base="7384.00", enrolled_on="1994年7月1日")
    record = queries.open_record(
        resident(person),
        person,
        "pension",
        ["contribution_base", "enrolled_on", "status"],
        NO_PURPOSE,
    )
    assert record.values == {
        "contribution_base": Decimal("7384.00"),
        "enrolled_on": date(1994, 7, 1),
        "status": "paying",
    }


def test_reading_ones_own_record_leaves_no_entry() -> None:
    person = a_person().pk
    pension(person, 12)
    queries.open_record(resident(person), person, "pension", PAID, NO_PURPOSE)
    assert entries() == []
    assert queries.readings_of(resident(person)) == ()


def test_every_read_by_another_is_an_entry_that_the_person_sees(city) -> None:
    person = a_person().pk
    pension(person, 347)
    reader = officer(agency="civil-affairs")
    queries.open_record(reader, person, "pension", ["status", "months_paid"], a_case())
    [entry] = entries()
    assert entry.person_id == person
    assert entry.payload["fields"] == ["months_paid", "status"]
    assert "347" not in str(entry.payload)
    [reading] = queries.readings_of(resident(person))
    assert (reading.agency, reading.purpose) == ("civil-affairs", "261123-ABCD-EFGH")
    assert (reading.purpose_kind, reading.service_code) == ("case", "minimum-living-allowance")
    assert (reading.data_set, reading.fields) == ("pension", ("months_paid", "status"))


def test_looking_is_an_entry_even_when_nothing_is_there() -> None:
    person = a_person().pk
    assert queries.open_record(officer(), person, "pension", PAID, a_case()) is None
    assert len(entries()) == 1


def test_the_systems_reads_are_entries_too() -> None:
    person = a_person().pk
    queries.open_record(SYSTEM, person, "pension", PAID, said("instant decision"))
    [reading] = queries.readings_of(resident(person))
    assert (reading.agency, reading.office_number) == ("", "")


@pytest.mark.parametrize("stranger", [ANONYMOUS, resident(uuid7()), officer("page.edit")])
def test_another_person_another_office_and_a_visitor_get_nothing(stranger) -> None:
    person = a_person().pk
    pension(person, 12)
    with pytest.raises(rules.MayNotOpen):
        queries.open_record(stranger, person, "pension", PAID, said("curiosity"))
    with pytest.raises(rules.MayNotOpen):
        queries.facts(stranger, person, ["person.age"], said("curiosity"))
    assert entries() == []
    assert queries.readings_of(stranger) == ()


def test_a_provisional_session_never_reads_the_person_it_was_claimed_for() -> None:
    person = a_person().pk
    pension(person, 12)
    draft = actions.make_provisional_person(ANONYMOUS)
    actions.claim_provisional(SYSTEM, draft, person)
    left_open = resident(draft, identified=False)
    for asked in (person, draft):
        with pytest.raises(rules.MayNotOpen):
            queries.open_record(left_open, asked, "pension", PAID, NO_PURPOSE)
    assert queries.own_ids(left_open) == (draft,)


def test_a_provisional_session_reads_nothing_of_the_register_after_it_was_claimed() -> None:
    person = a_person().pk
    draft = actions.make_provisional_person(ANONYMOUS)
    actions.claim_provisional(SYSTEM, draft, person)
    visitor = Actor(ActorKind.ANONYMOUS, Channel.PORTAL, person_id=draft)
    names = ["person.number", "person.address", "person.name"]
    for left_open in (resident(draft, identified=False), visitor):
        found = queries.person(left_open, draft, NO_PURPOSE)
        assert (found.pk, found.number, found.address) == (draft, "", "")
        assert queries.facts(left_open, draft, names, NO_PURPOSE).values == {}
        with pytest.raises(rules.MayNotOpen):
            queries.person(left_open, person, NO_PURPOSE)


@pytest.mark.parametrize("reader", [officer(), SYSTEM])
def test_the_city_finds_the_records_of_who_stands_behind_a_claimed_application(
    reader: Actor,
) -> None:
    person, twin = a_person().pk, a_person(2).pk
    actions.merge(SYSTEM, twin, person, "registered twice")
    pension(twin, 12)
    draft = actions.make_provisional_person(ANONYMOUS)
    actions.claim_provisional(SYSTEM, draft, person)
    found = queries.facts(reader, draft, ["pension.months_paid", "person.address"], a_case())
    assert found.values == {"pension.months_paid": 12, "person.address": "徐汇区示例路1号"}
    record = queries.open_record(reader, draft, "pension", PAID, a_case())
    assert record.values == {"months_paid": 12}
    assert queries.person(reader, draft, a_case()).pk == person
    assert len(queries.readings_of(resident(person))) == len(entries()) == 4


def test_a_conditional_data_set_opens_to_an_application_that_needs_it_only() -> None:
    person = a_person().pk
    for purpose in (said("curiosity"), a_case("passport-application")):
        with pytest.raises(rules.MayNotOpen):
            queries.open_record(officer(), person, "pension", PAID, purpose)
    assert entries() == []
    queries.open_record(officer(), person, "pension", PAID, a_case())
    owner = officer(agency="labour-social-security")
    queries.open_record(owner, person, "pension", PAID, said("audit of contributions"))
    assert len(entries()) == 2


def test_a_reading_is_credited_to_the_agency_that_handles_the_application() -> None:
    person = a_person().pk
    both = officer(agency="police")
    both = replace(both, posts=(*both.posts, *officer(agency="civil-affairs").posts))
    queries.open_record(both, person, "pension", PAID, a_case(agency="civil-affairs"))
    queries.facts(both, person, ["person.age"], a_case(agency="civil-affairs"))
    queries.facts(both, person, ["person.age"], a_case())
    credited = [entry.payload["agency"] for entry in entries()]
    assert credited == ["civil-affairs", "civil-affairs", "police"]


def test_a_closed_data_set_opens_to_its_owner_only() -> None:
    person = a_person().pk
    with pytest.raises(rules.MayNotOpen):
        queries.open_record(officer(), person, "family_planning", ["children"], a_case())
    owner = officer(agency="family-planning")
    assert queries.open_record(owner, person, "family_planning", ["children"], a_case()) is None


def test_an_unknown_data_set_or_field_is_named() -> None:
    person = a_person().pk
    with pytest.raises(rules.UnknownDataSet) as unknown:
        queries.open_record(officer(), person, "horoscope", ["sign"], a_case())
    assert unknown.value.data_set == "horoscope"
    with pytest.raises(rules.UnknownFields):
        queries.open_record(officer(), person, "pension", ["sign"], a_case())


def test_a_household_record_is_found_through_each_member() -> None:
    mother, child, stranger = (a_person(n).pk for n in (1, 2, 3))
    home = a_household(mother, child)
    row = Row(home, {"members": 2, "monthly_income": "1200.00"})
    actions.write_records(SYSTEM, "household", [row], as_of=DAY, source_id="x")
    for member in (mother, child):
        record = queries.open_record(
            resident(member), member, "household", ["monthly_income"], NO_PURPOSE
        )
        assert record.values == {"monthly_income": Decimal("1200.00")}
    assert queries.open_record(SYSTEM, stranger, "household", ["members"], said("x")) is None


def test_who_represents_an_organisation_reads_its_records_as_their_own() -> None:
    boss, clerk = a_person(1).pk, a_person(2).pk
    shop = an_organisation(boss).pk
    row = Row(shop, {"status": "registered", "employees": 4})
    actions.write_records(SYSTEM, "enterprise", [row], as_of=DAY, source_id="x")
    record = queries.open_record(resident(boss), shop, "enterprise", ["employees"], NO_PURPOSE)
    assert record.values == {"employees": 4}
    assert entries() == []
    with pytest.raises(rules.MayNotOpen):
        queries.open_record(resident(clerk), shop, "enterprise", ["employees"], NO_PURPOSE)


def test_who_represents_an_organisation_sees_who_read_its_records() -> None:
    boss, clerk = a_person(1).pk, a_person(2).pk
    shop = an_organisation(boss).pk
    queries.open_record(officer(), shop, "enterprise", ["employees"], a_case("business-licence"))
    queries.facts(officer(), boss, ["person.age"], a_case())
    own, of_shop = queries.readings_of(resident(boss))
    assert (own.data_set, own.organisation) == ("person", "")
    assert (of_shop.data_set, of_shop.organisation) == ("enterprise", "晨光小吃店")
    assert queries.readings_of(resident(clerk)) == ()


def test_opening_a_record_takes_few_queries(django_assert_num_queries) -> None:
    person = a_person().pk
    pension(person, 12)
    with django_assert_num_queries(2):  # all ids, the row
        queries.open_record(resident(person), person, "pension", PAID, NO_PURPOSE)
    with django_assert_num_queries(2 + 3):  # and the entry in its transaction
        queries.open_record(officer(), person, "pension", PAID, a_case())


def test_a_value_with_quotes_is_a_value() -> None:
    person = a_person().pk
    name = "O'Neil\"; DROP TABLE dataset.pension; --"
    pension(person, 12, bank_name=name)
    record = queries.open_record(resident(person), person, "pension", ["bank_name"], NO_PURPOSE)
    assert record.values["bank_name"] == name
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM dataset.pension")
        assert cursor.fetchone() == (1,)
