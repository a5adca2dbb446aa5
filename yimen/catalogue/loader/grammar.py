"""The elements and attributes that a process diagram may have; nothing else exists.

Script, service, send and call activities, timers, messages, data objects, loops, extensions: what
is not on the list is refused, so that a diagram can only say who is asked what.
"""

import re
from collections.abc import Callable, Collection

from lxml import etree

from yimen.catalogue.loader.reading import did_you_mean, listed
from yimen.catalogue.types import NodeKind

Report = Callable[[int, str], None]

_NAMESPACES = {
    "http://www.omg.org/spec/BPMN/20100524/MODEL": "bpmn",
    "http://www.omg.org/spec/BPMN/20100524/DI": "bpmndi",
    "http://www.omg.org/spec/DD/20100524/DC": "dc",
    "http://www.omg.org/spec/DD/20100524/DI": "di",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "urn:yimen:bpmn": "yimen",
}
NODES = {
    "bpmn:startEvent": NodeKind.START,
    "bpmn:endEvent": NodeKind.END,
    "bpmn:userTask": NodeKind.TASK,
    "bpmn:exclusiveGateway": NodeKind.EXCLUSIVE,
    "bpmn:parallelGateway": NodeKind.PARALLEL,
}
_ARROWS = "bpmn:incoming bpmn:outgoing bpmn:documentation"
# What each element may hold, and its attributes besides id and name.
_GRAMMAR: dict[str, tuple[str, str]] = {
    "bpmn:definitions": (
        "bpmn:collaboration bpmn:process bpmndi:BPMNDiagram",
        "targetNamespace exporter exporterVersion",
    ),
    "bpmn:collaboration": ("bpmn:participant bpmn:documentation", ""),
    "bpmn:participant": ("bpmn:documentation", "processRef"),
    "bpmn:process": (
        f"bpmn:laneSet bpmn:sequenceFlow bpmn:documentation {' '.join(NODES)}",
        "isExecutable processType isClosed",
    ),
    "bpmn:laneSet": ("bpmn:lane bpmn:documentation", ""),
    "bpmn:lane": ("bpmn:flowNodeRef bpmn:documentation", ""),
    "bpmn:startEvent": (_ARROWS, ""),
    "bpmn:endEvent": (_ARROWS, ""),
    "bpmn:userTask": (_ARROWS, "yimen:kind"),
    "bpmn:exclusiveGateway": (_ARROWS, "gatewayDirection default"),
    "bpmn:parallelGateway": (_ARROWS, "gatewayDirection"),
    "bpmn:sequenceFlow": ("bpmn:conditionExpression bpmn:documentation", "sourceRef targetRef"),
    "bpmn:conditionExpression": ("", "xsi:type"),
    "bpmn:incoming": ("", ""),
    "bpmn:outgoing": ("", ""),
    "bpmn:flowNodeRef": ("", ""),
    "bpmn:documentation": ("", "textFormat"),
    "bpmndi:BPMNDiagram": ("bpmndi:BPMNPlane", "resolution documentation"),
    "bpmndi:BPMNPlane": ("bpmndi:BPMNShape bpmndi:BPMNEdge", "bpmnElement"),
    "bpmndi:BPMNShape": (
        "dc:Bounds bpmndi:BPMNLabel",
        "bpmnElement isHorizontal isMarkerVisible isExpanded",
    ),
    "bpmndi:BPMNEdge": ("di:waypoint bpmndi:BPMNLabel", "bpmnElement sourceElement targetElement"),
    "bpmndi:BPMNLabel": ("dc:Bounds", ""),
    "dc:Bounds": ("", "x y width height"),
    "di:waypoint": ("", "x y"),
}
_CHILDREN = {tag: frozenset(children.split()) for tag, (children, _) in _GRAMMAR.items()}
_ATTRIBUTES = {
    tag: frozenset(("id", "name", *others.split())) for tag, (_, others) in _GRAMMAR.items()
}
_WITH_TEXT = frozenset(
    {"conditionExpression", "incoming", "outgoing", "flowNodeRef", "documentation"}
)
_RUNS = frozenset(
    {"scriptTask", "serviceTask", "sendTask", "receiveTask", "callActivity", "businessRuleTask"}
)
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,12})?", re.ASCII)


def short(name: object) -> str:
    """Return ``bpmn:userTask`` for a name with its namespace; plain names stay as they are."""
    written = str(name)
    if not written.startswith("{"):
        return written
    namespace, _, local = written[1:].partition("}")
    return f"{_NAMESPACES.get(namespace, namespace)}:{local}"


def line_of(element: etree._Element) -> int:
    """Return the line of an element."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


def check_root(root: etree._Element, languages: Collection[str], report: Report) -> None:
    """Report every element, attribute and text that a diagram may not have, and double ids."""
    if short(root.tag) != "bpmn:definitions":
        report(line_of(root), "is not BPMN 2.0: its root must be bpmn:definitions")
        return
    _check_element(root, frozenset(f"yimen:{language}" for language in languages), report)
    seen: dict[str, int] = {}
    for element in root.iter():
        key = element.get("id")
        if key in seen:
            report(line_of(element), f"the id '{key}' is used twice, first in line {seen[key]}")
        elif key is not None:
            seen[key] = line_of(element)


def _check_element(element: etree._Element, titles: frozenset[str], report: Report) -> None:
    tag = short(element.tag)
    _check_attributes(element, tag, titles, report)
    own = (element.text or "") + "".join(child.tail or "" for child in element)
    if own.strip() and tag.partition(":")[2] not in _WITH_TEXT:
        report(line_of(element), f"<{tag}> holds text; remove it")
    for child in element:
        inner = short(child.tag)
        if inner in _CHILDREN[tag]:
            _check_element(child, titles, report)
        else:
            report(line_of(child), _refusal(inner, tag))


def _check_attributes(
    element: etree._Element, tag: str, titles: frozenset[str], report: Report
) -> None:
    allowed = _ATTRIBUTES[tag] | (titles if tag.startswith("bpmn:") else frozenset())
    for name, written in element.attrib.items():
        attribute, value = short(name), str(written)
        if attribute not in allowed:
            hint = did_you_mean(attribute, allowed) or "; remove it"
            report(line_of(element), f"<{tag}> may not have the attribute '{attribute}'{hint}")
        elif attribute in ("x", "y", "width", "height") and not _NUMBER.fullmatch(value):
            report(line_of(element), f"<{tag}> has {attribute}='{value}', which is no number")


def _refusal(inner: str, outer: str) -> str:
    if inner.partition(":")[2] in _RUNS:
        return f"<{inner}> would run something; a process only asks people (userTask)"
    allowed = sorted(_CHILDREN[outer])
    if not allowed:
        return f"<{inner}> is not allowed in <{outer}>, which holds nothing but text; remove it"
    hint = did_you_mean(inner, allowed) or f"; allowed are {listed(allowed)}"
    return f"<{inner}> is not allowed in <{outer}>{hint}"
