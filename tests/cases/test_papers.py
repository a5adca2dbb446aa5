"""What the applicant holds in the end: a certificate or a refusal letter that can be verified."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from city_life import (
    a_person,
    an_application,
    case_of,
    officer,
    records,
    resident,
    reviewed,
    started,
    task,
    visitor,
    work,
)
from pypdf import PdfReader

from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.text import Text
from yimen.cases.actions import decide, issue_document, papers
from yimen.cases.models import Case, Decision, IssuedDocument
from yimen.cases.queries import document_by_code, issued_document, status
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.rules.errors import NotAllowed, NoTemplate, NotFound
from yimen.cases.rules.papers import filled, name_in, shown_answer, valid_until
from yimen.cases.types import DocumentKind, Paper, Receipt, TaskOutcome
from yimen.catalogue.definition import City
from yimen.ledger.queries import open_document
from yimen.mailbox.queries import messages_of

APPROVE, REFUSE = TaskOutcome.APPROVE, TaskOutcome.REFUSE

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


def decided(receipt: Receipt, outcome: TaskOutcome, reason: str = "") -> Receipt:
    """Let the police decide, and the worker do what follows."""
    reviewed(receipt, officer("police", "officer", "li", "211"))
    head = officer("police", "head", "zhao", "301")
    decide(head, receipt.receipt_number, task(receipt, "decide").id, outcome, reason)
    work()
    return receipt


def words_of(sha256: str) -> str:
    with open_document(sha256) as stored:
        pages = PdfReader(BytesIO(stored.read())).pages
        return "\n".join(page.extract_text() for page in pages)


def paper_for(receipt: Receipt) -> Paper:
    case = Case.objects.get(id=receipt.case_id)
    decision = Decision.objects.get(case_id=case.id)
    return papers.paper_of(SYSTEM, case, decision, application_of(case), service_of(case))


def test_an_approval_gives_a_certificate(city: City, wang: Actor) -> None:
    receipt = decided(started(wang), APPROVE)
    (document,) = status(wang, receipt.receipt_number).documents
    assert document.kind is DocumentKind.CERTIFICATE
    assert document.title["en"] == city.services["residence-permit"].result.title["en"]
    said = words_of(document.sha256)
    assert "王芳" in said and receipt.receipt_number in said
    assert document.verification_code in said.replace("-", "")


def test_a_certificate_says_until_when_it_is_good(wang: Actor) -> None:
    receipt = decided(started(wang), APPROVE)
    (document,) = status(wang, receipt.receipt_number).documents
    paper = paper_for(receipt)
    assert document.valid_until == paper.valid_until == valid_until(paper.decided_on, 1)


def test_a_refusal_letter_says_why_on_which_record_and_what_can_be_done(
    city: City, wang: Actor
) -> None:
    assert wang.person_id is not None
    records("residence", wang.person_id, registration="urban")
    receipt = decided(started(wang), REFUSE, "You are registered in this city.")
    (document,) = status(wang, receipt.receipt_number).documents
    assert (document.kind, document.valid_until) == (DocumentKind.REFUSAL, None)
    said = words_of(document.sha256)
    assert "You are registered in this city." in said and "2026-10-01" in said
    service = city.services["residence-permit"]
    assert service.remedies[0].title["zh"] in said
    paper = paper_for(receipt)
    assert paper.remedies[0].last_day.isoformat() in said


def test_the_placeholders_of_a_certificate_are_filled_in_every_language(wang: Actor) -> None:
    receipt = decided(started(wang), APPROVE)
    body = paper_for(receipt).body
    day = case_of(receipt).closed_at
    assert day is not None
    for language in ("zh", "en"):
        assert "{" not in body[language]
        assert receipt.receipt_number in body[language] and "王芳" in body[language]
    assert "年" in body["zh"] and str(day.year) in body["en"]


def test_the_code_on_a_paper_proves_it_to_anybody(city: City, wang: Actor) -> None:
    receipt = decided(started(wang), APPROVE)
    code = paper_for_code(receipt)
    found = document_by_code(f" {code[:4]}-{code[4:].lower()} ")
    assert found is not None
    assert found.receipt_number == receipt.receipt_number
    assert found.agency == city.agencies["police"].title
    assert found.is_valid
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        late = document_by_code(code)
        assert late is not None and not late.is_valid


def paper_for_code(receipt: Receipt) -> str:
    return IssuedDocument.objects.get(case_id=receipt.case_id).verification_code


def test_a_code_that_the_city_never_printed_proves_nothing() -> None:
    assert document_by_code("AAAA-BBBB-CCCC-DDDD") is None
    assert document_by_code("") is None


def test_the_page_behind_the_square_is_the_portals(wang: Actor) -> None:
    paper = paper_for(decided(started(wang), APPROVE))
    assert paper.verification_url.endswith(f"/verify/{paper.verification_code}/")


def test_a_paper_is_issued_once(wang: Actor) -> None:
    receipt = decided(started(wang), APPROVE)
    issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    assert IssuedDocument.objects.filter(case_id=receipt.case_id).count() == 1
    assert len([m for m in messages_of(wang) if m.document_sha256]) == 1


def test_only_the_system_issues_papers(wang: Actor) -> None:
    receipt = started(wang)
    with pytest.raises(NotAllowed):
        issue_document(wang, receipt.person_id, receipt.case_id)


def test_a_case_that_is_not_decided_has_no_paper(wang: Actor) -> None:
    receipt = started(wang)
    with pytest.raises(NotFound):
        issue_document(SYSTEM, receipt.person_id, receipt.case_id)


def test_without_a_template_the_job_fails_and_can_be_done_later(
    wang: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = started(wang)
    reviewed(receipt, officer("police", "officer", "li"))
    head = officer("police", "head", "zhao")
    decide(head, receipt.receipt_number, task(receipt, "decide").id, APPROVE)
    kept = dict(papers._templates)
    monkeypatch.setattr(papers, "_templates", {})
    with pytest.raises(NoTemplate):
        issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    monkeypatch.setattr(papers, "_templates", kept)
    issue_document(SYSTEM, receipt.person_id, receipt.case_id)
    assert IssuedDocument.objects.filter(case_id=receipt.case_id).exists()


def test_nobody_else_opens_a_paper(wang: Actor) -> None:
    receipt = decided(started(wang), APPROVE)
    (document,) = status(wang, receipt.receipt_number).documents
    number = receipt.receipt_number
    assert issued_document(wang, number, document.id).sha256 == document.sha256
    for stranger in (resident(a_person(3).pk), visitor(), officer("civil-affairs", username="wu")):
        with pytest.raises(NotFound):
            issued_document(stranger, number, document.id)
    with pytest.raises(NotFound):
        issued_document(wang, number, receipt.case_id)


def test_what_decides_by_itself_gives_a_certificate_too() -> None:
    person = a_person(born="19900101")
    records("employment", person.pk, status="self_employed")
    records("pension", person.pk, status="none")
    wang = resident(person.pk)
    application = an_application("pension-enrolment", "good-freelance-debit")
    receipt = started(wang, application)
    work()
    assert paper_for(receipt).decided_by == ""
    assert status(wang, receipt.receipt_number).documents


def test_the_applicant_is_told_what_came_of_it(wang: Actor) -> None:
    receipt = decided(started(wang), REFUSE, "Not yet.")
    newest = messages_of(wang)[0]
    assert newest.case_receipt == receipt.receipt_number
    assert newest.document_sha256
    assert "refused" in newest.body["en"]
    approved = decided_again(wang)
    assert "approved" in messages_of(wang)[0].body["en"], approved


def decided_again(wang: Actor) -> Receipt:
    receipt = started(wang)
    reviewed(receipt, officer("police", "officer", "he", "212"))
    head = officer("police", "head", "qian", "302")
    decide(head, receipt.receipt_number, task(receipt, "decide").id, APPROVE)
    work()
    return receipt


# The words of a certificate


def test_nothing_in_an_answer_is_read_as_a_placeholder() -> None:
    body = Text.of({"en": "{name} lives at {answer.street}. {answer.nothing}"})
    words = {"en": {"name": "{answer.street}", "answer.street": "{name}"}}
    assert filled(body, words)["en"] == "{answer.street} lives at {name}. "


def test_answers_are_shown_as_people_read_them(city: City) -> None:
    service = city.services["residence-permit"]
    ground = service.field_by_key("ground")
    assert ground is not None
    assert shown_answer(ground, "work", city, "en") == next(
        option.label["en"] for option in ground.options if option.value == "work"
    )
    assert shown_answer(None, True, city, "zh") == "是"
    assert shown_answer(None, False, city, "en") == "no"
    assert shown_answer(None, date(2026, 11, 2), city, "zh") == "2026年11月2日"
    assert shown_answer(None, date(2026, 11, 2), city, "en") == "2 November 2026"
    assert shown_answer(None, Decimal("12345.60"), city, "en") == "12,345.60"
    assert shown_answer(None, Decimal("0.5"), city, "en") == "0.5"
    assert shown_answer(None, "310104", city, "zh") == city.divisions["310104"].title["zh"]
    assert shown_answer(None, "天钥桥路", city, "zh") == "天钥桥路"


def test_a_certificate_of_29_february_ends_on_the_28th() -> None:
    assert valid_until(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert valid_until(date(2026, 11, 2), 10) == date(2036, 11, 2)
    assert valid_until(date(2026, 11, 2), None) is None


def test_who_is_not_registered_is_named_as_they_wrote() -> None:
    assert name_in({"company_name": "晨光小吃店"}) == "晨光小吃店"
    assert name_in({"phone": "1"}) == ""
