"""What officers do with tasks: done once, said in a sentence, nothing typed is lost."""

from datetime import date

import pytest
from at_the_desk import act, after, on_case, signed_in, text
from city_life import (
    a_person,
    an_application,
    case_of,
    records,
    reviewed,
    started,
    task,
)
from city_life import officer as acting_officer
from city_life import resident as acting_resident

from yimen.cases.models import Correction, Decision, History, Task

pytestmark = pytest.mark.usefixtures("city")


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
