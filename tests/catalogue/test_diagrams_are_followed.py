"""What the check calls sound the engine follows: random diagrams, random decisions, no standstill."""

import random
from datetime import date

from tiny_city import bpmn, flow, node, task

from yimen.cases.workflow import Known, advance, start
from yimen.catalogue.definition import Process
from yimen.catalogue.loader.bpmn import read_process
from yimen.catalogue.loader.reading import Reading
from yimen.catalogue.loader.words import OUTCOMES
from yimen.catalogue.types import NodeKind

DAY = date(2004, 7, 1)
KINDS = (NodeKind.TASK, NodeKind.TASK, NodeKind.EXCLUSIVE, NodeKind.PARALLEL)


def diagram(dice: random.Random) -> str:
    """Return a diagram whose nodes are connected at random; most are not sound."""
    keys = [f"n{number}" for number in range(dice.randint(2, 6))]
    kinds = {key: dice.choice(KINDS) for key in keys}
    asked = {k: dice.choice(list(OUTCOMES)) for k in keys if kinds[k] is NodeKind.TASK}
    nodes, flows = node("startEvent", "start") + node("endEvent", "approved"), ""
    flows += flow("start", dice.choice(keys))
    for key in keys:
        ways = [dice.choice([k for k in (*keys, "approved") if k != key])
                for _ in range(1 if key in asked else dice.randint(1, 3))]  # fmt: skip
        names = [f"{key}_{number}" for number in range(len(ways))]
        if key in asked:
            nodes += task(key, asked[key])
        elif kinds[key] is NodeKind.PARALLEL:
            nodes += node("parallelGateway", key)
        else:
            default = f'default="{names[-1]}" ' if len(ways) > 1 else ""
            nodes += node("exclusiveGateway", key, default)
        for name, way in zip(names, ways, strict=True):
            condition = ""
            if kinds[key] is NodeKind.EXCLUSIVE and asked and name != names[-1]:
                named = dice.choice(list(asked))
                condition = f"task.{named} = '{dice.choice(OUTCOMES[asked[named]])}'"
            flows += flow(key, way, condition, key=name)
    return bpmn(nodes, flows, " ".join(asked))


def followed(process: Process, dice: random.Random) -> str:
    """Decide at random until the case ends, or for forty steps; return how it ended."""
    kinds = {task.key: task.kind for task in process.tasks}
    known: dict[str, str] = {}
    progress = start(process.bpmn, Known(DAY, dict(known)))
    for _ in range(40):
        if progress.ended:
            break
        step = dice.choice(progress.waiting)
        known[f"task.{step.key}"] = dice.choice(OUTCOMES[kinds[step.key]])
        progress = advance(progress.state, step.id, Known(DAY, dict(known)))
    return progress.ended


def test_a_sound_diagram_never_stands_still() -> None:
    sound = ended = 0
    for seed in range(600):
        dice = random.Random(seed)
        text = diagram(dice)
        reading = Reading("town", {"processes/review.bpmn": text.encode()}, languages=("zh", "en"))
        process = read_process(reading, "processes/review.bpmn", "review", {})
        if process is None:
            assert reading.problems
            continue
        sound += 1
        keys = {task.key for task in process.tasks}
        assert keys <= {step.key for step in process.steps}
        ended += followed(process, dice) == "approved"  # a standstill would raise DiagramRefused
    assert sound > 20
    assert ended > sound * 0.8  # the others turn in a circle that officers may leave
