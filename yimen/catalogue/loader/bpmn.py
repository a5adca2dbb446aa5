"""Process diagrams: from BPMN to who is asked what, in which order.

Nothing of a diagram is executed while it is read. Conditions are expressions of our own language;
SpiffWorkflow parses the diagram at the end, knowing only the few elements that the grammar allows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.exceptions import SpiffWorkflowException

from yimen.base.expression import Expression, ExpressionError, parse
from yimen.base.expression.nodes import Compare, Comparison, Constant, Name
from yimen.base.text import Text
from yimen.catalogue.definition import (
    Place,
    Process,
    ProcessFlow,
    ProcessNode,
    ProcessTask,
    Role,
)
from yimen.catalogue.loader import diagram
from yimen.catalogue.loader.diagram import Diagram
from yimen.catalogue.loader.grammar import NODES, check_root, line_of, short
from yimen.catalogue.loader.reading import Reading, did_you_mean, listed
from yimen.catalogue.loader.words import OUTCOMES, process_words
from yimen.catalogue.loader.xml import XmlRefused, parsed
from yimen.catalogue.types import IN_DIAGRAMS, NodeKind, TaskKind

_WORD = re.compile(r"[a-z][a-z0-9_]{0,47}")
_LANE = re.compile(r"([a-z][a-z0-9-]*): ([a-z][a-z0-9-]*)")
_RIGHTS = {
    TaskKind.REVIEW: "case.review",
    TaskKind.OPINION: "case.opine",
    TaskKind.DECISION: "case.decide",
}


class _FewElements(BpmnParser):  # type: ignore[misc]  # SpiffWorkflow has no types
    """SpiffWorkflow's parser, which knows only the elements that the list allows."""

    PARSER_CLASSES: ClassVar = {
        full_tag(tag.removeprefix("bpmn:")): BpmnParser.PARSER_CLASSES[
            full_tag(tag.removeprefix("bpmn:"))
        ]
        for tag in NODES
    }


@dataclass
class _Reader:
    """One diagram being read."""

    reading: Reading
    path: str
    code: str
    roles: Mapping[str, Role]  # none: not looked at
    nodes: list[ProcessNode] = field(default_factory=list)
    flows: list[ProcessFlow] = field(default_factory=list)
    tasks: list[ProcessTask] = field(default_factory=list)
    kinds: dict[str, TaskKind] = field(default_factory=dict)
    lanes: dict[str, tuple[str, str]] = field(default_factory=dict)  # node key -> binding, role

    def report(self, line: int, sentence: str) -> None:
        self.reading.report(self.path, line, sentence)

    def place(self, element: etree._Element) -> Place:
        return self.reading.place(self.path, line_of(element))

    def process(self, text: str) -> Process | None:
        """Return the process of a diagram, or None after reporting what is wrong with it."""
        before = len(self.reading.problems)
        try:
            root = parsed(text)
        except XmlRefused as refused:
            self.report(refused.line, refused.sentence)
            return None
        element = self._allowed_process(root)
        if element is None or len(self.reading.problems) > before:
            return None
        self._read(element)
        drawing = Diagram.of(self.nodes, self.flows)
        if len(self.reading.problems) == before:
            self._check_conditions(drawing, element)
            diagram.check(drawing, self.report)
            self._check_drawn(root)
        if len(self.reading.problems) == before:
            self._parse_with_engine(root)
        if len(self.reading.problems) > before:
            return None
        return Process(
            code=self.code,
            title=self._title(element),
            bpmn=text,
            tasks=tuple(self.tasks),
            bindings=frozenset(task.binding for task in self.tasks),
            place=self.place(element),
            nodes=tuple(self.nodes),
            flows=tuple(self.flows),
            steps=diagram.steps(drawing),
        )

    def _allowed_process(self, root: etree._Element) -> etree._Element | None:
        """Return the one process, after checking every element against the grammar."""
        check_root(root, self.reading.languages, self.report)
        found = [child for child in root if short(child.tag) == "bpmn:process"]
        if len(found) != 1:
            self.report(line_of(root), f"has {len(found)} processes; it must have one")
            return None
        element = found[0]
        if element.get("id") != self.code:
            self.report(
                line_of(element),
                f"the process has the id '{element.get('id')}'; it must be '{self.code}' as its "
                "file's name",
            )
        if element.get("isExecutable", "true") != "true":
            self.report(line_of(element), 'the process must have isExecutable="true"')
        return element

    def _read(self, process: etree._Element) -> None:
        self._title(process)
        for lane in process.iter(full_tag("lane")):
            self._read_lane(lane)
        for element in process:
            tag = short(element.tag)
            if tag in NODES:
                self._read_node(element, NODES[tag])
        self._check_lanes(process)
        keys = {node.key for node in self.nodes}
        for element in process.iter(full_tag("sequenceFlow")):
            self._read_flow(element, keys)

    def _read_lane(self, lane: etree._Element) -> None:
        name = lane.get("name", "")
        match = _LANE.fullmatch(name)
        if match is None:
            self.report(
                line_of(lane),
                f"the lane is named '{name}'; name it 'binding: role', as 'lead: officer'",
            )
        elif self.roles and match[2] not in self.roles:
            hint = did_you_mean(match[2], self.roles)
            self.report(line_of(lane), f"role '{match[2]}' is not declared{hint}")
        if self._has_title(lane):
            self._title(lane)
        for reference in lane.iter(full_tag("flowNodeRef")):
            key = (reference.text or "").strip()
            if key in self.lanes:
                self.report(line_of(reference), f"'{key}' stands in two lanes; remove one")
            self.lanes[key] = (match[1], match[2]) if match else ("", "")

    def _check_lanes(self, process: etree._Element) -> None:
        keys = {node.key for node in self.nodes}
        for reference in process.iter(full_tag("flowNodeRef")):
            key = (reference.text or "").strip()
            if key not in keys:
                self.report(
                    line_of(reference), f"the lane holds '{key}', which does not exist"
                    + did_you_mean(key, keys),
                )  # fmt: skip

    def _read_node(self, element: etree._Element, kind: NodeKind) -> None:
        key = element.get("id", "")
        if kind is NodeKind.TASK and not _WORD.fullmatch(key):
            self.report(
                line_of(element),
                f"the task has the id '{key}'; use small letters, digits and '_', so that "
                "conditions can name it",
            )
        elif not key:
            self.report(line_of(element), f"the {kind} node has no id; give it one")
        shown = kind not in (NodeKind.EXCLUSIVE, NodeKind.PARALLEL)
        title = self._title(element) if shown or self._has_title(element) else Text()
        binding, role = self.lanes.get(key, ("", ""))
        self.nodes.append(ProcessNode(key, kind, title, self.place(element), binding, role))
        if kind is NodeKind.TASK:
            self._read_task(element, key, title)

    def _read_task(self, element: etree._Element, key: str, title: Text) -> None:
        written = element.get("{urn:yimen:bpmn}kind", "")
        if key not in self.lanes:
            self.report(line_of(element), f"the task '{key}' stands in no lane; put it into one")
            return
        if written not in IN_DIAGRAMS:
            self.report(
                line_of(element),
                f"the task '{key}' has yimen:kind='{written}'; it must be one of "
                f"{listed(IN_DIAGRAMS)}{did_you_mean(written, IN_DIAGRAMS)}",
            )
            return
        kind = TaskKind(written)
        binding, role = self.lanes[key]
        declared = self.roles.get(role)
        if declared is not None and _RIGHTS[kind] not in declared.rights:
            self.report(
                line_of(element),
                f"the task '{key}' needs the right '{_RIGHTS[kind]}', which the role '{role}' of "
                "its lane does not have",
            )
        self.kinds[key] = kind
        self.tasks.append(ProcessTask(key, kind, title, binding, role))

    def _read_flow(self, element: etree._Element, keys: set[str]) -> None:
        key = element.get("id", "")
        source, target = element.get("sourceRef", ""), element.get("targetRef", "")
        for end in (source, target):
            if end not in keys:
                self.report(
                    line_of(element),
                    f"the arrow '{key}' leads to or from '{end}', which does not exist"
                    + did_you_mean(end, keys),
                )
        title = self._title(element) if self._has_title(element) else Text()
        place = self.place(element)
        self.flows.append(ProcessFlow(key, source, target, place, title, self._condition(element)))

    def _condition(self, flow: etree._Element) -> Expression | None:
        found = flow.find(full_tag("conditionExpression"))
        if found is None:
            return None
        kind = found.get("{http://www.w3.org/2001/XMLSchema-instance}type")
        if kind is not None and kind.rpartition(":")[2] != "tFormalExpression":
            self.report(line_of(found), f"the condition has the type '{kind}'; remove it")
        try:
            return parse((found.text or "").strip())
        except ExpressionError as error:
            self.report(line_of(found), f"the condition: {error.sentence}")
            return None

    def _check_conditions(self, drawing: Diagram, process: etree._Element) -> None:
        words = process_words(self.kinds)
        defaults = {e.get("id"): e.get("default") for e in process if e.get("default")}
        for flow in self.flows:
            if flow.condition is None:
                continue
            if drawing.nodes[flow.source].kind is not NodeKind.EXCLUSIVE:
                self.report(
                    flow.place.line,
                    f"the arrow '{flow.key}' has a condition, but does not leave an exclusive "
                    "gateway; put one before it",
                )
            try:
                words.check(flow.condition)
            except ExpressionError as error:
                self.report(flow.place.line, f"the condition: {error.sentence}")
        for gateway in drawing.of_kind(NodeKind.EXCLUSIVE):
            for line, sentence in self._ways_of(drawing, gateway, defaults.get(gateway.key)):
                self.report(line, sentence)

    def _ways_of(
        self, drawing: Diagram, gateway: ProcessNode, default: str | None
    ) -> Iterator[tuple[int, str]]:
        """Find what keeps an exclusive gateway from always knowing its way."""
        ways = drawing.outgoing[gateway.key]
        if default is not None and default not in [flow.key for flow in ways]:
            yield (
                gateway.place.line,
                (
                    f"the gateway '{gateway.key}' has the default '{default}', which does not leave it"
                ),
            )
            return
        for flow in ways:
            if flow.key == default and flow.condition is not None:
                yield (
                    flow.place.line,
                    (f"the arrow '{flow.key}' is the default and has a condition; remove one"),
                )
            if len(ways) > 1 and flow.key != default and flow.condition is None:
                yield (
                    flow.place.line,
                    (
                        f"the arrow '{flow.key}' leaves an exclusive gateway without a condition; add "
                        f"one, or make it the default of '{gateway.key}'"
                    ),
                )
        if len(ways) > 1 and default is None and not self._complete(ways):
            yield (
                gateway.place.line,
                (
                    f"the gateway '{gateway.key}' has no default and its conditions do not name every "
                    "outcome of one task; make one of its arrows the default"
                ),
            )

    def _complete(self, ways: tuple[ProcessFlow, ...]) -> bool:
        """Say whether the conditions are the outcomes of one task, each of them once or more."""
        outcomes: set[str] = set()
        names: set[str] = set()
        for flow in ways:
            node = flow.condition.node if flow.condition else None
            match node:
                case Compare(Comparison.EQUAL, Name(name), Constant(str(outcome))):
                    names.add(name)
                    outcomes.add(outcome)
                case _:
                    return False
        if len(names) != 1:
            return False
        kind = self.kinds.get(names.pop().removeprefix("task."))
        return kind is not None and outcomes >= set(OUTCOMES[kind])

    def _check_drawn(self, root: etree._Element) -> None:
        drawn = {e.get("bpmnElement") for e in root.iter() if e.get("bpmnElement")}
        things: list[ProcessNode | ProcessFlow] = [*self.nodes, *self.flows]
        for thing in things:
            if thing.key not in drawn:
                self.report(
                    thing.place.line,
                    f"'{thing.key}' is not drawn: the diagram has no shape or edge for it; save the "
                    "file with a BPMN editor",
                )

    def _parse_with_engine(self, root: etree._Element) -> None:
        parser = _FewElements()
        try:
            parser.add_bpmn_xml(root)
            parser.get_spec(self.code)
        except SpiffWorkflowException as error:
            line = getattr(error, "line_number", "") or 1
            told = str(error).rstrip(". ")
            self.report(int(line), f"cannot be followed: {told}")

    def _has_title(self, element: etree._Element) -> bool:
        return any(
            str(name).startswith("{urn:yimen:bpmn}") and not str(name).endswith("}kind")
            for name in element.attrib
        )

    def _title(self, element: etree._Element) -> Text:
        """Return the title by language, written as ``yimen:zh`` and ``yimen:en``."""
        texts = []
        for language in self.reading.languages:
            written = element.get(f"{{urn:yimen:bpmn}}{language}", "")
            if written.strip():
                texts.append((language, written))
            else:
                name = element.get("id") or short(element.tag)
                self.report(line_of(element), f"'{name}' has no title yimen:{language}=\"...\"")
        return Text(tuple(texts))


def read_process(
    reading: Reading,
    path: str,
    code: str,
    roles: Mapping[str, Role],  # none: not looked at
) -> Process | None:
    """Return the process of a diagram's file, or None after reporting what is wrong with it."""
    if not reading.languages:  # nothing can be said about titles before city.toml is right
        return None
    text = reading.text(path)
    return _Reader(reading, path, code, roles).process(text) if text is not None else None
