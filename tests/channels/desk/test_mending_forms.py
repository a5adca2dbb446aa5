"""What ends or mends a case at the desk: withdrawn, voided, revoked, corrected, looked at again."""

import pytest
from at_the_desk import act, after, on_case, signed_in, text
from city_life import an_application, reviewed, send, work
from city_life import officer as acting_officer
from city_life import resident as acting_resident

from yimen.cases.actions import ask_for_recheck, withdraw
from yimen.cases.models import Decision
from yimen.catalogue import definition as catalogue

pytestmark = pytest.mark.usefixtures("city")
RECONSIDERATION = "administrative-reconsideration"


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


def test_another_head_looks_again_at_what_is_not_solved(receipt, decided_by) -> None:
    head, other = signed_in("gao", "320", role="head"), signed_in("lu", "321", role="head")
    seen = decided_by(head, receipt).pk[1]
    applicant = acting_resident(receipt.person_id)
    ask_for_recheck(applicant, receipt.receipt_number, "Not my <b>street</b>.")
    path = f"/en/desk/cases/{receipt.receipt_number}/"
    page = text(other.get(path))
    assert "Not my &lt;b&gt;street&lt;/b&gt;." in page and "Look again: the applicant" in page
    assert "Why it stands, for the applicant" in page and "Revoke the approval" in page
    own = text(head.get(path))
    assert "Why it stands, for the applicant" not in own and "Revoke the approval" not in own
    assert "You made this decision yourself." in own
    refused = act(head, receipt, "stands", key="recheck", reason="I was right.")
    assert refused.status_code == 403 and "You made this decision yourself." in text(refused)
    assert "I was right." in text(refused)  # to be copied
    form = {"decision": seen, "law": "deceit", "reason": "Forged."}
    assert on_case(head, receipt, "revoke", **form).status_code == 403
    empty = act(other, receipt, "stands", key="recheck", reason="")
    assert empty.status_code == 422 and "The reason is missing." in text(empty)
    page = after(other, act(other, receipt, "stands", key="recheck", reason="It was renamed."))
    assert "The decision stands. The applicant is told why." in page
    assert "321 looked again on" in page and "“Look again” claimed." in page
    again = act(other, receipt, "stands", key="recheck", reason="It was renamed.")
    assert again.status_code == 302  # a second click
    assert "已复核：原决定不变" in text(other.get(f"/desk/cases/{receipt.receipt_number}/"))


def test_a_decision_that_was_mended_for_it_says_so(receipt, decided_by) -> None:
    head, other = signed_in("gao", "320", role="head"), signed_in("lu", "321", role="head")
    seen = decided_by(head, receipt).pk[1]
    ask_for_recheck(acting_resident(receipt.person_id), receipt.receipt_number, "Not my street.")
    form = {"decision": seen, "law": "deceit", "reason": "Forged."}
    page = after(other, on_case(other, receipt, "revoke", **form))
    assert "321 looked again on" in page and "and changed the decision" in page


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


def test_a_case_that_contests_another_leads_to_it(receipt, decided_by) -> None:
    head = signed_in("gao", "320", role="head")
    decided_by(head, receipt, "refuse", reason="No lease.")
    applicant = acting_resident(receipt.person_id)
    name = "good-refused-allowance"
    number = receipt.receipt_number
    contesting = send(applicant, an_application(RECONSIDERATION, name, contested=number))
    work()
    reviewer = signed_in("wen", "911", agency="legislative-affairs")
    page = text(reviewer.get(f"/en/desk/cases/{contesting.receipt_number}/"))
    assert f'href="/en/desk/cases/{number}/">{number}</a>' in page
    opened = text(reviewer.get(f"/en/desk/cases/{number}/"))
    assert f"The decision is contested: {contesting.receipt_number}." in opened
    reviewed(contesting, acting_officer("legislative-affairs", username="pan"))
    chief = signed_in("zheng", "912", role="head", agency="legislative-affairs")
    act(chief, contesting, "decide", key="decide", outcome="approve", reason="There is one.")
    work()
    other = signed_in("lu", "321", role="head")
    page = text(other.get(f"/en/desk/cases/{number}/"))
    assert "It was contested with success" in page and "There is one." in page
    assert "Somebody who did not decide revokes or corrects it by" in page
    assert "Why it stands, for the applicant" not in page and "Correct the decision" in page
    refused = act(other, receipt, "stands", key="recheck", reason="It stands.")
    assert refused.status_code == 422 and "it cannot stand" in text(refused)
    elsewhere = send(applicant, an_application(RECONSIDERATION, name))
    work()
    page = text(reviewer.get(f"/en/desk/cases/{elsewhere.receipt_number}/"))
    assert "no decided case of this applicant here" in page
