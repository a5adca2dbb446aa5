"""Writing checked rows into the table of a data set."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from psycopg import sql

from yimen.base.identifiers import uuid7
from yimen.catalogue.definition import DataSet
from yimen.catalogue.types import Subject
from yimen.people.definition import SCHEMA, table_of
from yimen.people.models import Household, Person
from yimen.people.types import Row


def unknown_subjects(data_set: DataSet, subject_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return the ids that no person (or household) in the register has."""
    if data_set.subject is Subject.HOUSEHOLD:
        known = set(Household.objects.filter(pk__in=subject_ids).values_list("pk", flat=True))
    else:
        known = set(Person.objects.filter(pk__in=subject_ids).values_list("pk", flat=True))
    return frozenset(set(subject_ids) - known)


def copy_rows(data_set: DataSet, rows: Sequence[Row], *, as_of: date, source_id: str) -> None:
    """Write rows whose values were checked, by COPY, in the caller's transaction."""
    table = table_of(data_set)
    fields = tuple(table.columns)
    names = (table.key, "id", "as_of", "source_id", *fields)
    statement = sql.SQL("COPY {table} ({columns}) FROM STDIN").format(
        table=sql.Identifier(SCHEMA, table.name),
        columns=sql.SQL(", ").join(sql.Identifier(name) for name in names),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = [row.values.get(field) for field in fields]
            copy.write_row([row.subject_id, uuid7(), as_of, source_id, *values])
