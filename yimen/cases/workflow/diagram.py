"""From BPMN text to a runnable specification, by an allow-list of elements.

`city check` refuses hostile diagrams before they reach the database; here they are refused again,
because SpiffWorkflow would build tasks that execute what a diagram contains.
"""

from functools import lru_cache
from typing import ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import EndEventParser, StartEventParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent,
    ExclusiveGateway,
    ParallelGateway,
    StartEvent,
    UserTask,
)

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_ALLOWED = frozenset(
    {
        "definitions",
        "collaboration",
        "participant",
        "process",
        "documentation",
        "laneSet",
        "lane",
        "flowNodeRef",
        "startEvent",
        "endEvent",
        "terminateEventDefinition",
        "userTask",
        "exclusiveGateway",
        "parallelGateway",
        "sequenceFlow",
        "conditionExpression",
        "incoming",
        "outgoing",
        "textAnnotation",
        "text",
        "association",
    }
)


class DiagramRefused(Exception):
    """A diagram contains what a process may not, or does not hold together."""


class _Parser(BpmnParser):  # type: ignore[misc]  # SpiffWorkflow has no types
    PARSER_CLASSES: ClassVar = {
        full_tag("startEvent"): (StartEventParser, StartEvent),
        full_tag("endEvent"): (EndEventParser, EndEvent),
        full_tag("userTask"): (TaskParser, UserTask),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, ExclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, ParallelGateway),
    }


@lru_cache(maxsize=64)
def specification(bpmn: str) -> BpmnProcessSpec:
    """Return the runnable specification of a diagram, or refuse it."""
    root = _tree(bpmn)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue  # comments
        if element.tag.startswith(_BPMN) and element.tag[len(_BPMN) :] not in _ALLOWED:
            raise DiagramRefused(f"'{element.tag[len(_BPMN) :]}' is not part of a process here")
    parser = _Parser()
    try:
        parser.add_bpmn_xml(root)
        codes = parser.get_process_ids()
        if len(codes) != 1:
            raise DiagramRefused("a diagram holds one process")
        return parser.get_spec(codes[0])
    except ValidationException as error:
        raise DiagramRefused(str(error)) from error


def _tree(bpmn: str) -> etree._Element:
    if "<!DOCTYPE" in bpmn:
        raise DiagramRefused("a diagram has no document type")
    reader = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        # The encoding is known; a declaration in the text would be refused by lxml.
        root = etree.fromstring(bpmn.encode(), reader)  # no entities, no network
    except etree.XMLSyntaxError as error:
        raise DiagramRefused(str(error)) from error
    return root
