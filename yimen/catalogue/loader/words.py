"""The words that expressions may use, with their types and, where they are a choice, their values."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from yimen.base.expression import (
    Expression,
    ExpressionError,
    ValueType,
    check_types,
)
from yimen.base.expression.nodes import (
    And,
    Compare,
    Constant,
    IsNull,
    Name,
    Negative,
    Node,
    Not,
    OneOf,
    Or,
    Since,
    Sum,
)
from yimen.catalogue.definition import DataSet, FormField
from yimen.catalogue.loader.reading import did_you_mean, listed
from yimen.catalogue.types import FieldKind, Subject, TaskKind

PERSON_WORDS = {
    "person.age": ValueType.NUMBER,
    "person.sex": ValueType.TEXT,
    "person.category": ValueType.TEXT,
    "person.district": ValueType.TEXT,
    "person.birth_date": ValueType.DATE,
}
OUTCOMES = {
    TaskKind.REVIEW: ("complete",),
    TaskKind.OPINION: ("for", "against"),
    TaskKind.DECISION: ("approve", "refuse"),
}


_TYPES = {
    FieldKind.TEXT: ValueType.TEXT,
    FieldKind.LONG_TEXT: ValueType.TEXT,
    FieldKind.INTEGER: ValueType.NUMBER,
    FieldKind.DECIMAL: ValueType.NUMBER,
    FieldKind.MONEY: ValueType.NUMBER,
    FieldKind.DATE: ValueType.DATE,
    FieldKind.CHOICE: ValueType.TEXT,
    FieldKind.YES_NO: ValueType.BOOLEAN,
    FieldKind.PHONE: ValueType.TEXT,
    FieldKind.EMAIL: ValueType.TEXT,
    FieldKind.ID_NUMBER: ValueType.TEXT,
    FieldKind.CREDIT_CODE: ValueType.TEXT,
    FieldKind.DIVISION: ValueType.TEXT,
    FieldKind.CASE: ValueType.TEXT,
}


def value_type(kind: FieldKind) -> ValueType:
    """Return the type that answers of this kind have in an expression."""
    return _TYPES[kind]


@dataclass(frozen=True)
class Words:
    """What may be named: types by word, values of choices, standards.

    ``blurred`` are data sets whose file could not be read: what is asked of them is not judged,
    so that one error is not reported again at every place that uses it.
    """

    types: Mapping[str, ValueType]
    values: Mapping[str, tuple[str, ...]]
    standards: frozenset[str]
    blurred: frozenset[str] = frozenset()

    def and_answers(self, fields: Iterable[FormField]) -> "Words":
        """Return these words and ``answer.<key>`` of the questions."""
        asked = list(fields)
        types = {f"answer.{field.key}": value_type(field.kind) for field in asked}
        values = {
            f"answer.{field.key}": tuple(option.value for option in field.options)
            for field in asked
            if field.kind is FieldKind.CHOICE
        }
        return Words(
            {**self.types, **types}, {**self.values, **values}, self.standards, self.blurred
        )

    def check(self, expression: Expression) -> None:
        """Raise ExpressionError for a word, standard, type or value that is not declared."""
        for key in sorted(expression.standards - self.standards):
            raise ExpressionError(
                f"standard '{key}' is not declared{did_you_mean(key, self.standards)}"
            )
        if any(name.split(".")[0] in self.blurred for name in expression.names):
            return
        check_types(expression, self.types)
        for name, value in _compared_texts(expression.node):
            allowed = self.values.get(name)
            if allowed is not None and value not in allowed:
                raise ExpressionError(
                    f"'{name}' is never '{value}'; it is one of {listed(allowed)}"
                    + did_you_mean(value, allowed)
                )


def words_of(
    data_sets: Iterable[DataSet], standards: Iterable[str], blurred: Iterable[str] = ()
) -> Words:
    """Return the words of the city's data sets and of every person."""
    types = dict(PERSON_WORDS)
    values: dict[str, tuple[str, ...]] = {"person.sex": ("male", "female")}
    for data_set in data_sets:
        for field in data_set.fields:
            name = f"{data_set.code}.{field.key}"
            types[name] = value_type(field.kind)
            if field.kind is FieldKind.CHOICE:
                values[name] = tuple(option.value for option in field.options)
    return Words(types, values, frozenset(standards), frozenset(blurred))


def person_words(words: Words, data_sets: Mapping[str, DataSet]) -> Words:
    """Return the words that make sense for a person: without records of organisations."""
    theirs = {c for c, d in data_sets.items() if d.subject is Subject.ORGANISATION}
    types = {n: t for n, t in words.types.items() if n.split(".")[0] not in theirs}
    return Words(types, words.values, words.standards, words.blurred)


def process_words(tasks: Mapping[str, TaskKind]) -> Words:
    """Return the words of a process: how its tasks ended, and whether the criteria hold."""
    types = {f"task.{key}": ValueType.TEXT for key in tasks}
    values = {f"task.{key}": OUTCOMES[kind] for key, kind in tasks.items()}
    return Words({**types, "case.eligible": ValueType.BOOLEAN}, values, frozenset())


def _compared_texts(node: Node) -> Iterator[tuple[str, str]]:
    """Return each word that is compared with a literal text, with the text."""
    match node:
        case Compare(_, Name(name), Constant(str(text))) | Compare(
            _, Constant(str(text)), Name(name)
        ):
            yield name, text
        case OneOf(Name(name), choices):
            for choice in choices:
                if isinstance(choice, Constant) and isinstance(choice.value, str):
                    yield name, choice.value
        case _:
            for part in _parts(node):
                yield from _compared_texts(part)


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Not(operand) | Negative(operand) | IsNull(operand) | Since(_, operand):
            return (operand,)
        case Compare(_, left, right) | Sum(_, left, right) | And(left, right) | Or(left, right):
            return (left, right)
        case _:
            return ()
