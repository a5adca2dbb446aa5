"""Whose drafts and cases an actor may see: every read and every write starts here."""

from uuid import UUID

from django.db.models import QuerySet

from yimen.base.actor import Actor, ActorKind
from yimen.base.identifiers import normal_receipt_number
from yimen.cases.models import Case, Draft, ReceiptLookup
from yimen.cases.rules.errors import NotFound, check_found
from yimen.cases.rules.permissions import check_goes_on
from yimen.catalogue.queries import agencies_moved
from yimen.people.queries import acting_ids

READ = "case.read"


def cases_visible_to(actor: Actor) -> QuerySet[Case]:
    """Return the cases that the actor may see.

    Staff: those of the agencies in which they hold ``case.read`` and which the case's process
    binds, and what agencies left to them that have ended. Everybody else: their own.
    """
    if actor.kind is ActorKind.SYSTEM:
        return Case.objects.all()
    if actor.is_staff:
        reads = actor.agencies_with(READ)
        left_to_them = {old for old, acts in agencies_moved().items() if acts in reads}
        agencies = sorted(reads | left_to_them)
        return Case.objects.filter(agencies__overlap=agencies) if agencies else Case.objects.none()
    ids = acting_ids(actor)
    return Case.objects.filter(person_id__in=ids) if ids else Case.objects.none()


def case_visible_to(actor: Actor, receipt_number: str, *, lock: bool = False) -> Case:
    """Return one case by its receipt number as people type it, or refuse with `NotFound`.

    With ``lock`` its row is held until the transaction ends, so that two officers, or an officer
    and the worker, come one after the other.
    """
    number = normal_receipt_number(receipt_number)
    found = ReceiptLookup.objects.filter(receipt_number=number or "").first()
    if found is None:
        raise NotFound
    cases = cases_visible_to(actor).filter(person_id=found.person_id, id=found.case_id)
    if lock:
        cases = cases.select_for_update()
    return check_found(cases.first())


def hold_case(actor: Actor, receipt_number: str) -> Case:
    """Return a case for an officer, held until the transaction ends.

    Refuses one that ended before anything was decided with `CaseEnded`: a decision and a withdrawal
    that come at once find each other here.
    """
    case = case_visible_to(actor, receipt_number, lock=True)
    check_goes_on(case.outcome, case.closed_at)
    return case


def drafts_of(actor: Actor) -> QuerySet[Draft]:
    """Return the drafts of the actor; staff see nobody's."""
    ids = acting_ids(actor)
    return Draft.objects.filter(person_id__in=ids) if ids else Draft.objects.none()


def draft_of(actor: Actor, draft_id: UUID, *, lock: bool = False) -> Draft:
    """Return one draft of the actor, or refuse with `NotFound`."""
    drafts = drafts_of(actor).filter(id=draft_id)
    if lock:
        drafts = drafts.select_for_update()
    return check_found(drafts.first())
