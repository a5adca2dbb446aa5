"""Who acts in a request: made from the session, with few queries, and no right too many."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.translation import override
from signing_in import a_resident, an_officer

from yimen.accounts import actions, queries
from yimen.accounts.models import Account, StaffPost
from yimen.accounts.tasks import forget_expired_nightly
from yimen.base.actor import SYSTEM, ActorKind, Channel
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event

pytestmark = pytest.mark.usefixtures("city")


def a_request(account: Account | None = None, *methods: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = account or AnonymousUser()
    if account is not None:
        records = [{"method": method, "at": 1.0} for method in methods]
        request.session["account_authentication_methods"] = records
        request.session["account_authentication_methods_user"] = str(account.pk)
    return request


def test_a_visitor_is_nobody_and_costs_no_query(django_assert_num_queries) -> None:
    request = a_request()
    with django_assert_num_queries(0):
        actor = queries.actor_for(request)
    assert (actor.kind, actor.channel) == (ActorKind.ANONYMOUS, Channel.PORTAL)
    assert actor.person_id is None
    assert not actor.identified


def test_a_visitor_who_has_begun_to_apply_acts_as_a_provisional_person() -> None:
    request = a_request()
    provisional = uuid7()
    actions.keep_provisional(request, provisional)
    actor = queries.actor_for(request)
    assert (actor.person_id, actor.identified) == (provisional, False)


def test_a_tied_resident_acts_as_that_person_and_costs_no_query(django_assert_num_queries) -> None:
    person_id = uuid7()
    request = a_request(a_resident(person_id=person_id), "password")
    with django_assert_num_queries(0), override("en"):
        actor = queries.actor_for(request)
    assert (actor.kind, actor.person_id, actor.identified) == (ActorKind.RESIDENT, person_id, True)
    assert (actor.label, actor.language, actor.posts) == ("王建国", "en", ())


def test_an_account_that_is_not_tied_opens_nothing_personal() -> None:
    actor = queries.actor_for(a_request(a_resident(), "password"))
    assert (actor.person_id, actor.identified) == (None, False)


def test_an_account_keeps_the_provisional_person_for_other_devices() -> None:
    account, provisional = a_resident(), uuid7()
    actions.keep_provisional(a_request(account), provisional)
    again = a_request(Account.objects.get(pk=account.pk))
    assert queries.actor_for(again).person_id == provisional
    actions.keep_provisional(again, uuid7())
    assert Account.objects.get(pk=account.pk).provisional_person_id == provisional
    kept = Event.objects.filter(kind="accounts.provisional_kept")
    assert kept.count() == 1


def test_neither_a_tied_nor_a_staff_account_keeps_a_provisional_person() -> None:
    for account in (a_resident(person_id=uuid7()), an_officer()):
        actions.keep_provisional(a_request(account), uuid7())
        account.refresh_from_db()
        assert account.provisional_person_id is None


def test_an_officer_has_the_rights_of_the_role_and_costs_one_query(
    django_assert_num_queries,
) -> None:
    request = a_request(an_officer(), "password", "mfa")
    with django_assert_num_queries(1):
        actor = queries.actor_for(request)
        assert queries.actor_for(request) is actor
    assert (actor.kind, actor.channel, actor.person_id) == (ActorKind.STAFF, Channel.DESK, None)
    assert actor.has("case.decide", "civil-affairs")
    assert not actor.has("case.decide", "police")
    assert actor.label == "上海市民政局 211"


def test_without_the_second_factor_an_officer_has_no_post(django_assert_num_queries) -> None:
    request = a_request(an_officer(), "password")
    with django_assert_num_queries(0):
        actor = queries.actor_for(request)
    assert (actor.is_staff, actor.posts) == (True, ())


def test_the_second_factor_of_another_account_does_not_count() -> None:
    request = a_request(an_officer(), "password", "mfa")
    request.user = an_officer("other")
    assert queries.actor_for(request).posts == ()


def test_delegated_posts_say_for_whom() -> None:
    away, here = an_officer("away", role="head"), an_officer("here")
    today = queries.city_today()
    actions.set_absence(SYSTEM, away.pk, delegate_id=here.pk, from_day=today, until_day=today)
    actor = queries.actor_for(a_request(here, "password", "mfa"))
    assert [post.acting_for_account for post in actor.posts] == [None, away.pk]
    assert "case.extend" in actor.posts[1].rights
    assert "staff.manage" not in actor.posts[1].rights
    assert actor.label.endswith("211")


def test_a_colleague_who_has_left_lends_no_post() -> None:
    away, here = an_officer("away"), an_officer("here")
    today = queries.city_today()
    actions.set_absence(SYSTEM, away.pk, delegate_id=here.pk, from_day=today, until_day=today)
    Account.objects.filter(pk=away.pk).update(is_active=False)
    assert len(queries.posts_of(here.pk, today)) == 1


def test_a_post_of_a_dropped_agency_or_role_carries_no_right() -> None:
    officer = an_officer()
    StaffPost.objects.filter(account=officer).update(agency="gone")
    actor = queries.actor_for(a_request(officer, "mfa"))
    assert (actor.posts, actor.label) == ((), "")


def test_the_actor_changes_when_somebody_signs_in_during_the_request() -> None:
    request = a_request()
    assert queries.actor_for(request).kind is ActorKind.ANONYMOUS
    request.user = a_resident()
    assert queries.actor_for(request).kind is ActorKind.RESIDENT


def test_a_channel_may_name_itself() -> None:
    request = a_request()
    assert queries.actor_for(request, Channel.API).channel is Channel.API
    assert queries.actor_for(request).channel is Channel.PORTAL


def test_a_one_time_code_changes_with_its_key() -> None:
    first, second = actions.new_one_time_key(), actions.new_one_time_key()
    assert len(queries.one_time_code(first)) == 6
    assert first != second


def test_tying_and_untying_are_told_to_the_ledger() -> None:
    person_id: UUID = uuid7()
    account = a_resident(person_id=person_id)
    actions.tie_to_person(account.pk, person_id, SYSTEM)  # again: nothing happens
    tied = Event.objects.get(kind="accounts.tied")
    assert (tied.person_id, tied.payload["proof"]) == (person_id, "loaded")
    actions.untie(account.pk, SYSTEM)
    actions.untie(account.pk, SYSTEM)
    account.refresh_from_db()
    assert account.person_id is None
    assert Event.objects.filter(kind="accounts.untied").count() == 1


def test_passwords_and_keys_are_set_by_the_system_only() -> None:
    account = an_officer()
    key = actions.new_one_time_key()
    actions.set_password(SYSTEM, account.pk, "another-good-one")
    actions.set_one_time_key(SYSTEM, account.pk, key)
    actions.set_one_time_key(SYSTEM, account.pk, key)
    actions.set_one_time_key(SYSTEM, account.pk, actions.new_one_time_key())
    account.refresh_from_db()
    assert account.check_password("another-good-one")
    assert queries.has_second_factor(account.pk)
    assert account.authenticator_set.count() == 1
    assert key not in str(account.authenticator_set.get().data)
    told = Event.objects.filter(kind="accounts.second_factor_set")
    assert told.count() == 2


def test_what_is_done_after_a_sign_in_is_done_once() -> None:
    done: list[Account] = []

    def note(_request: HttpRequest, account: Account) -> None:
        done.append(account)

    before = list(actions._after_sign_in)
    actions.extend_sign_in(note)
    actions.extend_sign_in(note)
    account = a_resident()
    actions.after_sign_in(a_request(account), account)
    actions._after_sign_in[:] = before
    assert done == [account]


@pytest.mark.usefixtures("city")
def test_what_has_expired_is_forgotten_at_night() -> None:
    for name, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=name, session_data="", expire_date=now() + timedelta(days=days)
        )
    cache.set("old", 1, timeout=-5)
    cache.set("new", 1, timeout=500)
    forget_expired_nightly(1_700_020_800)  # noon in Shanghai
    assert Session.objects.count() == 2
    forget_expired_nightly(1_699_989_200)  # 03:13
    assert list(Session.objects.values_list("pk", flat=True)) == ["new"]
    assert cache.get("new") == 1
