"""The resident's turn: what was asked, with the clock standing still."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from city_life import (
    PDF,
    PNG,
    a_person,
    an_application,
    case_of,
    files_for,
    officer,
    records,
    resident,
    reviewed,
    started,
    task,
    upload,
    visitor,
    work,
)

from yimen.base.actor import SYSTEM, Actor
from yimen.cases.actions import (
    answer_correction,
    ask_for_correction,
    claim,
    decide,
    request_extension,
    store_correction_upload,
    take_back_correction,
    tell_of_correction,
)
from yimen.cases.models import Application, CaseFile, ClockStop, Correction
from yimen.cases.queries import file, history, own_application, status, wanted
from yimen.cases.rules.errors import (
    AlreadyClaimed,
    AlreadyDecided,
    AnswersRefused,
    FileRefused,
    NotAllowed,
    NotFound,
    NothingToCorrect,
    ReasonMissing,
    UnknownItem,
    UnknownMaterial,
    WrongState,
)
from yimen.cases.types import (
    CorrectionItem,
    CorrectionKind,
    DueBand,
    Receipt,
    StepKind,
    TaskOutcome,
)
from yimen.catalogue.definition import City
from yimen.mailbox.queries import messages_of

FIELD, MATERIAL = CorrectionKind.FIELD, CorrectionKind.MATERIAL
PHONE = CorrectionItem(FIELD, "phone", "Nobody answers under this number.")
PHOTO = CorrectionItem(MATERIAL, "photo", "The face is in the shade.")
MONDAY = datetime(2026, 11, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def li() -> Actor:
    return officer("police", "officer", "li", "211")


@pytest.fixture
def permit(wang: Actor) -> Receipt:
    return started(wang)


def ask(actor: Actor, receipt: Receipt, *items: CorrectionItem) -> None:
    ask_for_correction(actor, receipt.receipt_number, task(receipt, "review").id, items)


def test_the_resident_sees_exactly_what_to_correct_and_why(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, PHONE, PHOTO)
    turn = status(wang, permit.receipt_number).your_turn
    assert turn is not None
    assert turn.items == (PHONE, PHOTO)
    assert (turn.officer.agency, turn.officer.office_number) == ("police", "211")


def test_who_has_the_task_keeps_it_when_asking(li: Actor, permit: Receipt) -> None:
    claim(li, permit.receipt_number, task(permit, "review").id)
    since = task(permit, "review").claimed_at
    ask(li, permit, PHONE)
    assert task(permit, "review").claimed_at == since


def test_asking_claims_the_task(li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE)
    assert task(permit, "review").assignee == li.account_id


def test_the_clock_stands_while_it_is_the_residents_turn(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, PHONE)
    case = case_of(permit)
    assert (case.state, case.promised_due, case.statutory_due) == ("waiting", None, None)
    told = status(wang, permit.receipt_number)
    assert told.left.band is DueBand.STANDING
    assert told.promised_steps[-1].kind is StepKind.STANDING
    assert task(permit, "review").waiting


def test_the_stopped_days_are_added(wang: Actor, li: Actor) -> None:
    application = an_application("reproductive-service-card", "good-planning-couple")
    eve = officer("family-planning", "officer", "sun")
    with time_machine.travel(MONDAY, tick=False):
        receipt = started(wang, application)
        before = case_of(receipt).promised_due
        ask(eve, receipt, PHONE)
    with time_machine.travel(MONDAY + timedelta(days=4), tick=False):
        answer_correction(wang, receipt.receipt_number, {"phone": "13900000009"})
        told = status(wang, receipt.receipt_number)
    # Tuesday to Friday did not count: four working days, seven calendar days on.
    assert (before, case_of(receipt).promised_due) == (date(2026, 11, 11), date(2026, 11, 17))
    (stopped,) = [s for s in told.promised_steps if s.kind is StepKind.STOPPED]
    assert (stopped.days, stopped.unit) == (4, "working_days")
    assert not task(receipt, "review").waiting
    assert task(receipt, "review").due == date(2026, 11, 17)


def test_the_corrected_answer_counts_and_the_old_one_is_kept(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, PHONE)
    answer_correction(wang, permit.receipt_number, {"phone": "13900000009"})
    assert own_application(wang, permit.receipt_number).answers["phone"] == "13900000009"
    correction = Correction.objects.get(case_id=permit.case_id)
    assert correction.answers == {"phone": {"was": "13900000002", "now": "13900000009"}}
    (line,) = [
        line for line in file(li, permit.receipt_number).answers if line.field.key == "phone"
    ]
    assert (line.value, line.was) == ("13900000009", ("13900000002",))
    assert case_of(permit).state == "handling"


def test_a_corrected_material_replaces_the_one_before(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, PHOTO)
    better = store_correction_upload(wang, permit.receipt_number, "photo", "me.png", upload(PNG))
    answer_correction(wang, permit.receipt_number, {}, [better])
    shown = own_application(wang, permit.receipt_number).files
    assert [f.name for f in shown if f.material_key == "photo"] == ["me.png"]
    assert CaseFile.objects.filter(case_id=permit.case_id, material_key="photo").count() == 2


def test_everything_that_was_asked_must_come(wang: Actor, li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE, PHOTO)
    with pytest.raises(AnswersRefused) as refused:
        answer_correction(wang, permit.receipt_number, {})
    assert {key: str(e.code) for key, e in refused.value.by_key.items()} == {
        "phone": "required",
        "photo": "material_missing",
    }
    assert case_of(permit).state == "waiting"


def test_nothing_else_can_be_changed(wang: Actor, li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE)
    with pytest.raises(UnknownItem):
        answer_correction(
            wang, permit.receipt_number, {"phone": "13900000009", "landlord_name": "李四"}
        )
    with pytest.raises(UnknownItem):
        answer_correction(
            wang, permit.receipt_number, {"phone": "13900000009"}, files_for(("photo",))
        )


def test_a_wrong_correction_is_named(wang: Actor, li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE)
    with pytest.raises(AnswersRefused) as refused:
        answer_correction(wang, permit.receipt_number, {"phone": "call me"})
    assert str(refused.value.by_key["phone"].code) == "bad_phone"


def test_questions_that_a_corrected_answer_opens_can_be_answered(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, CorrectionItem(FIELD, "ground", "You work here, I think."))
    with pytest.raises(AnswersRefused) as refused:
        answer_correction(wang, permit.receipt_number, {"ground": "work"})
    assert set(refused.value.by_key) == {"employer", "work-proof"}  # no record has the proof
    assert wanted(wang, permit.receipt_number, {"ground": "work"}).keys == {
        "ground",
        "employer",
        "contract_until",
        "work-proof",
    }
    answers = {"ground": "work", "employer": "申江建筑公司"}
    proof = store_correction_upload(
        wang, permit.receipt_number, "work-proof", "contract.pdf", upload(PDF)
    )
    answer_correction(wang, permit.receipt_number, answers, [proof])
    application = own_application(wang, permit.receipt_number)
    assert "landlord_name" not in application.answers and application.answers["ground"] == "work"
    assert "contract.pdf" in [file.name for file in application.files]


def test_a_record_stands_in_for_a_material_that_a_corrected_answer_calls_for(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, CorrectionItem(FIELD, "ground", "You work here, I think."))
    assert wang.person_id is not None
    records("employment", wang.person_id, status="employed")
    answers = {"ground": "work", "employer": "申江建筑公司"}
    assert "work-proof" not in wanted(wang, permit.receipt_number, answers).keys
    answer_correction(wang, permit.receipt_number, answers)
    assert own_application(wang, permit.receipt_number).answers["ground"] == "work"


def test_what_a_corrected_answer_makes_superfluous_need_not_come(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    landlord = CorrectionItem(FIELD, "landlord_name", "This is not the name in the lease.")
    ask(li, permit, CorrectionItem(FIELD, "ground", "You study here, I think."), landlord)
    answers = {"ground": "study", "school": "华东师范大学"}
    proof = store_correction_upload(
        wang, permit.receipt_number, "study-proof", "card.pdf", upload(PDF)
    )
    answer_correction(wang, permit.receipt_number, answers, [proof])
    assert "landlord_name" not in own_application(wang, permit.receipt_number).answers
    assert case_of(permit).state == "handling"


def test_what_does_not_hold_any_more_is_asked_for_besides(
    wang: Actor, li: Actor, permit: Receipt
) -> None:
    answers = own_application(wang, permit.receipt_number).answers
    Application.objects.update(answers={**answers, "current_division": "999999999"})
    ask(li, permit, PHONE)
    assert wanted(wang, permit.receipt_number, {}).keys == {"phone", "current_division"}
    answer = {"phone": "13900000009", "current_division": answers["current_division"]}
    answer_correction(wang, permit.receipt_number, answer)
    assert case_of(permit).state == "handling"


def test_a_file_for_a_correction_is_checked(wang: Actor, li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHOTO)
    with pytest.raises(FileRefused):
        store_correction_upload(wang, permit.receipt_number, "photo", "a.png", upload(b"<html>"))
    with pytest.raises(UnknownMaterial):
        store_correction_upload(wang, permit.receipt_number, "map", "a.png", upload(PNG))


@pytest.mark.parametrize(
    ("items", "error"),
    [
        ((), NothingToCorrect),
        ((PHONE, PHONE), NothingToCorrect),
        ((CorrectionItem(FIELD, "favourite_colour", "?"),), UnknownItem),
        ((CorrectionItem(MATERIAL, "phone", "?"),), UnknownItem),
        ((replace(PHONE, says=" "),), ReasonMissing),
    ],
)
def test_what_cannot_be_asked_is_refused(
    li: Actor, permit: Receipt, items: tuple[CorrectionItem, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ask(li, permit, *items)
    assert case_of(permit).state == "handling"


def test_nothing_is_decided_while_it_is_the_residents_turn(li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE)
    for act in (lambda: reviewed(permit, li), lambda: ask(li, permit, PHOTO)):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(WrongState):
        request_extension(li, permit.receipt_number, 3, "Waiting for the register.")


def test_who_has_not_the_task_does_not_ask(li: Actor, permit: Receipt) -> None:
    he = officer("police", "officer", "he", "212")
    claim(he, permit.receipt_number, task(permit, "review").id)
    with pytest.raises(AlreadyClaimed):
        ask(li, permit, PHONE)
    with pytest.raises(NotAllowed):
        ask(officer("police", "supervisor", "wu"), permit, PHONE)
    reviewed(permit, he)
    with pytest.raises(AlreadyDecided):
        ask(he, permit, PHONE)


def test_nobody_else_answers(li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE)
    answer = {"phone": "13900000009"}
    for stranger in (resident(a_person(3).pk), visitor(), officer("civil-affairs", username="wu")):
        with pytest.raises(NotFound):
            answer_correction(stranger, permit.receipt_number, answer)
    with pytest.raises(NotAllowed):
        answer_correction(li, permit.receipt_number, answer)
    clerk = officer("police", "clerk", "sun")
    answer_correction(clerk, permit.receipt_number, answer)
    assert case_of(permit).state == "handling"


def test_what_was_not_asked_is_not_answered(wang: Actor, li: Actor, permit: Receipt) -> None:
    with pytest.raises(NotFound):
        answer_correction(wang, permit.receipt_number, {"phone": "13900000009"})
    with pytest.raises(NotFound):
        take_back_correction(li, permit.receipt_number)


def test_the_office_can_go_on_without_the_correction(li: Actor, permit: Receipt) -> None:
    before = case_of(permit).promised_due
    ask(li, permit, PHONE)
    with pytest.raises(NotAllowed):
        take_back_correction(officer("police", "supervisor", "wu"), permit.receipt_number)
    take_back_correction(li, permit.receipt_number)
    case = case_of(permit)
    assert (case.state, case.promised_due) == ("handling", before)
    assert ClockStop.objects.get(case_id=case.id).until is not None
    head = officer("police", "head", "zhao")
    reviewed(permit, li)
    decide(head, permit.receipt_number, task(permit, "decide").id, TaskOutcome.APPROVE)
    assert case_of(permit).state == "closed"


def test_the_resident_gets_one_message_in_every_language_of_the_city(
    city: City, wang: Actor, li: Actor, permit: Receipt
) -> None:
    ask(li, permit, PHONE, PHOTO)
    work()
    correction = Correction.objects.get(case_id=permit.case_id)
    tell_of_correction(SYSTEM, permit.person_id, permit.case_id, correction.id)
    newest, _received = messages_of(wang)
    assert PHONE.says in newest.body["en"] and PHOTO.says in newest.body["zh"]
    label = city.services["residence-permit"].field_by_key("phone")
    assert label is not None
    assert label.label["zh"] in newest.body["zh"]
    assert newest.case_receipt == permit.receipt_number
    with pytest.raises(NotAllowed):
        tell_of_correction(wang, permit.person_id, permit.case_id, correction.id)


def test_the_history_tells_it_all(wang: Actor, li: Actor, permit: Receipt) -> None:
    ask(li, permit, PHONE)
    answer_correction(wang, permit.receipt_number, {"phone": "13900000009"})
    lines = {line.kind: line for line in history(wang, permit.receipt_number)}
    assert lines["correction_asked"].data["items"] == [
        {"kind": "field", "key": "phone", "says": PHONE.says}
    ]
    assert lines["correction_answered"].data == {"keys": ["phone"]}
