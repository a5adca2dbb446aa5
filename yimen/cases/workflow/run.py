"""Start a process, finish one of its steps, and keep its state as a few hundred bytes."""

import json
import zlib
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.config import DEFAULT_CONFIG
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask, SimpleBpmnTask, _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent,
    ExclusiveGateway,
    ParallelGateway,
    StartEvent,
    UserTask,
)
from SpiffWorkflow.bpmn.specs.event_definitions import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from yimen.cases.workflow.conditions import ConditionEngine, Known
from yimen.cases.workflow.diagram import DiagramRefused, specification

# Only these can be restored: a state that holds anything else does not come back to life.
_KEPT = (
    BpmnWorkflow,
    Task,
    BpmnProcessSpec,
    SimpleBpmnTask,
    BpmnStartTask,
    _EndJoin,
    StartEvent,
    EndEvent,
    UserTask,
    ExclusiveGateway,
    ParallelGateway,
    NoneEventDefinition,
    TerminateEventDefinition,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step of a running process that waits for a person."""

    id: UUID
    key: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a process stands: what it waits for, or the end event it reached."""

    waiting: tuple[Waiting, ...]
    ended: str  # id of the end event, "" while it runs
    state: bytes  # empty when it has ended


def start(bpmn: str, known: Known) -> Progress:
    """Run a diagram until it waits for people or ends."""
    workflow = BpmnWorkflow(specification(bpmn), script_engine=ConditionEngine(known))
    return _go_on(workflow)


def advance(state: bytes, step: UUID, known: Known) -> Progress:
    """Finish one waiting step and run on. ``known`` already holds the step's outcome."""
    workflow = _serializer().from_dict(json.loads(zlib.decompress(state)))
    workflow.script_engine = ConditionEngine(known)
    task = workflow.tasks.get(step)
    if task is None or task.state != TaskState.READY or not task.task_spec.manual:
        raise DiagramRefused(f"the process does not wait for the step {step}")
    task.run()
    return _go_on(workflow)


def _go_on(workflow: BpmnWorkflow) -> Progress:
    workflow.do_engine_steps()
    waiting = tuple(
        Waiting(task.id, task.task_spec.bpmn_id)
        for task in workflow.get_tasks(state=TaskState.READY, manual=True)
    )
    if not workflow.completed:
        if not waiting:
            raise DiagramRefused("the process neither waits nor ends")
        return Progress(waiting, "", _compressed(workflow))
    return Progress((), _end_reached(workflow), b"")


def _end_reached(workflow: BpmnWorkflow) -> str:
    """Return the end event reached last."""
    ends = [
        task
        for task in workflow.get_tasks(state=TaskState.COMPLETED)
        if isinstance(task.task_spec, EndEvent)
    ]
    return str(max(ends, key=lambda task: task.last_state_change).task_spec.bpmn_id)


@cache
def _serializer() -> BpmnWorkflowSerializer:
    config = {kept: DEFAULT_CONFIG[kept] for kept in _KEPT}
    return BpmnWorkflowSerializer(registry=BpmnWorkflowSerializer.configure(config))


def _compressed(workflow: BpmnWorkflow) -> bytes:
    text = json.dumps(_serializer().to_dict(workflow), separators=(",", ":"))
    return zlib.compress(text.encode(), 9)
