"""What is asked of an applicant, and what their new answers make necessary besides."""

from collections.abc import Mapping

from yimen.base.actor import Actor
from yimen.cases.models import Case, Correction
from yimen.cases.queries.drafts import stands_in
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.queries.own import files_of
from yimen.cases.queries.scope import case_visible_to
from yimen.cases.rules import corrections as rules
from yimen.cases.rules.corrections import Wanted
from yimen.cases.rules.errors import check_found
from yimen.cases.rules.purposes import for_case
from yimen.cases.types import CorrectionKind, CorrectionState
from yimen.catalogue.queries import current_city


def wanted(actor: Actor, receipt_number: str, answers: Mapping[str, object]) -> Wanted:
    """Return what an answer to the open correction of a case holds, given these new answers.

    Raises `NotFound` when nothing is asked.
    """
    case = case_visible_to(actor, receipt_number)
    return wanted_in(actor, case, open_correction(case), answers)


def open_correction(case: Case) -> Correction:
    """Return the correction that the case waits for, or refuse with `NotFound`."""
    rows = Correction.objects.filter(person_id=case.person_id, case_id=case.id)
    return check_found(rows.filter(state=CorrectionState.ASKED).first())


def asked_in(correction: Correction) -> dict[str, CorrectionKind]:
    """Return what was asked for, by key."""
    return {item["key"]: CorrectionKind(item["kind"]) for item in correction.items}


def wanted_in(
    actor: Actor, case: Case, correction: Correction, answers: Mapping[str, object]
) -> Wanted:
    """Return what an answer to this correction holds; records are opened only if one may help."""
    service, asked = service_of(case), asked_in(correction)
    stored = application_of(case).answers
    here = {file.material_key for file in files_of(case)}
    found = rules.wanted(service, current_city(), asked, stored, answers, here)
    if any(paper.from_data_set and paper.key not in asked for paper in found.materials):
        purpose = for_case(actor, case, service)
        here |= stands_in(actor, service, case.person_id, purpose=purpose).keys()
        found = rules.wanted(service, current_city(), asked, stored, answers, here)
    return found
