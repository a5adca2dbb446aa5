"""A diagram decides where a case goes, and runs nothing."""

from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment

from yimen.cases.workflow import DiagramRefused, Known, advance, start
from yimen.cases.workflow.conditions import ConditionEngine, _Nothing

KNOWN = Known(date(2026, 11, 2))
HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"'
    ' targetNamespace="t"><bpmn:process id="p" isExecutable="true">'
)
FOOT = "</bpmn:process></bpmn:definitions>"


def diagram(*nodes: str, condition: str = "task.ask = 'approve'") -> str:
    """Return a process of one task, with more nodes in it."""
    return (
        HEAD
        + '<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="a" sourceRef="s" targetRef="ask"/>'
        + '<bpmn:userTask id="ask"/><bpmn:sequenceFlow id="b" sourceRef="ask" targetRef="g"/>'
        + '<bpmn:exclusiveGateway id="g" default="no"/>'
        + '<bpmn:sequenceFlow id="yes" sourceRef="g" targetRef="approved">'
        + f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"
        + '<bpmn:sequenceFlow id="no" sourceRef="g" targetRef="refused"/>'
        + '<bpmn:endEvent id="approved"/><bpmn:endEvent id="refused"/>'
        + "".join(nodes)
        + FOOT
    )


def finish(bpmn: str, outcome: str) -> str:
    progress = start(bpmn, KNOWN)
    (step,) = progress.waiting
    return advance(progress.state, step.id, Known(KNOWN.today, {"task.ask": outcome})).ended


def test_a_harmless_diagram_runs() -> None:
    assert finish(diagram("<!-- a note -->"), "approve") == "approved"
    assert finish(diagram(), "refuse") == "refused"


@pytest.mark.parametrize(
    "node",
    [
        '<bpmn:scriptTask id="x"><bpmn:script>open("{file}", "w")</bpmn:script></bpmn:scriptTask>',
        '<bpmn:serviceTask id="x"/>',
        '<bpmn:sendTask id="x"/>',
        '<bpmn:callActivity id="x" calledElement="p"/>',
        '<bpmn:subProcess id="x"/>',
        '<bpmn:businessRuleTask id="x"/>',
        '<bpmn:intermediateCatchEvent id="x"><bpmn:timerEventDefinition>'
        "<bpmn:timeDuration>__import__('os')</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:intermediateCatchEvent>",
        '<bpmn:dataObject id="x"/>',
        '<bpmn:userTask id="x"><bpmn:multiInstanceLoopCharacteristics>'
        "<bpmn:loopCardinality>__import__('os').getpid()</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>",
        "<bpmn:extensionElements><bpmn:script/></bpmn:extensionElements>",
    ],
)
def test_what_would_run_something_is_refused(node: str, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    with pytest.raises(DiagramRefused):
        start(diagram(node.replace("{file}", str(witness))), KNOWN)
    assert not witness.exists()


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').system('touch {file}') or True",
        "(lambda: open('{file}', 'w'))()",
        "task.__class__.__mro__",
        "open('{file}', 'w')",
        "",
        "1; DROP TABLE cases_case",
    ],
)
def test_python_in_a_condition_is_never_evaluated(condition: str, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    hostile = diagram(condition=condition.replace("{file}", str(witness)))
    with pytest.raises(DiagramRefused):
        finish(hostile, "approve")
    assert not witness.exists()


def test_a_condition_that_is_not_known_does_not_hold() -> None:
    assert finish(diagram(condition="case.eligible = true"), "approve") == "refused"


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + diagram(),
        "<unfinished",
        HEAD + FOOT,
        diagram().replace('isExecutable="true"', 'isExecutable="false"'),
        diagram('<bpmn:sequenceFlow id="z" sourceRef="ask" targetRef="nowhere"/>'),
    ],
)
def test_what_is_no_process_is_refused(text: str) -> None:
    with pytest.raises(DiagramRefused):
        start(text, KNOWN)


def test_a_step_that_does_not_wait_cannot_be_finished() -> None:
    progress = start(diagram(), KNOWN)
    with pytest.raises(DiagramRefused):
        advance(progress.state, uuid4(), KNOWN)


def test_a_process_that_stops_at_once_leaves_its_other_tasks() -> None:
    both = (
        HEAD
        + (
            '<bpmn:startEvent id="s"/><bpmn:sequenceFlow id="a" sourceRef="s" targetRef="split"/>'
            '<bpmn:parallelGateway id="split"/>'
            '<bpmn:sequenceFlow id="b" sourceRef="split" targetRef="one"/>'
            '<bpmn:sequenceFlow id="c" sourceRef="split" targetRef="two"/>'
            '<bpmn:userTask id="one"/><bpmn:userTask id="two"/>'
            '<bpmn:sequenceFlow id="e" sourceRef="one" targetRef="refused"/>'
            '<bpmn:sequenceFlow id="f" sourceRef="two" targetRef="approved"/>'
            '<bpmn:endEvent id="refused"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
            '<bpmn:endEvent id="approved"/>'
        )
        + FOOT
    )
    progress = start(both, KNOWN)
    one = next(step for step in progress.waiting if step.key == "one")
    assert advance(progress.state, one.id, KNOWN).ended == "refused"


def test_the_engine_executes_and_calls_nothing_whatever_asks_it() -> None:
    engine = ConditionEngine(KNOWN)
    for ask in (
        lambda: engine.execute(None, "x = 1"),
        lambda: engine.call_service(None, name="x"),
        lambda: engine.validate("__import__('os')"),
        lambda: _Nothing().evaluate("1", {}),
        lambda: _Nothing().execute("x = 1", {}),
        lambda: _Nothing().call_service({}),
    ):
        with pytest.raises(DiagramRefused):
            ask()
    assert not isinstance(engine.environment, TaskDataEnvironment)
