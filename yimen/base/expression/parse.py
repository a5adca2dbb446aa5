"""From text to nodes: sqlglot reads, an allow-list decides."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from yimen.base.expression.nodes import (
    And,
    Arithmetic,
    Compare,
    Comparison,
    Constant,
    IsNull,
    Name,
    Negative,
    Node,
    Not,
    OneOf,
    Or,
    Since,
    StandardAmount,
    Sum,
    Today,
    ValueType,
)

MAX_LENGTH = 2000
MAX_DEPTH = 40  # deeper trees are mistakes or attacks; Python's stack stays far away

_COMPARISONS: dict[type[exp.Expr], Comparison] = {
    exp.EQ: Comparison.EQUAL,
    exp.NEQ: Comparison.NOT_EQUAL,
    exp.LT: Comparison.LESS,
    exp.LTE: Comparison.LESS_OR_EQUAL,
    exp.GT: Comparison.GREATER,
    exp.GTE: Comparison.GREATER_OR_EQUAL,
}
_ARITHMETIC: dict[type[exp.Expr], Arithmetic] = {
    exp.Add: Arithmetic.PLUS,
    exp.Sub: Arithmetic.MINUS,
    exp.Mul: Arithmetic.TIMES,
    exp.Div: Arithmetic.DIVIDED,
}
_MONTHS = {"years_since": 12, "months_since": 1}


class ExpressionError(ValueError):
    """An expression that the language does not have. The sentence says what and the remedy."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: its text, its nodes, and the words it uses."""

    source: str
    node: Node
    names: frozenset[str]
    standards: frozenset[str]


def parse(source: str, types: Mapping[str, ValueType] | None = None) -> Expression:
    """Return the expression, or raise ExpressionError with a sentence.

    With ``types`` (a type for each known name) unknown names and comparisons of different types
    are refused too, and the whole must be yes or no.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    tree = _tree(source)
    reader = _Reader()
    node = reader.node(tree, 0)
    expression = Expression(source, node, frozenset(reader.names), frozenset(reader.standards))
    if types is not None:
        check_types(expression, types)
    return expression


def check_types(expression: Expression, types: Mapping[str, ValueType]) -> None:
    """Raise ExpressionError for unknown names, mixed types, and what is not yes or no."""
    _check_names(expression, types)
    if _type_of(expression.node, types) not in (ValueType.BOOLEAN, ValueType.NULL):
        raise ExpressionError(
            f"'{expression.source}' is not a yes-or-no question; compare it with a value"
        )


def _tree(source: str) -> exp.Expr:
    try:
        trees = sqlglot.parse(source, dialect="postgres")
    except (SqlglotError, RecursionError) as error:
        raise ExpressionError(f"'{source}' cannot be read as an expression") from error
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError(f"'{source}' must be one expression")
    return trees[0]


class _Reader:
    """Turns sqlglot's tree into ours, node by node; what has no arm here does not exist."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.standards: set[str] = set()
        self._arms: dict[type[exp.Expr], Callable[[exp.Expr, int], Node]] = {
            exp.Paren: lambda tree, depth: self.node(tree.this, depth),
            exp.Column: self._column,
            exp.Literal: self._literal,
            exp.Boolean: lambda tree, _: Constant(bool(tree.this)),
            exp.Null: lambda _tree, _depth: Constant(None),
            exp.Cast: self._date_literal,
            exp.Anonymous: self._call,
            exp.Neg: lambda tree, depth: Negative(self.node(tree.this, depth)),
            exp.Not: lambda tree, depth: Not(self.node(tree.this, depth)),
            exp.And: lambda tree, depth: And(*self._two(tree, depth)),
            exp.Or: lambda tree, depth: Or(*self._two(tree, depth)),
            exp.In: self._in,
            exp.Between: self._between,
            exp.Is: self._is,
        }

    def node(self, tree: exp.Expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"the expression is nested deeper than {MAX_DEPTH} levels")
        kind = type(tree)
        if kind in _COMPARISONS:
            return Compare(_COMPARISONS[kind], *self._two(tree, depth))
        if kind in _ARITHMETIC:
            return Sum(_ARITHMETIC[kind], *self._two(tree, depth))
        arm = self._arms.get(kind)
        if arm is None:
            raise ExpressionError(
                f"'{tree.sql(dialect='postgres')}' is not in the language of expressions; it has "
                "and, or, not, comparisons, + - * /, in, between, is null, standard(), today(), "
                "years_since() and months_since()"
            )
        return arm(tree, depth + 1)

    def _two(self, tree: exp.Expr, depth: int) -> tuple[Node, Node]:
        return self.node(tree.this, depth + 1), self.node(tree.expression, depth + 1)

    def _column(self, tree: exp.Expr, _depth: int) -> Node:
        parts = [part for part in (tree.args.get("table"), tree.this) if part is not None]
        extra = [key for key in ("db", "catalog") if tree.args.get(key)]
        plain = all(isinstance(p, exp.Identifier) and not p.args.get("quoted") for p in parts)
        if len(parts) != 2 or extra or not plain:
            raise ExpressionError(
                f"'{tree.sql(dialect='postgres')}' is not a word that can be known; words have two "
                "parts, such as pension.months_paid, and text stands in 'single quotes'"
            )
        name = ".".join(part.this for part in parts)
        self.names.add(name)
        return Name(name)

    def _literal(self, tree: exp.Expr, _depth: int) -> Node:
        if tree.args.get("is_string"):
            return Constant(str(tree.this))
        return Constant(Fraction(Decimal(str(tree.this))))

    def _date_literal(self, tree: exp.Expr, _depth: int) -> Node:
        literal = tree.this
        if tree.args["to"].this != exp.DataType.Type.DATE or not isinstance(literal, exp.Literal):
            raise ExpressionError("only date 'YYYY-MM-DD' may be written with a type before it")
        try:
            return Constant(date.fromisoformat(str(literal.this)))
        except ValueError as error:
            raise ExpressionError(f"'{literal.this}' is not a day; write YYYY-MM-DD") from error

    def _call(self, tree: exp.Expr, depth: int) -> Node:
        name, given = str(tree.this).lower(), tree.expressions
        if name == "today" and not given:
            return Today()
        if name in _MONTHS and len(given) == 1:
            return Since(_MONTHS[name], self.node(given[0], depth))
        if name == "standard" and len(given) == 1 and given[0].args.get("is_string"):
            self.standards.add(str(given[0].this))
            return StandardAmount(str(given[0].this))
        raise ExpressionError(
            f"'{tree.sql(dialect='postgres')}' is not a function of the language; it has "
            "standard('key'), today(), years_since(day) and months_since(day)"
        )

    def _in(self, tree: exp.Expr, depth: int) -> Node:
        if not tree.expressions:
            raise ExpressionError("'in' needs a list of values in brackets")
        choices = tuple(self.node(choice, depth) for choice in tree.expressions)
        return OneOf(self.node(tree.this, depth), choices)

    def _between(self, tree: exp.Expr, depth: int) -> Node:
        if tree.args.get("symmetric"):
            raise ExpressionError(
                "'between symmetric' is not in the language; write the lower first"
            )
        value = self.node(tree.this, depth)
        low, high = self.node(tree.args["low"], depth), self.node(tree.args["high"], depth)
        return And(
            Compare(Comparison.GREATER_OR_EQUAL, value, low),
            Compare(Comparison.LESS_OR_EQUAL, value, high),
        )

    def _is(self, tree: exp.Expr, depth: int) -> Node:
        if not isinstance(tree.expression, exp.Null):
            raise ExpressionError("only 'is null' and 'is not null' can be asked with 'is'")
        question = IsNull(self.node(tree.this, depth))
        return Not(question) if tree.args.get("negate") else question


def _check_names(expression: Expression, types: Mapping[str, ValueType]) -> None:
    for name in sorted(expression.names - set(types)):
        near = difflib.get_close_matches(name, types, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise ExpressionError(f"'{name}' is not a word that is declared{hint}")


def _type_of(node: Node, types: Mapping[str, ValueType]) -> ValueType:
    """Return the type of a node, or raise ExpressionError where two types meet."""
    match node:
        case Constant(value):
            return _constant_type(value)
        case Name(name):
            return types[name]
        case Today():
            return ValueType.DATE
        case StandardAmount():
            return ValueType.NUMBER
        case Since(_, operand):
            _demand(operand, ValueType.DATE, types)
            return ValueType.NUMBER
        case Negative(operand):
            _demand(operand, ValueType.NUMBER, types)
            return ValueType.NUMBER
        case Sum(_, left, right):
            _demand(left, ValueType.NUMBER, types)
            _demand(right, ValueType.NUMBER, types)
            return ValueType.NUMBER
        case _:
            return _question_type(node, types)


def _question_type(node: Node, types: Mapping[str, ValueType]) -> ValueType:
    match node:
        case Compare(_, left, right):
            _demand(right, _type_of(left, types), types)
        case OneOf(operand, choices):
            wanted = _type_of(operand, types)
            for choice in choices:
                _demand(choice, wanted, types)
        case IsNull(operand):
            _type_of(operand, types)
        case Not(operand):
            _demand(operand, ValueType.BOOLEAN, types)
        case And(left, right) | Or(left, right):
            _demand(left, ValueType.BOOLEAN, types)
            _demand(right, ValueType.BOOLEAN, types)
    return ValueType.BOOLEAN


def _constant_type(value: Fraction | str | bool | date | None) -> ValueType:
    match value:
        case None:
            return ValueType.NULL
        case bool():
            return ValueType.BOOLEAN
        case Fraction():
            return ValueType.NUMBER
        case str():
            return ValueType.TEXT
        case _:
            return ValueType.DATE


def _demand(node: Node, wanted: ValueType, types: Mapping[str, ValueType]) -> None:
    found = _type_of(node, types)
    if found != wanted and ValueType.NULL not in (found, wanted):
        raise ExpressionError(f"a {found} stands where a {wanted} is needed")
