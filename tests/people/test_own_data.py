"""What is kept of a person is told to that person, whole, and to nobody else."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from signing_in import a_resident
from standing import a_household, a_person, an_organisation, officer, pension, resident, said

from yimen.accounts.queries import city_today
from yimen.base.actor import ANONYMOUS, SYSTEM
from yimen.ledger.models import Event
from yimen.people import actions, queries
from yimen.people.rules import NeedsAccount
from yimen.people.types import PersonFacts, Relation, Row

pytestmark = pytest.mark.usefixtures("city")


def household_record(home, income: str, as_of: date) -> None:
    row = Row(home, {"members": 2, "monthly_income": Decimal(income)})
    actions.write_records(SYSTEM, "household", [row], as_of=as_of, source_id="survey")


def test_a_person_gets_every_row_with_its_source_and_day() -> None:
    person = a_person().pk
    pension(person, 12, date(2026, 9, 1))
    pension(person, 13)
    pension(a_person(2).pk, 99)
    kept = queries.person_kept(resident(person)).person
    assert kept is not None
    assert kept.name == "王芳"
    assert [entry.address for entry in kept.register] == ["徐汇区示例路1号"]
    found = [(r.data_set, r.as_of, r.source_id, r.values["months_paid"]) for r in kept.records]
    assert found == [
        ("pension", date(2026, 10, 1), "test", 13),
        ("pension", date(2026, 9, 1), "test", 12),
    ]


def test_what_the_city_no_longer_declares_but_still_keeps_is_told_too() -> None:
    person = a_person().pk
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE dataset.ration_cards (person_id uuid, id uuid, as_of date,"
            " source_id text, stamps bigint)"
        )
        cursor.execute(
            "INSERT INTO dataset.ration_cards VALUES (%s, %s, '1992-01-01', 'archive', 7)",
            [person, uuid4()],
        )
    kept = queries.person_kept(resident(person)).person
    assert kept is not None
    assert [(row.data_set, row.values) for row in kept.records] == [("ration_cards", {"stamps": 7})]


def test_a_person_who_was_registered_twice_gets_both() -> None:
    survivor, old = a_person().pk, a_person(2, "王方").pk
    pension(old, 5)
    actions.merge(SYSTEM, old, survivor, "same card")
    kept = queries.person_kept(resident(survivor))
    assert kept.person is not None
    assert {entry.name for entry in kept.person.register} == {"王芳", "王方"}
    assert [row.values["months_paid"] for row in kept.person.records] == [5]
    assert [(merge.id, merge.surviving_id) for merge in kept.merges] == [(old, survivor)]


def test_who_represents_an_organisation_gets_its_data_by_its_name() -> None:
    person = a_person().pk
    company = an_organisation(person).pk
    (kept,) = queries.person_kept(resident(person)).organisations
    assert (kept.ids, kept.name) == ((company,), "晨光小吃店")
    assert kept.register[0].legal_representative == "王芳"
    assert queries.person_kept(resident(a_person(2).pk)).organisations == ()


def test_a_household_is_told_from_the_day_on_which_one_came_and_without_its_others() -> None:
    head, member = a_person().pk, a_person(2, "李明").pk
    home = a_household(head)
    household_record(home, "900", date(2021, 1, 1))
    household_record(home, "1000", date(2022, 1, 1))
    actions.join_household(
        SYSTEM, member, home, relation=Relation.OTHER,
        since=date(2023, 1, 1),
    )  # fmt: skip
    kept = queries.person_kept(resident(member)).person
    assert kept is not None
    assert [(tie.household_number, tie.relation) for tie in kept.household_ties] == [
        ("HH-1", "other")
    ]
    assert [row.as_of for row in kept.records] == [date(2022, 1, 1)]  # the row that counts today
    household_record(home, "1100", date(2024, 1, 1))
    kept = queries.person_kept(resident(member)).person
    assert kept is not None
    assert [row.as_of for row in kept.records] == [date(2024, 1, 1)]
    assert all(row.of_household for row in kept.records)
    assert "王芳" not in str(kept)
    actions.leave_household(SYSTEM, member)
    kept = queries.person_kept(resident(member)).person
    assert kept is not None
    assert kept.records == ()
    assert kept.household_ties[0].until == city_today()


def test_the_letter_that_tied_the_account_is_told_without_its_code() -> None:
    person = a_person()
    account = a_resident()
    asking = resident(None, account.pk, identified=False)
    actions.request_tie(asking, name="王芳", birth_date=date(1970, 1, 1), number=person.number)
    before = queries.person_kept(asking)
    assert (before.person, before.code_letters, len(before.tie_wishes)) == (None, (), 1)
    kept = queries.person_kept(resident(person.pk, account.pk))
    assert [letter.address for letter in kept.code_letters] == ["徐汇区示例路1号"]
    assert not hasattr(kept.code_letters[0], "code")


def test_nobody_else_gets_anything() -> None:
    person = a_person().pk
    pension(person, 12)
    for stranger in (
        ANONYMOUS,
        officer(),
        resident(person, identified=False),
        resident(actions.make_provisional_person(ANONYMOUS), identified=False),
    ):
        kept = queries.person_kept(stranger)
        assert (kept.person, kept.organisations, kept.merges, kept.code_letters) == (
            None,
            (),
            (),
            (),
        )
    other = queries.person_kept(resident(actions.register_person(SYSTEM, PersonFacts("李明")).pk))
    assert other.person is not None
    assert other.person.records == ()
    assert "王芳" not in str(other)


def test_one_reads_ones_own_data_without_an_entry() -> None:
    person = a_person().pk
    pension(person, 12)
    before = Event.objects.count()
    queries.person_kept(resident(person))
    assert Event.objects.count() == before


def test_all_readings_come_where_no_limit_is_named() -> None:
    person = a_person().pk
    for number in range(3):
        queries.facts(SYSTEM, person, ["person.age"], said(f"case {number}"))
    assert len(queries.readings_of(resident(person), limit=2)) == 2
    assert len(queries.readings_of(resident(person), limit=None)) == 3


def test_a_download_is_an_event_about_the_person_without_contents() -> None:
    person = a_person().pk
    actions.note_download(resident(person, 3))
    event = Event.objects.get(kind="people.data_downloaded")
    assert (event.person_id, event.payload) == (person, {"account_id": 3})


def test_the_download_of_an_account_that_is_not_tied_is_about_no_person() -> None:
    for actor in (resident(uuid4(), 3, identified=False), officer(account_id=7)):
        actions.note_download(actor)
    assert [*Event.objects.filter(kind="people.data_downloaded").values_list("person_id")] == [
        (None,),
        (None,),
    ]


def test_a_visitor_downloads_nothing() -> None:
    with pytest.raises(NeedsAccount):
        actions.note_download(ANONYMOUS)
