"""From the first task to the decision: reviewing, opinions, deciding."""

from dataclasses import replace
from datetime import timedelta

import pytest
from changed_city import ChangeCity, new_version, replaced
from city_life import (
    a_household,
    a_person,
    an_application,
    case_of,
    officer,
    records,
    resident,
    reviewed,
    send,
    started,
    task,
    visitor,
    work,
)

from yimen.base.actor import SYSTEM, Actor
from yimen.cases.actions import (
    claim,
    complete_review,
    decide,
    give_opinion,
    release,
    start_process,
)
from yimen.cases.models import Decision, History, Task
from yimen.cases.queries import file, history, status
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.queries.records import case_records, grounds_of
from yimen.cases.rules.errors import (
    AlreadyClaimed,
    AlreadyDecided,
    GroundHolds,
    NotAllowed,
    ReasonMissing,
    ReasonTooLong,
    UnknownGround,
    WrongOutcome,
)
from yimen.cases.types import Ground, Receipt, TaskOutcome
from yimen.catalogue.definition import City
from yimen.ledger.models import Event
from yimen.mailbox.queries import messages_of

APPROVE, REFUSE = TaskOutcome.APPROVE, TaskOutcome.REFUSE

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


@pytest.fixture
def permit(wang: Actor) -> Receipt:
    """A residence permit that waits for its review."""
    return started(wang)


@pytest.fixture
def li() -> Actor:
    return officer("police", "officer", "li", "211")


@pytest.fixture
def he() -> Actor:
    return officer("police", "officer", "he", "212")


@pytest.fixture
def head() -> Actor:
    return officer("police", "head", "zhao", "301")


def claim_review(actor: Actor, receipt: Receipt) -> None:
    claim(actor, receipt.receipt_number, task(receipt, "review").id)


# Starting


def test_the_worker_starts_the_process_of_what_was_sent(wang: Actor) -> None:
    receipt = send(wang)
    assert "yimen.cases.handlers.start_process" in work()
    assert case_of(receipt).state == "handling"
    review = task(receipt, "review")
    assert (review.agency, review.role, review.kind, review.state) == (
        "police",
        "officer",
        "review",
        "open",
    )
    assert review.applicant == "王芳"
    assert review.title == {"zh": "审查材料", "en": "Check the file"}


def test_starting_twice_starts_once(permit: Receipt) -> None:
    start_process(SYSTEM, permit.person_id, permit.case_id)
    assert Task.objects.filter(case_id=permit.case_id).count() == 1


def test_only_the_system_starts_processes(wang: Actor) -> None:
    receipt = send(wang)
    with pytest.raises(NotAllowed):
        start_process(wang, receipt.person_id, receipt.case_id)


def test_a_case_keeps_the_version_and_the_process_it_was_made_under(
    wang: Actor, change_city: ChangeCity
) -> None:
    receipt = send(wang)
    change_city(
        new_version("residence-permit", ('process = "standard-review"', 'process = "instant"'))
    )
    start_process(SYSTEM, receipt.person_id, receipt.case_id)
    assert task(receipt, "review").key == "review"
    assert status(wang, receipt.receipt_number).service.version == receipt.service_version


def test_the_state_of_a_process_is_small_and_goes_when_the_case_closes(
    permit: Receipt, li: Actor, head: Actor
) -> None:
    state = case_of(permit).process_state
    assert state is not None and len(state) < 3000
    reviewed(permit, li)
    decide(head, permit.receipt_number, task(permit, "decide").id, APPROVE)
    assert case_of(permit).process_state is None


# Instant decisions


def enrolment(person_id: object, **employment: object) -> Receipt:
    return started(
        resident(person_id),  # type: ignore[arg-type]  # a person's id
        an_application("pension-enrolment", "good-freelance-debit"),
    )


def test_what_the_records_decide_needs_no_officer() -> None:
    person = a_person(born="19900101")
    records("employment", person.pk, status="self_employed")
    records("pension", person.pk, status="none")
    receipt = enrolment(person.pk)
    case = case_of(receipt)
    assert (case.state, case.outcome, case.eligible) == ("closed", "approved", True)
    decision = Decision.objects.get(case_id=case.id)
    assert (decision.decided_by, decision.decided_number, decision.task_id) == (None, "", None)
    assert not Task.objects.filter(case_id=case.id).exists()
    assert messages_of(resident(person.pk)) == ()  # no promise of a day: the paper comes next
    work()
    [message] = messages_of(resident(person.pk))
    assert message.subject["en"] == "Your application is decided"


@pytest.mark.parametrize("pension", ["paying", None])
def test_what_the_records_do_not_decide_goes_to_an_officer(pension: str | None) -> None:
    person = a_person(born="19900101")
    records("employment", person.pk, status="self_employed")
    if pension:
        records("pension", person.pk, status=pension)
    receipt = enrolment(person.pk)
    assert case_of(receipt).state == "handling"
    assert task(receipt, "decide").state == "open"


def test_the_word_of_a_visitor_decides_nothing_by_itself() -> None:
    receipt = started(visitor(), an_application("pension-enrolment", "good-freelance-debit"))
    assert case_of(receipt).eligible is None
    assert case_of(receipt).state == "handling"


def test_reading_the_records_for_a_decision_is_logged_with_the_receipt() -> None:
    person = a_person(born="19900101")
    records("employment", person.pk, status="self_employed")
    receipt = enrolment(person.pk)
    read = Event.objects.filter(kind="people.record_read", person_id=person.pk)
    assert {event.payload["purpose"] for event in read} == {receipt.receipt_number}


def test_a_process_that_does_not_ask_reads_no_records(permit: Receipt) -> None:
    assert not Event.objects.filter(kind="people.record_read").exists()


# Reviewing and deciding


def test_a_review_opens_the_decision(permit: Receipt, li: Actor) -> None:
    complete_review(li, permit.receipt_number, task(permit, "review").id, "all in order")
    review, step = task(permit, "review"), task(permit, "decide")
    assert (review.state, review.outcome, review.assignee) == ("done", "complete", li.account_id)
    assert (step.state, step.role) == ("open", "head")


def test_an_approval_closes_the_case(permit: Receipt, li: Actor, head: Actor) -> None:
    reviewed(permit, li)
    decide(head, permit.receipt_number, task(permit, "decide").id, APPROVE)
    case = case_of(permit)
    assert (case.state, case.outcome) == ("closed", "approved")
    decision = Decision.objects.get(case_id=case.id)
    assert (decision.decided_number, decision.agency) == ("301", "police")
    assert decision.remedies == [] and decision.grounds == []
    assert Event.objects.get(kind="cases.decided").payload["outcome"] == "approved"


def test_a_refusal_names_the_record_and_its_date_that_decided_it(
    city: City, wang: Actor, permit: Receipt, li: Actor, head: Actor
) -> None:
    assert wang.person_id is not None
    records("residence", wang.person_id, registration="urban")
    reviewed(permit, li)
    step = task(permit, "decide")
    decide(head, permit.receipt_number, step.id, REFUSE, "You are registered here.")
    told = status(wang, permit.receipt_number).decision
    assert told is not None
    by_key = {ground.criterion: ground for ground in told.grounds}
    ground = by_key[city.services["residence-permit"].criteria[0].key]
    assert ground.data_set == "residence"
    assert ground.data_set_title.as_dict() == city.data_sets["residence"].title.as_dict()
    assert str(ground.as_of) == "2026-10-01"
    assert ground.source_id == "test"
    assert ("residence.registration", "urban") in ground.facts
    assert ground.says["en"] == city.services["residence-permit"].criteria[0].says_not["en"]


def test_a_refusal_names_every_remedy_with_its_last_day(
    city: City, wang: Actor, permit: Receipt, li: Actor, head: Actor
) -> None:
    reviewed(permit, li)
    decide(head, permit.receipt_number, task(permit, "decide").id, REFUSE, "Not yet six months.")
    told = status(wang, permit.receipt_number).decision
    assert told is not None and told.remedies
    declared = city.services["residence-permit"].remedies
    assert [r.title["zh"] for r in told.remedies] == [r.title["zh"] for r in declared]
    for named, remedy in zip(told.remedies, declared, strict=True):
        assert named.last_day is not None
        assert named.last_day >= told.decided_on + timedelta(days=remedy.limit.days)


def test_an_officer_chooses_the_grounds(
    city: City, wang: Actor, permit: Receipt, li: Actor, head: Actor
) -> None:
    reviewed(permit, li)
    key = city.services["residence-permit"].criteria[1].key
    step = task(permit, "decide")
    with pytest.raises(UnknownGround):
        decide(head, permit.receipt_number, step.id, REFUSE, "No.", grounds=["the weather"])
    decide(head, permit.receipt_number, step.id, REFUSE, "No.", grounds=[key])
    told = status(wang, permit.receipt_number).decision
    assert told is not None
    assert [(g.criterion, g.data_set) for g in told.grounds] == [(key, "")]


def test_a_refusal_does_not_rest_on_what_the_records_say_holds(
    city: City, wang: Actor, permit: Receipt, li: Actor, head: Actor
) -> None:
    assert wang.person_id is not None
    records("residence", wang.person_id, registration="elsewhere")
    reviewed(permit, li)
    step, key = task(permit, "decide"), city.services["residence-permit"].criteria[0].key
    with pytest.raises(GroundHolds):
        decide(head, permit.receipt_number, step.id, REFUSE, "No.", grounds=[key])
    assert task(permit, "decide").state == "open"
    records("residence", wang.person_id, registration="urban")
    decide(head, permit.receipt_number, step.id, REFUSE, "No.", grounds=[key])
    assert case_of(permit).state == "closed"


def test_a_ground_keeps_the_amounts_it_was_judged_by(city: City, wang: Actor) -> None:
    assert wang.person_id is not None
    home = a_household(wang.person_id)
    records("household", home, members=2, monthly_income="9000.00", allowance_status="none")
    receipt = started(wang, an_application("minimum-living-allowance", "good-laid-off-couple"))
    case = case_of(receipt)
    found = case_records(SYSTEM, case, application_of(case), service_of(case))
    (income,) = [c for c in found.criteria if c.criterion.key == "income"]
    (ground,) = grounds_of(city, income)
    (standard,) = ground.standards
    assert (str(standard.amount), str(standard.since)) == ("1330.00", "2021-07-01")
    assert standard.source.startswith("Shine") and Ground.of(ground.as_data()) == ground


def test_a_refusal_needs_a_reason(permit: Receipt, li: Actor, head: Actor) -> None:
    reviewed(permit, li)
    step = task(permit, "decide")
    with pytest.raises(ReasonMissing):
        decide(head, permit.receipt_number, step.id, REFUSE, "  ")
    with pytest.raises(ReasonTooLong):
        decide(head, permit.receipt_number, step.id, REFUSE, "x" * 2001)
    assert task(permit, "decide").state == "open"


def test_what_is_decided_is_not_decided_again(permit: Receipt, li: Actor, head: Actor) -> None:
    reviewed(permit, li)
    step = task(permit, "decide")
    decide(head, permit.receipt_number, step.id, APPROVE)
    with pytest.raises(AlreadyDecided) as refused:
        decide(head, permit.receipt_number, step.id, REFUSE, "On second thoughts.")
    assert (refused.value.who.office_number, refused.value.outcome) == ("301", "approve")
    for late in (claim, release):
        with pytest.raises(AlreadyDecided):
            late(head, permit.receipt_number, step.id)


def test_what_another_officer_has_is_not_finished_by_me(
    permit: Receipt, li: Actor, he: Actor
) -> None:
    claim_review(li, permit)
    with pytest.raises(AlreadyClaimed):
        reviewed(permit, he)


def test_an_officer_does_not_decide_in_the_place_of_the_head(permit: Receipt, li: Actor) -> None:
    reviewed(permit, li)
    with pytest.raises(NotAllowed):
        decide(li, permit.receipt_number, task(permit, "decide").id, APPROVE)


@pytest.mark.parametrize("outcome", [TaskOutcome.COMPLETE, TaskOutcome.FOR])
def test_a_decision_is_yes_or_no(
    permit: Receipt, li: Actor, head: Actor, outcome: TaskOutcome
) -> None:
    reviewed(permit, li)
    with pytest.raises(WrongOutcome):
        decide(head, permit.receipt_number, task(permit, "decide").id, outcome)


def test_a_review_is_not_finished_as_a_decision(permit: Receipt, head: Actor) -> None:
    with pytest.raises(WrongOutcome):
        decide(head, permit.receipt_number, task(permit, "review").id, APPROVE)


# Two agencies


@pytest.fixture
def allowance(wang: Actor) -> Receipt:
    assert wang.person_id is not None
    a_household(wang.person_id)
    application = an_application("minimum-living-allowance", "good-laid-off-couple")
    receipt = started(wang, application)
    return reviewed(receipt, officer("civil-affairs", "officer", "sun", "101"))


def test_agencies_are_heard_side_by_side_before_one_decision(
    allowance: Receipt, wang: Actor
) -> None:
    partner = officer("labour-social-security", "officer", "zhou", "401")
    lead = officer("civil-affairs", "officer", "qian", "102")
    chief = officer("civil-affairs", "head", "wu", "103")
    first, second = task(allowance, "opinion_partner"), task(allowance, "opinion_lead")
    assert (first.agency, second.agency) == ("labour-social-security", "civil-affairs")
    number = allowance.receipt_number
    with pytest.raises(ReasonMissing):
        give_opinion(partner, number, first.id, TaskOutcome.AGAINST, "")
    give_opinion(partner, number, first.id, TaskOutcome.AGAINST, "Wages were paid in September.")
    assert not Task.objects.filter(case_id=allowance.case_id, key="decide").exists()
    give_opinion(lead, number, second.id, TaskOutcome.FOR, "")
    decide(chief, number, task(allowance, "decide").id, APPROVE, "The wages were the last ones.")
    assert case_of(allowance).outcome == "approved"
    kinds = [line.kind for line in history(chief, number)]
    assert kinds.count("opinion_given") == 2
    seen = [line for line in history(wang, number) if line.kind == "opinion_given"]
    assert [(line.officer.agency, line.data) for line in seen] == [
        ("labour-social-security", {"task": "opinion_partner"}),
        ("civil-affairs", {"task": "opinion_lead"}),
    ], "a resident sees who was heard, and not what they wrote for each other"


def test_a_partner_reads_the_case_but_does_not_decide_it(allowance: Receipt) -> None:
    partner = officer("labour-social-security", "head", "zhou", "401")
    assert status(partner, allowance.receipt_number).receipt_number == allowance.receipt_number
    with pytest.raises(NotAllowed):
        give_opinion(
            partner,
            allowance.receipt_number,
            task(allowance, "opinion_lead").id,
            TaskOutcome.FOR,
            "",
        )


def test_a_closed_data_set_of_another_agency_stays_closed(
    wang: Actor, change_city: ChangeCity
) -> None:
    change_city(
        replaced("datasets/household.toml", ('sharing = "conditional"', 'sharing = "closed"'))
    )
    partner = officer("labour-social-security", "officer", "zhou", "401")
    receipt = started(wang, an_application("minimum-living-allowance", "good-laid-off-couple"))
    view = file(partner, receipt.receipt_number)
    assert view.records.closed == ("household",)
    assert {c.criterion.key: c.holds for c in view.records.criteria}["income"] is None


def test_the_decision_of_a_delegate_says_for_whom_it_was_made(permit: Receipt) -> None:
    head = officer("police", "head", "zhao", "301")
    partner = officer("police", "supervisor", "wu", "999")
    post = replace(head.posts[0], acting_for_account=head.account_id)
    delegate = replace(partner, posts=(*partner.posts, post))
    reviewed(permit, delegate)
    decide(delegate, permit.receipt_number, task(permit, "decide").id, APPROVE)
    lines = History.objects.filter(case_id=permit.case_id, kind__in=["reviewed", "decided"])
    told = [(line.kind, line.office_number, line.data.get("acting_for")) for line in lines]
    assert sorted(told) == [("decided", "999", "301"), ("reviewed", "999", "301")]
