"""The table that a data set has, derived from its declaration. Pure: nothing here runs SQL."""

import re
from dataclasses import dataclass
from typing import Self, assert_never

from yimen.catalogue.definition import DataField, DataSet, FormField
from yimen.catalogue.types import FieldKind, Subject

SCHEMA = "dataset"
FIXED = ("id", "as_of", "source_id")
KEY_OF = {
    Subject.PERSON: "person_id",
    Subject.ORGANISATION: "person_id",  # an organisation is a person
    Subject.HOUSEHOLD: "household_id",
}
NAME_BYTES = 63  # PostgreSQL cuts longer names silently
WHOLE_DIGITS = 19  # as many as 2^63 has, so that a whole number may become a decimal
MONEY_SCALE = 2
WORD_LENGTH = 254  # of choices, numbers with a check, addresses for e-mail
_TYPE = re.compile(r"([a-z ]+?)(?:\((\d+)(?:,(\d+))?\))?")


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A type of PostgreSQL as `format_type` writes it: ``character varying(200)``."""

    base: str
    size: int | None = None  # length of text, digits of a number
    scale: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the type that ``pg_catalog.format_type`` has written."""
        match = _TYPE.fullmatch(text)
        if match is None:
            return cls(text)
        base, size, scale = match.groups()
        return cls(base, int(size) if size else None, int(scale) if scale else None)

    def __str__(self) -> str:
        if self.size is None:
            return self.base
        if self.scale is None:
            return f"{self.base}({self.size})"
        return f"{self.base}({self.size},{self.scale})"

    def holds(self, narrower: "ColumnType") -> bool:
        """Say whether every value of the narrower type fits in this one unchanged."""
        if self == narrower:
            return True
        if self.base == "text":
            return narrower.base == "character varying"
        if self.base == "character varying" == narrower.base:
            return (self.size or 0) >= (narrower.size or 0)
        if self.base == "numeric":
            return self._holds_number(narrower)
        return False

    def _holds_number(self, narrower: "ColumnType") -> bool:
        digits, scale = self.size or 0, self.scale or 0
        if narrower.base == "bigint":
            return digits - scale >= WHOLE_DIGITS
        if narrower.base != "numeric":
            return False
        whole = (narrower.size or 0) - (narrower.scale or 0)
        return scale >= (narrower.scale or 0) and digits - scale >= whole


@dataclass(frozen=True, slots=True)
class Table:
    """The table of one data set: its name, the column of its subject, and its own columns."""

    name: str
    key: str
    columns: dict[str, ColumnType]


def column_type(declared: DataField) -> ColumnType:
    """Return the type of a field's column."""
    match declared.kind:
        case FieldKind.INTEGER:
            return ColumnType("bigint")
        case FieldKind.DECIMAL | FieldKind.MONEY:
            scale = MONEY_SCALE if declared.kind is FieldKind.MONEY else declared.scale
            return ColumnType("numeric", WHOLE_DIGITS + scale, scale)
        case FieldKind.DATE:
            return ColumnType("date")
        case FieldKind.YES_NO:
            return ColumnType("boolean")
        case FieldKind.LONG_TEXT:
            return ColumnType("text")
        case FieldKind.TEXT:
            return ColumnType("character varying", declared.max_length)
        case (
            FieldKind.CHOICE
            | FieldKind.PHONE
            | FieldKind.EMAIL
            | FieldKind.ID_NUMBER
            | FieldKind.CREDIT_CODE
            | FieldKind.DIVISION
            | FieldKind.CASE
        ):
            return ColumnType("character varying", WORD_LENGTH)
        case _:  # pragma: no cover - mypy proves that no kind is missing
            assert_never(declared.kind)


def form_field(declared: DataField) -> FormField:
    """Return the field as a question, so that rows are checked by the same rules as answers."""
    return FormField(
        key=declared.key,
        kind=declared.kind,
        label=declared.label,
        place=declared.place,
        required=declared.required,
        minimum=declared.minimum,
        maximum=declared.maximum,
        max_length=declared.max_length,
        scale=declared.scale,
        options=declared.options,
    )


def table_of(data_set: DataSet) -> Table:
    """Return the table that a data set is kept in."""
    columns = {declared.key: column_type(declared) for declared in data_set.fields}
    return Table(data_set.code, KEY_OF[data_set.subject], columns)
