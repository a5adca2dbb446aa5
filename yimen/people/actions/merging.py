"""Two ids found to be one person, and a provisional person claimed by who they are."""

from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.ledger.actions import append
from yimen.people.events import Merged, Unmerged
from yimen.people.models import Merge, Person
from yimen.people.queries.persons import all_ids
from yimen.people.rules import (
    MERGE,
    CannotMerge,
    NotMerged,
    check_claim,
    check_merge,
    check_right,
)
from yimen.people.types import MergeKind


@transaction.atomic
def merge(actor: Actor, person_id: UUID, surviving_id: UUID, reason: str) -> None:
    """Point one id to the id of the same person that survives. No ``person_id`` is changed."""
    check_right(actor, MERGE)
    provisional = _lock(person_id, surviving_id)
    check_merge(
        person_id=person_id,
        surviving_id=surviving_id,
        provisional=[key for key, is_provisional in provisional.items() if is_provisional],
        same=all_ids(person_id),
    )
    _point(actor, person_id, surviving_id, MergeKind.DUPLICATE, reason)


@transaction.atomic
def claim_provisional(actor: Actor, provisional_id: UUID, surviving_id: UUID) -> None:
    """Point a provisional person to who turned out to stand behind it.

    Drafts and cases stay under their ids. From the provisional id nothing of the person can be
    reached, only the other way round. Claiming twice for the same person changes nothing.
    """
    provisional = _lock(provisional_id, surviving_id)
    check_claim(
        actor, provisional=provisional.get(provisional_id, False), surviving_id=surviving_id
    )
    current = Merge.objects.filter(person_id=provisional_id, ended_at__isnull=True).first()
    if current is not None and current.surviving_id == surviving_id:
        return
    if current is not None or provisional_id == surviving_id:
        raise CannotMerge
    _point(actor, provisional_id, surviving_id, MergeKind.CLAIM, "")


@transaction.atomic
def unmerge(actor: Actor, person_id: UUID) -> None:
    """Undo a merge that was made by mistake; the row stays, ended."""
    check_right(actor, MERGE)
    current = (
        Merge.objects.select_for_update().filter(person_id=person_id, ended_at__isnull=True).first()
    )
    if current is None:
        raise NotMerged
    Merge.objects.filter(person_id=person_id, id=current.id).update(ended_at=now())
    append(Unmerged(person_id, current.surviving_id), actor=actor, person_id=person_id)


def _lock(*person_ids: UUID) -> dict[UUID, bool]:
    """Lock the persons, lowest id first, and return which are provisional."""
    rows = Person.objects.select_for_update().filter(pk__in=person_ids).order_by("pk")
    return dict(rows.values_list("pk", "provisional"))


def _point(actor: Actor, person_id: UUID, surviving_id: UUID, kind: MergeKind, reason: str) -> None:
    if Merge.objects.filter(person_id=person_id, ended_at__isnull=True).exists():
        raise CannotMerge
    Merge.objects.create(
        person_id=person_id, surviving_id=surviving_id, kind=kind, reason=reason, merged_at=now()
    )
    event = Merged(person_id, surviving_id, kind.value)
    append(event, actor=actor, person_id=person_id)
