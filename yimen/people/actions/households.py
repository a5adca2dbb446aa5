"""Households and who belongs to them."""

from datetime import date
from uuid import UUID

from django.db import transaction

from yimen.accounts.queries import city_today
from yimen.base.actor import Actor
from yimen.ledger.actions import append
from yimen.people.events import HouseholdRegistered, JoinedHousehold, LeftHousehold
from yimen.people.models import Household, HouseholdMember, Person
from yimen.people.rules import REGISTER, NotAMember, NumberTaken, check_right
from yimen.people.types import Relation


@transaction.atomic
def register_household(
    actor: Actor, *, number: str, division: str = "", address: str = ""
) -> Household:
    """Enter a household in the register under its number."""
    check_right(actor, REGISTER)
    household, made = Household.objects.get_or_create(
        number=number, defaults={"division": division, "address": address}
    )
    if not made:
        raise NumberTaken(household.pk)
    append(HouseholdRegistered(household.pk), actor=actor)
    return household


@transaction.atomic
def join_household(
    actor: Actor,
    person_id: UUID,
    household_id: UUID,
    *,
    relation: Relation,
    since: date | None = None,
) -> None:
    """Make a person a member of a household; a membership elsewhere ends that day."""
    check_right(actor, REGISTER)
    day = since or city_today()
    Person.objects.select_for_update().get(pk=person_id)  # one move of a person at a time
    open_rows = HouseholdMember.objects.select_for_update().filter(
        person_id=person_id, until__isnull=True
    )
    for membership in open_rows:
        _end(actor, membership, max(day, membership.since))
    HouseholdMember.objects.create(
        person_id=person_id, household_id=household_id, relation=relation, since=day
    )
    append(
        JoinedHousehold(person_id, household_id, relation.value), actor=actor, person_id=person_id
    )


@transaction.atomic
def leave_household(actor: Actor, person_id: UUID) -> None:
    """End a person's membership today."""
    check_right(actor, REGISTER)
    membership = (
        HouseholdMember.objects.select_for_update()
        .filter(person_id=person_id, until__isnull=True)
        .first()
    )
    if membership is None:
        raise NotAMember
    _end(actor, membership, max(city_today(), membership.since))


def _end(actor: Actor, membership: HouseholdMember, day: date) -> None:
    rows = HouseholdMember.objects.filter(person_id=membership.person_id, id=membership.id)
    rows.update(until=day)
    append(
        LeftHousehold(membership.person_id, membership.household_id),
        actor=actor,
        person_id=membership.person_id,
    )
