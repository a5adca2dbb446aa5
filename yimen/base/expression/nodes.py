"""The nodes of an expression: all that the language has, and nothing an engine could run amok with."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class ValueType(StrEnum):
    """The types of values. Integers, decimals and money are all numbers."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    NULL = "null"  # the literal `null`, which compares with every type


class Comparison(StrEnum):
    """Operators between two values of one type."""

    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Arithmetic(StrEnum):
    """Operators between two numbers."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    DIVIDED = "/"


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal. Numbers are exact fractions."""

    value: Fraction | str | bool | date | None


@dataclass(frozen=True, slots=True)
class Name:
    """A word such as ``pension.months_paid``."""

    name: str


@dataclass(frozen=True, slots=True)
class StandardAmount:
    """``standard('living_allowance')``: the city's amount on the day of asking."""

    key: str


@dataclass(frozen=True, slots=True)
class Today:
    """``today()``: the day of asking."""


@dataclass(frozen=True, slots=True)
class Since:
    """``years_since(day)`` or ``months_since(day)``: completed years or months until today."""

    months_each: int  # 12 or 1
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Negative:
    """``-x``."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Sum:
    """Arithmetic between two numbers."""

    operator: Arithmetic
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison between two values of one type."""

    operator: Comparison
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class OneOf:
    """``x in (a, b)``."""

    operand: "Node"
    choices: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class IsNull:
    """``x is null``: the only question that *not known* answers with yes."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class Not:
    """``not x``."""

    operand: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """``x and y``."""

    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Or:
    """``x or y``."""

    left: "Node"
    right: "Node"


Node = (
    Constant
    | Name
    | StandardAmount
    | Today
    | Since
    | Negative
    | Sum
    | Compare
    | OneOf
    | IsNull
    | Not
    | And
    | Or
)
