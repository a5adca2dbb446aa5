"""Whether a process can be followed to its end by every way, and how it is drawn for people.

A diagram is read as a Petri net: a token stands on an arrow, a node takes tokens and gives tokens.
The diagrams of a city are small, so every state that a case can reach is looked at. That is exact:
a parallel split without its join, a join that waits for a branch that was not taken, two branches
that each end the case are all found, whatever shape they have.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from yimen.catalogue.definition import ProcessFlow, ProcessNode, ProcessStep
from yimen.catalogue.types import NodeKind

Report = Callable[[int, str], None]
Marking = frozenset[str]  # the keys of the arrows on which a token stands

MAX_NODES = 150
MAX_STATES = 5_000


@dataclass(frozen=True, slots=True)
class Diagram:
    """The nodes and arrows of one process, with the arrows by their ends."""

    nodes: Mapping[str, ProcessNode]
    flows: tuple[ProcessFlow, ...]
    outgoing: Mapping[str, tuple[ProcessFlow, ...]]
    incoming: Mapping[str, tuple[ProcessFlow, ...]]

    @classmethod
    def of(cls, nodes: Iterable[ProcessNode], flows: Iterable[ProcessFlow]) -> "Diagram":
        """Return the diagram of these nodes and arrows; arrows to nowhere are left out."""
        by_key = {node.key: node for node in nodes}
        whole = tuple(f for f in flows if f.source in by_key and f.target in by_key)
        return cls(
            nodes=by_key,
            flows=whole,
            outgoing={k: tuple(f for f in whole if f.source == k) for k in by_key},
            incoming={k: tuple(f for f in whole if f.target == k) for k in by_key},
        )

    def of_kind(self, kind: NodeKind) -> tuple[ProcessNode, ...]:
        """Return the nodes of one kind, in their order."""
        return tuple(node for node in self.nodes.values() if node.kind is kind)


def check(diagram: Diagram, report: Report) -> None:
    """Report everything that keeps a case from being followed to its end."""
    found = [*_wrong_ends(diagram), *_wrong_arrows(diagram)]
    if not found:
        found = [*_unreached(diagram), *_turning_circles(diagram)]
    if not found:
        found = list(_wrong_states(diagram))
    for node, sentence in found:
        report(node.place.line, sentence)


Finding = tuple[ProcessNode, str]


def _wrong_ends(diagram: Diagram) -> Iterator[Finding]:
    starts, ends = diagram.of_kind(NodeKind.START), diagram.of_kind(NodeKind.END)
    first = next(iter(diagram.nodes.values()))
    if len(starts) != 1:
        yield first, f"the process has {len(starts)} start events; it must have one"
    if not any(end.key == "approved" for end in ends):
        yield first, "the process has no end event with the id 'approved'; add one"
    for end in ends:
        if end.key not in ("approved", "refused"):
            yield end, f"the end event '{end.key}' must have the id 'approved' or 'refused'"
    if len(diagram.nodes) > MAX_NODES:
        yield first, f"the process has more than {MAX_NODES} nodes; split it"


def _wrong_arrows(diagram: Diagram) -> Iterator[Finding]:
    for key, node in diagram.nodes.items():
        comes, goes = len(diagram.incoming[key]), len(diagram.outgoing[key])
        if comes and node.kind is NodeKind.START:
            yield node, f"an arrow leads to the start event '{key}'; begin after it"
        if not comes and node.kind is not NodeKind.START:
            yield node, f"no arrow leads to '{key}'; connect it or remove it"
        if goes and node.kind is NodeKind.END:
            yield node, f"an arrow leads away from the end event '{key}'; remove it"
        if not goes and node.kind is not NodeKind.END:
            yield node, f"no arrow leads away from '{key}'; the case would stay there for ever"
        if goes > 1 and node.kind in (NodeKind.START, NodeKind.TASK):
            yield node, f"{goes} arrows lead away from '{key}'; put a gateway between"


def _closure(start: Iterable[str], step: Callable[[str], Iterable[str]]) -> set[str]:
    """Return everything that is reached from the start by steps."""
    reached: set[str] = set()
    left = list(start)
    while left:
        key = left.pop()
        if key not in reached:
            reached.add(key)
            left.extend(step(key))
    return reached


def _unreached(diagram: Diagram) -> Iterator[Finding]:
    def after(key: str) -> Iterator[str]:
        return (flow.target for flow in diagram.outgoing[key])

    def before(key: str) -> Iterator[str]:
        return (flow.source for flow in diagram.incoming[key])

    from_start = _closure((n.key for n in diagram.of_kind(NodeKind.START)), after)
    to_end = _closure((n.key for n in diagram.of_kind(NodeKind.END)), before)
    for key, node in diagram.nodes.items():
        if key not in from_start:
            yield node, f"'{key}' is never reached from the start event; connect it or remove it"
        elif key not in to_end:
            yield (
                node,
                f"no way leads from '{key}' to an end event; the case would never be decided",
            )


def _turning_circles(diagram: Diagram) -> Iterator[Finding]:
    """Find circles in which no officer is asked: a case would turn in them for ever."""

    def after(key: str) -> Iterator[str]:
        targets = (diagram.nodes[flow.target] for flow in diagram.outgoing[key])
        return (node.key for node in targets if node.kind is not NodeKind.TASK)

    for key, node in diagram.nodes.items():
        if node.kind is not NodeKind.TASK and key in _closure(after(key), after):
            yield (
                node,
                f"the way from '{key}' back to itself has no task; a case would turn for ever",
            )
            return


def _wrong_states(diagram: Diagram) -> Iterator[Finding]:
    """Look at every state that a case can reach; report the first that is wrong."""
    start = diagram.of_kind(NodeKind.START)[0]
    first = frozenset(flow.key for flow in diagram.outgoing[start.key])
    seen: set[Marking] = {first}
    left = [first]
    while left:
        marking = left.pop()
        wrong, following = _followed(diagram, marking)
        if wrong is not None:
            yield wrong
            return
        left.extend(following - seen)
        seen |= following
        if len(seen) > MAX_STATES:
            yield start, "the process has too many states to check; use fewer parallel branches"
            return


def _followed(diagram: Diagram, marking: Marking) -> tuple[Finding | None, set[Marking]]:
    """Return what is wrong with a state, or the states that follow it."""
    following: set[Marking] = set()
    moved = False
    for node in diagram.nodes.values():
        for taken, given in _moves(diagram, node, marking):
            moved = True
            rest = marking - taken
            if node.kind is NodeKind.END:
                if rest:
                    return _early_end(diagram, node, rest), set()
                continue
            double = next((flow for flow in given if flow.key in rest), None)
            if double is not None:
                return _double(diagram, node, double), set()
            following.add(rest | {flow.key for flow in given})
    if not moved:
        return _standstill(diagram, marking), set()
    return None, following


def _moves(
    diagram: Diagram, node: ProcessNode, marking: Marking
) -> Iterator[tuple[frozenset[str], tuple[ProcessFlow, ...]]]:
    """Return what a node can take from a state, and what it gives for it."""
    comes, goes = diagram.incoming[node.key], diagram.outgoing[node.key]
    if node.kind is NodeKind.PARALLEL:
        taken = frozenset(flow.key for flow in comes)
        if taken <= marking:
            yield taken, goes
        return
    for flow in comes:
        if flow.key in marking:
            if node.kind is NodeKind.EXCLUSIVE:
                for way in goes:
                    yield frozenset({flow.key}), (way,)
            else:
                yield frozenset({flow.key}), goes


def _names(diagram: Diagram, marking: Marking) -> str:
    at = sorted({flow.target for flow in diagram.flows if flow.key in marking})
    return ", ".join(f"'{key}'" for key in at)


def _early_end(diagram: Diagram, end: ProcessNode, rest: Marking) -> Finding:
    return end, (
        f"the process can end at '{end.key}' while {_names(diagram, rest)} is still open; join the "
        "parallel branches before the end"
    )


def _double(diagram: Diagram, node: ProcessNode, flow: ProcessFlow) -> Finding:
    return diagram.nodes[flow.target], (
        f"'{flow.target}' can be reached twice at the same time, from '{node.key}'; join the "
        "parallel branches with a parallel gateway"
    )


def _standstill(diagram: Diagram, marking: Marking) -> Finding:
    waiting = next(flow for flow in diagram.flows if flow.key in marking)
    gateway = diagram.nodes[waiting.target]
    missing = [f.source for f in diagram.incoming[gateway.key] if f.key not in marking]
    sources = ", ".join(f"'{key}'" for key in missing)
    return gateway, (
        f"the parallel gateway '{gateway.key}' can wait for ever for {sources}; a join must wait "
        "only for branches that are always taken"
    )


def steps(diagram: Diagram) -> tuple[ProcessStep, ...]:
    """Return the steps as people see them: events and tasks in rows, without gateways.

    A step stands one row below the lowest step that leads to it; ways back are left out. The order
    of a row is that of the diagram's file.
    """
    forward = _forward(diagram)
    stage = _stages(diagram, forward)
    parallel = _parallel(diagram, forward)
    shown = [node for node in diagram.nodes.values() if node.kind in _SHOWN]
    rows = {row: n for n, row in enumerate(sorted({stage[node.key] for node in shown}))}
    taken: dict[int, int] = {}
    found = []
    for node in shown:
        row = rows[stage[node.key]]
        branch = taken.setdefault(row, 0)
        taken[row] += 1
        found.append(
            ProcessStep(
                node.key, node.kind, node.title, row, branch, node.binding, node.role,
                parallel.get(node.key, ""),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda step: (step.stage, step.branch)))


_SHOWN = (NodeKind.START, NodeKind.TASK, NodeKind.END)


def _forward(diagram: Diagram) -> dict[str, list[str]]:
    """Return the arrows without those that lead back to a node on the way to themselves."""
    forward: dict[str, list[str]] = {key: [] for key in diagram.nodes}
    on_the_way: list[str] = []
    done: set[str] = set()

    def visit(key: str) -> None:
        on_the_way.append(key)
        for flow in diagram.outgoing[key]:
            if flow.target in on_the_way:
                continue
            forward[key].append(flow.target)
            if flow.target not in done:
                visit(flow.target)
        on_the_way.pop()
        done.add(key)

    for start in diagram.of_kind(NodeKind.START):
        visit(start.key)
    return forward


def _stages(diagram: Diagram, forward: Mapping[str, list[str]]) -> dict[str, int]:
    """Return the length of the longest way to each node, counting only the steps shown."""
    stage = dict.fromkeys(diagram.nodes, 0)
    for _ in diagram.nodes:  # as often as the longest way can be
        before = dict(stage)
        for key, targets in forward.items():
            below = stage[key] + (diagram.nodes[key].kind in _SHOWN)
            for target in targets:
                stage[target] = max(stage[target], below)
        if stage == before:
            break
    ends = diagram.of_kind(NodeKind.END)
    last = max(stage[key] for key, node in diagram.nodes.items() if node not in ends)
    return stage | dict.fromkeys((end.key for end in ends), last + 1)


def _parallel(diagram: Diagram, forward: Mapping[str, list[str]]) -> dict[str, str]:
    """Return for each node the innermost parallel split whose branches it lies in."""
    within: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for split in diagram.of_kind(NodeKind.PARALLEL):
        branches = [_closure([key], lambda k: forward[k]) for key in forward[split.key]]
        if len(branches) < 2:
            continue
        inside: set[str] = set().union(*branches) - branches[0].intersection(*branches)
        for key in inside:
            if key not in sizes or len(inside) < sizes[key]:
                within[key], sizes[key] = split.key, len(inside)
    return within
