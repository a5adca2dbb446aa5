"""Runs the processes of a city: SpiffWorkflow with an engine that only answers conditions."""

from yimen.cases.workflow.conditions import Known
from yimen.cases.workflow.diagram import DiagramRefused
from yimen.cases.workflow.run import Progress, Waiting, advance, start

__all__ = ["DiagramRefused", "Known", "Progress", "Waiting", "advance", "start"]
