"""Who may give posts, stand in and tie; when a sign-in ends."""

from datetime import UTC, date, datetime, timedelta

import pytest

from yimen.accounts import rules
from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel, Post
from yimen.base.identifiers import uuid7
from yimen.base.text import Text
from yimen.catalogue.definition import Agency, Place
from yimen.catalogue.types import AgencyKind

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ONE, OTHER = uuid7(), uuid7()
AGENCIES = {
    code: Agency(code, Text(), AgencyKind.BUREAU, Place("", 1), until=until, successor=heir)
    for code, until, heir in (
        ("police", None, ""), ("harbour", DAY, "police"), ("lamps", DAY, ""),
    )
}  # fmt: skip


def staff(*rights: str, agency: str = "police", account_id: int = 7) -> Actor:
    post = Post(agency, "head", frozenset(rights))
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=account_id, posts=(post,))


RESIDENT = Actor(ActorKind.RESIDENT, Channel.PORTAL, account_id=3)


def test_a_head_manages_the_staff_of_the_own_agency_only() -> None:
    rules.check_may_manage_staff(staff(rules.MANAGE_STAFF), "police")
    rules.check_may_manage_staff(SYSTEM, "police")
    with pytest.raises(rules.NotAllowed) as refusal:
        rules.check_may_manage_staff(staff(rules.MANAGE_STAFF), "civil-affairs")
    assert (refusal.value.right, refusal.value.agency) == (rules.MANAGE_STAFF, "civil-affairs")


def test_who_gives_posts_may_make_the_account_for_them() -> None:
    rules.check_may_make_staff(SYSTEM)
    rules.check_may_make_staff(staff(rules.MANAGE_STAFF))
    with pytest.raises(rules.NotAllowed):
        rules.check_may_make_staff(staff("case.read"))


def test_only_the_system_is_the_system() -> None:
    rules.check_is_system(SYSTEM)
    with pytest.raises(rules.NotAllowed):
        rules.check_is_system(staff(rules.MANAGE_STAFF))


def test_a_post_needs_a_declared_agency_and_role() -> None:
    check("police", "head")
    with pytest.raises(rules.UnknownAgency) as agency:
        check("post", "head")
    assert agency.value.agency == "post"
    with pytest.raises(rules.UnknownRole) as role:
        check("police", "king")
    assert role.value.role == "king"


def check(agency: str, role: str) -> None:
    rules.check_post(agency, role, DAY, agencies=AGENCIES, roles=["head"])


def test_nobody_gets_a_post_in_an_agency_that_has_ended() -> None:
    with pytest.raises(rules.AgencyEnded) as moved:
        check("harbour", "head")
    assert (moved.value.agency, moved.value.successor) == ("harbour", "police")
    with pytest.raises(rules.AgencyEnded) as ended:
        check("lamps", "head")
    assert ended.value.successor == ""


def test_an_account_tied_to_a_person_holds_no_post() -> None:
    rules.check_may_hold_post(tied=False)
    with pytest.raises(rules.TiedAccount):
        rules.check_may_hold_post(tied=True)


def test_an_account_is_tied_by_its_holder_a_clerk_or_the_system() -> None:
    rules.check_may_tie(SYSTEM, 3)
    rules.check_may_tie(staff(rules.TIE_AT_COUNTER), 3)
    rules.check_may_tie(RESIDENT, 3)
    for stranger in (ANONYMOUS, staff("case.read"), staff("case.read", account_id=3)):
        with pytest.raises(rules.NotAllowed):
            rules.check_may_tie(stranger, 3)


def test_nobody_ties_the_account_of_another() -> None:
    with pytest.raises(rules.NotAllowed):
        rules.check_may_tie(RESIDENT, 4)


def test_accounts_for_residents_are_made_at_a_counter() -> None:
    rules.check_may_identify(SYSTEM)
    rules.check_may_identify(staff(rules.TIE_AT_COUNTER))
    with pytest.raises(rules.NotAllowed):
        rules.check_may_identify(RESIDENT)


def test_one_account_has_one_person_and_one_person_one_account() -> None:
    free = {"is_staff": False, "tied_to": None, "person_tied_elsewhere": False}
    rules.check_tie(**free, person_id=ONE)
    rules.check_tie(**{**free, "tied_to": ONE}, person_id=ONE)
    with pytest.raises(rules.StaffAccount):
        rules.check_tie(**{**free, "is_staff": True}, person_id=ONE)
    with pytest.raises(rules.AlreadyTied) as by_this:
        rules.check_tie(**{**free, "tied_to": OTHER}, person_id=ONE)
    assert by_this.value.by_this_account
    with pytest.raises(rules.AlreadyTied) as by_other:
        rules.check_tie(**{**free, "person_tied_elsewhere": True}, person_id=ONE)
    assert not by_other.value.by_this_account


def test_everybody_sets_the_own_absence_and_a_head_that_of_colleagues() -> None:
    rules.check_may_set_absence(SYSTEM, 9, [])
    rules.check_may_set_absence(staff(), 7, ["police"])
    rules.check_may_set_absence(staff(rules.DELEGATE_FOR_OTHERS), 9, ["police"])
    with pytest.raises(rules.NotAllowed):
        rules.check_may_set_absence(staff("case.read"), 9, ["police"])
    with pytest.raises(rules.NotAllowed):
        rules.check_may_set_absence(staff(rules.DELEGATE_FOR_OTHERS), 9, ["civil-affairs"])
    with pytest.raises(rules.NotAllowed):
        rules.check_may_set_absence(staff(rules.DELEGATE_FOR_OTHERS), 9, [])


GOOD_ABSENCE = {
    "account_id": 1,
    "delegate_id": 2,
    "agencies": ["police"],
    "delegate_agencies": ["police", "fire"],
    "from_day": DAY,
    "until_day": DAY + timedelta(days=14),
    "today": DAY,
}


def test_a_colleague_of_the_same_agency_stands_in() -> None:
    rules.check_absence(**GOOD_ABSENCE)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"delegate_id": 1}, ()),
        ({"delegate_agencies": ["fire"]}, ("police",)),
        ({"agencies": []}, ()),
    ],
)
def test_nobody_stands_in_for_themselves_or_in_another_agency(change, missing) -> None:
    with pytest.raises(rules.BadDelegation) as refusal:
        rules.check_absence(**{**GOOD_ABSENCE, **change})
    assert refusal.value.missing_agencies == missing


@pytest.mark.parametrize(
    "change",
    [
        {"until_day": DAY - timedelta(days=1)},
        {"from_day": DAY - timedelta(days=9), "until_day": DAY - timedelta(days=2)},
        {"until_day": DAY + timedelta(days=366)},
    ],
)
def test_an_absence_has_possible_days(change) -> None:
    with pytest.raises(rules.BadDays):
        rules.check_absence(**{**GOOD_ABSENCE, **change})


def test_a_delegate_does_the_work_but_appoints_nobody() -> None:
    post = Post("police", "head", frozenset({"case.decide", rules.MANAGE_STAFF}))
    stood_in = rules.delegated(post, 9)
    assert stood_in == Post("police", "head", frozenset({"case.decide"}), 9)


@pytest.mark.parametrize(
    ("is_staff", "idle", "age", "ended"),
    [
        (True, timedelta(minutes=29), timedelta(hours=1), False),
        (True, timedelta(minutes=31), timedelta(hours=1), True),
        (True, timedelta(minutes=1), timedelta(hours=13), True),
        (False, timedelta(minutes=90), timedelta(hours=20), False),
        (False, timedelta(minutes=121), timedelta(hours=3), True),
    ],
)
def test_a_sign_in_ends_when_idle_and_for_staff_with_the_working_day(
    is_staff: bool, idle: timedelta, age: timedelta, ended: bool
) -> None:
    expired = rules.has_expired(
        is_staff=is_staff, signed_in=NOW - age, last_seen=NOW - idle, now=NOW
    )
    assert expired is ended


def test_a_sign_in_made_before_a_post_was_ended_counts_no_more() -> None:
    def expired(signed_in: datetime) -> bool:
        return rules.has_expired(
            is_staff=True, signed_in=signed_in, last_seen=NOW, now=NOW, ended=NOW
        )

    assert expired(NOW - timedelta(seconds=1))
    assert not expired(NOW + timedelta(seconds=1))


def test_passwords_are_never_the_same_and_long_enough() -> None:
    passwords = {rules.new_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(len(password) >= 19 for password in passwords)
