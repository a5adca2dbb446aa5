"""The one evaluator that decides for one person: exact, three-valued, without side effects."""

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

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
)
from yimen.base.expression.parse import Expression

Value = Decimal | int | str | bool | date | None
_Inner = Fraction | str | bool | date | None

_COMPARE: dict[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.LESS_OR_EQUAL: operator.le,
    Comparison.GREATER: operator.gt,
    Comparison.GREATER_OR_EQUAL: operator.ge,
}


def evaluate(
    expression: Expression,
    values: Mapping[str, Value],
    *,
    today: date,
    standard: Callable[[str], Decimal | None],
) -> bool | None:
    """Return True, False, or None for *not known*.

    A name missing from ``values`` is not known. Raises TypeError when a value has another type
    than the one it is compared with: declarations are checked, so this is a fault, not an answer.
    """
    answer = _Evaluator(values, today, standard).value(expression.node)
    if answer is None or isinstance(answer, bool):
        return answer
    raise TypeError(f"'{expression.source}' is not a yes-or-no question")


def completed_months(since: date, today: date) -> int:
    """Return the completed months from a day until today.

    Someone born on the 31st completes a shorter month on its last day (Civil Code art. 202).
    """
    months = (today.year - since.year) * 12 + today.month - since.month
    return months - (today.day < min(since.day, _last_day(today)))


def _last_day(day: date) -> int:
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return (following - date(day.year, day.month, 1)).days


class _Evaluator:
    def __init__(
        self,
        values: Mapping[str, Value],
        today: date,
        standard: Callable[[str], Decimal | None],
    ) -> None:
        self._values = values
        self._today = today
        self._standard = standard

    def value(self, node: Node) -> _Inner:
        match node:
            case Constant(value):
                return value
            case Name(name):
                return _exact(self._values.get(name))
            case StandardAmount(key):
                return _exact(self._standard(key))
            case Today():
                return self._today
            case Since() | Negative() | Sum():
                return self._number(node)
            case _:
                return self._truth(node)

    def _number(self, node: Since | Negative | Sum) -> Fraction | None:
        match node:
            case Since(months_each, operand):
                since = self.value(operand)
                if since is None:
                    return None
                if not isinstance(since, date):
                    raise TypeError(f"{since!r} is not a day")
                # towards zero also for days to come, so that "0 completed years" stays 0
                return Fraction(int(completed_months(since, self._today) / months_each))
            case Negative(operand):
                number = _as_number(self.value(operand))
                return None if number is None else -number
            case Sum(sign, left, right):
                return _calculate(sign, _as_number(self.value(left)), _as_number(self.value(right)))

    def _truth(self, node: Node) -> bool | None:
        match node:
            case Compare(sign, left, right):
                return _compare(sign, self.value(left), self.value(right))
            case OneOf(operand, choices):
                value = self.value(operand)
                return _any(_compare(Comparison.EQUAL, value, self.value(c)) for c in choices)
            case IsNull(operand):
                return self.value(operand) is None
            case Not(operand):
                answer = _as_truth(self.value(operand))
                return None if answer is None else not answer
            case And(left, right):
                answers = (_as_truth(self.value(left)), _as_truth(self.value(right)))
                return False if False in answers else None if None in answers else True
            case Or(left, right):
                return _any((_as_truth(self.value(left)), _as_truth(self.value(right))))
            case _:  # pragma: no cover - the other nodes are values, met in `value`
                raise TypeError(node)


def _any(answers: Iterable[bool | None]) -> bool | None:
    found = tuple(answers)
    return True if True in found else None if None in found else False


def _exact(value: Value) -> _Inner:
    if isinstance(value, bool) or value is None:
        return value
    return Fraction(value) if isinstance(value, int | Decimal) else value


def _as_number(value: _Inner) -> Fraction | None:
    if value is None or isinstance(value, Fraction):
        return value
    raise TypeError(f"{value!r} is not a number")


def _as_truth(value: _Inner) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is neither yes nor no")


def _calculate(sign: Arithmetic, left: Fraction | None, right: Fraction | None) -> Fraction | None:
    if left is None or right is None:
        return None
    match sign:
        case Arithmetic.PLUS:
            return left + right
        case Arithmetic.MINUS:
            return left - right
        case Arithmetic.TIMES:
            return left * right
        case Arithmetic.DIVIDED:
            return left / right if right else None


def _compare(sign: Comparison, left: _Inner, right: _Inner) -> bool | None:
    if left is None or right is None:
        return None
    if type(left) is not type(right):
        raise TypeError(f"{left!r} and {right!r} cannot be compared")
    return bool(_COMPARE[sign](left, right))
