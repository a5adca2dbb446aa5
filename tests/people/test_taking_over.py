"""What a visitor began before signing in belongs to who has signed in."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from signing_in import a_resident, an_officer
from standing import a_person

from yimen.accounts.models import Account
from yimen.accounts.queries import PROVISIONAL_PERSON
from yimen.base.actor import ANONYMOUS
from yimen.people import actions, queries
from yimen.people.adapters import take_over_drafts

pytestmark = pytest.mark.usefixtures("city")


def a_request(account: Account | None = None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.user = account or AnonymousUser()
    return request


def begun(account: Account) -> tuple[HttpRequest, object]:
    draft = actions.make_provisional_person(ANONYMOUS)
    request = a_request(account)
    request.session[PROVISIONAL_PERSON] = str(draft)
    return request, draft


def test_a_tied_account_takes_the_draft_over_as_its_person() -> None:
    person = a_person().pk
    account = a_resident(person_id=person)
    request, draft = begun(account)
    take_over_drafts(request, account)
    assert set(queries.all_ids(person)) == {person, draft}
    assert PROVISIONAL_PERSON not in request.session


def test_an_account_that_is_not_tied_takes_over_one_draft_and_then_a_second_one() -> None:
    account = a_resident()
    request, first = begun(account)
    take_over_drafts(request, account)
    account.refresh_from_db()
    own = account.provisional_person_id
    assert own is not None
    assert set(queries.all_ids(own)) == {own, first}
    take_over_drafts(request, account)  # nothing is left to take over
    assert PROVISIONAL_PERSON not in request.session
    request, second = begun(account)
    take_over_drafts(request, account)
    assert set(queries.all_ids(own)) == {own, first, second}


def test_a_device_that_still_holds_the_draft_sees_nothing_of_the_account_that_took_it_over() -> (
    None
):
    account = a_resident()
    request, draft = begun(account)
    take_over_drafts(request, account)
    account.refresh_from_db()
    assert account.provisional_person_id != draft
    assert queries.all_ids(draft) == (draft,)


def test_the_second_to_sign_in_where_a_draft_was_begun_gets_nothing_of_it() -> None:
    first, second = a_resident(), a_resident("chen", person_id=a_person(2).pk)
    request, draft = begun(first)
    take_over_drafts(request, first)
    other = a_request(second)
    other.session[PROVISIONAL_PERSON] = str(draft)
    take_over_drafts(other, second)
    assert queries.all_ids(second.person_id) == (second.person_id,)
    assert PROVISIONAL_PERSON not in other.session


def test_nothing_begun_and_staff_change_nothing() -> None:
    account = a_resident()
    take_over_drafts(a_request(account), account)
    officer = an_officer()
    request, draft = begun(officer)
    take_over_drafts(request, officer)
    assert request.session[PROVISIONAL_PERSON] == str(draft)
