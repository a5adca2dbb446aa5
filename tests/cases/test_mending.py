"""An agency revokes or corrects what it has decided; the old paper says that it no longer holds."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from city_life import (
    a_person,
    an_account,
    case_of,
    officer,
    records,
    resident,
    reviewed,
    started,
    task,
    work,
)

from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.cases import actions
from yimen.cases.actions import papers
from yimen.cases.models import Case, Decision, IssuedDocument
from yimen.cases.queries import document_by_code, status
from yimen.cases.queries import file as case_file
from yimen.cases.queries.handling import application_of, decision_in_force, service_of
from yimen.cases.rules.errors import (
    AlreadyMended,
    CannotMend,
    CaseEnded,
    GroundHolds,
    LawMissing,
    NotAllowed,
    NotFound,
    ReasonMissing,
    WrongState,
)
from yimen.cases.types import (
    DocumentKind,
    HistoryKind,
    LawNamed,
    Mending,
    Outcome,
    Paper,
    Receipt,
    TaskOutcome,
)
from yimen.ledger.models import Event
from yimen.mailbox.models import Message

pytestmark = pytest.mark.usefixtures("city")
WHY = "The lease was forged."
APPROVE, REFUSE = TaskOutcome.APPROVE, TaskOutcome.REFUSE


@pytest.fixture
def wang() -> Actor:
    person = a_person()
    records("residence", person.pk, registration="elsewhere")
    return resident(person.pk, an_account(person.pk))


@pytest.fixture
def head() -> Actor:
    return officer(role="head", username="gao", office_number="320")


def decided(
    wang: Actor, head: Actor, outcome: TaskOutcome = APPROVE, *, printed: bool = True
) -> Receipt:
    """Send an application, decide it, and let the worker make its paper."""
    receipt = reviewed(started(wang), officer(username=f"li{uuid4().hex[:6]}"))
    step = task(receipt, "decide").id
    actions.decide(head, receipt.receipt_number, step, outcome, "As the law says.")
    if printed:
        work()
    return receipt


def in_force(receipt: Receipt) -> Decision:
    decision = decision_in_force(case_of(receipt))
    assert decision is not None
    return decision


def revoke(actor: Actor, receipt: Receipt, law: str = "deceit", reason: str = WHY) -> None:
    actions.revoke(actor, receipt.receipt_number, in_force(receipt).id, reason, law)


def correct(
    actor: Actor, receipt: Receipt, outcome: str, law: str = "wrong-facts", **more: object
) -> None:
    number, decision = receipt.receipt_number, in_force(receipt).id
    actions.correct_decision(actor, number, decision, outcome, "It was misread.", law, **more)


def code_of(receipt: Receipt) -> str:
    """Return the code on the newest paper."""
    rows = IssuedDocument.objects.filter(case_id=receipt.case_id)
    return rows.latest("id").verification_code


def paper_of(receipt: Receipt) -> Paper:
    case = Case.objects.get(id=receipt.case_id)
    return papers.paper_of(SYSTEM, case, in_force(receipt), application_of(case), service_of(case))


# Revoking


def test_a_revoked_approval_ends_with_a_letter_and_remedies(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    old = in_force(receipt)
    revoke(head, receipt)
    found = status(wang, receipt.receipt_number)
    assert found.outcome is Outcome.REVOKED and found.decision is not None
    assert (found.decision.outcome, found.decision.reason) == (Outcome.REVOKED, WHY)
    assert found.decision.officer.office_number == "320"
    assert found.decision.law is not None
    assert "Administrative Licensing Law, art. 69(2)" in found.decision.law.source
    assert found.decision.remedies[0].last_day is not None
    old.refresh_from_db()
    assert old.ended_as == "revoked" and old.ended_at is not None
    assert in_force(receipt).replaces == old.id
    work()
    kinds = [
        (paper.kind, paper.ended_at) for paper in status(wang, receipt.receipt_number).documents
    ]
    assert kinds == [(DocumentKind.CERTIFICATE, old.ended_at), (DocumentKind.REVOCATION, None)]


def test_nothing_is_deleted_and_the_history_says_why(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    closed_at = case_of(receipt).closed_at
    revoke(head, receipt)
    line = status(wang, receipt.receipt_number).history[-1]
    assert line.kind is HistoryKind.REVOKED and line.officer.office_number == "320"
    assert line.data["reason"] == WHY
    law = LawNamed.of(line.data["law"])  # type: ignore[arg-type]  # JSON
    assert law is not None and law.key == "deceit" and "不正当手段" in law.says["zh"]
    assert case_of(receipt).closed_at == closed_at  # when it was decided stays a fact
    assert Decision.objects.filter(case_id=receipt.case_id).count() == 2
    event = Event.objects.get(kind="cases.decision_ended")
    assert (event.payload["ended_as"], event.payload["law"]) == ("revoked", "deceit")


def test_the_code_on_a_revoked_paper_says_since_when_it_holds_no_more(
    wang: Actor, head: Actor
) -> None:
    receipt = decided(wang, head)
    code = code_of(receipt)
    before = document_by_code(code)
    assert before is not None and before.is_valid and before.ended_at is None
    revoke(head, receipt)
    after = document_by_code(code)
    assert after is not None and not after.is_valid and not after.replaced
    assert (after.ended_as, after.ended_at) == (
        Mending.REVOKED, Decision.objects.get(ended_as="revoked").ended_at
    )  # fmt: skip
    work()
    letter = document_by_code(code_of(receipt))
    assert letter is not None and letter.is_valid and letter.kind is DocumentKind.REVOCATION


def test_the_letter_names_the_decision_and_the_paper_that_ended(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    code = code_of(receipt)
    revoke(head, receipt)
    paper = paper_of(receipt)
    assert paper.kind is DocumentKind.REVOCATION and paper.reason == WHY
    assert paper.ended_code.replace("-", "") == code
    assert paper.instead_of == Decision.objects.get(ended_as="revoked").decided_on
    assert paper.remedies and paper.valid_until is None
    data = paper.as_data()
    assert data["instead_of"] == paper.instead_of.isoformat() and data["law"]["key"] == "deceit"


def test_the_applicant_is_told_of_every_decision_once(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    revoke(head, receipt)
    work()
    actions.issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    told = Message.objects.get(key=f"decision:{in_force(receipt).id}")
    assert told.subject["en"] == "An approval is revoked" and WHY in told.body["zh"]
    assert "no longer holds" in told.body["en"] and "不再有效" in told.body["zh"]
    assert told.document_sha256
    assert Message.objects.filter(key=f"case:{receipt.case_id}:decided").count() == 1


def test_the_second_of_two_is_told_who_revoked(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    seen = in_force(receipt).id
    other = officer(role="head", username="lu", office_number="321")
    revoke(head, receipt)
    for late in (
        lambda: actions.revoke(other, receipt.receipt_number, seen, "Me too.", "deceit"),
        lambda: actions.correct_decision(
            other, receipt.receipt_number, seen, "approved", "Me too.", "slip"
        ),
    ):
        with pytest.raises(AlreadyMended) as told:
            late()
        assert told.value.who.office_number == "320"
        assert told.value.outcome is Outcome.REVOKED
        assert told.value.at == in_force(receipt).decided_at
    assert Decision.objects.filter(case_id=receipt.case_id).count() == 2


def test_a_decision_that_ended_before_its_paper_was_made_gets_none(
    wang: Actor, head: Actor
) -> None:
    receipt = decided(wang, head, printed=False)
    revoke(head, receipt)
    work()
    paper = IssuedDocument.objects.get(case_id=receipt.case_id)
    assert paper.kind == "revocation"
    assert paper_of(receipt).ended_code == ""
    assert not Message.objects.filter(key=f"case:{receipt.case_id}:decided").exists()


def test_a_paper_is_not_kept_when_its_decision_ends_while_it_is_set(
    wang: Actor, head: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = decided(wang, head, printed=False)
    set_pdf = papers.typesetting.compile_pdf

    def slow(*given: object, **more: object) -> bytes:
        pdf: bytes = set_pdf(*given, **more)
        if case_of(receipt).outcome == "approved":
            revoke(head, receipt)
        return pdf

    monkeypatch.setattr(papers.typesetting, "compile_pdf", slow)
    actions.issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    assert not IssuedDocument.objects.filter(case_id=receipt.case_id).exists()
    actions.issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    assert IssuedDocument.objects.get(case_id=receipt.case_id).kind == "revocation"


# Correcting


def test_a_refusal_corrected_to_an_approval_gives_a_certificate(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head, REFUSE)
    letter = code_of(receipt)
    correct(head, receipt, "approved")
    found = status(wang, receipt.receipt_number)
    assert found.outcome is Outcome.APPROVED and found.decision is not None
    assert found.decision.remedies == ()
    verified = document_by_code(letter)
    assert verified is not None and not verified.is_valid and not verified.replaced
    work()
    verified = document_by_code(letter)
    assert verified is not None and verified.replaced and verified.ended_as is Mending.CORRECTED
    assert paper_of(receipt).kind is DocumentKind.CERTIFICATE
    told = Message.objects.get(key=f"decision:{in_force(receipt).id}")
    assert told.subject["en"] == "A decision is corrected" and "approved" in told.body["en"]
    kinds = [line.kind for line in status(wang, receipt.receipt_number).history]
    assert HistoryKind.DECISION_CORRECTED in kinds


def test_a_corrected_refusal_rests_on_its_records_and_its_days_run_anew(
    wang: Actor, head: Actor
) -> None:
    assert wang.person_id is not None
    records("residence", wang.person_id, registration="urban")
    receipt = decided(wang, head, REFUSE)
    first = in_force(receipt)
    with time_machine.travel(now() + timedelta(days=10), tick=False):
        correct(head, receipt, "refused")
        second = status(wang, receipt.receipt_number).decision
        assert second is not None
        before = first.remedies[0]["last_day"]
        assert second.remedies[0].last_day is not None
        assert second.remedies[0].last_day.isoformat() > before
        assert [ground.as_of for ground in second.grounds if ground.as_of]
        work()
    told = Message.objects.get(key=f"decision:{second.id}")
    assert "it stays refused" in told.body["en"]


def test_a_correction_may_not_rest_on_what_the_records_say_is_met(wang: Actor, head: Actor) -> None:
    assert wang.person_id is not None
    records("residence", wang.person_id, registration="elsewhere", residing_since="2020-01-01")
    receipt = decided(wang, head, REFUSE)
    with pytest.raises(GroundHolds):
        correct(head, receipt, "refused", grounds=["half_a_year"])
    assert in_force(receipt).replaces is None


def test_a_corrected_certificate_holds_no_longer_than_the_first(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    until = IssuedDocument.objects.get(case_id=receipt.case_id).valid_until
    with time_machine.travel(now() + timedelta(days=90), tick=False):
        correct(head, receipt, "approved", "slip")
        work()
    newest = IssuedDocument.objects.filter(case_id=receipt.case_id).latest("id")
    assert newest.kind == "certificate" and newest.valid_until == until


def test_a_revocation_can_itself_be_corrected(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    code = code_of(receipt)
    revoke(head, receipt)
    work()
    letter = code_of(receipt)
    correct(head, receipt, "approved")
    work()
    for ended in (code, letter):  # whichever one holds, a newer paper stands in its place
        found = document_by_code(ended)
        assert found is not None and found.replaced and not found.is_valid
    assert status(wang, receipt.receipt_number).outcome is Outcome.APPROVED
    assert [d.ended_as for d in Decision.objects.filter(case_id=receipt.case_id).order_by("id")] == [
        "revoked", "corrected", ""
    ]  # fmt: skip


def test_a_paper_is_replaced_only_by_one_that_holds(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    first = code_of(receipt)
    correct(head, receipt, "approved", "slip")
    work()
    found = document_by_code(first)
    assert found is not None and found.replaced
    revoke(head, receipt)
    work()
    found = document_by_code(first)
    assert found is not None and not found.replaced and found.ended_as is Mending.CORRECTED


# What is refused


def test_an_approval_becomes_no_refusal_by_correction_and_a_refusal_is_not_revoked(
    wang: Actor, head: Actor
) -> None:
    approved, refused = decided(wang, head), decided(wang, head, REFUSE)
    for outcome in ("refused", "revoked", "", "nonsense"):
        with pytest.raises(CannotMend):
            correct(head, approved, outcome)
    with pytest.raises(CannotMend):
        revoke(head, refused)
    assert in_force(approved).replaces is in_force(refused).replaces is None


@pytest.mark.parametrize("law", ["", "no-such-law", "slip"])
def test_a_ground_in_law_is_needed_and_fits_what_is_done(
    wang: Actor, head: Actor, law: str
) -> None:
    receipt = decided(wang, head)
    with pytest.raises(LawMissing):
        revoke(head, receipt, law)
    with pytest.raises(LawMissing):
        correct(head, receipt, "approved", "deceit")
    with pytest.raises(ReasonMissing):
        revoke(head, receipt, reason="  ")
    assert in_force(receipt).replaces is None


def test_only_the_head_of_the_agency_that_decided_mends(wang: Actor, head: Actor) -> None:
    receipt = decided(wang, head)
    seen = in_force(receipt).id
    for nobody in (officer(username="he"), wang):
        with pytest.raises(NotAllowed) as refused:
            revoke(nobody, receipt)
        assert (refused.value.right, refused.value.agency) == ("case.mend", "police")
    elsewhere = officer("civil-affairs", "head", username="tang")
    with pytest.raises(NotFound):
        actions.revoke(elsewhere, receipt.receipt_number, seen, WHY, "deceit")
    assert case_file(head, receipt.receipt_number).can_revoke
    assert not case_file(officer(username="wu"), receipt.receipt_number).can_revoke
    assert case_file(officer(username="xu"), receipt.receipt_number).corrections == ()


def test_what_is_open_or_withdrawn_has_no_decision_to_mend(wang: Actor, head: Actor) -> None:
    receipt = started(wang)
    number = receipt.receipt_number
    with pytest.raises(WrongState):
        actions.revoke(head, number, UUID(int=0), WHY, "deceit")
    opened = case_file(head, number)
    assert not opened.can_revoke and opened.corrections == ()
    actions.withdraw(wang, number)
    with pytest.raises(CaseEnded):
        actions.revoke(head, number, UUID(int=0), WHY, "deceit")
