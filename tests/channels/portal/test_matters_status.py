"""Where an application is: done, now, next; due when and why; whose turn; how it ended."""

from datetime import timedelta

import pytest
import time_machine
from applied_city import _applied, city
from bs4 import BeautifulSoup
from city_life import (
    PDF,
    a_person,
    an_application,
    officer,
    records,
    resident,
    started,
    task,
    work,
)
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from filling_in import Applicant, a_file, a_picture, text_of, value_of
from signing_in import a_resident, sign_in

from yimen.accounts.models import Account
from yimen.accounts.rules import RESIDENT_IDLE
from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.cases import actions
from yimen.cases.models import Application, Case, IssuedDocument
from yimen.cases.types import CorrectionItem, CorrectionKind, Receipt, TaskOutcome

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
BLURRED = "The photo is too dark to see the face."


@pytest.fixture
def applicant() -> Applicant:
    """Somebody signed in who has sent an application whose process has begun."""
    person = a_person()
    records("residence", person.pk, registration="elsewhere", residing_since="2026-08-01")
    account = a_resident(person_id=person.pk)
    found = Applicant(sign_in(Client(), account))
    found.number = started(resident(person.pk, account.pk)).receipt_number
    work()
    return found


def status(applicant: Applicant, page: str = "") -> str:
    response = applicant.get(f"/applications/{applicant.number}/{page}")
    assert response.status_code == 200
    return text_of(response)


def points(applicant: Applicant) -> list[str]:
    """Return the points of the line, each with its progress."""
    response = applicant.get(f"/applications/{applicant.number}/")
    items = BeautifulSoup(response.content, "html.parser").select(".y-timeline__item")
    return [
        f"{item['class'][1].split('--')[1]} {item.select_one('.y-timeline__title').get_text(' ')}"
        for item in items
    ]


def ask(applicant: Applicant, who: Actor, *items: tuple[CorrectionKind, str, str]) -> None:
    """Let an officer ask for something."""
    asked = [CorrectionItem(*item) for item in items]
    actions.ask_for_correction(who, applicant.number, open_task(applicant).id, asked)
    work()


def open_task(applicant: Applicant, key: str = "review"):
    case = Case.objects.get(receipt_number=applicant.number)
    place = Receipt(applicant.number, case.person_id, case.id, "", 1, case.opened_at, None, None, 0)
    return task(place, key)


def decided(applicant: Applicant, outcome: TaskOutcome, reason: str = "", **more: object) -> None:
    actions.complete_review(officer(), applicant.number, open_task(applicant).id)
    head = officer(role="head", username="gao", office_number="320")
    decision = open_task(applicant, "decide")
    actions.decide(head, applicant.number, decision.id, outcome, reason, **more)
    work()


def test_the_line_shows_done_now_and_next(applicant: Applicant) -> None:
    found = points(applicant)
    assert [point.split()[0] for point in found] == ["done", "now", "next", "next"]
    assert "Your application arrived" in found[0]
    assert "Check the file" in found[1]
    assert "Decide" in found[2] and "You are told the decision" in found[3]
    assert "no officer has begun yet" in status(applicant)
    actions.claim(officer(), applicant.number, open_task(applicant).id)
    assert "Shanghai Municipal Public Security Bureau, office 211" in status(applicant)


def test_before_the_worker_has_begun_it_is_on_its_way() -> None:
    applicant = Applicant()
    applicant.number = applicant.apply()
    assert "On its way to the office" in points(applicant)[1]


def test_the_day_is_explained_in_both_languages(applicant: Applicant) -> None:
    english = status(applicant)
    assert "10 days left" in english
    assert "The limit is 15 days. Every day counts. (Source: Interim Regulations" in english
    applicant.prefix = ""
    chinese = status(applicant)
    assert "时限是15天，每一天都算。 （依据：《居住证暂行条例》第九条）" in chinese
    assert "还剩10天" in chinese and "正在" not in chinese


def test_a_late_case_says_so_and_whom_to_ask(applicant: Applicant) -> None:
    with time_machine.travel(now() + timedelta(minutes=90), tick=False):
        Case.objects.update(submitted_on="2026-09-01", promised_due="2026-09-11")
        page = status(applicant)
    assert "late" in page and "This is later than we promised" in page


def test_who_was_told_late_reads_apology_reason_and_new_day(applicant: Applicant) -> None:
    Case.objects.update(submitted_on="2026-09-01", promised_due="2026-09-11")
    actions.apologise(SYSTEM)
    english = status(applicant)
    assert "We promised to decide by Friday 11 September 2026. We are not keeping" in english
    assert "Municipal Public Security Bureau is not finished." in english
    assert "The new day: you are told the decision by" in english
    assert "has passed as well" not in english and "This is later than" not in english
    assert any("We could not keep our promise" in point for point in points(applicant))
    applicant.prefix = ""
    assert "你的申请不能在我们承诺的2026年9月11日" in status(applicant)


def test_past_the_limit_of_the_law_the_status_says_whom_to_turn_to(applicant: Applicant) -> None:
    Case.objects.update(promised_due="2026-09-11", statutory_due="2026-09-18")
    actions.apologise(SYSTEM)
    english = status(applicant)
    assert "The time limit set by law, Friday 18 September 2026, has passed as well." in english
    assert "12345" in english and "reconsideration" in english


def test_your_turn_names_exactly_what_is_asked(applicant: Applicant) -> None:
    ask(
        applicant,
        officer(),
        (CorrectionKind.FIELD, "current_address", "门牌号没有写。"),
        (CorrectionKind.MATERIAL, "photo", BLURRED),
    )
    page = status(applicant)
    assert "Your turn" in page and "office 211 needs this from you" in page
    assert "Your present address 门牌号没有写。" in page
    assert f"Recent photo of yourself {BLURRED}" in page
    assert "The clock is paused until you have sent what was asked for." in page
    assert "When the clock runs again, 10 days are left." in page
    assert any(point.startswith("turn ") for point in points(applicant))
    mine = text_of(applicant.get("/mine/"))
    assert "Your turn" in mine and "Send what is asked for" in mine


def test_the_form_asks_for_that_and_nothing_else(applicant: Applicant) -> None:
    ask(
        applicant,
        officer(),
        (CorrectionKind.FIELD, "current_address", "门牌号没有写。"),
        (CorrectionKind.MATERIAL, "photo", BLURRED),
    )
    path = f"/applications/{applicant.number}/answer/"
    page = applicant.get(path)
    form = BeautifulSoup(page.content, "html.parser").select_one("main form")
    assert form is not None
    assert {field["name"] for field in form.select("[name]")} == {
        "csrfmiddlewaretoken",
        "shown",
        "current_address",
        "photo",
    }
    assert value_of(page, "current_address") == "天钥桥路1弄8号102室"
    assert "门牌号没有写。" in text_of(page)

    nothing = applicant.post(path, {"current_address": "", "shown": "current_address"})
    assert nothing.status_code == 422
    assert "“Your present address” has no answer yet" in text_of(nothing)

    refused = applicant.post(
        path,
        {
            "current_address": "新的地址1号",
            "shown": "current_address",
            "photo": SimpleUploadedFile("x.pdf", PDF),
        },
    )
    assert refused.status_code == 422 and "is of another kind" in text_of(refused)
    assert value_of(refused, "current_address") == "新的地址1号"

    wrong = applicant.post(
        path, {"current_address": "", "shown": "current_address", "photo": a_file("photo")}
    )
    assert wrong.status_code == 422 and "photo.png" in text_of(wrong)  # the file is kept
    two = applicant.post(
        path,
        {"current_address": "新的地址1号", "shown": "current_address", "photo": a_file("photo")},
    )
    assert two.status_code == 422 and "1 files are the most" in text_of(two)

    done = applicant.post(path, {"current_address": "新的地址1号", "shown": "current_address"})
    assert done["Location"] == f"/en/applications/{applicant.number}/"
    assert Application.objects.get().answers["current_address"] == "新的地址1号"
    assert "You sent what was asked for" in status(applicant)
    assert applicant.get(path)["Location"] == f"/en/applications/{applicant.number}/"
    again = applicant.post(path, {"current_address": "x", "shown": "current_address"})
    assert again["Location"] == f"/en/applications/{applicant.number}/"


def test_a_file_for_a_correction_can_be_taken_back(applicant: Applicant) -> None:
    ask(applicant, officer(), (CorrectionKind.MATERIAL, "photo", BLURRED))
    ask_page = f"/applications/{applicant.number}/answer/"
    missing = applicant.post(ask_page)
    assert "“Recent photo of yourself” is missing" in text_of(missing)
    too_many = applicant.post(
        ask_page, {"photo": [a_file("photo"), SimpleUploadedFile("b.png", a_picture())]}
    )
    shown = BeautifulSoup(too_many.content, "html.parser").select_one("button[name=remove]")
    assert shown is not None
    removed = applicant.post(ask_page, {"remove": shown["value"]})
    assert removed.status_code == 302
    assert "photo.png" not in text_of(applicant.get(ask_page))


def test_a_corrected_answer_that_opens_a_question_asks_it_too(applicant: Applicant) -> None:
    ask(applicant, officer(), (CorrectionKind.FIELD, "ground", "Is it not your own home?"))
    path = f"/applications/{applicant.number}/answer/"
    more = applicant.post(path, {"ground": "study", "shown": "ground"})
    assert more.status_code == 200
    assert "Your answer makes something more necessary" in text_of(more)
    assert 'name="school"' in more.content.decode()
    shown = ["ground", "school", "study-proof"]
    missing = applicant.post(path, {"ground": "study", "school": "", "shown": shown})
    assert missing.status_code == 422


def test_a_corrected_answer_that_calls_for_a_document_takes_it_too(applicant: Applicant) -> None:
    ask(applicant, officer(), (CorrectionKind.FIELD, "ground", "Is it not your own home?"))
    path = f"/applications/{applicant.number}/answer/"
    more = applicant.post(path, {"ground": "study", "shown": "ground"})
    page = BeautifulSoup(more.content, "html.parser")
    assert page.select_one("input[type=file][name=study-proof]") is not None
    answers = {
        "ground": "study",
        "school": "华东师范大学",
        "shown": [field["value"] for field in page.select("[name=shown]")],
    }
    missing = applicant.post(path, answers)
    assert missing.status_code == 422
    assert "“Student card or letter from the school” is missing" in text_of(missing)
    done = applicant.post(path, {**answers, "study-proof": a_file("study-proof")})
    assert done.status_code == 302
    assert "study-proof.pdf" in status(applicant, "sent/")


def test_what_a_corrected_answer_closes_is_not_demanded(applicant: Applicant) -> None:
    ask(
        applicant,
        officer(),
        (CorrectionKind.FIELD, "ground", "Is it not your own home?"),
        (CorrectionKind.FIELD, "landlord_name", "This is not the name in the lease."),
    )
    path = f"/applications/{applicant.number}/answer/"
    shown = ["ground", "landlord_name"]
    done = applicant.post(path, {"ground": "own_home", "landlord_name": "", "shown": shown})
    assert done.status_code == 302, text_of(done)
    assert "Your turn" not in status(applicant)


def test_a_correction_sent_after_the_sign_in_ended_is_written_again(applicant: Applicant) -> None:
    ask(applicant, officer(), (CorrectionKind.FIELD, "current_address", "门牌号没有写。"))
    path = f"/applications/{applicant.number}/answer/"
    assert applicant.get(path).status_code == 200
    with time_machine.travel(now() + RESIDENT_IDLE + timedelta(minutes=1), tick=False):
        away = applicant.post(path, {"current_address": "新的地址1号", "shown": "current_address"})
        assert "What you have just written is kept" in text_of(
            applicant.client.get(away["Location"])
        )
        sign_in(applicant.client, Account.objects.get(username="wang"))
        back = applicant.get(path)
        assert "Your sign-in had ended, so this was not recorded." in text_of(back)
        assert value_of(back, "current_address") == "新的地址1号"
        assert "had ended" not in text_of(applicant.get(path))
        done = applicant.post(path, {"current_address": "新的地址1号"})
        assert done["Location"] == f"/en/applications/{applicant.number}/"


def test_a_question_that_is_taken_back_needs_no_answer(applicant: Applicant) -> None:
    who = officer()
    ask(applicant, who, (CorrectionKind.FIELD, "current_address", "门牌号没有写。"))
    page = f"/applications/{applicant.number}/answer/"
    assert applicant.get(page).status_code == 200
    actions.take_back_correction(who, applicant.number)
    assert (
        applicant.post(page, {"current_address": "x", "shown": "current_address"})["Location"]
        == f"/en/applications/{applicant.number}/"
    )
    assert "It goes on without what you were asked for" in status(applicant)


def test_an_approval_ends_in_a_document_to_open(applicant: Applicant) -> None:
    decided(applicant, TaskOutcome.APPROVE)
    page = status(applicant)
    assert "Your application was approved" in page
    assert "Shanghai Municipal Public Security Bureau, office 320" in page
    assert [point.split()[0] for point in points(applicant)] == ["done"] * 4
    document = IssuedDocument.objects.get()
    paper = applicant.get(f"/applications/{applicant.number}/papers/{document.id}/")
    assert paper["Content-Type"] == "application/pdf"
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert "no-store" in paper["Cache-Control"] and "private" in paper["Cache-Control"]
    assert "Approved" in text_of(applicant.get("/mine/"))


def test_a_refusal_names_the_record_its_date_and_the_last_days(applicant: Applicant) -> None:
    decided(
        applicant,
        TaskOutcome.REFUSE,
        "You have lived here since August <b>only</b>.",
        grounds=["half_a_year"],
    )
    page = status(applicant)
    assert "Your application was refused" in page
    assert "You have lived here since August <b>only</b>." in page
    assert "you have not lived here for half a year yet" in page
    assert "as of 1 October 2026" in page
    assert "If you disagree" in page and "Last day:" in page
    assert "Letter with the reasons" in page
    assert any(point.startswith("stopped ") for point in points(applicant))


def test_a_revoked_approval_names_ground_reason_and_remedies(applicant: Applicant) -> None:
    decided(applicant, TaskOutcome.APPROVE)
    head = officer(role="head", username="wu", office_number="321")
    seen = IssuedDocument.objects.get().decision_id
    actions.revoke(head, applicant.number, seen, "The lease was <i>forged</i>.", "deceit")
    assert "Your document is being written" in status(applicant)
    work()
    page = status(applicant)
    assert "The approval was revoked" in page and "The lease was <i>forged</i>." in page
    assert "must be revoked" in page and "Administrative Licensing Law, art. 69(2)" in page
    assert "If you disagree" in page and "Last day:" in page
    assert "Letter of revocation" in page and "Papers that no longer hold" in page
    assert any(
        p.startswith("stopped ") and "The approval was revoked" in p for p in points(applicant)
    )
    assert any(p.startswith("done ") and "Approved" in p for p in points(applicant))
    assert "Revoked" in text_of(applicant.get("/mine/"))
    for paper in IssuedDocument.objects.all():
        answer = applicant.get(f"/applications/{applicant.number}/papers/{paper.id}/")
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    applicant.prefix = ""
    assert "准予决定已被撤销" in status(applicant) and "不再有效的文书" in status(applicant)


def test_a_corrected_refusal_shows_the_decision_in_force(applicant: Applicant) -> None:
    decided(applicant, TaskOutcome.REFUSE, "No lease.")
    head = officer(role="head", username="wu", office_number="321")
    seen = IssuedDocument.objects.get().decision_id
    actions.correct_decision(
        head, applicant.number, seen, "approved", "The lease was there.", "wrong-facts"
    )
    work()
    page = status(applicant)
    assert (
        "Your application was approved" in page and "The office has corrected its decision" in page
    )
    assert "The decision was corrected: approved" in page and "Papers that no longer hold" in page
    assert "If you disagree" not in page and "No lease." not in page
    assert any(p.startswith("stopped ") and "Refused" in p for p in points(applicant))


def test_a_decided_case_whose_paper_is_not_written_yet_says_so(applicant: Applicant) -> None:
    actions.complete_review(officer(), applicant.number, open_task(applicant).id)
    head = officer(role="head", username="gao", office_number="320")
    decision = open_task(applicant, "decide")
    actions.decide(head, applicant.number, decision.id, TaskOutcome.APPROVE)
    assert "Your document is being written" in status(applicant)


def test_an_extension_stands_in_the_line() -> None:
    person = a_person()
    account = a_resident(person_id=person.pk)
    applicant = Applicant(sign_in(Client(), account))
    passport = an_application("passport-application", "good-first-holiday")
    applicant.number = started(resident(person.pk, account.pk), passport).receipt_number
    who = officer()
    actions.claim(who, applicant.number, open_task(applicant).id)
    actions.request_extension(who, applicant.number, 5, "The landlord is abroad.")
    head = officer(role="head", username="gao", office_number="320")
    actions.approve_extension(head, applicant.number, approve=True)
    page = status(applicant)
    assert "The time limit was extended by 5 days" in page and "The landlord is abroad." in page
    assert "It was extended by 5 days." in page


def test_what_was_sent_can_be_read_again() -> None:
    applicant = Applicant()
    applicant.number = applicant.apply()
    page = status(applicant, "sent/")
    assert "天钥桥路1弄8号102室" in page and "340100********513X" in page
    response = applicant.get(f"/applications/{applicant.number}/sent/")
    links = BeautifulSoup(response.content, "html.parser").select("main .y-row a")
    file = applicant.client.get(links[0]["href"])
    assert b"".join(file.streaming_content)
    assert file["Content-Disposition"].startswith("attachment")


def test_the_mailbox_lists_letters_and_opens_them(applicant: Applicant) -> None:
    decided(applicant, TaskOutcome.APPROVE)
    page = applicant.get("/mailbox/")
    assert text_of(page).count("unread") == 2
    newest = BeautifulSoup(page.content, "html.parser").select_one("main h2 a")
    assert newest is not None
    letter = applicant.client.get(newest["href"])
    assert "was approved" in text_of(letter) and applicant.number in text_of(letter)
    enclosed = applicant.client.get(f"{newest['href']}paper/")
    assert b"".join(enclosed.streaming_content).startswith(b"%PDF")
    assert text_of(applicant.get("/mailbox/")).count("unread") == 1
    assert "1 unread" in text_of(applicant.get("/mine/"))
    first = BeautifulSoup(page.content, "html.parser").select("main h2 a")[1]["href"]
    assert applicant.client.get(f"{first}paper/").status_code == 404


def test_empty_pages_say_what_will_stand_there() -> None:
    client = sign_in(Client(), a_resident(person_id=a_person().pk))
    assert "What you apply for stands here" in text_of(client.get("/en/mine/"))
    assert "Letters about your applications will stand here" in text_of(client.get("/en/mailbox/"))
    older = "?before=01a209f0-0000-7000-8000-000000000000"
    assert "There are no older ones." in text_of(client.get(f"/en/mine/{older}"))
    assert "There are no older ones." in text_of(client.get(f"/en/mailbox/{older}"))
    assert client.get("/en/mine/?before=nonsense").status_code == 200
    assert "You are not signed in." in text_of(Client().get("/en/mine/"))


def test_the_account_page_leads_to_my_matters() -> None:
    client = sign_in(Client(), a_resident(person_id=a_person().pk))
    assert b'href="/en/mine/"' in client.get("/en/account/").content
