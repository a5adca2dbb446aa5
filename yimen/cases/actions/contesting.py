"""An application that contests a decision opens the contested case to the agency that reviews it."""

from yimen.base.actor import Actor
from yimen.cases.actions.writing import write_history
from yimen.cases.models import Case
from yimen.cases.queries.rechecks import contested_case
from yimen.cases.rules.drafts import bound_agencies
from yimen.cases.types import HistoryKind, Receipt
from yimen.catalogue.definition import Service


def note_contested(
    actor: Actor, service: Service, answers: dict[str, object], receipt: Receipt
) -> None:
    """Let the reviewing agencies read the contested case, and its history say that it is contested.

    Only when it is a decided case of the same person; called within the transaction that submits.
    """
    found = contested_case(service, answers, receipt.person_id)
    if found is None:
        return
    rows = Case.objects.filter(person_id=found.person_id, id=found.id)
    case = rows.defer("process_state").select_for_update().get()
    new = [code for code in bound_agencies(service) if code not in case.agencies]
    if new:
        case.agencies = [*case.agencies, *new]
        case.save(update_fields=["agencies"])
    data: dict[str, object] = {"number": receipt.receipt_number}
    write_history(case, HistoryKind.CONTESTED, receipt.submitted_at, actor=actor, data=data)
