"""Who may revoke or correct a decision, which decisions can be, and on what ground in law."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.cases.process import CORRECTIONS, REVOCABLE
from yimen.cases.rules.errors import AlreadyMended, CannotMend, LawMissing
from yimen.cases.rules.permissions import check_right
from yimen.cases.types import LawNamed, Outcome
from yimen.catalogue.definition import City
from yimen.catalogue.types import MendingKind

MEND = "case.mend"


class DecisionLike(Protocol):
    """What the rules need to know of a decision."""

    id: UUID
    outcome: str
    agency: str
    decided_number: str
    decided_at: datetime


def check_mend(actor: Actor, decision: DecisionLike, seen: UUID, agency: str) -> None:
    """Refuse outside the agency that decided, and when another decision is in force by now.

    ``seen`` is the decision that the officer had before them: of two who mend it at once, the
    second is told who did. ``agency`` answers for the decision: who made it, or its successor.
    """
    check_right(actor, MEND, agency)
    if decision.id != seen:
        who = OfficerName(decision.agency, decision.decided_number)
        raise AlreadyMended(who, decision.decided_at, Outcome(decision.outcome))


def can_revoke(actor: Actor, agency: str, outcome: Outcome) -> bool:
    """Say whether the actor may take back a decision of this agency."""
    return outcome in REVOCABLE and actor.has(MEND, agency)


def corrections(actor: Actor, agency: str, outcome: Outcome) -> tuple[Outcome, ...]:
    """Return what the actor may correct a decision of this agency to."""
    return CORRECTIONS[outcome] if actor.has(MEND, agency) else ()


def check_revocable(outcome: Outcome) -> None:
    """Refuse to revoke what is not an approval: a refusal is corrected."""
    if outcome not in REVOCABLE:
        raise CannotMend(outcome, Outcome.REVOKED)


def check_correction(outcome: Outcome, wanted: str) -> Outcome:
    """Return what a decision becomes, or refuse: an approval is not corrected into a refusal."""
    found = next((word for word in CORRECTIONS[outcome] if word == wanted), None)
    if found is None:
        raise CannotMend(outcome, wanted)
    return found


def check_law(city: City, key: str, kind: MendingKind) -> LawNamed:
    """Return the ground in law of this key, or refuse what the city does not declare for it."""
    ground = city.mending.get(key)
    if ground is None or ground.kind is not kind:
        raise LawMissing
    return LawNamed(ground.key, ground.says, ground.source)
