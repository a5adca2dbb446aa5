"""Posts are given and ended by a head; who is absent is stood in for, visibly."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from signing_in import an_officer

from yimen.accounts import actions, queries, rules
from yimen.accounts.models import Absence, Account, StaffPost
from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel, Post
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event

pytestmark = pytest.mark.usefixtures("city")


def head_of(agency: str, account: Account) -> Actor:
    post = Post(agency, "head", frozenset({rules.MANAGE_STAFF, rules.DELEGATE_FOR_OTHERS}))
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=account.pk, posts=(post,))


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_a_head_gives_a_post_in_the_own_agency_and_the_ledger_says_so() -> None:
    head = head_of("civil-affairs", an_officer("head", role="head"))
    account = actions.make_staff_account(head, username="New", name="陆", email="N@Example.org")
    post = actions.give_post(
        head, account.pk, agency="civil-affairs", role="officer", office_number="213"
    )
    account.refresh_from_db()
    assert (account.username, account.email, account.is_staff) == ("new", "n@example.org", True)
    assert post.since == queries.city_today()
    assert kinds()[-2:] == ["accounts.staff_account_made", "accounts.post_given"]
    event = Event.objects.order_by("id").last()
    assert event.payload["office_number"] == "213"
    assert event.actor_account == head.account_id


def test_a_head_gives_no_post_elsewhere_and_nothing_is_written() -> None:
    head = head_of("civil-affairs", an_officer("head", role="head"))
    other = an_officer("other")
    before = kinds()
    with pytest.raises(rules.NotAllowed):
        actions.give_post(head, other.pk, agency="police", role="officer", office_number="1")
    assert kinds() == before
    assert other.posts.count() == 1


def test_a_post_is_not_given_twice() -> None:
    officer = an_officer()
    with pytest.raises(rules.PostHeldAlready):
        actions.give_post(
            SYSTEM, officer.pk, agency="civil-affairs", role="officer", office_number="9"
        )


def test_a_user_name_is_taken_whatever_its_case() -> None:
    an_officer("chen")
    with pytest.raises(rules.UserNameTaken):
        actions.make_staff_account(SYSTEM, username="Chen", name="x", email="x@example.org")
    with pytest.raises(rules.UserNameTaken):
        actions.make_resident_account(
            SYSTEM, username="CHEN", name="x", email="x@example.org", password="x"
        )


def test_a_residents_account_becomes_a_staff_account_with_its_first_post() -> None:
    account = actions.make_resident_account(
        SYSTEM, username="wang", name="王", email="w@example.org", password="x"
    )
    actions.give_post(SYSTEM, account.pk, agency="police", role="clerk", office_number="3")
    account.refresh_from_db()
    assert account.is_staff


def test_an_account_tied_to_a_person_gets_no_post() -> None:
    account = actions.make_resident_account(
        SYSTEM, username="wang", name="王", email="w@example.org", password="x"
    )
    actions.tie_to_person(account.pk, uuid7(), SYSTEM)
    with pytest.raises(rules.TiedAccount):
        actions.give_post(SYSTEM, account.pk, agency="police", role="clerk", office_number="3")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(is_staff=True)


def test_with_the_last_post_the_account_stops_being_staff() -> None:
    officer = an_officer()
    first = officer.posts.get()
    second = actions.give_post(SYSTEM, officer.pk, agency="police", role="clerk", office_number="3")
    actions.end_post(SYSTEM, first.pk)
    officer.refresh_from_db()
    assert officer.is_staff
    actions.end_post(SYSTEM, second.pk)
    officer.refresh_from_db()
    assert not officer.is_staff
    with pytest.raises(rules.PostEndedAlready):
        actions.end_post(SYSTEM, second.pk)
    assert kinds()[-1] == "accounts.post_ended"


def test_only_the_head_of_the_agency_ends_a_post() -> None:
    officer = an_officer()
    with pytest.raises(rules.NotAllowed):
        actions.end_post(head_of("police", officer), officer.posts.get().pk)
    assert officer.posts.get().until is None


def test_an_editor_is_let_into_the_editors_office_while_the_post_lasts() -> None:
    for name in ("Editors", "Moderators", "Others"):
        Group.objects.get_or_create(name=name)
    editor = an_officer("editor", agency="civil-affairs", role="editor")
    editor.groups.add(Group.objects.get(name="Others"))
    names = set(editor.groups.values_list("name", flat=True))
    assert names == {"Editors", "Moderators", "Others"}
    actions.end_post(SYSTEM, editor.posts.get().pk)
    assert set(editor.groups.values_list("name", flat=True)) == {"Others"}


def test_a_role_that_the_city_has_dropped_carries_no_right() -> None:
    officer = an_officer()
    StaffPost.objects.filter(account=officer).update(role="scribe")
    post = officer.posts.get()
    actions.end_post(SYSTEM, post.pk)  # it can still be ended
    assert officer.posts.get().until is not None


def test_a_delegate_acts_in_the_posts_of_the_absent_colleague() -> None:
    away, here = an_officer("away", office_number="1"), an_officer("here", office_number="2")
    today = queries.city_today()
    own = Actor(ActorKind.STAFF, Channel.DESK, account_id=away.pk)
    absence = actions.set_absence(
        own, away.pk, delegate_id=here.pk, from_day=today, until_day=today
    )
    held = queries.posts_of(here.pk, today)
    assert [post.account_id for post in held] == [here.pk, away.pk]
    assert queries.posts_of(here.pk, today + timedelta(days=1))[0].account_id == here.pk
    assert len(queries.posts_of(here.pk, today + timedelta(days=1))) == 1
    assert [a.pk for a in queries.absences_of(own)] == [absence.pk]
    actions.withdraw_absence(own, absence.pk)
    actions.withdraw_absence(own, absence.pk)
    assert len(queries.posts_of(here.pk, today)) == 1
    assert kinds()[-2:] == ["accounts.absence_set", "accounts.absence_withdrawn"]


def test_a_delegate_does_not_pass_the_posts_on() -> None:
    first, second, third = (an_officer(name) for name in ("a", "b", "c"))
    today = queries.city_today()
    for away, here in ((first, second), (second, third)):
        actions.set_absence(SYSTEM, away.pk, delegate_id=here.pk, from_day=today, until_day=today)
    assert {post.account_id for post in queries.posts_of(third.pk, today)} == {second.pk, third.pk}


def test_who_has_left_an_agency_stands_in_for_nobody_there() -> None:
    away, here = an_officer("away"), an_officer("here")
    actions.give_post(SYSTEM, here.pk, agency="police", role="clerk", office_number="3")
    today = queries.city_today()
    actions.set_absence(SYSTEM, away.pk, delegate_id=here.pk, from_day=today, until_day=today)
    actions.end_posts(SYSTEM, here.pk, agency="civil-affairs")
    assert [post.agency for post in queries.posts_of(here.pk, today)] == ["police"]


def test_a_delegate_works_in_the_same_agency() -> None:
    away, here = an_officer("away"), an_officer("here", agency="police")
    today = queries.city_today()
    with pytest.raises(rules.BadDelegation):
        actions.set_absence(SYSTEM, away.pk, delegate_id=here.pk, from_day=today, until_day=today)
    assert not Absence.objects.exists()


def test_a_colleague_without_the_right_sets_no_absence_for_another() -> None:
    away, here = an_officer("away"), an_officer("here")
    today = queries.city_today()
    nosy = Actor(ActorKind.STAFF, Channel.DESK, account_id=here.pk)
    with pytest.raises(rules.NotAllowed):
        actions.set_absence(nosy, away.pk, delegate_id=here.pk, from_day=today, until_day=today)


def test_officers_are_named_by_agency_and_office_number_also_when_they_have_left() -> None:
    officer = an_officer()
    actions.end_post(SYSTEM, officer.posts.get().pk)
    holder = (officer.pk, "civil-affairs")
    assert queries.office_numbers([holder]) == {holder: "211"}


def test_an_officer_of_two_agencies_has_a_number_in_each_and_the_post_held_counts_first() -> None:
    officer = an_officer()
    actions.give_post(SYSTEM, officer.pk, agency="police", role="clerk", office_number="3")
    here, there = (officer.pk, "civil-affairs"), (officer.pk, "police")
    assert queries.office_numbers([here, there]) == {here: "211", there: "3"}
    assert queries.office_numbers([here]) == {here: "211"}
    actions.give_post(SYSTEM, officer.pk, agency="police", role="head", office_number="9")
    assert queries.office_numbers([there]) == {there: "9"}
    actions.end_posts(SYSTEM, officer.pk, agency="police", role="head")
    assert queries.office_numbers([there]) == {there: "3"}


def test_colleagues_are_listed_to_who_holds_a_post_there() -> None:
    officer = an_officer()
    post = Post("civil-affairs", "officer")
    colleague = Actor(ActorKind.STAFF, Channel.DESK, account_id=9, posts=(post,))
    assert [p.account_id for p in queries.staff_of(colleague, "civil-affairs")] == [officer.pk]
    assert queries.staff_of(colleague, "police") == ()
    assert queries.staff_of(ANONYMOUS, "civil-affairs") == ()
    assert queries.absences_of(ANONYMOUS) == ()
