"""All that is kept of the person who acts, for that person alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection
from psycopg import sql

from yimen.accounts.queries import city_today
from yimen.base.actor import Actor
from yimen.people.definition import KEY_OF, SCHEMA
from yimen.people.models import HouseholdMember, Letter, Merge, Organisation, Person, TieRequest
from yimen.people.queries.persons import all_ids, own_ids, represented_by

_TABLES = """
SELECT c.relname, a.attname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND a.attname = ANY(%s) AND NOT a.attisdropped
ORDER BY c.relname
"""
_HOUSEHOLD = "household_id"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the register of persons says under one id."""

    id: UUID
    kind: str
    provisional: bool
    name: str
    document: str
    number: str
    birth_date: date | None
    sex: str
    category: str
    division: str
    address: str
    phone: str
    legal_representative: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class HouseholdTie:
    """A time in a household. The other members are not named: their data are theirs."""

    household_number: str
    division: str
    address: str
    relation: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class RecordKept:
    """One row of a data set, with where it comes from; of the household where that is its subject."""

    data_set: str
    as_of: date
    source_id: str
    of_household: bool
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SubjectKept:
    """What is kept of one person or organisation, under all its ids."""

    ids: tuple[UUID, ...]
    register: tuple[RegisterEntry, ...] = ()
    household_ties: tuple[HouseholdTie, ...] = ()
    records: tuple[RecordKept, ...] = ()

    @property
    def name(self) -> str:
        return next((entry.name for entry in self.register if entry.name), "")


@dataclass(frozen=True, slots=True)
class MergeKept:
    """Two ids that are, or were taken for, one person."""

    id: UUID
    surviving_id: UUID
    kind: str
    reason: str
    merged_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class CodeLetterKept:
    """A letter with a code that ties an account; the code itself is not told here."""

    name: str
    address: str
    queued_at: datetime
    posted_at: datetime | None


@dataclass(frozen=True, slots=True)
class TieWish:
    """The wish of this account to be tied to its person."""

    asked_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonKept:
    """All that is kept of the person who acts, and of the organisations they represent."""

    person: SubjectKept | None = None
    organisations: tuple[SubjectKept, ...] = ()
    merges: tuple[MergeKept, ...] = ()
    code_letters: tuple[CodeLetterKept, ...] = ()
    tie_wishes: tuple[TieWish, ...] = ()


def person_kept(actor: Actor) -> PersonKept:
    """Return all that is kept of the person who acts, under every id that person has.

    One's own data, so that this is no entry in the list of readings. An account that is not tied
    gets its own wishes to be tied and nothing of any person; so do visitors and staff.
    """
    wishes = _tie_wishes(actor.account_id) if actor.account_id is not None else ()
    if not actor.identified:
        return PersonKept(tie_wishes=wishes)
    ids = own_ids(actor)
    subjects = [ids, *(all_ids(organisation.pk) for organisation in represented_by(ids))]
    person, *organisations = _subjects(subjects)
    return PersonKept(person, tuple(organisations), _merges(ids), _code_letters(ids), wishes)


def _subjects(subjects: Collection[tuple[UUID, ...]]) -> list[SubjectKept]:
    """Return what is kept of each subject, with as many statements for many as for one."""
    ids = {one for subject in subjects for one in subject}
    register = {row.pk: row for row in Person.objects.filter(pk__in=ids)}
    organisations = Organisation.objects.filter(person_id__in=ids)
    represented = {row.person_id: row.legal_representative for row in organisations}
    ties: dict[UUID, list[HouseholdMember]] = defaultdict(list)
    members = HouseholdMember.objects.filter(person_id__in=ids).select_related("household")
    for member in members.order_by("since", "id"):
        ties[member.person_id].append(member)
    rows = _rows({*ids, *_homes(members)})
    return [
        SubjectKept(
            ids=subject,
            register=tuple(
                _entry(register[one], represented.get(one, ""))
                for one in subject
                if one in register
            ),
            household_ties=tuple(_tie(tie) for one in subject for tie in ties[one]),
            records=tuple(_records(subject, [tie for one in subject for tie in ties[one]], rows)),
        )
        for subject in subjects
    ]


def _homes(members: Iterable[HouseholdMember]) -> set[UUID]:
    return {member.household_id for member in members if _lives_there(member)}


def _lives_there(member: HouseholdMember) -> bool:
    day = city_today()
    return member.since <= day and (member.until is None or member.until > day)


def _entry(row: Person, legal_representative: str) -> RegisterEntry:
    return RegisterEntry(
        id=row.pk,
        kind=row.kind,
        provisional=row.provisional,
        name=row.name,
        document=row.document,
        number=row.number,
        birth_date=row.birth_date,
        sex=row.sex,
        category=row.category,
        division=row.division,
        address=row.address,
        phone=row.phone,
        legal_representative=legal_representative,
        registered_at=row.registered_at,
    )


def _tie(row: HouseholdMember) -> HouseholdTie:
    home = row.household
    return HouseholdTie(
        home.number, home.division, home.address, row.relation, row.since, row.until
    )


def _records(
    ids: Collection[UUID],
    ties: Collection[HouseholdMember],
    rows: Mapping[UUID, list[RecordKept]],
) -> list[RecordKept]:
    """Return the rows of a subject: its own, and those of the household it lives in.

    Of the household, what was true since the person came, and the row that counts for them today:
    what stands there of the time before is about others.
    """
    found = [row for one in ids for row in rows.get(one, ())]
    for tie in ties:
        if _lives_there(tie):
            newest: set[str] = set()
            for row in rows.get(tie.household_id, ()):
                if row.as_of >= tie.since or row.data_set not in newest:
                    found.append(row)
                newest.add(row.data_set)
    return found


def _rows(keys: Collection[UUID]) -> dict[UUID, list[RecordKept]]:
    """Return every row of every table of a data set by its subject, the newest first.

    Tables and columns that the city no longer declares are among them: they are still kept.
    """
    found: dict[UUID, list[RecordKept]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [SCHEMA, sorted(set(KEY_OF.values()))])
        for table, key in cursor.fetchall():
            statement = sql.SQL(
                "SELECT * FROM {table} WHERE {key} = ANY(%s) ORDER BY as_of DESC, id DESC"
            ).format(table=sql.Identifier(SCHEMA, table), key=sql.Identifier(key))
            cursor.execute(statement, [list(keys)])
            names = [column.name for column in cursor.description or ()]
            for values in cursor.fetchall():
                row = dict(zip(names, values, strict=True))
                del row["id"]
                subject, as_of, source_id = row.pop(key), row.pop("as_of"), row.pop("source_id")
                found[subject].append(RecordKept(table, as_of, source_id, key == _HOUSEHOLD, row))
    return found


def _merges(ids: Collection[UUID]) -> tuple[MergeKept, ...]:
    rows = Merge.objects.filter(person_id__in=ids, surviving_id__in=ids).order_by("merged_at", "id")
    return tuple(
        MergeKept(
            row.person_id, row.surviving_id, row.kind, row.reason, row.merged_at, row.ended_at
        )
        for row in rows
    )


def _code_letters(ids: Collection[UUID]) -> tuple[CodeLetterKept, ...]:
    rows = Letter.objects.filter(person_id__in=ids).order_by("queued_at", "id")
    return tuple(
        CodeLetterKept(row.name, row.address, row.queued_at, row.posted_at) for row in rows
    )


def _tie_wishes(account_id: int) -> tuple[TieWish, ...]:
    rows = TieRequest.objects.filter(account_id=account_id).order_by("asked_at", "id")
    return tuple(TieWish(row.asked_at, row.expires_at, row.confirmed_at) for row in rows)
