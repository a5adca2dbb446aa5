"""People and actors for tests, made through the actions."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel, Post
from yimen.base.identifiers import credit_code_check, id_check_digit
from yimen.catalogue.queries import current_city
from yimen.people import actions
from yimen.people.models import Person
from yimen.people.types import (
    Category,
    DocumentKind,
    OrganisationFacts,
    PersonFacts,
    Purpose,
    PurposeKind,
    Relation,
    Row,
)

DAY = date(2026, 10, 1)


def an_id_number(serial: int = 1, born: str = "19700101") -> str:
    first = f"310100{born}{serial:03d}"
    return first + id_check_digit(first)


def a_person(serial: int = 1, name: str = "王芳", **more: object) -> Person:
    facts = PersonFacts(
        name,
        DocumentKind.ID_CARD,
        an_id_number(serial),
        category=Category.REGISTERED,
        division="310104014",
        address="徐汇区示例路1号",
    )
    return actions.register_person(SYSTEM, replace(facts, **more))


def an_organisation(representative: UUID, serial: int = 1) -> Person:
    body = f"91310100DEM{serial:06d}"
    facts = OrganisationFacts(
        "晨光小吃店", body + credit_code_check(body), "王芳", representative_id=representative
    )
    return actions.register_organisation(SYSTEM, facts)


def said(words: str) -> Purpose:
    """Return a purpose in the reader's own words."""
    return Purpose(PurposeKind.STATED, words)


def a_case(
    service: str = "minimum-living-allowance", agency: str = "", number: str = "261123-ABCD-EFGH"
) -> Purpose:
    """Return the purpose of handling an application for a service."""
    return Purpose(PurposeKind.CASE, number, current_city().services[service], agency)


def resident(person_id: UUID | None, account_id: int = 3, *, identified: bool = True) -> Actor:
    return Actor(
        ActorKind.RESIDENT,
        Channel.PORTAL,
        account_id=account_id,
        person_id=person_id,
        identified=identified,
    )


def officer(
    *rights: str, agency: str = "civil-affairs", account_id: int = 7, role: str = "officer"
) -> Actor:
    post = Post(agency, role, frozenset(rights or {"case.read"}))
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=account_id, posts=(post,))


def pension(subject: UUID, months: int, as_of: date = DAY, **values: object) -> None:
    row = Row(
        subject,
        {
            "status": "paying",
            "scheme": "urban_employees",
            "months_paid": months,
            **values,
        },
    )
    actions.write_records(SYSTEM, "pension", [row], as_of=as_of, source_id="test")


def a_household(*members: UUID, number: str = "HH-1") -> UUID:
    home = actions.register_household(SYSTEM, number=number)
    for place, member in enumerate(members):
        relation = Relation.OTHER if place else Relation.HEAD
        actions.join_household(SYSTEM, member, home.pk, relation=relation, since=date(2020, 1, 1))
    return home.pk
