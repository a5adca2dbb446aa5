"""Comparing the tables of the data sets with the declarations, and making them so.

Adding is free. Widening a column, and retiring one that is no longer declared, need force. Any
other change of type is refused: the remedy is a new field. Nothing is ever dropped: a retired
column or table stays, is no longer read, and comes back when it is declared again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from yimen.base.clock import now
from yimen.catalogue.definition import Change, City, DataSet
from yimen.catalogue.types import ChangeKind
from yimen.people.definition import FIXED, KEY_OF, NAME_BYTES, SCHEMA, ColumnType, Table, table_of

RETIRED = "retired"  # how the comment on a retired column or table begins
SET, FIELD = "data set table", "data set column"

_LIVE = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """A column as it stands in the database."""

    type: ColumnType
    retired: bool


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A table as it stands in the database."""

    retired: bool
    columns: dict[str, LiveColumn]


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the plan, with the statement that makes it."""

    change: Change
    statement: sql.Composed | None = None


def live_tables() -> Mapping[str, LiveTable]:
    """Return the tables of the schema as the database's own catalogue describes them."""
    tables: dict[str, LiveTable] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [SCHEMA])
        for table, column, type_text, note, table_note in cursor.fetchall():
            retired = (table_note or "").startswith(RETIRED)
            live = tables.setdefault(table, LiveTable(retired, {}))
            is_retired = (note or "").startswith(RETIRED)
            live.columns[column] = LiveColumn(ColumnType.parse(type_text), is_retired)
    return tables


def plan_tables(city: City) -> list[Change]:
    """Return what applying the city would change in the tables of its data sets."""
    return [step.change for step in _steps(city)]


def apply_tables(city: City) -> None:
    """Make the tables as the city declares them, in the caller's transaction.

    Who may force what was decided on the plan; a refused change never comes here.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
        for step in list(_steps(city)):
            if step.statement is not None:
                cursor.execute(step.statement)


def _steps(city: City) -> Iterator[Step]:
    live = live_tables()
    for data_set in city.data_sets.values():
        yield from _steps_of(data_set, live.get(data_set.code))
    for name, table in live.items():
        if name not in city.data_sets and not table.retired:
            yield _retire_table(name)


def _steps_of(data_set: DataSet, live: LiveTable | None) -> Iterator[Step]:
    table = table_of(data_set)
    if len(table.name.encode()) > NAME_BYTES:
        yield Step(
            Change(
                ChangeKind.ADD,
                SET,
                table.name,
                f"the code is longer than {NAME_BYTES} bytes; shorten it",
                refused=True,
            )
        )
    elif live is None:
        yield from _create(table)
    elif table.key not in live.columns:
        yield Step(
            Change(
                ChangeKind.CHANGE,
                SET,
                table.name,
                "the subject cannot change once records are kept; declare a new data set",
                refused=True,
            )
        )
    else:
        yield from _alter(table, live)


def _create(table: Table) -> Iterator[Step]:
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(str(column)))
        for name, column in table.columns.items()
    ]
    fixed = sql.SQL(
        "{key} uuid NOT NULL, id uuid NOT NULL, as_of date NOT NULL, source_id varchar(200) NOT NULL"
    ).format(key=sql.Identifier(table.key))
    create = sql.SQL("CREATE TABLE {table} ({columns}, PRIMARY KEY ({key}, id));").format(
        table=sql.Identifier(SCHEMA, table.name),
        columns=sql.SQL(", ").join([fixed, *columns]),
        key=sql.Identifier(table.key),
    )
    index = sql.SQL("CREATE INDEX ON {table} ({key}, as_of DESC, id DESC)").format(
        table=sql.Identifier(SCHEMA, table.name), key=sql.Identifier(table.key)
    )
    yield Step(Change(ChangeKind.ADD, SET, table.name), create + index)


def _alter(table: Table, live: LiveTable) -> Iterator[Step]:
    if live.retired:
        yield Step(Change(ChangeKind.REOPEN, SET, table.name), _comment_table(table.name, None))
    for name, wanted in table.columns.items():
        yield from _alter_column(table, name, wanted, live.columns.get(name))
    for name, column in live.columns.items():
        is_fixed = name in FIXED or name in KEY_OF.values()
        if not is_fixed and name not in table.columns and not column.retired:
            yield _retire_column(table.name, name)


def _alter_column(
    table: Table, name: str, wanted: ColumnType, live: LiveColumn | None
) -> Iterator[Step]:
    code = f"{table.name}.{name}"
    if live is None:
        yield Step(Change(ChangeKind.ADD, FIELD, code), _add_column(table.name, name, wanted))
        return
    if live.retired:
        yield Step(Change(ChangeKind.REOPEN, FIELD, code), _comment_column(table.name, name, None))
    if live.type == wanted:
        return
    if wanted.holds(live.type):
        sentence = f"{live.type} becomes {wanted}; the table is locked while it is rewritten"
        yield Step(
            Change(ChangeKind.CHANGE, FIELD, code, sentence, needs_force=True),
            _set_type(table.name, name, wanted),
        )
        return
    sentence = (
        f"{live.type} cannot become {wanted} without losing values; "
        "declare a new field and leave this one out"
    )
    yield Step(Change(ChangeKind.CHANGE, FIELD, code, sentence, refused=True))


def _retire_table(name: str) -> Step:
    sentence = "it is no longer declared; its records stay, hidden"
    change = Change(ChangeKind.REMOVE, SET, name, sentence, needs_force=True)
    return Step(change, _comment_table(name, _retired_note()))


def _retire_column(table: str, name: str) -> Step:
    sentence = "it is no longer declared; its values stay, hidden"
    change = Change(ChangeKind.REMOVE, FIELD, f"{table}.{name}", sentence, needs_force=True)
    return Step(change, _comment_column(table, name, _retired_note()))


def _retired_note() -> str:
    return f"{RETIRED} {now():%Y-%m-%d}"


def _add_column(table: str, name: str, wanted: ColumnType) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} ADD COLUMN {} {}").format(
        sql.Identifier(SCHEMA, table), sql.Identifier(name), sql.SQL(str(wanted))
    )


def _set_type(table: str, name: str, wanted: ColumnType) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} ALTER COLUMN {} TYPE {}").format(
        sql.Identifier(SCHEMA, table), sql.Identifier(name), sql.SQL(str(wanted))
    )


def _comment_table(table: str, note: str | None) -> sql.Composed:
    return sql.SQL("COMMENT ON TABLE {} IS {}").format(
        sql.Identifier(SCHEMA, table), sql.Literal(note)
    )


def _comment_column(table: str, name: str, note: str | None) -> sql.Composed:
    return sql.SQL("COMMENT ON COLUMN {} IS {}").format(
        sql.Identifier(SCHEMA, table, name), sql.Literal(note)
    )
