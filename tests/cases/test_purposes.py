"""What records are opened for: an application that is handled, or one that is filled in."""

from dataclasses import dataclass, field

import pytest

from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel, Post
from yimen.cases.rules.purposes import for_case, for_draft
from yimen.catalogue.definition import City
from yimen.people.types import PurposeKind


@dataclass
class SomeCase:
    receipt_number: str = "261123-ABCD-EFGH"
    agency: str = "civil-affairs"
    agencies: list[str] = field(default_factory=lambda: ["civil-affairs", "tax", "police"])


def staff(*posts: tuple[str, str]) -> Actor:
    held = tuple(Post(agency, "x", frozenset({right})) for agency, right in posts)
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=7, posts=held)


@pytest.mark.parametrize(
    ("actor", "named", "agency"),
    [
        (staff(("police", "case.read"), ("civil-affairs", "case.read")), "", "civil-affairs"),
        (staff(("police", "case.read"), ("fire", "case.read")), "", "police"),
        (staff(("police", "case.read"), ("civil-affairs", "case.read")), "police", "police"),
        (SYSTEM, "", ""),
    ],
)
def test_a_case_is_read_by_the_agency_that_handles_it(
    city: City, actor: Actor, named: str, agency: str
) -> None:
    service = city.services["minimum-living-allowance"]
    purpose = for_case(actor, SomeCase(), service, named)
    assert (purpose.kind, purpose.reference) == (PurposeKind.CASE, "261123-ABCD-EFGH")
    assert (purpose.service, purpose.agency) == (service, agency)


def test_a_draft_is_filled_in_by_the_clerks_agency(city: City) -> None:
    service = city.services["passport-application"]
    clerk = staff(("tax", "case.read"), ("police", "counter.accept"))
    purpose = for_draft(clerk, service)
    assert (purpose.kind, purpose.reference) == (PurposeKind.FILLING_IN, "passport-application")
    assert (purpose.service, purpose.agency) == (service, "police")


def test_a_case_of_an_agency_that_has_ended_is_read_by_its_successor(city: City) -> None:
    service = city.services["minimum-living-allowance"]
    actor = staff(("fire", "case.read"), ("order", "case.read"))
    purpose = for_case(actor, SomeCase(), service, moved={"police": "order"})
    assert purpose.agency == "order"
