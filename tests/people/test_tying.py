"""A code by post ties an account; knowing a name, a birth date and a number never does."""

from datetime import date, timedelta

import pytest
import time_machine
from signing_in import a_resident
from standing import a_person, an_id_number, officer, resident

from yimen.accounts.models import Account
from yimen.accounts.rules import AlreadyTied
from yimen.base.actor import ANONYMOUS, SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.people import actions, queries, rules
from yimen.people.models import Letter, Merge, TieRequest

pytestmark = pytest.mark.usefixtures("city")
BORN = date(1970, 1, 1)


def an_account(username: str = "wang") -> Actor:
    account = a_resident(username)
    return resident(None, account.pk, identified=False)


def ask(actor: Actor, name: str = "王芳", born: date = BORN, number: str | None = None):
    return actions.request_tie(actor, name=name, birth_date=born, number=number or an_id_number())


def code_in_the_letter() -> str:
    return Letter.objects.get().code


def test_the_letter_goes_to_the_registered_address_and_its_code_ties_the_account() -> None:
    person, actor = a_person(), an_account()
    state = ask(actor)
    assert (state.waiting, state.tries_left) == (True, 5)
    letter = Letter.objects.get()
    assert (letter.name, letter.address) == ("王芳", "徐汇区示例路1号")
    code = letter.code
    typed = f" {code[:4].lower()}-{code[4:]} "
    assert actions.confirm_tie(actor, typed) == person.pk
    account = Account.objects.get(pk=actor.account_id)
    assert account.person_id == person.pk
    tied = Event.objects.get(kind="accounts.tied")
    assert (tied.person_id, tied.payload["proof"]) == (person.pk, "posted_code")


def test_asking_alone_opens_nothing() -> None:
    a_person()
    actor = an_account()
    ask(actor)
    assert Account.objects.get(pk=actor.account_id).person_id is None
    assert queries.tie_state(actor).identified is False


@pytest.mark.parametrize(
    ("name", "born", "number"),
    [
        ("李四", BORN, None),
        ("王芳", date(1970, 1, 2), None),
        ("王芳", BORN, an_id_number(99)),
    ],
)
def test_the_answer_is_the_same_whoever_is_named(name, born, number) -> None:
    a_person()
    actor = an_account()
    with time_machine.travel(now(), tick=False):
        known = ask(an_account("other"))
        unknown = ask(actor, name, born, number)
    assert known == unknown
    assert Letter.objects.count() == 1
    kinds = Event.objects.filter(actor_account=actor.account_id, kind__startswith="people.")
    assert [event.kind for event in kinds] == ["people.tie_requested"]
    for left in (4, 3):
        with pytest.raises(rules.WrongCode) as refusal:
            actions.confirm_tie(actor, "AAAAAAAAAA")
        assert refusal.value.tries_left == left


def test_somebody_without_a_registered_address_gets_no_letter() -> None:
    a_person(address="")
    ask(an_account())
    assert not Letter.objects.exists()


def test_a_code_is_kept_as_a_keyed_hash() -> None:
    a_person()
    ask(an_account())
    row = TieRequest.objects.get()
    assert len(row.code_hash) == 64
    assert code_in_the_letter() not in row.code_hash


def test_five_wrong_tries_and_the_right_code_counts_no_more() -> None:
    a_person()
    actor = an_account()
    ask(actor)
    code = code_in_the_letter()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(rules.WrongCode) as refusal:
            actions.confirm_tie(actor, "WRONG")
        assert refusal.value.tries_left == left
    with pytest.raises(rules.WrongCode):
        actions.confirm_tie(actor, code)
    assert queries.tie_state(actor).waiting is False
    assert Event.objects.filter(kind="people.tie_code_refused").count() == 5


def test_a_code_counts_for_thirty_days() -> None:
    a_person()
    actor = an_account()
    ask(actor)
    with time_machine.travel(now() + timedelta(days=31)), pytest.raises(rules.WrongCode):
        actions.confirm_tie(actor, code_in_the_letter())


def test_a_code_serves_the_account_that_asked_for_it_only() -> None:
    a_person()
    asker, thief = an_account(), an_account("thief")
    ask(asker)
    with pytest.raises(rules.WrongCode):
        actions.confirm_tie(thief, code_in_the_letter())
    assert Account.objects.get(pk=thief.account_id).person_id is None


@pytest.mark.parametrize("letter", [0, 1])
def test_asking_again_leaves_the_letters_on_their_way_valid(letter: int) -> None:
    person, actor = a_person(), an_account()
    for _ in range(3):
        ask(actor)
    codes = Letter.objects.order_by("queued_at", "id").values_list("code", flat=True)
    assert len(codes) == 2  # the third wish is answered alike, but nothing more is posted
    assert actions.confirm_tie(actor, codes[letter]) == person.pk


def test_with_one_code_all_others_of_the_account_are_used_up() -> None:
    a_person()
    actor = an_account()
    ask(actor)
    ask(actor)
    first, second = Letter.objects.values_list("code", flat=True)
    actions.confirm_tie(actor, first)
    with pytest.raises(rules.WrongCode):
        actions.confirm_tie(actor, second)


def test_tries_are_those_of_the_account_and_a_new_wish_gives_new_ones() -> None:
    person, actor = a_person(), an_account()
    ask(actor)
    code = code_in_the_letter()
    ask(actor)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(rules.WrongCode) as refusal:
            actions.confirm_tie(actor, "WRONG")
        assert refusal.value.tries_left == left
    with pytest.raises(rules.WrongCode):
        actions.confirm_tie(actor, code)
    ask(actor)
    assert actions.confirm_tie(actor, code) == person.pk


def test_a_letter_that_is_too_old_counts_no_more_beside_a_newer_wish() -> None:
    a_person()
    actor = an_account()
    ask(actor)
    code = code_in_the_letter()
    with time_machine.travel(now() + timedelta(days=31)):
        ask(actor)
        with pytest.raises(rules.WrongCode) as refusal:
            actions.confirm_tie(actor, code)
        assert refusal.value.tries_left == 4


def test_a_code_is_used_once() -> None:
    a_person()
    actor = an_account()
    ask(actor)
    code = code_in_the_letter()
    actions.confirm_tie(actor, code)
    with pytest.raises(rules.WrongCode):
        actions.confirm_tie(actor, code)


def test_three_codes_a_day_for_an_account_and_two_letters_a_month_for_a_person() -> None:
    a_person()
    actor = an_account()
    for _ in range(3):
        ask(actor)
    assert Letter.objects.count() == 2
    with pytest.raises(rules.TooManyRequests):
        ask(actor)
    with time_machine.travel(now() + timedelta(days=31)):
        ask(actor)
    assert Letter.objects.count() == 3


def test_a_person_who_has_an_account_is_not_tied_to_a_second() -> None:
    person = a_person()
    a_resident("first", person.pk)
    actor = an_account()
    ask(actor)
    with pytest.raises(AlreadyTied):
        actions.confirm_tie(actor, code_in_the_letter())
    assert queries.tie_state(actor).tries_left == 5


@pytest.mark.parametrize("actor", [ANONYMOUS, SYSTEM, officer()])
def test_only_residents_with_an_account_ask(actor: Actor) -> None:
    with pytest.raises(rules.NeedsAccount):
        ask(actor)
    assert queries.tie_state(ANONYMOUS).waiting is False


def test_a_visitor_confirms_nothing_and_a_tied_account_asks_for_nothing() -> None:
    with pytest.raises(rules.NeedsAccount):
        actions.confirm_tie(ANONYMOUS, "X")
    tied = resident(uuid7())
    with pytest.raises(rules.TiedAlready):
        ask(tied)
    assert queries.tie_state(tied).identified
    fresh = an_account()
    with pytest.raises(rules.WrongCode) as refusal:
        actions.confirm_tie(fresh, "X")
    assert refusal.value.tries_left == 0


def test_what_was_begun_before_the_letter_came_belongs_to_the_person_afterwards() -> None:
    person, actor = a_person(), an_account()
    draft = actions.make_provisional_person(actor)
    Account.objects.filter(pk=actor.account_id).update(provisional_person_id=draft)
    ask(actor)
    actions.confirm_tie(actor, code_in_the_letter())
    assert set(queries.all_ids(person.pk)) == {person.pk, draft}
    assert Account.objects.get(pk=actor.account_id).provisional_person_id is None
    assert Merge.objects.get().kind == "claim"


def test_a_posted_letter_holds_its_code_no_more() -> None:
    person = a_person()
    ask(an_account())
    [letter] = queries.letters_waiting(SYSTEM)
    actions.mark_letter_posted(SYSTEM, person.pk, letter.id)
    actions.mark_letter_posted(SYSTEM, person.pk, letter.id)
    assert code_in_the_letter() == ""
    assert queries.letters_waiting(SYSTEM) == ()
    assert Event.objects.filter(kind="people.letter_posted").count() == 1


def test_letters_are_for_who_posts_them() -> None:
    with pytest.raises(rules.NotAllowed):
        queries.letters_waiting(officer())
    with pytest.raises(rules.NotAllowed):
        actions.mark_letter_posted(resident(uuid7()), uuid7(), uuid7())
