"""The only thing a diagram may have evaluated: conditions in the language of `base.expression`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from yimen.base.expression import Expression, ExpressionError, Value, evaluate, parse
from yimen.cases.workflow.diagram import DiagramRefused

parsed = lru_cache(maxsize=512)(parse)


def _no_standard(key: str) -> Decimal | None:
    return None


@dataclass(frozen=True, slots=True)
class Known:
    """What conditions may look at: ``task.<key>`` outcomes and ``case.eligible``."""

    today: date
    values: Mapping[str, Value] = field(default_factory=dict)
    standard: Callable[[str], Decimal | None] = _no_standard


class _Nothing(BasePythonScriptEngineEnvironment):  # type: ignore[misc]  # no types
    """An environment in which nothing can be evaluated, executed or called."""

    def evaluate(self, *args: object, **kwargs: object) -> NoReturn:
        raise DiagramRefused("only conditions of this city's language are evaluated")

    def execute(self, *args: object, **kwargs: object) -> NoReturn:
        raise DiagramRefused("a diagram executes nothing")

    def call_service(self, *args: object, **kwargs: object) -> NoReturn:
        raise DiagramRefused("a diagram calls nothing")


class ConditionEngine(PythonScriptEngine):  # type: ignore[misc]  # SpiffWorkflow has no types
    """Answers the conditions on the flows of a diagram, and does nothing else."""

    def __init__(self, known: Known) -> None:
        super().__init__(environment=_Nothing())
        self.known = known

    def validate(self, expression: str) -> None:
        """Refuse what is not an expression of our language."""
        _expression(expression)

    def evaluate(self, task: object, expression: str, external_context: object = None) -> bool:
        """Say whether a condition holds. What is not known does not hold."""
        answer = evaluate(
            _expression(expression),
            self.known.values,
            standard=self.known.standard,
            today=self.known.today,
        )
        return answer is True

    def execute(self, task: object, script: str, external_context: object = None) -> NoReturn:
        """Refuse: a diagram executes nothing."""
        raise DiagramRefused("a diagram executes nothing")

    def call_service(self, task: object, **kwargs: object) -> NoReturn:
        """Refuse: a diagram calls nothing."""
        raise DiagramRefused("a diagram calls nothing")


def _expression(source: str) -> Expression:
    try:
        return parsed(source.strip())
    except ExpressionError as error:
        raise DiagramRefused(error.sentence) from error
