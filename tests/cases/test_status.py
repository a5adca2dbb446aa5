"""Where it is, with whom, due when and why: signed in, or with receipt number and a code."""

import re
from datetime import timedelta

import pytest
import time_machine
from changed_city import ChangeCity, new_version
from city_life import (
    a_person,
    an_account,
    an_application,
    officer,
    resident,
    send,
    started,
    task,
    visitor,
    work,
)
from django.core import mail
from django.core.cache import cache

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.actions import claim, open_status, send_status_code, start_draft
from yimen.cases.models import StatusCode
from yimen.cases.queries import (
    case_file,
    cases_of,
    figures,
    history,
    own_application,
    status,
    status_by_receipt,
)
from yimen.cases.rules.errors import CodeWrong, NoContact, NotFound, TooManyCodes
from yimen.cases.types import CaseState, HistoryKind, Receipt
from yimen.ledger.models import Event
from yimen.people.actions import claim_provisional

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    person = a_person()
    return resident(person.pk, an_account(person.pk))


@pytest.fixture
def permit(wang: Actor) -> Receipt:
    return started(wang)


def test_a_resident_sees_where_it_is_and_with_whom(wang: Actor, permit: Receipt) -> None:
    told = status(wang, permit.receipt_number)
    assert (told.state, told.is_open, told.outcome) == (CaseState.HANDLING, True, None)
    (place,) = told.now_with
    assert (place.agency, place.title["en"], place.officer) == ("police", "Check the file", None)
    claim(
        officer("police", "officer", "li", "211"), permit.receipt_number, task(permit, "review").id
    )
    (place,) = status(wang, permit.receipt_number).now_with
    assert place.officer is not None and place.officer.office_number == "211"


def test_both_dates_explain_themselves(wang: Actor, permit: Receipt) -> None:
    told = status(wang, permit.receipt_number)
    assert told.promised_steps[-1].day == told.promised.due
    assert told.statutory_steps[1].source == told.service.statutory.source
    assert told.left.due == told.promised.due


def test_the_receipt_number_is_found_as_people_type_it(wang: Actor, permit: Receipt) -> None:
    typed = permit.receipt_number.replace("-", " ").lower()
    assert status(wang, typed).receipt_number == permit.receipt_number
    for wrong in ("", "260101-AAAA-AAAA", permit.receipt_number[:-1] + "0", "\x00"):
        with pytest.raises(NotFound):
            status(wang, wrong + "x")


def test_nobody_else_sees_it(permit: Receipt) -> None:
    for stranger in (resident(a_person(3).pk), visitor(), officer("civil-affairs", username="wu")):
        for read in (status, history, own_application):
            with pytest.raises(NotFound):
                read(stranger, permit.receipt_number)
        assert cases_of(stranger) == ()


def test_an_officer_opens_the_file_not_the_residents_page(permit: Receipt) -> None:
    li = officer("police", "officer", "li")
    with pytest.raises(NotFound):
        own_application(li, permit.receipt_number)
    assert cases_of(li) == ()


def test_a_resident_sees_what_was_sent(wang: Actor, permit: Receipt) -> None:
    sent = own_application(wang, permit.receipt_number)
    assert sent.answers["phone"] == "13900000002"
    assert {file.material_key for file in sent.files} == {"id-card", "photo", "address-proof"}
    found = case_file(wang, permit.receipt_number, sent.files[0].id)
    assert found == sent.files[0]
    with pytest.raises(NotFound):
        case_file(wang, permit.receipt_number, permit.case_id)


def test_a_list_shows_the_newest_first_page_by_page(wang: Actor, permit: Receipt) -> None:
    newer = send(wang)
    shown = cases_of(wang)
    assert [case.receipt_number for case in shown] == [newer.receipt_number, permit.receipt_number]
    assert [case.state for case in shown] == ["received", "handling"]
    assert [case.receipt_number for case in cases_of(wang, newer.case_id)] == [
        permit.receipt_number
    ]


def test_what_was_sent_before_signing_in_is_found_after_the_claim(wang: Actor) -> None:
    receipt = send(visitor())
    assert wang.person_id is not None
    assert cases_of(wang) == ()
    claim_provisional(wang, receipt.person_id, wang.person_id)
    assert [case.receipt_number for case in cases_of(wang)] == [receipt.receipt_number]


def test_a_running_case_keeps_its_fee_and_the_page_can_say_why(
    wang: Actor, permit: Receipt, change_city: ChangeCity
) -> None:
    assert not status(wang, permit.receipt_number).fee_changed
    change_city(new_version("residence-permit", ('amount = "0.00"', 'amount = "20.00"')))
    told = status(wang, permit.receipt_number)
    assert told.fee_changed and told.fee == permit.fee
    assert told.service.version == permit.service_version


# With receipt number and one-time code


def code_in_the_mail() -> str:
    work()
    return re.findall(r"\d{6}", mail.outbox[-1].subject)[0]


def test_a_code_comes_by_e_mail_and_opens_the_status(wang: Actor, permit: Receipt) -> None:
    assert send_status_code(visitor(), permit.receipt_number) == "w***@example.org"
    ticket = open_status(visitor(), permit.receipt_number, code_in_the_mail())
    told = status_by_receipt(permit.receipt_number, ticket.token)
    assert told.receipt_number == permit.receipt_number
    assert ticket.provisional_person_id is None
    assert HistoryKind.SUBMITTED in [line.kind for line in told.history]


def test_the_ticket_opens_nothing_else_and_ends(wang: Actor, permit: Receipt) -> None:
    other = started(wang)
    send_status_code(visitor(), permit.receipt_number)
    ticket = open_status(visitor(), permit.receipt_number, code_in_the_mail())
    for number, token in (
        (other.receipt_number, ticket.token),
        (permit.receipt_number, ""),
        (permit.receipt_number, ticket.token + "x"),
    ):
        with pytest.raises(NotFound):
            status_by_receipt(number, token)
    later = now() + timedelta(minutes=31)
    with time_machine.travel(later, tick=False), pytest.raises(NotFound):
        status_by_receipt(permit.receipt_number, ticket.token)


def test_a_code_works_once(permit: Receipt) -> None:
    send_status_code(visitor(), permit.receipt_number)
    code = code_in_the_mail()
    open_status(visitor(), permit.receipt_number, code)
    with pytest.raises(CodeWrong):
        open_status(visitor(), permit.receipt_number, code)


def test_a_code_is_too_old_after_a_quarter_of_an_hour(permit: Receipt) -> None:
    send_status_code(visitor(), permit.receipt_number)
    code = code_in_the_mail()
    later = now() + timedelta(minutes=16)
    with time_machine.travel(later, tick=False), pytest.raises(CodeWrong):
        open_status(visitor(), permit.receipt_number, code)


def test_a_code_can_be_tried_five_times(permit: Receipt) -> None:
    send_status_code(visitor(), permit.receipt_number)
    code = code_in_the_mail()
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(CodeWrong):
            open_status(visitor(), permit.receipt_number, wrong)
    with pytest.raises(TooManyCodes):
        open_status(visitor(), permit.receipt_number, code)
    assert Event.objects.filter(kind="cases.status_code_refused").count() == 5


def test_three_codes_an_hour_are_sent_for_one_receipt_number(permit: Receipt) -> None:
    for _ in range(3):
        send_status_code(visitor(), permit.receipt_number)
    with pytest.raises(TooManyCodes) as refused:
        send_status_code(visitor(), permit.receipt_number)
    with time_machine.travel(refused.value.again_at + timedelta(seconds=1), tick=False):
        send_status_code(visitor(), permit.receipt_number)


def test_only_hashes_of_codes_are_kept(permit: Receipt) -> None:
    send_status_code(visitor(), permit.receipt_number)
    code = code_in_the_mail()
    row = StatusCode.objects.get()
    assert code not in row.code_hash and len(row.code_hash) == 64


def test_a_code_for_an_unknown_number_is_refused() -> None:
    with pytest.raises(NotFound):
        send_status_code(visitor(), "260101-AAAA-AAAA")
    with pytest.raises(CodeWrong):
        open_status(visitor(), "260101-AAAA-AAAA", "123456")


def test_without_an_address_there_is_no_code() -> None:
    receipt = send(visitor())
    with pytest.raises(NoContact):
        send_status_code(visitor(), receipt.receipt_number)


def test_a_visitor_gets_the_code_at_the_address_in_the_application_and_goes_on() -> None:
    application = an_application(
        "pension-enrolment", "good-freelance-debit", email="fang@example.org"
    )
    receipt = started(visitor(), application)
    assert send_status_code(visitor(), receipt.receipt_number) == "f***@example.org"
    work()
    ticket = open_status(visitor(), receipt.receipt_number, code_in_the_mail())
    assert ticket.provisional_person_id == receipt.person_id
    assert own_application(visitor(ticket.provisional_person_id), receipt.receipt_number).files


# Figures


def test_todays_figures_count_what_came_in_and_went_out(wang: Actor, permit: Receipt) -> None:
    cache.delete("cases-figures")
    start_draft(wang, "residence-permit")
    counted = figures()
    assert (counted.submitted, counted.decided, counted.in_time) == (1, 0, 0)
    assert figures() == counted
    cache.delete("cases-figures")
