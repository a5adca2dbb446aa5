"""Process diagrams: what they may hold, that a case always comes to its end, how they are drawn."""

import builtins
import os
import subprocess
from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.exceptions import SpiffWorkflowException
from tiny_city import REVIEW, Town, bpmn, flow, node, task

from yimen.catalogue.loader import check_folder, load_files
from yimen.catalogue.rules import stages
from yimen.catalogue.types import NodeKind

DIAGRAM = "processes/review.bpmn"


def problems(town: Town, text: str) -> list[str]:
    town.write(DIAGRAM, text)
    return [p.removeprefix(f"{DIAGRAM}:") for p in town.problems() if p.startswith(DIAGRAM)]


# Hostile diagrams

DEFINITIONS = REVIEW[REVIEW.index("<bpmn:definitions") : REVIEW.index("<bpmn:process")]
MARK = "/tmp/yimen-hostile-diagram-ran"
PYTHON = f"__import__('os').system('touch {MARK}')"
TASK = '<bpmn:userTask id="look"'

HOSTILE = {
    "a script task": (
        node("endEvent", "refused"),
        node("endEvent", "refused")
        + f'<bpmn:scriptTask id="evil"><bpmn:script>{PYTHON}</bpmn:script></bpmn:scriptTask>',
        "<bpmn:scriptTask> would run something; a process only asks people (userTask)",
    ),
    "a service task": (
        node("endEvent", "refused"),
        node("endEvent", "refused") + '<bpmn:serviceTask id="evil" implementation="os.system"/>',
        "<bpmn:serviceTask> would run something",
    ),
    "a call activity": (
        node("endEvent", "refused"),
        node("endEvent", "refused") + '<bpmn:callActivity id="evil" calledElement="other"/>',
        "<bpmn:callActivity> would run something",
    ),
    "Python in a condition": (
        "task.decide = 'approve'", PYTHON.replace("'", "&apos;"), "the condition:",
    ),
    "a lambda in a condition": (
        "task.decide = 'approve'", "(lambda: task.decide = 'approve')()", "the condition:",
    ),
    "a comprehension in a condition": (
        "task.decide = 'approve'", "[x for x in ().__class__.__bases__]", "the condition:",
    ),
    "another language in a condition": (
        "<bpmn:conditionExpression>", '<bpmn:conditionExpression language="python">',
        "<bpmn:conditionExpression> may not have the attribute 'language'",
    ),
    "another kind of condition": (
        "<bpmn:conditionExpression>", '<bpmn:conditionExpression xsi:type="bpmn:tScript">',
        "the condition has the type 'bpmn:tScript'; remove it",
    ),
    "a loop over an expression": (
        'yimen:kind="review" />',
        'yimen:kind="review"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>'
        f"{PYTHON}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>",
        "<bpmn:multiInstanceLoopCharacteristics> is not allowed in <bpmn:userTask>",
    ),
    "a loop while an expression holds": (
        'yimen:kind="review" />',
        'yimen:kind="review"><bpmn:standardLoopCharacteristics><bpmn:loopCondition>'
        f"{PYTHON}</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:userTask>",
        "<bpmn:standardLoopCharacteristics> is not allowed in <bpmn:userTask>",
    ),
    "a timer": (
        node("startEvent", "start"),
        '<bpmn:startEvent id="start" yimen:zh="a" yimen:en="a"><bpmn:timerEventDefinition>'
        f"<bpmn:timeDuration>{PYTHON}</bpmn:timeDuration></bpmn:timerEventDefinition>"
        "</bpmn:startEvent>",
        "<bpmn:timerEventDefinition> is not allowed in <bpmn:startEvent>",
    ),
    "a timer at a task": (
        node("endEvent", "refused"),
        node("endEvent", "refused") + '<bpmn:boundaryEvent id="evil" attachedToRef="look">'
        "<bpmn:timerEventDefinition/></bpmn:boundaryEvent>",
        "<bpmn:boundaryEvent> is not allowed in <bpmn:process>",
    ),
    "a data object": (
        node("endEvent", "refused"),
        node("endEvent", "refused") + f'<bpmn:dataObject id="evil" name="{PYTHON}"/>',
        "<bpmn:dataObject> is not allowed in <bpmn:process>",
    ),
    "data taken from an expression": (
        'yimen:kind="review" />',
        'yimen:kind="review"><bpmn:dataInputAssociation><bpmn:assignment><bpmn:from>'
        f"{PYTHON}</bpmn:from></bpmn:assignment></bpmn:dataInputAssociation></bpmn:userTask>",
        "<bpmn:dataInputAssociation> is not allowed in <bpmn:userTask>",
    ),
    "a script in an extension": (
        'yimen:kind="review" />',
        'yimen:kind="review"><bpmn:extensionElements><spiff:preScript xmlns:spiff='
        f'"http://spiffworkflow.org/bpmn/schema/1.0/core">{PYTHON}</spiff:preScript>'
        "</bpmn:extensionElements></bpmn:userTask>",
        "<bpmn:extensionElements> is not allowed in <bpmn:userTask>",
    ),
    "an attribute of another engine": (
        'yimen:kind="review" ', 'yimen:kind="review" camunda:assignee="${evil}" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ',
        "<bpmn:userTask> may not have the attribute 'http://camunda.org/schema/1.0/bpmn:assignee'",
    ),
    "a sub-process": (
        node("endEvent", "refused"),
        node("endEvent", "refused") + '<bpmn:subProcess id="evil" triggeredByEvent="true"/>',
        "<bpmn:subProcess> is not allowed in <bpmn:process>",
    ),
    "a message": (
        "  <bpmn:process", '  <bpmn:message id="evil"/>\n  <bpmn:process',
        "<bpmn:message> is not allowed in <bpmn:definitions>",
    ),
    "a second process": (
        "  <bpmn:process", '  <bpmn:process id="evil" isExecutable="true"/>\n  <bpmn:process',
        "has 2 processes; it must have one",
    ),
    "a file of the machine": (
        "<bpmn:definitions", '<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n<bpmn:definitions',
        "has a document type ('<!DOCTYPE'); remove it",
    ),
    "a billion laughs": (
        "<bpmn:definitions",
        '<!DOCTYPE d [<!ENTITY a "ha">' + "".join(
            f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
        ) + "]>\n<bpmn:definitions",
        "has a document type ('<!DOCTYPE'); remove it",
    ),
    "another file by inclusion": (
        "<bpmn:definitions", '<?xml-stylesheet href="http://x/evil.xsl"?>\n<bpmn:definitions',
        "has a processing instruction ('<?'); remove it",
    ),
    "XInclude": (
        "  <bpmn:process",
        '  <xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>\n  <bpmn:process',
        "<http://www.w3.org/2001/XInclude:include> is not allowed in <bpmn:definitions>",
    ),
    "an encoding that hides": (
        'encoding="UTF-8"', 'encoding="UTF-7"', None,
    ),
    "text where none belongs": (
        "<bpmn:laneSet", "evil()<bpmn:laneSet", "<bpmn:process> holds text; remove it",
    ),
    "an element in a text": (
        "<bpmn:flowNodeRef>look", "<bpmn:flowNodeRef><bpmn:script/>look",
        "<bpmn:script> is not allowed in <bpmn:flowNodeRef>, which holds nothing but text",
    ),
    "a number that is none": ('x="1"', 'x="__import__(1)"', "has x='__import__(1)', which is no number"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_diagram_is_refused_and_runs_nothing(
    town: Town, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, sentence = HOSTILE[name]
    assert old in REVIEW
    ran: list[str] = []
    for module, function in ((builtins, "eval"), (builtins, "exec"), (os, "system"),
                             (subprocess, "Popen")):  # fmt: skip
        monkeypatch.setattr(module, function, lambda *a, f=function, **k: ran.append(f))
    told = problems(town, REVIEW.replace(old, new, 1))
    assert not ran
    assert not Path(MARK).exists()
    if sentence is None:
        assert not told  # what it declares is not believed: the file is UTF-8
    else:
        assert any(sentence in problem for problem in told), told


def test_an_encoding_cannot_hide_a_document_type(town: Town) -> None:
    hidden = "+ADwAIQ-DOCTYPE d [+ADwAIQ-ENTITY e SYSTEM +ACI-file:///etc/passwd+ACI->]>"
    text = REVIEW.replace('encoding="UTF-8"?>', 'encoding="UTF-7"?>' + hidden, 1)
    assert any("is not XML" in told for told in problems(town, text))
    told = problems(town, REVIEW)
    assert not told
    town.write(DIAGRAM, REVIEW.replace("UTF-8", "UTF-16").encode("utf-16"))
    assert any("is not UTF-8" in told for told in town.problems())


def test_a_diagram_with_a_nul_is_refused(town: Town) -> None:
    assert any("is not XML" in p for p in problems(town, REVIEW.replace("审查", "\x00", 1)))


def test_a_huge_diagram_is_refused_unread(town: Town) -> None:
    told = problems(town, REVIEW + " " * 2_000_000)
    assert any("a file of this kind has at most 2,000,000" in problem for problem in told)


def test_deep_nesting_is_refused(town: Town) -> None:
    deep = "<bpmn:lane>" * 5000 + "</bpmn:lane>" * 5000
    assert problems(town, REVIEW.replace("<bpmn:laneSet", deep + "<bpmn:laneSet", 1))


# What a diagram must have

MISTAKES = {
    "no BPMN": ("bpmn:definitions", "bpmn:definition", "is not BPMN 2.0"),
    "another id": ('id="review"', 'id="revew"', "the process has the id 'revew'; it must be 'review'"),
    "not to be executed": ('isExecutable="true"', 'isExecutable="false"', 'must have isExecutable="true"'),
    "an id twice": ('<bpmn:endEvent id="refused"', '<bpmn:endEvent id="approved"',
                    "the id 'approved' is used twice, first in line"),
    "no title": ('yimen:zh="look" ', "", "'look' has no title yimen:zh=\"...\""),
    "a lane's name": ('name="lead: officer"', 'name="officer"',
                      "the lane is named 'officer'; name it 'binding: role', as 'lead: officer'"),
    "an unknown role": ("lead: officer", "lead: oficer",
                        "role 'oficer' is not declared; did you mean 'officer'?"),
    "a role without the right": ("lead: officer", "lead: clerk",
                                 "needs the right 'case.review', which the role 'clerk' of its lane"),
    "a lane of nobody": ("<bpmn:flowNodeRef>look", "<bpmn:flowNodeRef>lok",
                         "the lane holds 'lok', which does not exist; did you mean 'look'?"),
    "no lane": ("<bpmn:flowNodeRef>look</bpmn:flowNodeRef>", "",
                "the task 'look' stands in no lane; put it into one"),
    "two lanes": ("<bpmn:flowNodeRef>look</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>look</bpmn:flowNodeRef>" * 2,
                  "'look' stands in two lanes"),
    "no kind": ('yimen:kind="review"', 'yimen:kind="reviw"',
                "the task 'look' has yimen:kind='reviw'; it must be one of 'review', 'opinion', "
                "'decision'; did you mean 'review'?"),
    "a task's id": ('id="look"', 'id="Look-up"', "use small letters, digits and '_'"),
    "a way to nowhere": ('targetRef="look"', 'targetRef="lock"',
                         "the arrow 'start_look' leads to or from 'lock', which does not exist; did"),
    "an outcome that never is": ("'refuse'", "'refused'",
                                 "'task.decide' is never 'refused'; it is one of 'approve', 'refuse'"),
    "a task that is not there": ("task.decide = 'refuse'", "task.decided = 'refuse'",
                                 "'task.decided' is not a word that is declared; did you mean"),
    "a word of a form": ("task.decide = 'refuse'", "answer.x = 'refuse'", "is not a word that is declared"),
    "a standard": ("task.decide = 'refuse'", "standard('x') = 1", "standard 'x' is not declared"),
    "not every outcome": ("task.decide = 'refuse'", "task.decide = 'approve'",
                          "its conditions do not name every outcome of one task"),
    "outcomes of two tasks": ("task.decide = 'refuse'", "task.look = 'complete'",
                              "its conditions do not name every outcome of one task"),
    "no simple outcome": ("task.decide = 'refuse'", "not task.decide = 'approve'",
                          "its conditions do not name every outcome of one task"),
    "a way without a condition": (
        "<bpmn:conditionExpression>task.decide = 'refuse'</bpmn:conditionExpression>", "",
        "leaves an exclusive gateway without a condition"),
    "a default that is not there": ('id="outcome"', 'id="outcome" default="start_look"',
                                    "has the default 'start_look', which does not leave it"),
    "a default with a condition": ('id="outcome"', 'id="outcome" default="outcome_refused"',
                                   "is the default and has a condition"),
    "a condition after a task": ('targetRef="decide">', 'targetRef="decide"><bpmn:conditionExpression>'
                                 "task.look = 'complete'</bpmn:conditionExpression>",
                                 "does not leave an exclusive gateway"),
    "a shape missing": ('bpmnElement="look"', 'bpmnElement="start"',
                        "'look' is not drawn: the diagram has no shape or edge for it"),
    "a gateway without an id": ('<bpmn:exclusiveGateway id="outcome"', "<bpmn:exclusiveGateway",
                                "the exclusive node has no id; give it one"),
    "another end": ('<bpmn:endEvent id="refused"', '<bpmn:endEvent id="declined"',
                    "the end event 'declined' must have the id 'approved' or 'refused'"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_diagram_is_told(town: Town, name: str) -> None:
    old, new, sentence = MISTAKES[name]
    assert old in REVIEW
    text = REVIEW.replace(old, new)
    if name == "another end":
        text = text.replace('targetRef="refused"', 'targetRef="declined"')
    told = problems(town, text)
    assert any(sentence in problem for problem in told), told


# Whether a case always comes to its end


def drawn(nodes: str, flows: str, lane: str) -> str:
    return bpmn(nodes, flows, lane)


ENDS = node("endEvent", "approved")
SPLIT = node("parallelGateway", "split")
JOIN = node("parallelGateway", "join")
AB = task("a", "opinion") + task("b", "opinion")

UNSOUND = {
    "two starts": (
        node("startEvent", "start") + node("startEvent", "again") + task("a") + ENDS,
        flow("start", "a") + flow("again", "a") + flow("a", "approved"),
        "the process has 2 start events; it must have one",
    ),
    "no end": (
        node("startEvent", "start") + task("a") + node("endEvent", "refused"),
        flow("start", "a") + flow("a", "refused"),
        "the process has no end event with the id 'approved'",
    ),
    "an arrow to the start": (
        node("startEvent", "start") + node("exclusiveGateway", "g", 'default="g_start" ')
        + task("a") + ENDS,
        flow("start", "a") + flow("a", "g") + flow("g", "approved", "task.a = 'complete'")
        + flow("g", "start"),
        "an arrow leads to the start event 'start'",
    ),
    "an arrow from the end": (
        node("startEvent", "start") + task("a") + ENDS,
        flow("start", "a") + flow("a", "approved") + flow("approved", "a"),
        "an arrow leads away from the end event 'approved'",
    ),
    "a task that leads nowhere": (
        node("startEvent", "start") + task("a") + ENDS,
        flow("start", "a"),
        "no arrow leads away from 'a'; the case would stay there for ever",
    ),
    "two arrows from a task": (
        node("startEvent", "start") + task("a") + ENDS + node("endEvent", "refused"),
        flow("start", "a") + flow("a", "approved") + flow("a", "refused"),
        "2 arrows lead away from 'a'; put a gateway between",
    ),
    "a ring beside the way": (
        node("startEvent", "start") + task("a") + task("b") + task("c") + ENDS,
        flow("start", "a") + flow("a", "approved") + flow("b", "c") + flow("c", "b"),
        "'b' is never reached from the start event",
    ),
    "a ring that is never left": (
        node("startEvent", "start") + SPLIT + task("a") + task("b") + ENDS,
        flow("start", "split") + flow("split", "approved") + flow("split", "a") + flow("a", "b")
        + flow("b", "a"),
        "no way leads from 'a' to an end event",
    ),
    "a ring without a task": (
        node("startEvent", "start") + node("exclusiveGateway", "g", 'default="g_h" ')
        + node("exclusiveGateway", "h", 'default="h_g" ') + ENDS + task("a"),
        flow("start", "a") + flow("a", "g") + flow("g", "approved", "task.a = 'complete'")
        + flow("g", "h") + flow("h", "approved", "task.a = 'complete'") + flow("h", "g"),
        "the way from 'g' back to itself has no task; a case would turn for ever",
    ),
    "a split without a join": (
        node("startEvent", "start") + SPLIT + AB + ENDS,
        flow("start", "split") + flow("split", "a") + flow("split", "b") + flow("a", "approved")
        + flow("b", "approved"),
        "the process can end at 'approved' while",
    ),
    "branches that meet without a join": (
        node("startEvent", "start") + SPLIT + AB + task("c") + ENDS,
        flow("start", "split") + flow("split", "a") + flow("split", "b") + flow("a", "c")
        + flow("b", "c") + flow("c", "approved"),
        "join the parallel branches",
    ),
    "two arrows that meet at once": (
        node("startEvent", "start") + SPLIT + node("exclusiveGateway", "g") + task("c") + ENDS,
        flow("start", "split") + flow("split", "g", key="one") + flow("split", "g", key="two")
        + flow("g", "c") + flow("c", "approved"),
        "'c' can be reached twice at the same time, from 'g'",
    ),
    "a join that waits for ever": (
        node("startEvent", "start") + task("c") + node("exclusiveGateway", "g", 'default="g_b" ')
        + AB + JOIN + ENDS,
        flow("start", "c") + flow("c", "g") + flow("g", "a", "task.c = 'complete'")
        + flow("g", "b") + flow("a", "join") + flow("b", "join") + flow("join", "approved"),
        "the parallel gateway 'join' can wait for ever for",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSOUND)
def test_a_case_that_could_never_end_is_found(town: Town, name: str) -> None:
    nodes, flows, sentence = UNSOUND[name]
    keys = " ".join(key for key in "abc" if f'userTask id="{key}"' in nodes)
    told = problems(town, drawn(nodes, flows, keys))
    assert any(sentence in problem for problem in told), told


def test_a_process_with_too_many_nodes_or_states_is_refused(town: Town) -> None:
    many = [f"t{n}" for n in range(160)]
    nodes = node("startEvent", "start") + "".join(map(task, many)) + ENDS
    flows = flow("start", "t0") + flow("t159", "approved")
    flows += "".join(flow(f"t{n}", f"t{n + 1}") for n in range(159))
    told = problems(town, drawn(nodes, flows, " ".join(many)))
    assert any("more than 150 nodes" in problem for problem in told), told
    wide = [f"t{n}" for n in range(14)]
    nodes = node("startEvent", "start") + SPLIT + JOIN + "".join(map(task, wide)) + ENDS
    flows = flow("start", "split") + flow("join", "approved")
    flows += "".join(flow("split", key) + flow(key, "join") for key in wide)
    told = problems(town, drawn(nodes, flows, " ".join(wide)))
    assert any("too many states to check" in problem for problem in told), told


def test_a_way_back_through_a_task_is_allowed(town: Town) -> None:
    nodes = (node("startEvent", "start") + task("a") + task("b", "opinion")
             + node("exclusiveGateway", "g", 'default="g_a" ') + ENDS)  # fmt: skip
    flows = (flow("start", "a") + flow("a", "b") + flow("b", "g")
             + flow("g", "approved", "task.b = 'for'") + flow("g", "a"))  # fmt: skip
    assert problems(town, drawn(nodes, flows, "a b")) == []
    process = town.city().processes["review"]
    assert [(s.key, s.stage) for s in process.steps] == [
        ("start", 0), ("a", 1), ("b", 2), ("approved", 3),
    ]  # fmt: skip


# How it is drawn

PARALLEL = drawn(
    node("startEvent", "start") + task("look") + SPLIT + AB + task("c") + JOIN
    + task("decide", "decision") + node("exclusiveGateway", "g") + ENDS + node("endEvent", "refused"),
    flow("start", "look") + flow("look", "split") + flow("split", "a") + flow("split", "b")
    + flow("b", "c") + flow("a", "join") + flow("c", "join") + flow("join", "decide")
    + flow("decide", "g") + flow("g", "approved", "task.decide = 'approve'")
    + flow("g", "refused", "task.decide = 'refuse'"),
    "look a b c decide",
)  # fmt: skip


def test_parallel_branches_stand_side_by_side(town: Town) -> None:
    assert problems(town, PARALLEL) == []
    process = town.city().processes["review"]
    rows = [[(s.key, s.parallel) for s in row] for row in stages(process)]
    assert rows == [
        [("start", "")],
        [("look", "")],
        [("a", "split"), ("b", "split")],
        [("c", "split")],
        [("decide", "")],
        [("approved", ""), ("refused", "")],
    ]
    assert [step.branch for step in stages(process)[2]] == [0, 1]
    assert stages(process)[1][0].title["en"] == "look"
    assert (process.steps[1].binding, process.steps[1].role) == ("lead", "officer")
    assert {step.kind for step in process.steps} == {NodeKind.START, NodeKind.TASK, NodeKind.END}


def test_bindings_besides_the_lead_are_asked_of_the_service(town: Town) -> None:
    text = PARALLEL.replace(
        '<bpmn:lane id="lane" name="lead: officer">',
        '<bpmn:lane id="other" name="partner: officer" yimen:zh="协办" yimen:en="Partner">'
        '<bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane><bpmn:lane id="lane" name="lead: officer">',
    ).replace("<bpmn:flowNodeRef>a</bpmn:flowNodeRef><bpmn:flowNodeRef>b</bpmn:flowNodeRef>",
              "<bpmn:flowNodeRef>a</bpmn:flowNodeRef>")  # fmt: skip
    town.write(DIAGRAM, text)
    assert any(
        "the process 'review' has lanes of 'partner'; say which agency that is" in problem
        for problem in town.problems()
    )
    service = "services/rent-help/service.toml"
    town.edit(
        service, 'process = "review"', 'process = "review"\nbindings = { partner = "town-hall" }'
    )
    city = town.city()
    assert city.processes["review"].bindings == {"lead", "partner"}
    assert city.services["rent-help"].agency_for("partner") == "town-hall"
    assert city.services["rent-help"].agency_for("lead") == "housing"
    town.edit(service, "partner =", "partnr =")
    told = "\n".join(town.problems())
    assert "binding 'partnr' is not a lane of the process 'review'; did you mean 'partner'?" in told


def test_a_title_of_an_arrow_is_read_whole_or_not_at_all(town: Town) -> None:
    titled = REVIEW.replace('id="outcome_approved"', 'id="outcome_approved" yimen:zh="同意"')
    assert any("'outcome_approved' has no title yimen:en" in p for p in problems(town, titled))
    both = titled.replace('yimen:zh="同意"', 'yimen:zh="同意" yimen:en="Approve"')
    assert problems(town, both) == []
    flows = {f.key: f.title["en"] for f in town.city().processes["review"].flows}
    assert flows["outcome_approved"] == "Approve"


def test_an_engine_that_cannot_follow_it_is_believed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (ValidationException("no way"), SpiffWorkflowException("no way")):

        def fail(_self: object, _code: str, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(BpmnParser, "get_spec", fail)
        assert problems(town, REVIEW) == ["1: cannot be followed: no way"]


def test_the_cities_of_the_house_have_no_problem() -> None:
    root = Path(__file__).resolve().parents[2] / "cities"
    for name in ("shanghai", "riverton"):
        checked = check_folder(root / name)
        assert checked.problems == ()
        assert checked.services > 0


def test_files_are_read_as_a_folder_is(town: Town) -> None:
    files = {str(p.relative_to(town.folder)): p.read_bytes() for p in town.folder.rglob("*.*")
             if p.is_file()}  # fmt: skip
    city, found = load_files(files, "town")
    assert not found
    assert city == town.city()
    assert city is not None
    assert str(city.services["rent-help"].place) == "town/services/rent-help/service.toml:1"
