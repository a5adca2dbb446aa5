"""The small language of criteria and conditions: one definition, one meaning on every engine.

An expression is a boolean in a subset of SQL, parsed with sqlglot into an allow-list of nodes.
Numbers are decimals, text compares by code point, division by zero and every unknown name are
*not known* (NULL), and `and`, `or`, `not` follow SQL's three-valued logic.
"""

from yimen.base.expression.evaluate import Value, evaluate
from yimen.base.expression.nodes import ValueType
from yimen.base.expression.parse import Expression, ExpressionError, check_types, parse

__all__ = [
    "Expression",
    "ExpressionError",
    "Value",
    "ValueType",
    "check_types",
    "evaluate",
    "parse",
]
