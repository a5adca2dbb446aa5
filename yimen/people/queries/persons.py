"""Persons, their ids, and the households and organisations they belong to."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from yimen.accounts.queries import city_today
from yimen.base.actor import Actor, ActorKind
from yimen.people.models import (
    DocumentNumber,
    HouseholdMember,
    Merge,
    Organisation,
    Person,
)
from yimen.people.queries.reading import append_reading
from yimen.people.rules import PERSON, check_may_see_person
from yimen.people.types import DocumentKind, MergeKind, Purpose

# From one id to all ids of the same person: down through all merges, up through duplicates only. The
# way up from a provisional person is closed, because whoever holds its draft is not known; it is
# open to the city itself, which handles what was applied for under that id.
_ALL_IDS = """
WITH RECURSIVE same(id) AS (
    VALUES (%(person)s::uuid)
  UNION
    SELECT CASE WHEN merge.person_id = same.id THEN merge.surviving_id ELSE merge.person_id END
    FROM same JOIN people_merge AS merge
      ON (merge.surviving_id = same.id OR (merge.person_id = same.id AND merge.kind = ANY(%(up)s)))
    WHERE merge.ended_at IS NULL
)
SELECT id FROM same ORDER BY id = %(person)s::uuid DESC, id
"""


_UP = (MergeKind.DUPLICATE,)


def all_ids(person_id: UUID, *, claims: bool = False) -> tuple[UUID, ...]:
    """Return every id under which things of this person are kept, the given one first.

    Reads of tables with ``person_id`` take all of them: ``person_id__in=all_ids(...)``. For a
    provisional person that is its own id and those merged into it; with ``claims``, for the city's
    own work, also those of who turned out to stand behind it.
    """
    kinds = [kind.value for kind in (MergeKind if claims else _UP)]
    with connection.cursor() as cursor:
        cursor.execute(_ALL_IDS, {"person": person_id, "up": kinds})
        return tuple(row[0] for row in cursor.fetchall())


def own_ids(actor: Actor) -> tuple[UUID, ...]:
    """Return every id of the person who acts, or nothing for visitors without one and for staff."""
    return all_ids(actor.person_id) if actor.person_id is not None else ()


def follows_claims(actor: Actor) -> bool:
    """Say whether the actor may go from a provisional person to who stands behind it."""
    return actor.is_staff or actor.kind is ActorKind.SYSTEM


def ids_for(actor: Actor, person_id: UUID) -> tuple[UUID, ...]:
    """Return the ids under which an actor looks for what is kept of a person."""
    return all_ids(person_id, claims=follows_claims(actor))


def surviving_id(person_id: UUID, *, claims: bool = False) -> UUID:
    """Return the id that this one was merged into, through all steps, or the id itself.

    A provisional person stays itself, unless ``claims`` are followed.
    """
    seen = {person_id}
    steps = Merge.objects.filter(ended_at__isnull=True, kind__in=MergeKind if claims else _UP)
    while True:
        step = steps.filter(person_id=person_id).first()
        if step is None or step.surviving_id in seen:
            return person_id
        person_id = step.surviving_id
        seen.add(person_id)


def is_own(actor: Actor, ids: Sequence[UUID]) -> bool:
    """Say whether these are ids of the person who acts, or of an organisation they represent."""
    if actor.person_id is None or not actor.identified:
        return False
    if actor.person_id in ids:
        return True
    return Organisation.objects.filter(
        person_id__in=ids, representative_id__in=own_ids(actor)
    ).exists()


def person(actor: Actor, person_id: UUID, purpose: Purpose) -> Person | None:
    """Return a person as registered: name, number, birth date, address.

    One's own, or for staff with a purpose; then it is an entry in the person's list of readings.
    A visitor reads the provisional person that stands for them.
    """
    own = is_own(actor, all_ids(person_id)) or actor.person_id == person_id
    check_may_see_person(actor, own=own, purpose=purpose)
    surviving = surviving_id(person_id, claims=follows_claims(actor))
    found = Person.objects.filter(pk=surviving).first()
    if found is not None and not own:
        append_reading(actor, person_id, PERSON, ("name", "number", "address"), purpose)
    return found


def find_by_number(
    actor: Actor, document: DocumentKind, number: str, purpose: Purpose
) -> UUID | None:
    """Return the person who has this document, for staff with a purpose."""
    check_may_see_person(actor, own=False, purpose=purpose)
    row = DocumentNumber.objects.filter(document=document, number=number.upper()).first()
    if row is None:
        return None
    append_reading(actor, row.person_id, PERSON, ("number",), purpose)
    return row.person_id


def acting_ids(actor: Actor) -> tuple[UUID, ...]:
    """Return every id in whose name somebody acts: their own and their organisations'.

    Merged and provisional ids are among them. Staff and visitors without a draft have none.
    """
    ids = own_ids(actor)
    organisations = represented_by(ids) if actor.identified else ()
    return (*ids, *(one for organisation in organisations for one in all_ids(organisation.pk)))


def representatives_of(ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Return every id of who represents an organisation, by any of its ids; nothing for others."""
    rows = Organisation.objects.filter(person_id__in=ids, representative_id__isnull=False)
    found = rows.values_list("representative_id", flat=True)
    return tuple(
        one for representative in found if representative for one in all_ids(representative)
    )


def organisations_of(actor: Actor) -> tuple[Person, ...]:
    """Return the organisations that the person who acts represents."""
    return represented_by(own_ids(actor)) if actor.identified else ()


def represented_by(ids: Sequence[UUID]) -> tuple[Person, ...]:
    """Return the organisations that a person represents, by any of the person's ids."""
    rows = Organisation.objects.filter(representative_id__in=ids)
    return tuple(row.person for row in rows.select_related("person").order_by("person__name"))


def household_of(ids: Sequence[UUID]) -> UUID | None:
    """Return the household in which a person lives today, by any of the person's ids."""
    day = city_today()
    rows = HouseholdMember.objects.filter(person_id__in=ids, since__lte=day)
    newest = rows.exclude(until__lte=day).order_by("-since", "-id").first()
    return newest.household_id if newest is not None else None


def household_members(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Return name and relation of everybody in the household of the person who acts."""
    home = household_of(own_ids(actor)) if actor.identified else None
    if home is None:
        return ()
    day = city_today()
    rows = HouseholdMember.objects.filter(household_id=home, since__lte=day).exclude(until__lte=day)
    return tuple(rows.order_by("since", "id").values_list("person__name", "relation"))
