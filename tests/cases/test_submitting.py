"""Every application comes through one door."""

import secrets
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from city_life import (
    a_person,
    an_account,
    an_application,
    case_of,
    files_for,
    officer,
    records,
    resident,
    send,
    visitor,
)
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from yimen.base.actor import SYSTEM, Channel
from yimen.base.identifiers import credit_code_check, normal_receipt_number
from yimen.cases.actions import send_status_code, submit
from yimen.cases.models import Application, Case, CaseFile, History, IdempotencyKey
from yimen.cases.rules.errors import (
    AnswersRefused,
    AnswersTooLarge,
    BadKey,
    ChannelNotOffered,
    FileRefused,
    KeyReused,
    NotAllowed,
    NotFound,
    UnknownService,
)
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.ledger.models import Event
from yimen.people.actions import register_organisation
from yimen.people.types import OrganisationFacts

KEY = "portal-7d1e4c"

pytestmark = pytest.mark.usefixtures("city")


def test_an_application_becomes_a_case_with_history_event_and_job(city: City) -> None:
    person = a_person()
    receipt = submit(resident(person.pk), an_application(), KEY)

    assert normal_receipt_number(receipt.receipt_number) == receipt.receipt_number
    case = case_of(receipt)
    assert (case.state, case.agency, case.agencies) == ("received", "police", ["police"])
    application = Application.objects.get(person_id=person.pk, id=case.id)
    assert application.answers["landlord_name"] == "王建国"
    assert application.answers["arrived_on"] == "2024-09-01"
    assert application.identified
    assert [h.kind for h in History.objects.filter(person_id=person.pk)] == ["submitted"]
    assert Event.objects.get(kind="cases.submitted").payload["case_id"] == str(case.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")
        names = [row[0] for row in cursor.fetchall()]
    assert "yimen.cases.handlers.start_process" in names


def test_both_due_dates_are_computed_when_it_arrives(city: City) -> None:
    receipt = send(resident(a_person().pk))
    service = city.services["residence-permit"]
    day = case_of(receipt).submitted_on
    assert receipt.promised_due is not None and receipt.statutory_due is not None
    assert (receipt.promised_due - day).days >= service.promised.days
    assert receipt.promised_due <= receipt.statutory_due


def test_the_fee_is_that_of_the_day_of_sending() -> None:
    receipt = send(
        resident(a_person().pk), an_application("passport-application", "good-first-holiday")
    )
    assert receipt.fee == Decimal("120.00")


def test_sending_costs_a_handful_of_statements() -> None:
    actor = resident(a_person().pk)
    application = replace(an_application(), files=())
    wanted = an_application().files
    send(actor)  # fills what the process keeps
    with CaptureQueriesContext(connection) as captured:
        submit(actor, replace(application, files=wanted), KEY)
    statements = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    # One for application, case, history, key and receipt number; one for the files; one for the
    # event and its job.
    assert len(statements) == 3, statements


def test_the_same_key_again_gives_the_same_receipt() -> None:
    actor = resident(a_person().pk)
    first = submit(actor, an_application(), KEY)
    again = submit(actor, an_application(), KEY)
    assert again.receipt_number == first.receipt_number
    assert again.repeated and not first.repeated
    assert replace(again, repeated=False) == first
    assert Case.objects.count() == 1


def test_the_same_key_with_another_content_is_refused() -> None:
    actor = resident(a_person().pk)
    submit(actor, an_application(), KEY)
    with pytest.raises(KeyReused):
        submit(actor, an_application(phone="13900000009"), KEY)


def test_keys_of_two_senders_do_not_meet() -> None:
    one = submit(resident(a_person(1).pk), an_application(), KEY)
    other = resident(a_person(3).pk, account_id=77)
    two = submit(other, an_application(), KEY)
    assert one.receipt_number != two.receipt_number


@pytest.mark.parametrize("key", ["short", "x" * 101, "with\nline break", "中文的钥匙够长了吧"])
def test_a_key_that_cannot_be_told_apart_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        submit(visitor(), an_application(), key)


def test_a_visitor_gets_a_provisional_person() -> None:
    receipt = send(visitor())
    application = Application.objects.get(id=receipt.case_id)
    assert not application.identified
    assert receipt.person_id != a_person().pk


def test_a_visitor_who_sends_twice_leaves_one_person() -> None:
    first = submit(visitor(), an_application(), KEY)
    again = submit(visitor(), an_application(), KEY)
    assert again.person_id == first.person_id
    assert Event.objects.filter(kind="people.made_provisional").count() == 1


def test_answers_that_are_not_right_are_named_and_nothing_is_written() -> None:
    with pytest.raises(AnswersRefused) as refused:
        send(visitor(), an_application(phone="call me", arrived_on="yesterday"))
    assert {key: str(e.code) for key, e in refused.value.by_key.items()} == {
        "phone": "bad_phone",
        "arrived_on": "not_a_date",
    }
    assert not Case.objects.exists() and not IdempotencyKey.objects.exists()


def test_a_material_that_is_missing_is_named() -> None:
    with pytest.raises(AnswersRefused) as refused:
        send(visitor(), replace(an_application(), files=files_for(("id-card", "photo"))))
    assert list(refused.value.by_key) == ["address-proof"]


def test_a_record_stands_in_for_a_material() -> None:
    person = a_person()
    records("population", person.pk, **_population())
    receipt = send(
        resident(person.pk),
        replace(an_application(), files=files_for(("photo", "address-proof"))),
    )
    kept = CaseFile.objects.filter(case_id=receipt.case_id)
    assert {file.material_key for file in kept} == {"photo", "address-proof"}


def test_no_record_stands_in_for_a_visitor() -> None:
    person = a_person()
    records("population", person.pk, **_population())
    with pytest.raises(AnswersRefused):
        send(
            visitor(person.pk),
            replace(an_application(), files=files_for(("photo", "address-proof"))),
        )


def _population() -> dict[str, object]:
    fields = current_city().data_sets["population"].fields
    return {
        f.key: (f.options[0].value if f.options else False if f.kind == "yes_no" else "上海")
        for f in fields
        if f.required
    }


def test_an_application_without_files_is_taken_when_records_stand_in() -> None:
    person = a_person(born="19900101")
    records("population", person.pk, **_population())
    application = an_application("pension-enrolment", "good-freelance-debit")
    receipt = send(resident(person.pk), replace(application, files=()))
    assert not CaseFile.objects.filter(case_id=receipt.case_id).exists()


def test_who_represents_a_company_applies_for_it() -> None:
    wang = a_person()
    body = "91310100DEM000001"
    facts = OrganisationFacts(
        "晨光小吃店", body + credit_code_check(body), "王芳", representative_id=wang.pk
    )
    company = register_organisation(SYSTEM, facts)
    application = an_application("business-licence", "good-trading-company", person_id=company.pk)
    receipt = send(resident(wang.pk), application)
    assert receipt.person_id == company.pk
    with pytest.raises(NotAllowed):
        send(resident(a_person(3).pk), application)
    an_account(wang.pk)
    assert send_status_code(visitor(), receipt.receipt_number) == "w***@example.org"


def test_two_receipt_numbers_that_happen_to_be_alike_are_kept_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    choose, unlucky = secrets.choice, iter("A" * 14)
    monkeypatch.setattr(secrets, "choice", lambda words: next(unlucky, None) or choose(words))
    wang = resident(a_person().pk)
    first, second = send(wang), send(wang)
    assert first.receipt_number != second.receipt_number
    assert case_of(second).receipt_number == second.receipt_number


def test_luck_that_bad_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "choice", lambda words: words[0])
    wang = resident(a_person().pk)
    send(wang)
    with pytest.raises(IntegrityError):
        send(wang)


def test_more_files_than_a_material_may_have_are_refused() -> None:
    crowded = replace(an_application(), files=files_for(("photo",) * 9))
    with pytest.raises(FileRefused) as refused:
        send(visitor(), crowded)
    assert refused.value.problem == "too_many"


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(UnknownService):
        send(visitor(), replace(an_application(), service_code="flying-carpet"))


def test_more_text_than_any_form_asks_is_refused() -> None:
    with pytest.raises(AnswersTooLarge):
        send(visitor(), an_application(current_address="x" * 300_000))


def test_a_channel_that_the_service_does_not_offer_is_refused() -> None:
    with pytest.raises(ChannelNotOffered):
        send(visitor(channel=Channel.DESK))


def test_nobody_applies_for_somebody_else() -> None:
    other = a_person(3)
    with pytest.raises(NotAllowed):
        send(resident(a_person(1).pk), an_application(person_id=other.pk))


def test_an_officer_without_the_right_enters_nothing() -> None:
    with pytest.raises(NotAllowed):
        send(officer(channel=Channel.COUNTER))


def test_a_clerk_enters_an_application_for_somebody_and_is_named() -> None:
    person = a_person()
    clerk = officer(role="clerk", office_number="7", channel=Channel.COUNTER)
    receipt = send(clerk, an_application(person_id=person.pk))
    application = Application.objects.get(person_id=person.pk, id=receipt.case_id)
    assert (application.submitted_agency, application.submitted_number) == ("police", "7")
    assert application.channel == "counter" and application.identified


def test_a_draft_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        submit(resident(a_person().pk), a_person(3).pk, KEY)


def test_a_repeated_key_answers_also_when_the_content_would_now_be_refused() -> None:
    actor = resident(a_person().pk)
    first = submit(actor, an_application(), KEY)
    assert case_of(first).submitted_on <= date.max
    with pytest.raises(KeyReused):
        submit(actor, replace(an_application(), service_code="flying-carpet"), KEY)


def test_an_application_in_a_language_that_the_city_has_not_is_answered_in_its_first() -> None:
    sent = replace(an_application(), language="xx")
    number = submit(resident(a_person().pk), sent, KEY).receipt_number
    assert Application.objects.get(receipt_number=number).language == "zh"
