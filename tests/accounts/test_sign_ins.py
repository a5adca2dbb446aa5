"""Who asks is looked up with one statement for the session and one for the account."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from yimen.accounts.adapters.sign_ins import Backend, SessionStore
from yimen.accounts.models import Account
from yimen.base.clock import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> Client:
    client = Client()
    client.force_login(Account.objects.create_user("ann"))
    return client


def test_who_has_signed_in_costs_two_statements_a_request(
    reader: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store = SessionStore(reader.session.session_key)
    with django_assert_num_queries(2):
        account = Backend().get_user(int(store["_auth_user_id"]))
    assert account == Account.objects.get()
    assert not account._state.adding


def test_an_expired_or_unknown_session_is_empty_and_loses_its_key(reader: Client) -> None:
    key = reader.session.session_key
    Session.objects.update(expire_date=now() - timedelta(seconds=1))
    for store in (SessionStore(key), SessionStore("unknown")):
        assert store.get("_auth_user_id") is None
        assert store.session_key is None


def test_an_account_that_is_gone_or_closed_signs_nobody_in(reader: Client) -> None:
    Account.objects.update(is_active=False)
    assert Backend().get_user(Account.objects.get().pk) is None
    assert Backend().get_user(0) is None
