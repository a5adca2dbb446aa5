"""What the fields of data sets and the questions of forms have in common: kind, bounds, options."""

from dataclasses import dataclass
from decimal import Decimal

from yimen.catalogue.definition import Option
from yimen.catalogue.loader.table import Table, unique
from yimen.catalogue.types import FieldKind

_WRITTEN = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT})
_NUMBERS = frozenset({FieldKind.INTEGER, FieldKind.DECIMAL, FieldKind.MONEY})
DEFAULT_LENGTH = {FieldKind.LONG_TEXT: 2000}


@dataclass(frozen=True, slots=True)
class Shape:
    """The kind of a value and what is allowed."""

    kind: FieldKind
    minimum: Decimal | None
    maximum: Decimal | None
    max_length: int
    scale: int
    options: tuple[Option, ...]


def read_shape(table: Table) -> Shape:
    """Return the kind and bounds that a field's table declares."""
    kind = table.choice("kind", FieldKind)
    minimum, maximum = table.decimal("min"), table.decimal("max")
    if minimum is not None and maximum is not None and minimum > maximum:
        table.report(f"'min' is {minimum}, more than 'max', which is {maximum}", "min")
    shape = Shape(
        kind=kind,
        minimum=minimum,
        maximum=maximum,
        max_length=table.integer("max_length", DEFAULT_LENGTH.get(kind, 200), low=1, high=100_000),
        scale=table.integer("scale", 2, low=0, high=9),
        options=_options(table),
    )
    _check_fit(table, shape)
    return shape


def _options(table: Table) -> tuple[Option, ...]:
    tables = table.tables("options")
    options = []
    for part in tables:
        options.append(Option(part.string("value"), part.text("label")))
        part.end()
    unique(tables, "value")
    return tuple(options)


def _check_fit(table: Table, shape: Shape) -> None:
    """Report bounds that mean nothing for this kind."""
    for key, kinds in (
        ("min", _NUMBERS),
        ("max", _NUMBERS),
        ("max_length", _WRITTEN),
        ("scale", {FieldKind.DECIMAL}),
        ("options", {FieldKind.CHOICE}),
    ):
        if key in table and shape.kind not in kinds:
            table.report(f"'{key}' means nothing for the kind '{shape.kind}'; remove it", key)
    if shape.kind is FieldKind.CHOICE and not shape.options:
        table.report("a choice needs its options; add [[fields.options]] with value and label")
