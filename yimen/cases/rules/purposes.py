"""What records are opened for when applications are filled in and handled."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from yimen.base.actor import Actor
from yimen.cases.rules.permissions import clerk_agency
from yimen.catalogue.definition import Service
from yimen.people.types import Purpose, PurposeKind

_NOWHERE: Mapping[str, str] = MappingProxyType({})


class CaseLike(Protocol):
    """What the rules need to know of a case."""

    receipt_number: str
    agency: str
    agencies: list[str]


def for_case(
    actor: Actor,
    case: CaseLike,
    service: Service,
    agency: str = "",
    moved: Mapping[str, str] = _NOWHERE,
) -> Purpose:
    """Return the purpose of handling a case.

    The agency is the one named, else the first of the case's for which the actor may read it;
    ``moved`` are agencies that have ended, each with its successor.
    """
    reads = actor.agencies_with("case.read")
    acting = (moved.get(code, code) for code in (case.agency, *case.agencies))
    among = (code for code in acting if code in reads)
    return Purpose(PurposeKind.CASE, case.receipt_number, service, agency or next(among, ""))


def for_draft(actor: Actor, service: Service) -> Purpose:
    """Return the purpose of filling in an application, by oneself or by a clerk."""
    return Purpose(PurposeKind.FILLING_IN, service.code, service, clerk_agency(actor))
