"""Filling in an application: saved, resumed elsewhere, and kept when the service changes."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from changed_city import ChangeCity, closed
from city_life import (
    PDF,
    PNG,
    a_person,
    an_application,
    officer,
    records,
    resident,
    send,
    upload,
    visitor,
)

from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel
from yimen.base.clock import now
from yimen.cases.actions import (
    attach,
    discard_draft,
    expire_drafts,
    forget_old_keys,
    make_resume_code,
    remove_attachment,
    resume_draft,
    save_answers,
    start_draft,
    store_upload,
    submit,
)
from yimen.cases.models import CaseFile, Draft, DraftFile, IdempotencyKey, ResumeCode
from yimen.cases.queries import DraftView, draft, drafts, prefilled, receipt_of_draft, stands_in
from yimen.cases.rules.errors import (
    AnswersTooLarge,
    FileRefused,
    NotAllowed,
    NotFound,
    ServiceClosed,
    UnknownItem,
    UnknownMaterial,
    UnknownService,
)
from yimen.ledger.models import Event, StoredDocument
from yimen.ledger.queries import open_document
from yimen.people.actions import claim_provisional

SERVICE = "residence-permit"

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


def filled(actor: Actor, service: str = SERVICE, name: str = "good-rented-home") -> DraftView:
    """Start a draft and fill it in as in an example."""
    begun = start_draft(actor, service)
    actor = actor if actor.person_id else visitor(begun.person_id)
    good = an_application(service, name)
    save_answers(actor, begun.id, good.answers)
    for file in good.files:
        attach(actor, begun.id, file.material_key, "scan", upload(PNG))
    return draft(actor, begun.id)


def test_a_draft_keeps_what_was_saved(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    save_answers(wang, begun.id, {"ground": "rented_home", "phone": "not a number yet"})
    save_answers(wang, begun.id, {"phone": "13900000002"})
    assert draft(wang, begun.id).answers == {"ground": "rented_home", "phone": "13900000002"}


def test_an_answer_can_be_taken_away(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    save_answers(wang, begun.id, {"phone": "13900000002"})
    assert save_answers(wang, begun.id, {"phone": None}).answers == {}


def test_saving_makes_the_draft_live_on(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    with time_machine.travel(now() + timedelta(days=30), tick=False):
        later = save_answers(wang, begun.id, {"phone": "13900000002"})
    assert later.expires_at - begun.expires_at == pytest.approx(
        timedelta(days=30), abs=timedelta(minutes=1)
    )


def test_an_answer_to_a_question_that_is_not_asked_is_refused(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    with pytest.raises(UnknownItem):
        save_answers(wang, begun.id, {"favourite_colour": "jade"})


def test_endless_answers_are_refused(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    with pytest.raises(AnswersTooLarge):
        save_answers(wang, begun.id, {"phone": "1" * 300_000})


def test_the_event_names_the_questions_and_no_answer(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    save_answers(wang, begun.id, {"phone": "13900000002"})
    event = Event.objects.get(kind="cases.draft_saved")
    assert event.payload == {"draft_id": str(begun.id), "fields": ["phone"]}


def test_a_draft_is_the_property_of_one_person(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    for stranger in (resident(a_person(3).pk), visitor(), visitor(uuid4()), officer()):
        with pytest.raises(NotFound):
            draft(stranger, begun.id)
        with pytest.raises(NotFound):
            save_answers(stranger, begun.id, {"phone": "13900000002"})
        assert drafts(stranger) == ()
    assert [found.id for found in drafts(wang)] == [begun.id]


def test_a_visitor_gets_a_person_to_keep_in_the_session() -> None:
    begun = start_draft(visitor(), SERVICE)
    assert draft(visitor(begun.person_id), begun.id).id == begun.id


def test_an_unknown_service_has_no_draft(wang: Actor) -> None:
    with pytest.raises(UnknownService):
        start_draft(wang, "flying-carpet")


def test_a_closed_service_takes_neither_drafts_nor_applications(
    wang: Actor, change_city: ChangeCity
) -> None:
    begun, application = filled(wang), an_application()
    change_city(closed(SERVICE))
    with pytest.raises(ServiceClosed):
        start_draft(wang, SERVICE)
    with pytest.raises(ServiceClosed):
        submit(wang, begun.id, "some-key-1")
    with pytest.raises(ServiceClosed):
        send(wang, application)


def test_a_service_that_closes_later_is_still_open(wang: Actor, change_city: ChangeCity) -> None:
    change_city(closed(SERVICE, "2099-01-01"))
    assert start_draft(wang, SERVICE)


# Files


def test_a_file_is_kept_under_the_hash_of_its_content(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    added = attach(wang, begun.id, "id-card", "身份证", upload())
    assert (added.name, added.media_type, added.size) == (
        "身份证.pdf",
        "application/pdf",
        len(PDF),
    )
    with open_document(added.sha256) as stored:
        assert stored.read() == PDF
    assert StoredDocument.objects.get(sha256=added.sha256).media_type == "application/pdf"


def test_a_file_can_be_taken_out(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    added = attach(wang, begun.id, "id-card", "a.pdf", upload())
    remove_attachment(wang, begun.id, added.id)
    assert draft(wang, begun.id).files == ()
    with pytest.raises(NotFound):
        remove_attachment(wang, begun.id, added.id)


def test_no_more_of_an_endless_file_is_read_than_may_be_kept(wang: Actor) -> None:
    class Endless:
        read_so_far = 0

        def read(self, size: int) -> bytes:
            self.read_so_far += size
            return b"%PDF" + b"x" * (size - 4)

    begun = start_draft(wang, SERVICE)
    endless = Endless()
    with pytest.raises(FileRefused) as refused:
        attach(wang, begun.id, "id-card", "a.pdf", endless)  # type: ignore[arg-type]  # a file
    assert refused.value.problem == "too_large"
    assert endless.read_so_far == refused.value.limit + 1


def test_a_material_takes_as_many_files_as_declared(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    material = begun.service.material_by_key("id-card")
    assert material is not None
    for _ in range(material.max_files):
        attach(wang, begun.id, "id-card", "a.pdf", upload())
    with pytest.raises(FileRefused) as refused:
        attach(wang, begun.id, "id-card", "a.pdf", upload())
    assert refused.value.problem == "too_many"


def test_a_material_that_is_not_asked_for_takes_nothing(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    with pytest.raises(UnknownMaterial):
        attach(wang, begun.id, "treasure-map", "a.pdf", upload())
    with pytest.raises(UnknownMaterial):
        store_upload(wang, SERVICE, "treasure-map", "a.pdf", upload())


def test_a_file_for_a_whole_application_is_checked_alike(wang: Actor) -> None:
    stored = store_upload(wang, SERVICE, "id-card", "a.pdf", upload())
    assert (stored.material_key, stored.media_type) == ("id-card", "application/pdf")
    with pytest.raises(FileRefused):
        store_upload(wang, SERVICE, "id-card", "a.pdf", upload(b"<html>"))


# Sending


def test_a_draft_that_is_sent_becomes_a_case_and_is_gone(wang: Actor) -> None:
    begun = filled(wang)
    make_resume_code(wang, begun.id)
    receipt = submit(wang, begun.id, "some-key-1")
    assert not Draft.objects.exists() and not DraftFile.objects.exists()
    assert not ResumeCode.objects.exists()
    kept = CaseFile.objects.filter(case_id=receipt.case_id)
    assert {file.material_key for file in kept} == begun.attached


def test_a_draft_sent_again_gives_the_same_receipt_under_any_key(wang: Actor) -> None:
    begun = filled(wang)
    first = submit(wang, begun.id, "some-key-1")
    again = submit(wang, begun.id, "another-key")
    assert (again.receipt_number, again.repeated) == (first.receipt_number, True)


def test_a_draft_that_was_sent_leads_to_its_receipt(wang: Actor) -> None:
    begun = filled(wang)
    assert receipt_of_draft(wang, begun.id) is None
    receipt = submit(wang, begun.id, "some-key-1")
    assert receipt_of_draft(wang, begun.id) == receipt.receipt_number
    assert receipt_of_draft(resident(a_person(3).pk), begun.id) is None


def test_what_was_begun_before_signing_in_is_sent_with_ones_own_records(wang: Actor) -> None:
    assert wang.person_id is not None
    begun = start_draft(visitor(), SERVICE)
    claim_provisional(wang, begun.person_id, wang.person_id)
    records("residence", wang.person_id, registration="elsewhere")
    assert "address-proof" in stands_in(wang, begun.service, begun.person_id)


# Another device


def test_a_visitor_goes_on_elsewhere_with_a_code() -> None:
    begun = start_draft(visitor(), SERVICE)
    code = make_resume_code(visitor(begun.person_id), begun.id)
    resumed = resume_draft(visitor(), f" {code.lower()} ")
    assert resumed.id == begun.id


def test_a_wrong_code_opens_nothing() -> None:
    with pytest.raises(NotFound):
        resume_draft(visitor(), "AAAA-BBBB-CCCC")


def test_a_new_code_replaces_the_one_before(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    first = make_resume_code(wang, begun.id)
    make_resume_code(wang, begun.id)
    with pytest.raises(NotFound):
        resume_draft(wang, first)


def test_only_the_hash_of_a_code_is_kept(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    code = make_resume_code(wang, begun.id)
    assert code.replace("-", "") not in ResumeCode.objects.get().code_hash


def test_a_code_ends_with_its_draft() -> None:
    begun = start_draft(visitor(), SERVICE)
    code = make_resume_code(visitor(begun.person_id), begun.id)
    with time_machine.travel(now() + timedelta(days=91), tick=False), pytest.raises(NotFound):
        resume_draft(visitor(), code)


def test_the_code_of_an_identified_person_opens_for_nobody_else(wang: Actor) -> None:
    begun = start_draft(wang, SERVICE)
    code = make_resume_code(wang, begun.id)
    assert resume_draft(wang, code).id == begun.id
    for stranger in (visitor(), resident(a_person(3).pk), officer()):
        with pytest.raises(NotAllowed):
            resume_draft(stranger, code)


def test_who_signs_in_takes_a_visitors_draft_over(wang: Actor) -> None:
    begun = filled(visitor())
    code = make_resume_code(visitor(begun.person_id), begun.id)
    resumed = resume_draft(wang, code)
    assert resumed.person_id == wang.person_id != begun.person_id
    assert resumed.answers == begun.answers
    assert resumed.attached == begun.attached
    assert Draft.objects.count() == 1


def test_an_account_without_a_person_gets_a_copy_under_one_of_its_own() -> None:
    begun = filled(visitor())
    code = make_resume_code(visitor(begun.person_id), begun.id)
    account = Actor(ActorKind.RESIDENT, Channel.PORTAL, account_id=7)
    resumed = resume_draft(account, code)
    assert resumed.answers == begun.answers
    assert resumed.person_id != begun.person_id
    assert drafts(visitor(begun.person_id)) == ()


# What the city knows


def test_questions_are_filled_in_from_records_with_their_source(wang: Actor) -> None:
    assert wang.person_id is not None
    records(
        "residence",
        wang.person_id,
        registration="elsewhere",
        current_address="天钥桥路1弄8号102室",
    )
    begun = start_draft(wang, SERVICE)
    known = prefilled(wang, begun.service)
    assert known["current_address"].value == "天钥桥路1弄8号102室"
    assert known["current_address"].source.data_set == "residence"
    assert "address-proof" in stands_in(wang, begun.service)
    assert not Event.objects.filter(kind="people.record_read").exists()


@pytest.mark.parametrize(
    ("status", "spared"),
    [("employed", True), ("self_employed", True), ("unemployed", False), ("student", False)],
)
def test_a_record_spares_a_paper_only_where_it_says_the_same(
    wang: Actor, status: str, spared: bool
) -> None:
    assert wang.person_id is not None
    service = start_draft(wang, SERVICE).service
    assert "work-proof" not in stands_in(wang, service)
    records("employment", wang.person_id, status=status)
    assert ("work-proof" in stands_in(wang, service)) is spared


def test_nothing_is_filled_in_for_a_visitor() -> None:
    begun = start_draft(visitor(), SERVICE)
    assert prefilled(visitor(begun.person_id), begun.service) == {}
    assert not stands_in(visitor(begun.person_id), begun.service)


# The end


def test_a_draft_can_be_thrown_away(wang: Actor) -> None:
    begun = filled(wang)
    discard_draft(wang, begun.id)
    assert drafts(wang) == ()


def test_drafts_are_deleted_after_their_last_day(wang: Actor) -> None:
    begun = filled(wang)
    assert expire_drafts(SYSTEM) == 0
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        assert expire_drafts(SYSTEM) == 1
    with pytest.raises(NotFound):
        draft(wang, begun.id)


def test_keys_and_codes_are_forgotten_in_time(wang: Actor) -> None:
    send(wang)
    begun = start_draft(wang, SERVICE)
    make_resume_code(wang, begun.id)
    assert forget_old_keys(SYSTEM) == 0
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        assert forget_old_keys(SYSTEM) == 2
    assert not IdempotencyKey.objects.exists() and not ResumeCode.objects.exists()


def test_only_the_system_cleans_up(wang: Actor) -> None:
    for clean in (expire_drafts, forget_old_keys):
        with pytest.raises(NotAllowed):
            clean(wang)
