"""Entering persons and organisations in the register."""

from dataclasses import fields
from uuid import UUID

from django.db import IntegrityError, transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.keys.queries import keyed_hash
from yimen.ledger.actions import append
from yimen.people.events import MadeProvisional, Registered
from yimen.people.models import DocumentNumber, Organisation, Person
from yimen.people.rules import (
    REGISTER,
    NumberTaken,
    check_organisation,
    check_person,
    check_right,
)
from yimen.people.types import DocumentKind, OrganisationFacts, PersonFacts, PersonKind

_NUMBER_HASH = "person-number"


def register_person(actor: Actor, facts: PersonFacts) -> Person:
    """Enter a natural person in the register. A number names one person only."""
    check_right(actor, REGISTER)
    checked = check_person(facts)
    person = Person(
        kind=PersonKind.NATURAL,
        name=checked.name.strip(),
        document=checked.document or "",
        number=checked.number,
        birth_date=checked.birth_date,
        sex=checked.sex or "",
        category=checked.category or "",
        division=checked.division,
        address=checked.address,
        phone=checked.phone,
        registered_at=now(),
    )
    given = [f.name for f in fields(checked) if getattr(checked, f.name)]
    with transaction.atomic():
        _save_with_number(person)
        _append_registered(actor, person, given)
    return person


def register_organisation(actor: Actor, facts: OrganisationFacts) -> Person:
    """Enter an organisation in the register, with who represents it."""
    check_right(actor, REGISTER)
    checked = check_organisation(facts)
    person = Person(
        kind=PersonKind.ORGANISATION,
        name=checked.name.strip(),
        document=DocumentKind.CREDIT_CODE,
        number=checked.credit_code,
        division=checked.division,
        address=checked.address,
        phone=checked.phone,
        registered_at=now(),
    )
    given = [f.name for f in fields(checked) if getattr(checked, f.name)]
    with transaction.atomic():
        _save_with_number(person)
        Organisation.objects.create(
            person=person,
            legal_representative=checked.legal_representative,
            representative_id=checked.representative_id,
        )
        _append_registered(actor, person, given)
    return person


def _save_with_number(person: Person) -> None:
    """Save a person with its number in the look-up, or refuse a number that is taken."""
    person.save(force_insert=True)
    if not person.number:
        return
    try:
        with transaction.atomic():
            DocumentNumber.objects.create(
                document=person.document, number=person.number, person=person
            )
    except IntegrityError as error:
        taken = DocumentNumber.objects.get(document=person.document, number=person.number)
        raise NumberTaken(taken.person_id) from error


def _append_registered(actor: Actor, person: Person, given: list[str]) -> None:
    hashed = keyed_hash(_NUMBER_HASH, person.number) if person.number else ""
    event = Registered(person.pk, person.kind, given, hashed)
    append(event, actor=actor, person_id=person.pk)


@transaction.atomic
def make_provisional_person(actor: Actor) -> UUID:
    """Make the person that stands for somebody who applies unidentified; nothing is known of it.

    Keep its id with `accounts.actions.keep_provisional`.
    """
    person = Person.objects.create(provisional=True, registered_at=now())
    append(MadeProvisional(person.pk), actor=actor, person_id=person.pk)
    return person.pk
