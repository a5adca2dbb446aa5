"""Anybody can check a paper by its code; whose it is stays hidden."""

from datetime import timedelta

import pytest
import time_machine
from applied_city import _applied, city
from bs4 import BeautifulSoup
from city_life import a_person, officer, resident, started, task, work
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from yimen.accounts.models import Account
from yimen.base.actor import Actor, ActorKind, Channel, Post
from yimen.base.clock import now
from yimen.cases import actions
from yimen.cases.models import Case, IssuedDocument
from yimen.cases.rules.papers import spaced_code
from yimen.cases.types import TaskOutcome
from yimen.catalogue.queries import current_city
from yimen.keys import actions as keys
from yimen.ledger.queries import open_document

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def paper() -> IssuedDocument:
    return issued(TaskOutcome.APPROVE)


def issued(outcome: TaskOutcome) -> IssuedDocument:
    """Decide an application, and let the worker write its paper."""
    receipt = started(resident(a_person().pk))
    actions.complete_review(officer(), receipt.receipt_number, task(receipt, "review").id)
    head = officer(role="head", username="gao", office_number="320")
    decision = task(receipt, "decide").id
    actions.decide(head, receipt.receipt_number, decision, outcome, "Not half a year yet.")
    work()
    return IssuedDocument.objects.get()


def text_of(response: HttpResponse) -> str:
    main = BeautifulSoup(response.content, "html.parser").find("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def address(paper: IssuedDocument) -> str:
    return f"/en/verify/{spaced_code(paper.verification_code)}/"


def test_the_address_of_the_drawing_says_what_the_paper_is(paper: IssuedDocument) -> None:
    response = Client().get(address(paper))
    page = text_of(response)
    for words in (
        "This paper is real",
        "valid until",
        "Notice that your Shanghai residence permit is issued",
        "Residence permit",
        "Shanghai Municipal Public Security Bureau",
        spaced_code(paper.verification_code),
    ):
        assert words in page, words


def test_nothing_personal_stands_there(paper: IssuedDocument) -> None:
    for prefix in ("", "/en"):
        page = Client().get(address(paper).replace("/en", prefix)).content.decode()
        for secret in ("卫国平", "王芳", "天钥桥路", "310100", "34010019730214513X"):
            assert secret not in page, secret
    found = Client().get(address(paper))
    assert "****" in text_of(found)
    assert found["Referrer-Policy"] == "same-origin"
    assert "no-store" in found["Cache-Control"] and found["X-Robots-Tag"] == "noindex"


def test_the_code_can_be_typed_with_blanks_and_small_letters(paper: IssuedDocument) -> None:
    assert "Is this paper real?" in text_of(Client().get("/en/verify/"))
    typed = spaced_code(paper.verification_code).lower().replace("-", " ")
    onward = Client().post("/en/verify/", {"code": typed})
    assert onward["Location"] == address(paper)


@pytest.mark.parametrize("typed", ["", "K7MP", "K7MP-2XQF-9RTW-BC34-XX", "<script>"])
def test_what_is_no_code_gets_a_sentence(typed: str) -> None:
    page = Client().post("/en/verify/", {"code": typed})
    assert page.status_code == 422
    assert "The code has 16 letters and digits" in text_of(page)
    assert b"<script>alert" not in page.content


def test_a_code_that_was_never_given_out_is_told_plainly() -> None:
    page = Client().get("/en/verify/K7MP-2XQF-9RTW-BC34/")
    assert page.status_code == 404
    assert "No paper has this code" in text_of(page)
    assert "do not rely on it" in text_of(page)
    assert Client().get("/verify/K7MP-2XQF-9RTW-BC34/").status_code == 404


def test_the_very_file_is_recognised_and_a_changed_one_too(paper: IssuedDocument) -> None:
    content = open_document(paper.sha256).read()
    same = Client().post(address(paper), {"file": SimpleUploadedFile("a.pdf", content)})
    assert "not one letter was changed" in text_of(same)
    changed = content.replace(b"%PDF", b"%PDf", 1)
    other = Client().post(address(paper), {"file": SimpleUploadedFile("a.pdf", changed)})
    assert "The file is not the one that was issued" in text_of(other)
    nothing = Client().post(address(paper))
    assert nothing.status_code == 422
    assert "Choose the PDF file of the paper" in text_of(nothing)
    assert "This paper is real" in text_of(nothing)


def test_a_file_alone_is_enough_to_know_a_paper_and_whether_it_holds(paper: IssuedDocument) -> None:
    content = open_document(paper.sha256).read()

    def checked(content: bytes) -> HttpResponse:
        file = {"file": SimpleUploadedFile("a.pdf", content)}
        return Client().post("/en/verify/file/", file)

    found = checked(content)
    assert "not one letter was changed" in text_of(found) and "This paper is real" in text_of(found)
    assert spaced_code(paper.verification_code) in text_of(found)
    assert "no-store" in found["Cache-Control"]
    unknown = checked(content + b"\n")
    assert unknown.status_code == 422
    assert "This city has issued no such file" in text_of(unknown)
    nothing = Client().post("/en/verify/file/")
    assert nothing.status_code == 422 and "Choose the PDF file" in text_of(nothing)
    assert Client().get("/en/verify/file/")["Location"] == "/en/verify/"
    mended(paper, "revoke")
    assert "This paper no longer holds" in text_of(checked(content))


def test_the_page_names_whose_seal_it_is_and_since_when(paper: IssuedDocument) -> None:
    page = text_of(Client().get(address(paper)))
    assert "上海市公安局 / Shanghai Municipal Public Security Bureau, since" in page
    assert "Its certificate was revoked" not in page
    assert "盖章" in text_of(Client().get(address(paper).replace("/en", "")))
    keys.revoke(paper.sealed_by, "the room stood open")
    page = text_of(Client().get(address(paper)))
    assert "Its certificate was revoked on" in page and "stays good" in page


def test_a_paper_from_before_there_were_seals_says_so(paper: IssuedDocument) -> None:
    IssuedDocument.objects.update(sealed_by="")
    assert "issued before papers were sealed" in text_of(Client().get(address(paper)))


def test_a_paper_past_its_last_day_is_real_but_no_longer_valid(paper: IssuedDocument) -> None:
    with time_machine.travel(now() + timedelta(days=800)):
        assert "This paper is real, but no longer valid" in text_of(Client().get(address(paper)))


def test_a_letter_of_refusal_is_named_as_one() -> None:
    letter = issued(TaskOutcome.REFUSE)
    page = text_of(Client().get(address(letter)))
    assert "Letter of refusal" in page and "Not half a year yet" not in page


def mended(paper: IssuedDocument, how: str) -> str:
    """Let the head revoke or correct the decision behind a paper; return the page of its code."""
    case = Case.objects.get()
    head = actor_of("gao")
    if how == "revoke":
        actions.revoke(head, case.receipt_number, paper.decision_id, "Forged.", "deceit")
    else:
        actions.correct_decision(
            head, case.receipt_number, paper.decision_id, "approved", "Misread.", "slip"
        )
    return text_of(Client().get(address(paper)))


def actor_of(username: str) -> Actor:
    account = Account.objects.get(username=username)
    post = Post("police", "head", current_city().roles["head"].rights)
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=account.pk, posts=(post,))


def test_a_revoked_paper_says_that_it_no_longer_holds_and_since_when(
    paper: IssuedDocument,
) -> None:
    page = mended(paper, "revoke")
    assert "This paper no longer holds" in page and "was revoked on" in page
    assert "This paper is real" not in page and "newer paper" not in page
    assert "Forged." not in page and "王芳" not in page
    chinese = Client().get(address(paper).replace("/en", ""))
    assert "这份文书不再有效" in text_of(chinese)
    work()
    letter = IssuedDocument.objects.latest("id")
    assert "Letter of revocation" in text_of(Client().get(address(letter)))
    assert "This paper is real" in text_of(Client().get(address(letter)))


def test_a_corrected_paper_says_that_a_newer_one_stands_in_its_place(
    paper: IssuedDocument,
) -> None:
    page = mended(paper, "correct")
    assert "was corrected on" in page and "newer paper" not in page  # it is not made yet
    work()
    page = text_of(Client().get(address(paper)))
    assert "A newer paper stands in its place" in page
    newest = IssuedDocument.objects.latest("id")
    assert spaced_code(newest.verification_code) not in page
    assert "This paper is real" in text_of(Client().get(address(newest)))
