"""What happens when two things happen at once: real threads on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import monotonic, sleep
from typing import Any

import pytest
from city_life import (
    PNG,
    a_person,
    an_application,
    officer,
    resident,
    reviewed,
    started,
    task,
    upload,
    visitor,
)
from django.db import connection, transaction

from yimen.accounts.actions import end_posts
from yimen.base.actor import SYSTEM, Actor
from yimen.cases import actions
from yimen.cases.actions import bulk_claim, claim, decide, issue_document, start_process, submit
from yimen.cases.models import Case, Decision, History, IssuedDocument, Task
from yimen.cases.rules.errors import (
    AlreadyClaimed,
    AlreadyDecided,
    AlreadyMended,
    CaseEnded,
    CasesError,
    KeyReused,
    WrongState,
)
from yimen.cases.types import Receipt, TaskOutcome

pytestmark = [pytest.mark.usefixtures("city"), pytest.mark.django_db(transaction=True)]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make the calls at the same moment; return what each gave or raised."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait(10)
        try:
            return call()
        except CasesError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_the_same_key_twice_at_once_gives_one_case() -> None:
    actor = resident(a_person().pk)
    application = an_application()
    receipts = at_once(*[lambda: submit(actor, application, "the-same-key")] * 6)
    assert len({receipt.receipt_number for receipt in receipts}) == 1
    assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * 5
    assert Case.objects.count() == 1


def test_the_same_key_at_once_with_two_contents_keeps_one_and_refuses_the_other() -> None:
    actor = resident(a_person().pk)
    one, two = an_application(), an_application(phone="13900000009")
    answers = at_once(
        lambda: submit(actor, one, "the-same-key"), lambda: submit(actor, two, "the-same-key")
    )
    assert [isinstance(answer, KeyReused) for answer in answers].count(True) == 1
    assert Case.objects.count() == 1


def test_a_draft_sent_in_two_windows_is_one_case() -> None:
    actor = visitor()
    draft = actions.start_draft(actor, "residence-permit")
    actor = visitor(draft.person_id)
    good = an_application()
    actions.save_answers(actor, draft.id, good.answers)
    for key in ("id-card", "photo", "address-proof"):
        actions.attach(actor, draft.id, key, "scan", upload(PNG))
    receipts = at_once(
        lambda: submit(actor, draft.id, "window-one"), lambda: submit(actor, draft.id, "window-two")
    )
    assert len({receipt.receipt_number for receipt in receipts}) == 1
    assert Case.objects.count() == 1


def test_one_of_two_officers_gets_a_task_and_the_other_is_told_who() -> None:
    receipt = started(resident(a_person().pk))
    review = task(receipt, "review")
    one, two = (
        officer(username="li", office_number="211"),
        officer(username="he", office_number="212"),
    )
    answers = at_once(
        lambda: claim(one, receipt.receipt_number, review.id),
        lambda: claim(two, receipt.receipt_number, review.id),
    )
    (refused,) = [answer for answer in answers if answer is not None]
    assert isinstance(refused, AlreadyClaimed)
    assert refused.who.office_number == task(receipt, "review").assignee_number


def test_a_second_officer_is_told_who_decided() -> None:
    receipt = started(resident(a_person().pk))
    reviewed(receipt, officer())
    step = task(receipt, "decide")
    one = officer(role="head", username="he", office_number="301")
    two = officer(role="head", username="wu", office_number="302")
    answers = at_once(
        lambda: decide(one, receipt.receipt_number, step.id, TaskOutcome.APPROVE),
        lambda: decide(two, receipt.receipt_number, step.id, TaskOutcome.REFUSE, "no"),
    )
    (refused,) = [answer for answer in answers if answer is not None]
    decision = Decision.objects.get(case_id=receipt.case_id)
    assert isinstance(refused, AlreadyDecided)
    assert refused.who.office_number == decision.decided_number
    assert refused.at is not None


def test_two_bulk_claims_of_the_same_tasks_share_them_without_a_deadlock() -> None:
    receipts = [started(resident(a_person(serial).pk)) for serial in range(1, 9)]
    wanted = [(r.receipt_number, task(r, "review").id) for r in receipts]
    one, two = officer(username="li"), officer(username="he")
    first, second = at_once(
        lambda: bulk_claim(one, wanted), lambda: bulk_claim(two, list(reversed(wanted)))
    )
    assert {*first.claimed, *second.claimed} == {task_id for _, task_id in wanted}
    assert not {*first.claimed} & {*second.claimed}


def decided_first(receipt: Receipt, head: Actor, other: Callable[[], Any]) -> Any:
    """Let a head decide, and another officer act on the same task while they wait for its case.

    Return what the other was told. The test holds the case until both wait.
    """
    step = task(receipt, "decide")
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(id=receipt.case_id)
            decision = pool.submit(
                at_once, lambda: decide(head, receipt.receipt_number, step.id, TaskOutcome.APPROVE)
            )
            wait_until_waiting(1)
            act = pool.submit(at_once, other)
            wait_until_waiting(2)
        assert decision.result(20) == [None]
        [told] = act.result(20)
        return told


def test_a_withdrawal_and_a_decision_at_once_leave_one_and_the_other_is_told() -> None:
    wang = resident(a_person().pk)
    receipt = reviewed(started(wang), officer())
    head = officer(role="head", username="he", office_number="301")
    number = receipt.receipt_number
    told = decided_first(receipt, head, lambda: actions.withdraw(wang, number))
    assert isinstance(told, WrongState)
    assert Decision.objects.get(case_id=receipt.case_id).outcome == "approved"


def test_who_decides_what_is_being_withdrawn_is_told_so() -> None:
    wang = resident(a_person().pk)
    receipt = reviewed(started(wang), officer())
    head = officer(role="head", username="he", office_number="301")
    number, step = receipt.receipt_number, task(receipt, "decide")
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(id=receipt.case_id)
            withdrawal = pool.submit(at_once, lambda: actions.withdraw(wang, number))
            wait_until_waiting(1)
            decision = pool.submit(
                at_once, lambda: decide(head, number, step.id, TaskOutcome.APPROVE)
            )
            wait_until_waiting(2)
        assert withdrawal.result(20) == [None]
        [told] = decision.result(20)
    assert isinstance(told, CaseEnded) and told.at is not None
    assert not Decision.objects.filter(case_id=receipt.case_id).exists()
    assert task(receipt, "decide").state == "cancelled"


def test_one_of_two_revocations_stands_and_the_other_is_told_who_did() -> None:
    receipt = reviewed(started(resident(a_person().pk)), officer())
    one = officer(role="head", username="he", office_number="301")
    two = officer(role="head", username="wu", office_number="302")
    number = receipt.receipt_number
    decide(one, number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    seen = Decision.objects.get(case_id=receipt.case_id).id
    answers = at_once(
        lambda: actions.revoke(one, number, seen, "The lease was forged.", "deceit"),
        lambda: actions.revoke(two, number, seen, "There is no such house.", "deceit"),
    )
    (told,) = [answer for answer in answers if answer is not None]
    stands = Decision.objects.get(case_id=receipt.case_id, outcome="revoked")
    assert isinstance(told, AlreadyMended)
    assert told.who.office_number == stands.decided_number
    assert Decision.objects.filter(case_id=receipt.case_id).count() == 2


def wait_until_waiting(wanted: int) -> None:
    """Wait until so many connections wait for a row."""
    until = monotonic() + 10
    while monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() == (wanted,):
                return
        sleep(0.02)
    raise AssertionError(f"{wanted} did not come to the same row")


def test_who_claims_what_is_being_decided_is_told_so() -> None:
    receipt = reviewed(started(resident(a_person().pk)), officer())
    one, two = officer(role="head", username="he"), officer(role="head", username="wu")
    step = task(receipt, "decide")
    told = decided_first(receipt, one, lambda: claim(two, receipt.receipt_number, step.id))
    assert isinstance(told, AlreadyDecided)


def test_who_claims_several_tasks_of_which_one_is_being_decided_gets_the_others() -> None:
    receipt = reviewed(started(resident(a_person().pk)), officer())
    free = reviewed(started(resident(a_person(2).pk)), officer(username="he"))
    one, two = officer(role="head", username="wu"), officer(role="head", username="xu")
    wanted = [(r.receipt_number, task(r, "decide").id) for r in (receipt, free)]
    told = decided_first(receipt, one, lambda: bulk_claim(two, wanted))
    assert told.claimed == (task(free, "decide").id,)
    [(refused, why)] = told.refused
    assert refused == task(receipt, "decide").id and isinstance(why, AlreadyDecided)


@pytest.mark.parametrize("deed", ["release", "hand over"])
def test_who_gives_away_what_is_being_decided_is_told_so(deed: str) -> None:
    receipt = reviewed(started(resident(a_person().pk)), officer())
    one, two = officer(role="head", username="he"), officer(role="head", username="wu")
    number, step = receipt.receipt_number, task(receipt, "decide")
    claim(one, number, step.id)

    def give() -> None:
        if deed == "release":
            actions.release(one, number, step.id)
        else:
            actions.hand_over(one, number, step.id, two.account_id or 0)

    assert isinstance(decided_first(receipt, one, give), AlreadyDecided)


def test_what_a_dismissed_officer_is_just_deciding_stays_decided() -> None:
    receipt = reviewed(started(resident(a_person().pk)), officer())
    head = officer(role="head", username="he")
    account_id = head.account_id or 0
    claim(head, receipt.receipt_number, task(receipt, "decide").id)
    end_posts(SYSTEM, account_id)
    decided_first(receipt, head, lambda: actions.release_left_tasks(SYSTEM, account_id, "police"))
    assert task(receipt, "decide").state == "done"
    assert not History.objects.filter(case_id=receipt.case_id, kind="released").exists()


def test_two_agencies_finish_their_opinions_at_once_and_one_decision_opens() -> None:
    receipt = started(
        resident(a_person().pk), an_application("minimum-living-allowance", "good-laid-off-couple")
    )
    reviewed(receipt, officer("civil-affairs"))
    lead = officer("civil-affairs", username="he")
    partner = officer("labour-social-security", username="wu")
    at_once(
        *(
            lambda actor=actor, key=key: actions.give_opinion(
                actor, receipt.receipt_number, task(receipt, key).id, TaskOutcome.FOR, ""
            )
            for actor, key in ((lead, "opinion_lead"), (partner, "opinion_partner"))
        )
    )
    assert Task.objects.filter(case_id=receipt.case_id, key="decide").count() == 1


def test_two_workers_that_start_the_same_process_open_its_tasks_once() -> None:
    receipt = actions.submit(resident(a_person().pk), an_application(), "some-other-key")
    at_once(*[lambda: start_process(SYSTEM, receipt.person_id, receipt.case_id)] * 3)
    assert Task.objects.filter(case_id=receipt.case_id).count() == 1
    assert History.objects.filter(case_id=receipt.case_id, kind="started").count() == 1


def test_two_workers_that_issue_the_same_document_issue_it_once() -> None:
    receipt = started(resident(a_person().pk))
    reviewed(receipt, officer())
    head = officer(role="head", username="he")
    decide(head, receipt.receipt_number, task(receipt, "decide").id, TaskOutcome.APPROVE)
    at_once(*[lambda: issue_document(SYSTEM, receipt.person_id, receipt.case_id)] * 2)
    assert IssuedDocument.objects.filter(case_id=receipt.case_id).count() == 1
