"""More time, files, absence, and what was typed when a sign-in had ended."""

from datetime import timedelta

import pytest
import time_machine
from at_the_desk import act, after, on_case, signed_in, text
from city_life import (
    PDF,
    a_person,
    an_application,
    reviewed,
    started,
    task,
    work,
)
from city_life import officer as acting_officer
from city_life import resident as acting_resident
from django.http import HttpResponse
from django.test import Client
from signing_in import an_officer, sign_in

from yimen.accounts.models import Account
from yimen.accounts.queries import city_today
from yimen.accounts.rules import STAFF_IDLE
from yimen.base.clock import now
from yimen.cases.models import CaseFile, Correction
from yimen.ledger.actions import store_document

pytestmark = pytest.mark.usefixtures("city")


# More time


@pytest.fixture
def passport():
    """An application whose law lets the decision take 15 days more."""
    return started(
        acting_resident(a_person(7).pk),
        an_application("passport-application", "good-first-holiday"),
    )


def test_more_time_is_asked_for_by_one_and_approved_by_another(desk, passport) -> None:
    head = signed_in("head", "320", role="head")
    page = after(desk, on_case(desk, passport, "more-time", days="3", reason="A visit."))
    assert "a head of section answers" in page
    assert on_case(desk, passport, "more-time", days="3", reason="A visit.").status_code == 302
    assert on_case(desk, passport, "more-time", days="2", reason="Another.").status_code == 409
    waiting = text(head.get("/en/desk/extensions/"))
    assert "A visit." in waiting and passport.receipt_number in waiting
    assert "A visit." in text(head.get("/en/desk/"))
    assert on_case(head, passport, "more-time/answer", answer="refuse").status_code == 422
    assert on_case(desk, passport, "more-time/answer", answer="approve").status_code == 403
    page = after(head, on_case(head, passport, "more-time/answer", answer="approve"))
    assert "The extension was approved." in page
    assert on_case(head, passport, "more-time/answer", answer="approve").status_code == 302
    assert "No extension waits" in text(head.get("/en/desk/extensions/"))


def test_a_head_does_not_approve_their_own_extension(passport) -> None:
    head = signed_in("head", "320", role="head")
    on_case(head, passport, "more-time", days="3", reason="A visit.")
    answer = on_case(head, passport, "more-time/answer", answer="approve")
    assert answer.status_code == 403
    assert "You asked for this extension yourself" in text(answer)
    assert "You asked for it yourself" in text(head.get("/en/desk/extensions/"))


@pytest.mark.parametrize("days", ["", "0", "-1", "1000", "two", "99999999999"])
def test_impossible_days_are_refused_and_the_reason_kept(desk, passport, days) -> None:
    answer = on_case(desk, passport, "more-time", days=days, reason="A visit.")
    assert answer.status_code == 422
    assert "Write how many days" in text(answer) and "A visit." in text(answer)


def test_the_desk_says_how_much_more_time_the_law_allows(desk, passport) -> None:
    page = text(desk.get(f"/en/desk/cases/{passport.receipt_number}/"))
    assert "At most 15 days, once." in page and "Passport Law, art. 6" in page


def test_the_desk_says_why_no_more_time_can_be_asked_for(desk, receipt) -> None:
    page = text(desk.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert "The law of this service allows no more time" in page
    assert 'name="days"' not in page
    answer = on_case(desk, receipt, "more-time", days="3", reason="A visit.")
    assert answer.status_code == 422
    assert "The law of this service allows no more time" in text(answer)


# Files


@pytest.fixture
def paper(receipt):
    with_bytes = store_document(PDF, "application/pdf")
    CaseFile.objects.filter(case_id=receipt.case_id).update(sha256=with_bytes)
    return CaseFile.objects.filter(case_id=receipt.case_id).first()


def test_a_material_is_shown_or_saved_under_its_own_name_and_kind(desk, receipt, paper) -> None:
    path = f"/desk/cases/{receipt.receipt_number}/files/{paper.id}/"
    shown = desk.get(path)
    assert shown["Content-Type"] == "application/pdf"
    assert shown["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert b"".join(shown.streaming_content) == PDF
    saved = desk.get(path + "?save")
    assert saved["Content-Disposition"].startswith("attachment")
    assert "sandbox" in saved["Content-Security-Policy"]


def test_what_a_browser_could_run_is_only_saved(desk, receipt, paper) -> None:
    CaseFile.objects.filter(id=paper.id).update(media_type="text/html", name="信 x.html")
    answer = desk.get(f"/desk/cases/{receipt.receipt_number}/files/{paper.id}/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert "filename*=utf-8''" in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_of_another_case_is_not_found(desk, receipt) -> None:
    path = f"/desk/cases/{receipt.receipt_number}/files/{a_person(9).pk}/"
    assert desk.get(path).status_code == 404
    assert desk.get(path.replace("files", "documents")).status_code == 404


def test_an_issued_paper_is_shown(receipt, desk) -> None:
    reviewed(receipt, acting_officer(username="r", office_number="9"))
    head = signed_in("head", "320", role="head")
    act(head, receipt, "decide", "decide", outcome="approve")
    work()
    page = head.get(f"/en/desk/cases/{receipt.receipt_number}/")
    documents = page.context["status"].documents
    assert documents
    answer = desk.get(f"/desk/cases/{receipt.receipt_number}/documents/{documents[0].id}/")
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF")


# Absence


def day(days: int) -> str:
    return (city_today() + timedelta(days=days)).isoformat()


def test_an_absence_lets_a_colleague_act_and_is_taken_back(desk, colleague, receipt) -> None:
    posted = {"delegate": colleague.account.pk, "from": day(0), "until": day(3)}
    page = after(desk, desk.post("/en/desk/absences/", posted))
    assert "Entered" in page and "You are away" in page
    home = text(colleague.get("/en/desk/"))
    assert "standing in for 211" in home and "You stand in for" in home
    undo = desk.get("/en/desk/absences/").context["absences"][0].pk
    assert colleague.post(f"/desk/absences/{undo}/withdraw/").status_code == 404
    page = after(desk, desk.post(f"/en/desk/absences/{undo}/withdraw/"))
    assert "taken back" in page
    assert "standing in" not in text(colleague.get("/en/desk/"))
    assert desk.post("/desk/absences/99999/withdraw/").status_code == 404
    assert desk.get("/desk/absences/99999/withdraw/").status_code == 302


def test_impossible_absences_are_refused_with_what_was_chosen_kept(desk, colleague) -> None:
    stranger = an_officer("stranger", agency="civil-affairs")
    good = {"delegate": colleague.account.pk, "from": day(0), "until": day(3)}
    for wrong, words in (
        ({"until": day(-1)}, "These days cannot be"),
        ({"until": "nonsense"}, "These days cannot be"),
        ({"until": ""}, "These days cannot be"),
        ({"delegate": ""}, "holds no post"),
        ({"delegate": desk.account.pk}, "nobody stands in for themselves"),
        ({"delegate": stranger.pk}, "holds no post"),
        ({"account": colleague.account.pk, "delegate": desk.account.pk}, "Your posts do not allow"),
    ):
        answer = desk.post("/en/desk/absences/", {**good, **wrong})
        assert answer.status_code in (403, 422), wrong
        assert words in text(answer), wrong
        assert f'value="{day(0)}"' in text(answer)


def test_a_head_enters_the_absence_of_a_colleague(desk, colleague) -> None:
    head = signed_in("head", "320", role="head")
    assert "Who is away" in text(head.get("/en/desk/absences/"))
    posted = {"account": desk.account.pk, "delegate": colleague.account.pk,
              "from": day(0), "until": day(1)}  # fmt: skip
    assert "Entered" in after(head, head.post("/en/desk/absences/", posted))
    assert "You are away" in text(desk.get("/en/desk/"))


# Addresses


def test_looking_at_a_forms_address_leads_to_the_file(desk, receipt) -> None:
    number = receipt.receipt_number
    for rest in (f"tasks/{task(receipt, 'review').id}/claim/", "take-back/", "more-time/"):
        answer = desk.get(f"/desk/cases/{number}/{rest}?whose=mine")
        assert answer.status_code == 302
        assert answer["Location"] == f"/desk/cases/{number}/?whose=mine"


def test_an_unknown_verb_or_task_is_not_found(desk, receipt) -> None:
    assert act(desk, receipt, "destroy").status_code == 404
    unknown = f"/desk/cases/{receipt.receipt_number}/tasks/{a_person(8).pk}/claim/"
    assert desk.post(unknown).status_code == 404


# A sign-in that had ended

TOO_LATE = "Your sign-in had ended, so this was not recorded."
LONG = "The lease names another street than the application. " * 20


def after_the_sign_in_ended(client: Client, account: Account, path: str, data) -> HttpResponse:
    """Send a form too late, sign in as somebody, and come back to its address."""
    assert client.get("/en/desk/").status_code == 200
    with time_machine.travel(now() + STAFF_IDLE + timedelta(minutes=1), tick=False):
        away = client.post(path, data)
        assert away["Location"].startswith("/en/account/login/?next=")
        sign_in(client, account, second_factor=True)
        return client.get(path)


def test_a_reason_that_came_too_late_stands_in_its_form_again(desk, receipt) -> None:
    review = task(receipt, "review").id
    path = f"/en/desk/cases/{receipt.receipt_number}/tasks/{review}/review/"
    page = text(after_the_sign_in_ended(desk, desk.account, path, {"reason": LONG}))
    assert TOO_LATE in page and LONG.strip() in page and 'y-form" open' in page
    assert task(receipt, "review").state == "open"


def test_what_was_to_be_corrected_is_ticked_and_written_again(desk, receipt) -> None:
    review = task(receipt, "review").id
    path = f"/en/desk/cases/{receipt.receipt_number}/tasks/{review}/ask/"
    data = {"ask": ["field:phone", "material:photo"], "says-field:phone": "Nobody answers."}
    page = text(after_the_sign_in_ended(desk, desk.account, path, data))
    assert TOO_LATE in page and "Nobody answers." in page
    assert page.count("checked") == 2
    assert not Correction.objects.exists()


def test_what_was_typed_for_the_case_stands_there_again(desk, passport) -> None:
    path = f"/en/desk/cases/{passport.receipt_number}/more-time/"
    data = {"days": "5", "reason": "The landlord is abroad."}
    page = text(after_the_sign_in_ended(desk, desk.account, path, data))
    assert TOO_LATE in page and "The landlord is abroad." in page


def test_nobody_else_finds_what_was_typed(desk, colleague, receipt) -> None:
    review = task(receipt, "review").id
    path = f"/en/desk/cases/{receipt.receipt_number}/tasks/{review}/review/"
    led = after_the_sign_in_ended(desk, colleague.account, path, {"reason": LONG})
    assert led.status_code == 302
    page = text(desk.get(led["Location"]))
    assert TOO_LATE not in page and LONG.strip() not in page


@pytest.mark.parametrize("path", ["claim/", "release/", "absences/", "absences/1/withdraw/"])
def test_what_holds_no_text_is_said_not_to_be_done(desk, path: str) -> None:
    page = after_the_sign_in_ended(desk, desk.account, f"/en/desk/{path}", {})
    if page.status_code == 302:
        page = desk.get(page["Location"])
    assert TOO_LATE in text(page)
