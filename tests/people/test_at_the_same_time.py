"""Two at once: one of them is told so, and nothing is half-done."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from signing_in import a_resident
from standing import a_person, an_id_number, resident

from yimen.accounts.models import Account
from yimen.accounts.rules import AlreadyTied
from yimen.base.actor import Actor
from yimen.people import actions, rules
from yimen.people.models import DocumentNumber, Letter, TieRequest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_applied")]


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all of this at the same moment, each with a connection of its own."""
    ready, results = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        try:
            ready.wait()
            results.append(deed())
        except Exception as error:  # noqa: BLE001 - told to the test
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def ask(actor: Actor) -> object:
    return actions.request_tie(
        actor, name="王芳", birth_date=date(1970, 1, 1), number=an_id_number()
    )


def test_one_person_is_tied_to_one_of_two_accounts_that_enter_their_codes_at_once() -> None:
    person = a_person()
    actors = [resident(None, a_resident(name).pk, identified=False) for name in ("a", "b")]
    for actor in actors:
        ask(actor)
    codes = list(Letter.objects.order_by("queued_at").values_list("code", flat=True))
    results = at_once(
        *(
            lambda actor=actor, code=code: actions.confirm_tie(actor, code)
            for actor, code in zip(actors, codes, strict=True)
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["AlreadyTied", "UUID"]
    assert any(isinstance(result, AlreadyTied) for result in results)
    assert Account.objects.filter(person_id=person.pk).count() == 1


def test_asking_six_times_at_once_is_asking_three_times() -> None:
    a_person()
    actor = resident(None, a_resident().pk, identified=False)
    results = at_once(*([lambda: ask(actor)] * 6))
    assert sum(isinstance(result, rules.TooManyRequests) for result in results) == 3
    assert TieRequest.objects.count() == 3
    assert Letter.objects.count() == 2


def test_guessing_at_once_gives_no_more_tries() -> None:
    a_person()
    actor = resident(None, a_resident().pk, identified=False)
    ask(actor)
    results = at_once(*([lambda: actions.confirm_tie(actor, "WRONG")] * 8))
    assert all(isinstance(result, rules.WrongCode) for result in results)
    assert TieRequest.objects.get().tries_left == 0


def test_a_number_registered_twice_at_once_names_one_person() -> None:
    results = at_once(a_person, a_person)
    assert sum(isinstance(result, rules.NumberTaken) for result in results) == 1
    assert DocumentNumber.objects.count() == 1
