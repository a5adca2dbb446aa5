"""Who may open and write, which numbers count, when a code may be posted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from declarations import a_data_set

from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel, Post
from yimen.base.identifiers import credit_code_check, id_check_digit, uuid7
from yimen.catalogue.definition import City
from yimen.catalogue.types import Sharing
from yimen.people import rules
from yimen.people.types import (
    NO_PURPOSE,
    DocumentKind,
    OrganisationFacts,
    PersonFacts,
    Purpose,
    PurposeKind,
    Sex,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ONE, OTHER = uuid7(), uuid7()
PURPOSE = Purpose(PurposeKind.STATED, "case 1")


def an_id_number(first_17: str = "31010019700101002") -> str:
    return first_17 + id_check_digit(first_17)


def staff(*rights: str, agency: str = "police") -> Actor:
    post = Post(agency, "officer", frozenset(rights))
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=7, posts=(post,))


def resident(**more: object) -> Actor:
    actor = Actor(ActorKind.RESIDENT, Channel.PORTAL, account_id=3, person_id=ONE, identified=True)
    return replace(actor, **more)


@pytest.mark.parametrize("right", ["case.read", "counter.read"])
def test_staff_open_a_record_with_a_right_and_a_purpose(right: str) -> None:
    shared = a_data_set(sharing=Sharing.OPEN)
    rules.check_may_open(staff(right), shared, own=False, purpose=PURPOSE)


def test_without_a_purpose_no_record_opens() -> None:
    with pytest.raises(rules.PurposeMissing):
        rules.check_may_open(staff("case.read"), a_data_set(), own=False, purpose=NO_PURPOSE)


@pytest.mark.parametrize("actor", [ANONYMOUS, resident(), staff("page.edit")])
def test_without_the_right_no_record_of_another_opens(actor: Actor) -> None:
    with pytest.raises(rules.MayNotOpen) as refusal:
        rules.check_may_open(actor, a_data_set(), own=False, purpose=PURPOSE)
    assert refusal.value.data_set == "pension"
    with pytest.raises(rules.MayNotOpen):
        rules.check_may_see_person(actor, own=False, purpose=PURPOSE)


def test_ones_own_record_and_the_systems_reads_need_no_right() -> None:
    rules.check_may_open(resident(), a_data_set(), own=True, purpose=NO_PURPOSE)
    rules.check_may_open(SYSTEM, a_data_set(), own=False, purpose=NO_PURPOSE)
    rules.check_may_see_person(resident(), own=True, purpose=NO_PURPOSE)
    rules.check_may_see_person(SYSTEM, own=False, purpose=NO_PURPOSE)


def test_a_closed_data_set_opens_to_its_owner_only() -> None:
    closed = a_data_set(sharing=Sharing.CLOSED)
    with pytest.raises(rules.MayNotOpen):
        rules.check_may_open(staff("case.read"), closed, own=False, purpose=PURPOSE)
    owner = staff("case.read", agency="labour-social-security")
    rules.check_may_open(owner, closed, own=False, purpose=PURPOSE)


@pytest.mark.parametrize(
    ("part", "code"), [("fields", "pension"), ("criteria", "household"), ("materials", "income")]
)
def test_a_conditional_data_set_opens_for_a_service_that_names_it(
    city: City, part: str, code: str
) -> None:
    whole = city.services["minimum-living-allowance"]
    bare = replace(whole, fields=(), criteria=(), materials=())
    naming = replace(bare, **{part: getattr(whole, part)})
    conditional = a_data_set(code)
    assert rules.is_shared(conditional, replace(PURPOSE, service=naming))
    assert not rules.is_shared(conditional, replace(PURPOSE, service=bare))


def test_a_conditional_data_set_opens_to_nobody_else_without_an_application() -> None:
    with pytest.raises(rules.MayNotOpen):
        rules.check_may_open(staff("case.read"), a_data_set(), own=False, purpose=PURPOSE)
    owner = staff("case.read", agency="labour-social-security")
    rules.check_may_open(owner, a_data_set(), own=False, purpose=PURPOSE)
    shared = a_data_set(sharing=Sharing.OPEN)
    rules.check_may_open(staff("case.read"), shared, own=False, purpose=PURPOSE)


def test_the_agency_that_reads_decides_not_another_post_of_the_officer() -> None:
    closed = a_data_set(sharing=Sharing.CLOSED)
    both = replace(
        staff("case.read"),
        posts=tuple(
            Post(agency, "officer", frozenset({"case.read"}))
            for agency in ("police", "labour-social-security")
        ),
    )
    for_police = replace(PURPOSE, agency="police")
    with pytest.raises(rules.MayNotOpen):
        rules.check_may_open(both, closed, own=False, purpose=for_police)
    owner = replace(PURPOSE, agency="labour-social-security")
    rules.check_may_open(both, closed, own=False, purpose=owner)
    with pytest.raises(rules.MayNotOpen):
        rules.check_may_see_person(both, own=False, purpose=replace(PURPOSE, agency="tax"))


def test_staff_see_a_person_with_a_purpose_only() -> None:
    rules.check_may_see_person(staff("case.read"), own=False, purpose=PURPOSE)
    with pytest.raises(rules.PurposeMissing):
        rules.check_may_see_person(staff("case.read"), own=False, purpose=NO_PURPOSE)


def test_the_post_that_reads_is_the_one_with_the_right() -> None:
    reading = Post("police", "officer", frozenset({"case.read"}))
    actor = Actor(ActorKind.STAFF, Channel.DESK, posts=(Post("tax", "editor"), reading))
    assert rules.reading_post(actor) is rules.reading_post(actor, "police") is reading
    assert rules.reading_post(actor, "tax") is None
    assert rules.reading_post(ANONYMOUS) is None


def test_fields_that_are_not_declared_are_named_in_the_refusal() -> None:
    rules.check_fields(a_data_set(), ["months_paid"])
    with pytest.raises(rules.UnknownFields) as refusal:
        rules.check_fields(a_data_set(), ["months_paid", "salary"])
    assert refusal.value.fields == ("salary",)
    with pytest.raises(rules.UnknownFields):
        rules.check_fields(a_data_set(), [])


def test_only_the_owner_and_the_system_write_records() -> None:
    rules.check_may_write_records(SYSTEM, a_data_set())
    owner = staff("record.write", agency="labour-social-security")
    rules.check_may_write_records(owner, a_data_set())
    with pytest.raises(rules.NotAllowed):
        rules.check_may_write_records(staff("record.write"), a_data_set())


def test_a_right_is_asked_of_everybody_but_the_system() -> None:
    rules.check_right(SYSTEM, rules.MERGE)
    rules.check_right(staff(rules.MERGE), rules.MERGE)
    with pytest.raises(rules.NotAllowed) as refusal:
        rules.check_right(staff("case.read"), rules.MERGE)
    assert refusal.value.right == rules.MERGE


def test_an_id_number_says_birth_date_and_sex_itself() -> None:
    checked = rules.check_person(PersonFacts("王芳", DocumentKind.ID_CARD, an_id_number()))
    assert (checked.birth_date, checked.sex) == (date(1970, 1, 1), Sex.FEMALE)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (PersonFacts("王芳", DocumentKind.ID_CARD, "310100197001010020"), "number"),
        (
            PersonFacts("王芳", DocumentKind.ID_CARD, an_id_number(), birth_date=date(1971, 1, 1)),
            "birth_date",
        ),
        (PersonFacts("王芳", DocumentKind.ID_CARD, an_id_number(), sex=Sex.MALE), "sex"),
        (PersonFacts("王芳", DocumentKind.PASSPORT, ""), "document"),
        (PersonFacts("王芳", None, "G123"), "document"),
        (PersonFacts("王芳", DocumentKind.CREDIT_CODE, "X"), "document"),
    ],
)
def test_a_number_that_cannot_be_names_the_field(facts: PersonFacts, field: str) -> None:
    with pytest.raises(rules.BadNumber) as refusal:
        rules.check_person(facts)
    assert refusal.value.field == field


def test_a_passport_number_is_kept_without_blanks_in_capitals() -> None:
    facts = PersonFacts("Ann Lee", DocumentKind.PASSPORT, "g 1234 5678")
    assert rules.check_person(facts).number == "G12345678"
    assert rules.check_person(PersonFacts("Ann Lee")).number == ""


def test_nobody_is_registered_without_a_name() -> None:
    with pytest.raises(rules.NameMissing):
        rules.check_person(PersonFacts(" "))
    with pytest.raises(rules.NameMissing):
        rules.check_organisation(OrganisationFacts("", "x", "王芳"))


def test_an_organisation_needs_a_credit_code_with_the_right_check() -> None:
    body = "91310000MA1FL00XX"
    code = body + credit_code_check(body)
    facts = OrganisationFacts("晨光小吃店", f" {code.lower()} ", "王芳")
    assert rules.check_organisation(facts).credit_code == code
    with pytest.raises(rules.BadNumber):
        rules.check_organisation(replace(facts, credit_code="91310000MA1FL00XX0"))


@pytest.mark.parametrize(
    ("one", "other", "provisional", "same"),
    [(ONE, ONE, (), ()), (ONE, OTHER, (), (OTHER,)), (ONE, OTHER, (ONE,), ()),
     (ONE, OTHER, (OTHER,), ())],
)  # fmt: skip
def test_what_cannot_be_one_person_is_not_merged(one, other, provisional, same) -> None:
    with pytest.raises(rules.CannotMerge):
        rules.check_merge(person_id=one, surviving_id=other, provisional=provisional, same=same)


def test_two_registered_ids_can_be_merged() -> None:
    rules.check_merge(person_id=ONE, surviving_id=OTHER, provisional=(), same=(ONE,))


def test_a_provisional_person_is_claimed_by_who_they_are() -> None:
    rules.check_claim(resident(), provisional=True, surviving_id=ONE)
    rules.check_claim(SYSTEM, provisional=True, surviving_id=ONE)
    with pytest.raises(rules.NotAllowed):
        rules.check_claim(resident(), provisional=True, surviving_id=OTHER)
    with pytest.raises(rules.NotProvisional):
        rules.check_claim(SYSTEM, provisional=False, surviving_id=ONE)


@pytest.mark.parametrize("actor", [ANONYMOUS, SYSTEM, staff("case.read")])
def test_only_a_resident_with_an_account_asks_for_a_code(actor: Actor) -> None:
    with pytest.raises(rules.NeedsAccount):
        rules.check_may_request_tie(actor)


def test_who_is_tied_needs_no_code() -> None:
    with pytest.raises(rules.TiedAlready):
        rules.check_may_request_tie(resident())
    assert rules.check_may_request_tie(resident(identified=False)) == 3


def test_three_wishes_a_day_are_enough_and_the_refusal_says_when_again() -> None:
    asked = [NOW - timedelta(hours=hours) for hours in (30, 9, 5, 1)]
    rules.check_requests(asked[:3], NOW)
    with pytest.raises(rules.TooManyRequests) as refusal:
        rules.check_requests(asked, NOW)
    assert refusal.value.again_at == NOW + timedelta(hours=15)


def test_two_letters_a_month_are_enough_for_a_letter_box() -> None:
    assert rules.can_post_letter([NOW - timedelta(days=2)], NOW)
    assert rules.can_post_letter([NOW - timedelta(days=40)] * 5, NOW)
    assert not rules.can_post_letter([NOW - timedelta(days=2)] * 2, NOW)


def test_a_code_is_long_and_never_the_same_twice() -> None:
    codes = {rules.new_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == rules.CODE_LENGTH for code in codes)


def test_a_code_is_read_as_people_type_it() -> None:
    assert rules.normal_code(" abcd-2345　6x ") == "ABCD23456X"


@pytest.mark.parametrize(
    ("name", "born", "same"),
    [
        ("王 芳", date(1970, 1, 1), True),
        ("阿布都•拉", date(1970, 1, 1), False),
        ("王芳", date(1970, 1, 2), False),
    ],
)
def test_what_was_entered_is_compared_with_the_register(name, born, same) -> None:
    holds = rules.matches(
        name=name, birth_date=born, registered_name="王芳", registered_birth=date(1970, 1, 1)
    )
    assert holds is same
