"""Certificates and letters: set, sealed, stored, verifiable by the code printed on them."""

import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yimen.base import typesetting
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions.notices import tell_decided
from yimen.cases.actions.seals import sealed_by_agency
from yimen.cases.actions.writing import city_day, ids_of, write_history
from yimen.cases.events import DocumentIssued
from yimen.cases.models import Application, Case, Decision, DocumentCode, IssuedDocument
from yimen.cases.queries.handling import application_of, decision_in_force, service_of
from yimen.cases.queries.records import typed_answers
from yimen.cases.rules.errors import NoTemplate, check_found
from yimen.cases.rules.papers import filled, name_in, placeholders, spaced_code, valid_until
from yimen.cases.rules.permissions import check_system
from yimen.cases.rules.purposes import for_case
from yimen.cases.types import (
    DocumentKind,
    Ground,
    HistoryKind,
    LawNamed,
    Outcome,
    Paper,
    RemedyNamed,
)
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.keys.types import Sealed
from yimen.ledger.actions import append, store_document
from yimen.people.queries import person

_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 16  # 78 random bits: a code cannot be guessed, so it opens what it verifies
MakeData = Callable[[Paper], Mapping[str, object]]
_templates: dict[DocumentKind, tuple[Path, MakeData]] = {}


def extend_papers(kind: DocumentKind, template: Path, data: MakeData = Paper.as_data) -> None:
    """Say with which typst template papers of a kind are set. Called from `apps.py` of a channel.

    ``data`` makes what the template gets: JSON values, with the words that stand around the facts.
    """
    _templates[kind] = (template, data)


def issue_document(actor: Actor, person_id: UUID, case_id: UUID) -> None:
    """Set, seal and store the paper of the decision in force, and tell the resident.

    Run by the worker. Doing it again changes nothing: one paper for each decision; one that ended
    before its paper was set gets none. Setting and sealing happen before the transaction, so that
    none is held open meanwhile. Raises KeyTrouble where the agency cannot seal now: then no paper is
    issued, no code given out and nobody told.
    """
    check_system(actor, "case.issue")
    case = Case.objects.defer("process_state").get(person_id=person_id, id=case_id)
    decision = check_found(decision_in_force(case))
    if IssuedDocument.objects.filter(person_id=person_id, decision_id=decision.id).exists():
        return
    service, application = service_of(case), application_of(case)
    paper = paper_of(actor, case, decision, application, service)
    if paper.kind not in _templates:
        raise NoTemplate(str(paper.kind))
    template, data = _templates[paper.kind]
    pdf = typesetting.compile_pdf(template, data(paper), at=now().replace(microsecond=0))
    _store(actor, case, decision, paper, sealed_by_agency(pdf, decision.agency))


def paper_of(
    actor: Actor, case: Case, decision: Decision, application: Application, service: Service
) -> Paper:
    """Return everything that the paper of a decided case shows."""
    city = current_city()
    kind = _KINDS[Outcome(decision.outcome)]
    certificate = kind is DocumentKind.CERTIFICATE
    before, ended = _before(decision)
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    registered = person(actor, case.person_id, for_case(actor, case, service))
    answers = typed_answers(service, city, application.answers, case.submitted_on)
    name = (registered.name if registered is not None else "") or name_in(answers)
    until = valid_until(decision.decided_on, service.result.valid_years) if certificate else None
    if certificate and ended is not None and ended.kind == DocumentKind.CERTIFICATE:
        until = ended.valid_until  # correcting a certificate makes it no longer
    words = placeholders(
        city,
        service,
        answers,
        name=name,
        receipt_number=case.receipt_number,
        decided_on=decision.decided_on,
        valid_until=until,
    )
    return Paper(
        kind=kind,
        language=application.language,
        languages=city.languages,
        city=city.title,
        agency=city.agencies[decision.agency].title,
        title=service.result.title if certificate else service.title,
        body=filled(service.result.body, words),
        name=name,
        receipt_number=case.receipt_number,
        service=service.title,
        decided_on=decision.decided_on,
        decided_by=decision.decided_number,
        reason=decision.reason,
        grounds=tuple(Ground.of(row) for row in decision.grounds),
        remedies=tuple(RemedyNamed.of(row) for row in decision.remedies),
        valid_until=until,
        verification_code=spaced_code(code),
        verification_url=f"{settings.SITE_URL}/verify/{spaced_code(code)}/",
        accent=city.colours.get("accent", ""),
        issued_on=city_day(city, now()),
        law=LawNamed.of(decision.law),
        instead_of=before.decided_on if before is not None else None,
        ended_code=spaced_code(ended.verification_code) if ended is not None else "",
    )


_KINDS = {
    Outcome.APPROVED: DocumentKind.CERTIFICATE,
    Outcome.REFUSED: DocumentKind.REFUSAL,
    Outcome.REVOKED: DocumentKind.REVOCATION,
}


def _before(decision: Decision) -> tuple[Decision | None, IssuedDocument | None]:
    """Return the decision that this one replaces, and its paper, if there were any."""
    if decision.replaces is None:
        return None, None
    of_person = {"person_id": decision.person_id}
    ended = IssuedDocument.objects.filter(**of_person, decision_id=decision.replaces).first()
    return Decision.objects.get(**of_person, id=decision.replaces), ended


@transaction.atomic
def _store(
    actor: Actor,
    case: Case,
    decision: Decision,
    paper: Paper,
    sealed: Sealed,
) -> None:
    held = Case.objects.select_for_update().get(person_id=case.person_id, id=case.id)
    of_decision = IssuedDocument.objects.filter(person_id=held.person_id, decision_id=decision.id)
    if decision_in_force(held) != decision or of_decision.exists():
        return  # it ended meanwhile, or another worker was faster
    at = now()
    code = paper.verification_code.replace("-", "")
    sha256 = store_document(sealed.pdf, "application/pdf")
    row = IssuedDocument.objects.create(
        **ids_of(case),
        decision_id=decision.id,
        kind=paper.kind,
        title=paper.title.as_dict(),
        sha256=sha256,
        sealed_by=sealed.key_id,
        verification_code=code,
        issued_at=at,
        valid_until=paper.valid_until,
    )
    DocumentCode.objects.create(code=code, person_id=row.person_id, document_id=row.id)
    data: dict[str, object] = {"kind": str(paper.kind), "sha256": sha256}
    write_history(case, HistoryKind.DOCUMENT_ISSUED, at, actor=actor, data=data)
    event = DocumentIssued(case.id, row.id, sha256)
    append(event, actor=actor, person_id=case.person_id)
    tell_decided(actor, case, decision, sha256)
