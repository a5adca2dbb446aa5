"""One person's current row of a data set."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from yimen.base.actor import Actor
from yimen.catalogue.definition import DataSet
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import Subject
from yimen.people.definition import SCHEMA, table_of
from yimen.people.queries.persons import household_of, ids_for, is_own
from yimen.people.queries.reading import append_reading
from yimen.people.rules import UnknownDataSet, check_fields, check_may_open, check_may_write_records
from yimen.people.types import Purpose, Record


def declared_data_set(code: str) -> DataSet:
    """Return the declaration of a data set, or refuse an unknown code."""
    data_set = current_city().data_sets.get(code)
    if data_set is None:
        raise UnknownDataSet(code)
    return data_set


def open_record(
    actor: Actor,
    person_id: UUID,
    data_set: str,
    fields: Collection[str],
    purpose: Purpose,
    *,
    ids: Sequence[UUID] | None = None,
) -> Record | None:
    """Return the current row of a person in a data set, only the fields asked for, or None.

    The newest ``as_of`` counts, then the newest id. Who reads somebody else's record leaves an
    entry before anything is returned, also when there is no row: that somebody looked is what
    counts. Open a data set once in a request: every call is an entry. ``ids`` spares a query when
    the caller has asked `ids_for` already.
    """
    declared = declared_data_set(data_set)
    check_fields(declared, fields)
    known_ids = ids if ids is not None else ids_for(actor, person_id)
    own = is_own(actor, known_ids)
    check_may_open(actor, declared, own=own, purpose=purpose)
    if not own:
        append_reading(actor, person_id, data_set, fields, purpose)
    return _current_row(declared, person_id, known_ids, tuple(fields))


def _current_row(
    data_set: DataSet, person_id: UUID, ids: Sequence[UUID], fields: tuple[str, ...]
) -> Record | None:
    keys = list(ids)
    if data_set.subject is Subject.HOUSEHOLD:
        home = household_of(ids)
        keys = [home] if home is not None else []
    row = _newest(data_set, keys, fields) if keys else None
    if row is None:
        return None
    as_of, source_id, *values = row
    by_key = dict(zip(fields, values, strict=True))
    return Record(data_set.code, person_id, by_key, as_of, source_id)


def _newest(data_set: DataSet, keys: list[UUID], fields: tuple[str, ...]) -> tuple[Any, ...] | None:
    table = table_of(data_set)
    columns = [sql.Identifier(name) for name in ("as_of", "source_id", *fields)]
    statement = sql.SQL(
        "SELECT {columns} FROM {table} WHERE {key} = ANY(%s) ORDER BY as_of DESC, id DESC LIMIT 1"
    ).format(
        columns=sql.SQL(", ").join(columns),
        table=sql.Identifier(SCHEMA, table.name),
        key=sql.Identifier(table.key),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [keys])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def subjects_from(actor: Actor, data_set: str, source_id: str) -> frozenset[UUID]:
    """Return whose rows this source has written to a data set, so that loading can be resumed."""
    declared = declared_data_set(data_set)
    check_may_write_records(actor, declared)
    table = table_of(declared)
    statement = sql.SQL("SELECT DISTINCT {key} FROM {table} WHERE source_id = %s").format(
        key=sql.Identifier(table.key), table=sql.Identifier(SCHEMA, table.name)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [source_id])
        return frozenset(row[0] for row in cursor.fetchall())
