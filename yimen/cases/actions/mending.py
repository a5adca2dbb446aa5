"""Mend a decision: the agency that made it revokes or corrects it, with a reason and a ground in law.

Nothing is deleted. The decision stays with the day on which it ended, its paper says so to whoever
checks it, and the decision that ended it is a row of its own, with its own paper and, where it
burdens the applicant, remedies whose days run anew.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.deciding import grounds_for
from yimen.cases.actions.rechecks import end_recheck_by_mending
from yimen.cases.actions.running import Verdict, record_decision
from yimen.cases.actions.writing import officer, write_history
from yimen.cases.events import Decided, DecisionEnded
from yimen.cases.models import Case, Decision
from yimen.cases.queries.handling import decision_in_force, service_of
from yimen.cases.queries.scope import hold_case
from yimen.cases.rules.errors import check_found
from yimen.cases.rules.mending import check_correction, check_law, check_mend, check_revocable
from yimen.cases.rules.permissions import check_case_move, check_reason
from yimen.cases.types import HistoryKind, Mending, Outcome
from yimen.catalogue.queries import acting, current_city
from yimen.catalogue.types import MendingKind
from yimen.ledger.actions import append


@transaction.atomic
def revoke(actor: Actor, receipt_number: str, decision_id: UUID, reason: str, law: str) -> None:
    """Take back an approval. The applicant gets a letter with reason, ground and remedies.

    Needs ``case.mend`` in the agency that decided or its successor; ``decision_id`` is the decision
    the officer saw, ``law`` the key of a ground that the city declares for revoking. Raises `AlreadyMended` (who,
    when, what) for the second of two officers, `CannotMend` (not an approval), `WrongState` (not
    decided yet), `CaseEnded`, `LawMissing`, `ReasonMissing`, `ReasonTooLong`, `NotAllowed`,
    `OwnDecision` (the applicant asked that somebody else looks again), `NotFound`.
    """
    case, decision = _held(actor, receipt_number, decision_id, "revoke")
    check_revocable(Outcome(decision.outcome))
    verdict = _verdict(actor, decision, reason, law, MendingKind.REVOKE)
    _mend(case, decision, Mending.REVOKED, Outcome.REVOKED, verdict)


@transaction.atomic
def correct_decision(
    actor: Actor,
    receipt_number: str,
    decision_id: UUID,
    outcome: str,
    reason: str,
    law: str,
    *,
    grounds: Sequence[str] = (),
) -> None:
    """Put a right decision in the place of a wrong one; a new paper takes the old one's place.

    ``outcome`` is one that `process.CORRECTIONS` allows, ``grounds`` are those of a refusal, as
    `decide` takes them. Raises like `revoke`, and `UnknownGround`, `GroundHolds`.
    """
    case, decision = _held(actor, receipt_number, decision_id, "correct_decision")
    becomes = check_correction(Outcome(decision.outcome), outcome)
    verdict = _verdict(actor, decision, reason, law, MendingKind.CORRECT)
    if becomes is Outcome.REFUSED:
        verdict = replace(verdict, grounds=grounds_for(actor, case, verdict.agency, grounds))
    _mend(case, decision, Mending.CORRECTED, becomes, verdict)


def _held(actor: Actor, receipt_number: str, decision_id: UUID, verb: str) -> tuple[Case, Decision]:
    """Hold the case of a decision, or refuse who may not mend it or comes too late."""
    case = hold_case(actor, receipt_number)
    check_case_move(verb, case.state)
    decision = check_found(decision_in_force(case))
    check_mend(actor, decision, decision_id, acting(decision.agency))
    return case, decision


def _verdict(actor: Actor, decision: Decision, reason: str, law: str, kind: MendingKind) -> Verdict:
    agency = acting(decision.agency)
    return Verdict(
        actor,
        officer(actor, agency),
        reason=check_reason(reason, needed=True),
        agency=agency,
        law=check_law(current_city(), law, kind),
        replaces=decision.id,
    )


_HISTORY = {
    Mending.REVOKED: HistoryKind.REVOKED,
    Mending.CORRECTED: HistoryKind.DECISION_CORRECTED,
}


def _mend(
    case: Case, decision: Decision, mending: Mending, outcome: Outcome, verdict: Verdict
) -> None:
    at = now()
    end_recheck_by_mending(verdict.actor, case, decision, at)
    decision.ended_at, decision.ended_as = at, mending
    decision.save(update_fields=["ended_at", "ended_as"])
    new = record_decision(case, service_of(case), outcome, at, verdict)
    case.outcome = outcome
    case.save(update_fields=["outcome"])
    law = verdict.law.as_data() if verdict.law is not None else {}
    data: dict[str, object] = {"outcome": str(outcome), "reason": verdict.reason, "law": law}
    write_history(case, _HISTORY[mending], at, actor=verdict.actor, who=verdict.who, data=data)
    ended = DecisionEnded(case.id, decision.id, str(mending), str(law.get("key", "")))
    append(ended, actor=verdict.actor, person_id=case.person_id)
    event = Decided(case.id, new.id, str(outcome))
    append(event, actor=verdict.actor, person_id=case.person_id)
