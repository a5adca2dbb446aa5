"""Whether a paper is real, by the code printed on it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from yimen.accounts.queries import city_today
from yimen.base.text import Text
from yimen.cases.models import (
    Case,
    CaseFile,
    Decision,
    DocumentCode,
    DraftFile,
    IssuedDocument,
)
from yimen.cases.queries.handling import service_of
from yimen.cases.rules.papers import plain_code
from yimen.cases.types import DocumentKind, Mending, Outcome
from yimen.catalogue.queries import current_city


@dataclass(frozen=True, slots=True)
class VerifiedDocument:
    """What the city says of a paper: who holds the code holds the paper, and may see it all."""

    kind: DocumentKind
    title: Text
    service: Text
    agency: Text
    receipt_number: str
    decided_on: date
    issued_at: datetime
    valid_until: date | None
    is_valid: bool  # the decision is in force, and the paper not past its last day
    sha256: str  # of the PDF: `ledger.queries.open_document`
    ended_at: datetime | None = None  # when the decision was revoked or corrected
    ended_as: Mending | None = None
    replaced: bool = False  # a newer paper stands in its place
    code: str = ""
    sealed_by: str = ""  # the key: `keys.queries.certificate_of`; "" before there were seals


def named_documents(names: Collection[str]) -> QuerySet[DraftFile, str]:
    """Return those of some stored documents that a draft, a case or a paper still names."""
    rows = [
        table.objects.filter(sha256__in=names).values_list("sha256", flat=True)
        for table in (CaseFile, IssuedDocument)
    ]
    drafts = DraftFile.objects.filter(sha256__in=names).values_list("sha256", flat=True)
    return drafts.union(*rows)


def document_by_code(code: str) -> VerifiedDocument | None:
    """Return the paper on which this code is printed, or None when the city issued none."""
    found = DocumentCode.objects.filter(code=plain_code(code)).first()
    if found is None:
        return None
    row = IssuedDocument.objects.get(person_id=found.person_id, id=found.document_id)
    return _verified(row)


def document_by_hash(sha256: str) -> VerifiedDocument | None:
    """Return the paper whose file has this hash, or None when the city issued none."""
    row = IssuedDocument.objects.filter(sha256=sha256).first()
    return _verified(row) if row is not None else None


def _verified(row: IssuedDocument) -> VerifiedDocument:
    case = Case.objects.defer("process_state").get(person_id=row.person_id, id=row.case_id)
    decision = Decision.objects.get(person_id=row.person_id, id=row.decision_id)
    fresh = row.valid_until is None or city_today() <= row.valid_until
    return VerifiedDocument(
        kind=DocumentKind(row.kind),
        title=Text.of(row.title),
        service=service_of(case).title,
        agency=current_city().agencies[decision.agency].title,
        receipt_number=case.receipt_number,
        decided_on=decision.decided_on,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        is_valid=fresh and decision.ended_at is None,
        sha256=row.sha256,
        ended_at=decision.ended_at,
        ended_as=Mending(decision.ended_as) if decision.ended_as else None,
        replaced=decision.ended_at is not None and _has_newer(case),
        code=row.verification_code,
        sealed_by=row.sealed_by,
    )


def _has_newer(case: Case) -> bool:
    """Say whether the paper of the decision in force stands in the place of those before it.

    A letter of revocation stands in no paper's place.
    """
    rows = Decision.objects.filter(person_id=case.person_id, case_id=case.id)
    stands = rows.filter(ended_at__isnull=True).exclude(outcome=Outcome.REVOKED)
    papers = IssuedDocument.objects.filter(person_id=case.person_id)
    return papers.filter(decision_id__in=stands.values("id")).exists()
