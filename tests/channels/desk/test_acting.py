"""What officers send from the desk: done once, said in a sentence, nothing typed is lost."""

from datetime import date, timedelta

import pytest
import time_machine
from city_life import (
    PDF,
    a_person,
    an_application,
    case_of,
    records,
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
from yimen.cases.actions import withdraw
from yimen.cases.models import CaseFile, Correction, Decision, History, Task
from yimen.catalogue import definition as catalogue
from yimen.ledger.actions import store_document

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def receipt():
    return started(acting_resident(a_person().pk))


@pytest.fixture
def desk():
    return signed_in("li", "211")


@pytest.fixture
def colleague():
    return signed_in("wu", "212")


def signed_in(name: str, number: str, role: str = "officer", agency: str = "police") -> Client:
    account = an_officer(name, agency=agency, role=role, office_number=number)
    client = sign_in(Client(), account, second_factor=True)
    client.account = account
    return client


def act(client, receipt, verb: str, key: str = "review", language="/en", **data):
    path = f"{language}/desk/cases/{receipt.receipt_number}/tasks/{task(receipt, key).id}/{verb}/"
    return client.post(path, data)


def on_case(client, receipt, rest: str, **data):
    return client.post(f"/en/desk/cases/{receipt.receipt_number}/{rest}/", data)


def text(answer) -> str:
    return answer.content.decode()


def after(client, answer) -> str:
    assert answer.status_code == 302
    return text(client.get(answer["Location"]))


# Claiming


def test_a_task_is_claimed_and_given_back_by_undoing(desk, receipt) -> None:
    page = after(desk, act(desk, receipt, "claim"))
    assert "The task is yours." in page and "Give it back" in page
    assert task(receipt, "review").assignee == desk.account.pk
    page = after(desk, act(desk, receipt, "release"))
    assert "Take it again" in page
    assert task(receipt, "review").state == "open"


def test_a_note_is_shown_once(desk, receipt) -> None:
    answer = act(desk, receipt, "claim")
    assert 'role="status"' in after(desk, answer)
    assert 'role="status"' not in text(desk.get(answer["Location"]))


@pytest.mark.parametrize("verb", ["claim", "release"])
def test_a_second_click_says_the_same_as_the_first(desk, receipt, verb) -> None:
    act(desk, receipt, "claim")
    assert act(desk, receipt, verb).status_code == 302
    assert act(desk, receipt, verb).status_code == 302


def test_who_is_later_is_told_who_has_the_task(desk, colleague, receipt) -> None:
    act(desk, receipt, "claim")
    answer = act(colleague, receipt, "claim")
    assert answer.status_code == 409
    assert "211 took this task on" in text(answer)
    chinese = act(colleague, receipt, "claim", language="")
    assert "领取此件" in text(chinese)


def test_several_tasks_are_claimed_at_once_and_given_back_at_once(desk) -> None:
    person = acting_resident(a_person().pk)
    receipts = [started(person), started(person)]
    keys = [f"{r.receipt_number}:{task(r, 'review').id}" for r in receipts]
    page = after(desk, desk.post("/en/desk/claim/", {"task": keys, "list": "whose=unclaimed"}))
    assert "2 tasks are yours." in page
    assert {task(r, "review").assignee for r in receipts} == {desk.account.pk}
    page = after(desk, desk.post("/en/desk/release/", {"task": keys}))
    assert "2 tasks are back in the queue." in page
    assert {task(r, "review").state for r in receipts} == {"open"}


def test_a_bulk_claim_says_which_tasks_somebody_else_has(desk, colleague, receipt) -> None:
    act(desk, receipt, "claim")
    key = f"{receipt.receipt_number}:{task(receipt, 'review').id}"
    page = after(colleague, colleague.post("/en/desk/claim/", {"task": key}))
    assert f"{receipt.receipt_number}: " in page and "211 took this task" in page


def test_a_claim_from_the_list_opens_the_file(desk, receipt) -> None:
    key = f"{receipt.receipt_number}:{task(receipt, 'review').id}"
    answer = desk.post("/desk/claim/", {"only": key, "list": "whose=unclaimed"})
    assert receipt.receipt_number in answer["Location"]
    assert "whose=unclaimed" in answer["Location"]


def test_claiming_nothing_or_nonsense_says_so(desk) -> None:
    assert "No task is ticked" in after(desk, desk.post("/en/desk/claim/", {}))
    assert "No task is ticked" in after(desk, desk.post("/en/desk/claim/", {"task": "x:y"}))
    some = [f"261123-0000-0000:{n:032x}" for n in range(101)]
    assert "at most 100 at once" in after(desk, desk.post("/en/desk/claim/", {"task": some}))
    assert desk.get("/desk/claim/").status_code == 302


# Withdrawn by the applicant


def test_who_acts_on_what_was_withdrawn_is_told_so(desk, receipt) -> None:
    wang = acting_resident(receipt.person_id)
    withdraw(wang, receipt.receipt_number, "I moved away.")
    answer = act(desk, receipt, "review", reason="All papers are here.")
    assert answer.status_code == 409
    page = text(answer)
    assert "The applicant withdrew this application on" in page
    assert "All papers are here." in page  # to be copied
    page = text(desk.get(f"/desk/cases/{receipt.receipt_number}/"))
    assert "申请人已撤回" in page and "I moved away." in page and "申请人撤回了申请。" in page
    assert receipt.receipt_number not in text(desk.get("/en/desk/"))


# Voided by an office


def test_a_head_voids_an_entry_with_a_reason(desk, receipt) -> None:
    head = signed_in("gao", "320", role="head")
    page = text(head.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert "Void this entry" in page and "Declare it void" in page
    missing = on_case(head, receipt, "void", reason=" ")
    assert missing.status_code == 422
    assert "The reason is missing." in text(missing) and 'href="#reason-void"' in text(missing)
    page = after(head, on_case(head, receipt, "void", reason="Entered twice."))
    assert "The entry is void. The applicant is told" in page
    assert "Declared void: entered by mistake" in page and "Entered twice." in page
    assert on_case(head, receipt, "void", reason="Entered twice.").status_code == 302
    answer = act(desk, receipt, "claim")
    assert answer.status_code == 409
    assert "This entry was declared void on" in text(answer)
    assert "登记作废。" in text(desk.get(f"/desk/cases/{receipt.receipt_number}/"))


def test_an_officer_is_offered_no_voiding(desk, receipt) -> None:
    assert "Void this entry" not in text(desk.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    refused = on_case(desk, receipt, "void", reason="Entered twice.")
    assert refused.status_code == 403
    assert "Your posts do not allow this at" in text(refused)


def test_a_reason_for_a_form_that_is_gone_can_be_copied(desk, receipt) -> None:
    head = signed_in("gao", "320", role="head")
    reviewed(receipt, acting_officer("police", "officer", "he", "215"))
    act(head, receipt, "decide", key="decide", outcome="approve")
    late = on_case(head, receipt, "void", reason="Entered twice, I believe.")
    assert late.status_code == 409 and "This case is closed." in text(late)
    assert "Entered twice, I believe." in text(late) and "to be copied" in text(late)


# Revoking and correcting


@pytest.fixture
def decided_by():
    """Return what lets a head decide a case, and the worker make its paper."""

    def decide(head, receipt, outcome="approve", **more):
        reviewed(receipt, acting_officer("police", "officer", "he", "215"))
        act(head, receipt, "decide", key="decide", outcome=outcome, **more)
        work()
        return Decision.objects.get(case_id=receipt.case_id, ended_at=None)

    return decide


def test_a_head_revokes_an_approval_once_and_the_other_is_told(receipt, decided_by) -> None:
    head, other = signed_in("gao", "320", role="head"), signed_in("lu", "321", role="head")
    seen = decided_by(head, receipt).pk[1]
    page = text(head.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert "Revoke the approval" in page and "Administrative Licensing Law, art. 69(2)" in page
    form = {"decision": seen, "law": "", "reason": ""}
    missing = on_case(head, receipt, "revoke", **form)
    assert missing.status_code == 422 and 'href="#reason-revoke"' in text(missing)
    missing = on_case(head, receipt, "revoke", **{**form, "reason": "Forged."})
    assert missing.status_code == 422 and 'href="#law-revoke"' in text(missing)
    assert "The ground is missing." in text(missing) and "Forged." in text(missing)
    form |= {"law": "deceit", "reason": "Forged."}
    page = after(head, on_case(head, receipt, "revoke", **form))
    assert "The approval is revoked." in page and "The approval was revoked." in page
    assert on_case(head, receipt, "revoke", **form).status_code == 302  # a second click
    late = on_case(other, receipt, "revoke", **{**form, "reason": "There is no such house."})
    assert late.status_code == 409
    assert "320 has changed this decision on" in text(late) and ": revoked." in text(late)
    assert "There is no such house." in text(late) and "to be copied" in text(late)
    assert "Revoke the approval" not in text(late)
    chinese = text(head.get(f"/desk/cases/{receipt.receipt_number}/"))
    assert "已撤销" in chinese and "不正当手段" in chinese and "不再有效" in chinese


def test_a_head_corrects_a_refusal(receipt, decided_by) -> None:
    head = signed_in("gao", "320", role="head")
    seen = decided_by(head, receipt, "refuse", reason="No lease.").pk[1]
    page = text(head.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert "Correct the decision" in page and "It stays refused, for other reasons" in page
    assert "Revoke the approval" not in page
    form = {"decision": seen, "law": "wrong-facts", "reason": "The lease was there."}
    nothing = on_case(head, receipt, "correct", **form)
    assert nothing.status_code == 422 and 'href="#outcome-correct"' in text(nothing)
    page = after(head, on_case(head, receipt, "correct", outcome="approved", **form))
    assert "The decision is corrected." in page and "corrected: approved." in page
    assert "It stays approved" in page  # the new one can be corrected again
    stale = on_case(head, receipt, "correct", **{**form, "decision": "x", "outcome": "approved",
                                                 "reason": "Another."})  # fmt: skip
    assert stale.status_code == 409 and "has changed this decision" in text(stale)


def test_officers_and_citys_without_grounds_are_offered_no_mending(
    desk, receipt, decided_by, monkeypatch
) -> None:
    head = signed_in("gao", "320", role="head")
    seen = decided_by(head, receipt).pk[1]
    path = f"/en/desk/cases/{receipt.receipt_number}/"
    assert "Revoke the approval" not in text(desk.get(path))
    form = {"decision": seen, "law": "deceit", "reason": "Forged."}
    assert on_case(desk, receipt, "revoke", **form).status_code == 403
    monkeypatch.setattr(catalogue.City, "mending_grounds", lambda _city, _kind: ())
    page = text(head.get(path))
    assert "Revoke the approval" not in page and "Correct the decision" not in page


# Handing over


def test_a_task_is_handed_to_a_colleague(desk, colleague, receipt) -> None:
    act(desk, receipt, "claim")
    page = text(desk.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert "212 何丽 · Officer" in page
    to = {"colleague": colleague.account.pk, "reason": "She knows the family."}
    assert act(desk, receipt, "hand-over", **to).status_code == 302
    assert task(receipt, "review").assignee == colleague.account.pk
    assert act(desk, receipt, "hand-over", **to).status_code == 302  # a second click
    assert History.objects.filter(kind="handed_over").count() == 1


@pytest.mark.parametrize("whom", ["", "abc", "999999", "9" * 30])
def test_a_task_is_handed_to_nobody_else(desk, receipt, whom) -> None:
    act(desk, receipt, "claim")
    answer = act(desk, receipt, "hand-over", colleague=whom, reason="She knows.")
    assert answer.status_code == 422
    assert "does not hold the post" in text(answer)
    assert "She knows." in text(answer)


# Corrections


def asked(says: str = "Write all eleven digits.") -> dict[str, object]:
    return {"ask": ["field:phone"], "says-field:phone": says}


def test_a_correction_stops_the_clock_and_is_undone_by_taking_it_back(desk, receipt) -> None:
    page = after(desk, act(desk, receipt, "ask", **asked()))
    assert "Write all eleven digits." in page and "Take it back" in page
    assert case_of(receipt).state == "waiting"
    assert act(desk, receipt, "ask", **asked()).status_code == 302  # a second click
    assert Correction.objects.count() == 1
    assert "The clock runs again" in after(desk, on_case(desk, receipt, "take-back"))
    assert on_case(desk, receipt, "take-back").status_code == 302  # a second click
    assert case_of(receipt).state == "handling"


def test_another_correction_meanwhile_is_refused_and_its_text_kept(desk, receipt) -> None:
    act(desk, receipt, "ask", **asked())
    answer = act(desk, receipt, "ask", **asked("Quite another sentence."))
    assert answer.status_code == 409
    assert "It is the resident&#x27;s turn" in text(answer)
    assert "Quite another sentence." in text(answer)


def test_a_correction_needs_something_ticked_and_a_sentence_for_each(desk, receipt) -> None:
    answer = act(desk, receipt, "ask")
    assert answer.status_code == 422 and "Nothing is chosen" in text(answer)
    both = {"ask": ["field:phone", "material:photo"], "says-field:phone": "Eleven digits."}
    answer = act(desk, receipt, "ask", **both)
    assert answer.status_code == 422
    assert "Eleven digits." in text(answer)
    anchor = f"#material-photo-{task(receipt, 'review').id}"
    assert anchor in text(answer)
    answer = act(desk, receipt, "ask", ask=["field:nothing"], **{"says-field:nothing": "What"})
    assert "not part of this service" in text(answer)


# Finishing


def test_a_review_is_finished_once(desk, receipt) -> None:
    page = after(desk, act(desk, receipt, "review", reason="All there."))
    assert "Recorded: review complete." in page
    assert act(desk, receipt, "review", reason="All there.").status_code == 302
    assert History.objects.filter(kind="reviewed").count() == 1


def test_two_officers_do_not_finish_one_task(desk, colleague, receipt) -> None:
    act(desk, receipt, "review", reason="All there.")
    answer = act(colleague, receipt, "review", reason="The lease is <b>missing</b>.")
    page = text(answer)
    assert answer.status_code == 409
    assert "211 has already finished this task" in page
    assert "The lease is &lt;b&gt;missing&lt;/b&gt;." in page
    assert "kept-text" in page


def decidable() -> object:
    """A case that one officer of the labour bureau decides."""
    person = a_person(2)
    application = an_application("pension-enrolment", "good-freelance-debit")
    return started(acting_resident(person.pk), application)


def test_two_officers_do_not_decide_one_case() -> None:
    receipt = decidable()
    first = signed_in("a", "111", agency="labour-social-security")
    second = signed_in("b", "112", agency="labour-social-security")
    done = act(first, receipt, "decide", "decide", outcome="approve", reason="")
    assert "Approved." in after(first, done)
    assert act(first, receipt, "decide", "decide", outcome="approve").status_code == 302
    answer = act(
        second, receipt, "decide", "decide", outcome="refuse", reason="Not the same person."
    )
    assert answer.status_code == 409
    assert "111 has already finished this task" in text(answer)
    assert "approved" in text(answer)
    assert "Not the same person." in text(answer)
    assert Decision.objects.count() == 1
    chinese = act(second, receipt, "decide", "decide", language="", outcome="refuse", reason="不符")
    assert "已于" in text(chinese) and "不符" in text(chinese)


def test_a_refusal_needs_a_reason_and_the_conditions_it_rests_on() -> None:
    receipt = decidable()
    desk = signed_in("a", "111", agency="labour-social-security")
    page = text(desk.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    answer = act(desk, receipt, "decide", "decide", outcome="refuse")
    assert answer.status_code == 422 and "The reason is missing" in text(answer)
    answer = act(
        desk, receipt, "decide", "decide", outcome="refuse", grounds="offered", reason="No."
    )
    assert answer.status_code == 422 and "at least one condition" in text(answer)
    answer = act(desk, receipt, "decide", "decide", reason="No.")
    assert answer.status_code == 422 and "Choose how this task ends" in text(answer)
    answer = act(desk, receipt, "decide", "decide", outcome="for", reason="No.")
    assert answer.status_code == 422
    answer = act(desk, receipt, "decide", "decide", outcome="refuse", reason="x" * 2001)
    assert answer.status_code == 422 and "2000 characters" in text(answer)
    answer = act(
        desk, receipt, "decide", "decide", outcome="refuse", reason="No.", ground=["nonsense"]
    )
    assert answer.status_code == 422
    assert "Decide" in page
    assert not Decision.objects.exists()


def test_a_ground_that_came_to_hold_is_refused_and_the_reason_kept(receipt) -> None:
    records("residence", receipt.person_id, registration="urban")
    reviewed(receipt, acting_officer())
    head = signed_in("h", "220", role="head")
    records("residence", receipt.person_id, registration="elsewhere")
    answer = act(head, receipt, "decide", "decide", outcome="refuse", reason="Already at home here.",
                 grounds="offered", ground=["registered_elsewhere"])  # fmt: skip
    assert answer.status_code == 422
    assert "one of the conditions chosen is met" in text(answer)
    assert "Already at home here." in text(answer)


def test_grounds_name_the_record_and_its_date() -> None:
    receipt = allowance()
    head = signed_in("h", "220", role="head", agency="civil-affairs")
    page = text(head.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert "registered_here" in page
    assert "Another province" in page and "as of" in page
    done = act(head, receipt, "decide", "decide", outcome="refuse", reason="Elsewhere.",
               grounds="offered", ground=["registered_here"])  # fmt: skip
    page = after(head, done)
    assert "It rests on" in page and "You are not registered in Shanghai" in page
    assert "1330 yuan a month, since 1 July 2021" in page
    assert [ground["criterion"] for ground in Decision.objects.get().grounds] == ["registered_here"]


def allowance():
    """An allowance on which both agencies have given their opinions."""
    person = a_person(3)
    records("residence", person.pk, as_of=date(2026, 10, 1), registration="elsewhere")
    application = an_application("minimum-living-allowance", "good-laid-off-couple")
    receipt = started(acting_resident(person.pk), application)
    lead = signed_in("lead", "211", agency="civil-affairs")
    partner = signed_in("partner", "111", agency="labour-social-security")
    act(lead, receipt, "review")
    for key in [opened.key for opened in Task.objects.filter(state="open")]:
        client = lead if task(receipt, key).agency == "civil-affairs" else partner
        answer = act(client, receipt, "opinion", key, outcome="against", reason="")
        assert answer.status_code == 422
        answer = act(client, receipt, "opinion", key, outcome="against", reason="Not here.")
        assert answer.status_code == 302
    page = text(lead.get(f"/en/desk/cases/{receipt.receipt_number}/"))
    assert page.count("Not here.") >= 2
    assert "waits for" in page
    return receipt


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
