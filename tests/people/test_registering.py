"""Persons, organisations and households enter the register; a number names one of them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from standing import (
    a_household,
    a_person,
    an_id_number,
    an_organisation,
    officer,
    resident,
    said,
)

from yimen.base.actor import ANONYMOUS, SYSTEM
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.people import actions, queries, rules
from yimen.people.models import HouseholdMember, Person
from yimen.people.types import NO_PURPOSE, DocumentKind, PersonFacts, Relation

pytestmark = pytest.mark.usefixtures("city")


def last_event() -> Event:
    return Event.objects.order_by("id").last()


def test_a_person_is_registered_and_the_ledger_holds_no_personal_value() -> None:
    person = a_person()
    assert (person.birth_date, person.sex) == (date(1970, 1, 1), "male")
    event = last_event()
    assert (event.kind, event.person_id) == ("people.registered", person.pk)
    assert "number" in event.payload["fields"]
    assert person.number not in str(event.payload)
    assert person.name not in str(event.payload)


def test_a_number_names_one_person_and_the_second_is_refused_whole() -> None:
    first = a_person()
    with pytest.raises(rules.NumberTaken) as refusal:
        a_person(name="李四")
    assert refusal.value.person_id == first.pk
    assert Person.objects.count() == 1


def test_somebody_without_papers_can_be_registered() -> None:
    for _ in range(2):
        person = actions.register_person(SYSTEM, PersonFacts("无名氏"))
        assert person.number == ""
    assert last_event().payload["number_hash"] == ""


def test_an_organisation_is_a_person_with_a_credit_code() -> None:
    boss = a_person()
    shop = an_organisation(boss.pk)
    assert shop.kind == "organisation"
    assert [o.pk for o in queries.organisations_of(resident(boss.pk))] == [shop.pk]
    assert queries.organisations_of(resident(boss.pk, identified=False)) == ()
    with pytest.raises(rules.NumberTaken):
        an_organisation(boss.pk)


@pytest.mark.parametrize("actor", [ANONYMOUS, officer("case.read")])
def test_the_register_is_written_by_who_may(actor) -> None:
    with pytest.raises(rules.NotAllowed):
        actions.register_person(actor, PersonFacts("王芳"))
    with pytest.raises(rules.NotAllowed):
        actions.register_household(actor, number="HH-1")
    with pytest.raises(rules.NotAllowed):
        actions.join_household(actor, uuid7(), uuid7(), relation=Relation.HEAD)
    with pytest.raises(rules.NotAllowed):
        actions.leave_household(actor, uuid7())


def test_a_provisional_person_has_neither_name_nor_number() -> None:
    provisional = actions.make_provisional_person(ANONYMOUS)
    person = Person.objects.get(pk=provisional)
    assert (person.provisional, person.name, person.number) == (True, "", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=provisional).update(number="1")
    assert last_event().kind == "people.made_provisional"


def test_a_household_has_members_and_who_joins_another_leaves_the_first() -> None:
    mother, child = a_person(1), a_person(2, "王小明")
    home = a_household(mother.pk, child.pk)
    assert queries.household_of([child.pk]) == home
    assert queries.household_members(resident(mother.pk)) == (
        ("王芳", "head"),
        ("王小明", "other"),
    )
    other = a_household(child.pk, number="HH-2")
    assert queries.household_of([child.pk]) == other
    assert HouseholdMember.objects.filter(person=child, until__isnull=True).count() == 1
    assert queries.household_members(resident(mother.pk)) == (("王芳", "head"),)


def test_a_household_number_is_given_once() -> None:
    a_household()
    with pytest.raises(rules.NumberTaken):
        a_household()


def test_who_leaves_a_household_lives_in_none() -> None:
    person = a_person()
    a_household(person.pk)
    actions.leave_household(SYSTEM, person.pk)
    assert queries.household_of([person.pk]) is None
    assert queries.household_members(resident(person.pk)) == ()
    with pytest.raises(rules.NotAMember):
        actions.leave_household(SYSTEM, person.pk)
    assert last_event().kind == "people.left_household"


def test_a_strangers_household_is_not_shown() -> None:
    a_household(a_person().pk)
    assert queries.household_members(ANONYMOUS) == ()
    assert queries.household_members(officer()) == ()


def test_staff_find_a_person_by_number_for_a_purpose_and_leave_an_entry() -> None:
    person = a_person()
    found = queries.find_by_number(officer(), DocumentKind.ID_CARD, an_id_number(), said("case 1"))
    assert found == person.pk
    assert last_event().kind == "people.record_read"
    assert queries.find_by_number(officer(), DocumentKind.ID_CARD, "x", said("case 1")) is None
    with pytest.raises(rules.PurposeMissing):
        queries.find_by_number(officer(), DocumentKind.ID_CARD, an_id_number(), NO_PURPOSE)
    with pytest.raises(rules.MayNotOpen):
        queries.find_by_number(resident(person.pk), DocumentKind.ID_CARD, an_id_number(), said("x"))


def test_a_person_is_shown_to_themselves_without_an_entry_and_to_staff_with_one() -> None:
    person = a_person()
    before = Event.objects.count()
    assert queries.person(resident(person.pk), person.pk, NO_PURPOSE) == person
    assert Event.objects.count() == before
    assert queries.person(officer(), person.pk, said("case 1")) == person
    assert last_event().payload["purpose"] == "case 1"
    assert queries.person(SYSTEM, uuid7(), said("job")) is None
    for stranger in (ANONYMOUS, resident(uuid7()), officer("page.edit")):
        with pytest.raises(rules.MayNotOpen):
            queries.person(stranger, person.pk, said("curiosity"))


def test_a_visitor_sees_the_provisional_person_who_stands_for_them() -> None:
    provisional = actions.make_provisional_person(ANONYMOUS)
    me = resident(provisional, identified=False)
    assert queries.person(me, provisional, NO_PURPOSE).pk == provisional
