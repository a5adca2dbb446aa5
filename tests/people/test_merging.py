"""Two ids become one person, and no id ever changes."""

import pytest
from standing import a_person, officer, pension, resident

from yimen.base.actor import ANONYMOUS, SYSTEM
from yimen.ledger.models import Event
from yimen.people import actions, queries, rules
from yimen.people.models import Merge
from yimen.people.queries.persons import surviving_id
from yimen.people.types import NO_PURPOSE

pytestmark = pytest.mark.usefixtures("city")


def test_both_ids_of_a_merged_person_lead_to_both() -> None:
    old, new = a_person(1).pk, a_person(2).pk
    actions.merge(officer(rules.MERGE), old, new, "registered twice")
    assert set(queries.all_ids(old)) == set(queries.all_ids(new)) == {old, new}
    assert queries.all_ids(old)[0] == old
    assert (surviving_id(old), surviving_id(new)) == (new, new)
    assert queries.person(resident(old), old, NO_PURPOSE).pk == new
    event = Event.objects.order_by("id").last()
    assert (event.kind, event.person_id) == ("people.merged", old)


def test_chains_of_merges_are_one_person() -> None:
    a, b, c = (a_person(n).pk for n in (1, 2, 3))
    actions.merge(SYSTEM, a, b, "")
    actions.merge(SYSTEM, b, c, "")
    assert set(queries.all_ids(a)) == {a, b, c}
    assert surviving_id(a) == c


def test_asking_for_all_ids_is_one_query(django_assert_num_queries) -> None:
    old, new = a_person(1).pk, a_person(2).pk
    actions.merge(SYSTEM, old, new, "")
    with django_assert_num_queries(1):
        queries.all_ids(new)


def test_a_record_under_the_old_id_is_found_under_the_new_one() -> None:
    old, new = a_person(1).pk, a_person(2).pk
    pension(old, 120)
    actions.merge(SYSTEM, old, new, "")
    record = queries.open_record(resident(new), new, "pension", ["months_paid"], NO_PURPOSE)
    assert record.values == {"months_paid": 120}


def test_unmerging_parts_them_again_and_keeps_the_row() -> None:
    old, new = a_person(1).pk, a_person(2).pk
    actions.merge(SYSTEM, old, new, "")
    actions.unmerge(officer(rules.MERGE), old)
    assert queries.all_ids(new) == (new,)
    assert Merge.objects.get().ended_at is not None
    with pytest.raises(rules.NotMerged):
        actions.unmerge(SYSTEM, old)
    actions.merge(SYSTEM, old, new, "after all")
    assert Merge.objects.count() == 2


def test_circles_and_second_merges_are_refused() -> None:
    a, b, c = (a_person(n).pk for n in (1, 2, 3))
    actions.merge(SYSTEM, a, b, "")
    for one, other in ((b, a), (a, a), (a, c)):
        with pytest.raises(rules.CannotMerge):
            actions.merge(SYSTEM, one, other, "")
    assert Merge.objects.count() == 1


def test_merging_needs_the_right() -> None:
    a, b = a_person(1).pk, a_person(2).pk
    for actor in (ANONYMOUS, officer("case.read"), resident(a)):
        with pytest.raises(rules.NotAllowed):
            actions.merge(actor, a, b, "")
        with pytest.raises(rules.NotAllowed):
            actions.unmerge(actor, a)


def test_a_claimed_draft_belongs_to_the_person_and_shows_the_way_to_nobody() -> None:
    person = a_person().pk
    draft = actions.make_provisional_person(ANONYMOUS)
    actions.claim_provisional(resident(person), draft, person)
    actions.claim_provisional(resident(person), draft, person)
    assert set(queries.all_ids(person)) == {person, draft}
    assert queries.all_ids(draft) == (draft,)
    assert surviving_id(draft) == draft
    assert queries.all_ids(draft, claims=True) == (draft, person)
    assert surviving_id(draft, claims=True) == person
    assert Merge.objects.count() == 1


def test_a_provisional_person_is_claimed_once_and_by_who_stands_behind_it() -> None:
    one, other = a_person(1).pk, a_person(2).pk
    draft = actions.make_provisional_person(ANONYMOUS)
    with pytest.raises(rules.NotAllowed):
        actions.claim_provisional(resident(other), draft, one)
    with pytest.raises(rules.NotProvisional):
        actions.claim_provisional(resident(other), one, other)
    with pytest.raises(rules.CannotMerge):
        actions.claim_provisional(SYSTEM, draft, draft)
    actions.claim_provisional(SYSTEM, draft, one)
    with pytest.raises(rules.CannotMerge):
        actions.claim_provisional(SYSTEM, draft, other)


def test_a_provisional_person_is_no_duplicate() -> None:
    person = a_person().pk
    draft = actions.make_provisional_person(ANONYMOUS)
    with pytest.raises(rules.CannotMerge):
        actions.merge(SYSTEM, draft, person, "")
