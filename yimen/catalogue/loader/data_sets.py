"""Data sets: the kinds of records that agencies own."""

from collections.abc import Mapping
from datetime import date

from yimen.catalogue.definition import Agency, DataField, DataSet
from yimen.catalogue.loader.agencies import check_has_agency
from yimen.catalogue.loader.fields import read_shape
from yimen.catalogue.loader.reading import Reading
from yimen.catalogue.loader.table import Table, root_table, unique
from yimen.catalogue.types import Refresh, Sharing, Subject

RESERVED = frozenset({"id", "person_id", "household_id", "organisation_id", "as_of", "source_id"})
NOT_DATA_SETS = frozenset({"person", "answer", "task", "case"})  # words of the language


def read_data_set(
    reading: Reading, path: str, code: str, agencies: Mapping[str, Agency] | None, today: date
) -> DataSet | None:
    """Return the data set of a file, or None when the file cannot be read."""
    root = root_table(reading, path)
    if root is None:
        return None
    law = root.table("law")
    tables = root.tables("fields")
    data_set = DataSet(
        code=root.word("code"),
        owner=root.reference("owner", agencies, "an agency"),
        title=root.text("title"),
        subject=root.choice("subject", Subject),
        refresh=root.choice("refresh", Refresh),
        sharing=root.choice("sharing", Sharing),
        fields=tuple(_field(table) for table in tables),
        place=root.place(),
        law=law.sourced() if law else None,
    )
    check_has_agency(root, "owner", agencies, today)
    if law:
        law.end()
    root.end()
    _check(root, data_set, code)
    unique(tables, "key")
    return data_set


def _check(root: Table, data_set: DataSet, code: str) -> None:
    if data_set.code and data_set.code != code:
        root.report(f"code '{data_set.code}' must be '{code}' as the file's name", "code")
    if data_set.code in NOT_DATA_SETS:
        root.report(f"'{data_set.code}' is a word of the expressions; choose another code", "code")
    if not data_set.fields:
        root.report("no [[fields]] are declared; add at least one")


def _field(table: Table) -> DataField:
    shape = read_shape(table)
    field = DataField(
        key=table.word("key"),
        kind=shape.kind,
        label=table.text("label"),
        place=table.place(),
        question=table.text("question", required=False),
        minimum=shape.minimum,
        maximum=shape.maximum,
        max_length=shape.max_length,
        scale=shape.scale,
        options=shape.options,
        required=table.boolean("required", False),
        sensitive=table.boolean("sensitive", False),
    )
    if field.key in RESERVED:
        table.report(f"'{field.key}' is a column of every data set; choose another key", "key")
    table.end()
    return field
