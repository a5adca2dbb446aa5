"""Every process that the cities declare runs from its start to each of its ends."""

from datetime import date
from pathlib import Path

import pytest

from yimen.cases.workflow import Known, Progress, advance, start

CITIES = Path(__file__).parents[2] / "cities"
TODAY = date(2026, 11, 23)

DIAGRAMS = sorted(CITIES.glob("*/processes/*.bpmn"))
INSTANT = sorted(CITIES.glob("*/processes/instant.bpmn"))
STANDARD = sorted(CITIES.glob("*/processes/standard-review.bpmn"))
JOINT = CITIES / "shanghai/processes/joint-review.bpmn"
ENDS = (("approve", "approved"), ("refuse", "refused"))


def _name(path: Path) -> str:
    return f"{path.parts[-3]}-{path.stem}"


def _finish(progress: Progress, key: str, outcome: str) -> Progress:
    """Finish the waiting step of this key with an outcome."""
    step = next(waiting for waiting in progress.waiting if waiting.key == key)
    return advance(progress.state, step.id, Known(TODAY, {f"task.{key}": outcome}))


def _waits_for(progress: Progress) -> set[str]:
    return {waiting.key for waiting in progress.waiting}


def test_the_two_cities_declare_five_diagrams() -> None:
    assert len(DIAGRAMS) == 5


@pytest.mark.parametrize("path", INSTANT, ids=_name)
def test_an_instant_case_is_approved_at_once_when_the_records_say_yes(path: Path) -> None:
    progress = start(path.read_text(), Known(TODAY, {"case.eligible": True}))
    assert progress.ended == "approved"


@pytest.mark.parametrize("eligible", [False, None])
@pytest.mark.parametrize(("outcome", "end"), ENDS)
@pytest.mark.parametrize("path", INSTANT, ids=_name)
def test_an_instant_case_is_decided_by_an_officer_otherwise(
    path: Path, outcome: str, end: str, eligible: bool | None
) -> None:
    progress = start(path.read_text(), Known(TODAY, {"case.eligible": eligible}))
    assert _waits_for(progress) == {"decide"}
    assert _finish(progress, "decide", outcome).ended == end


@pytest.mark.parametrize(("outcome", "end"), ENDS)
@pytest.mark.parametrize("path", STANDARD, ids=_name)
def test_a_standard_case_is_checked_and_then_decided(path: Path, outcome: str, end: str) -> None:
    progress = start(path.read_text(), Known(TODAY))
    assert _waits_for(progress) == {"review"}
    progress = _finish(progress, "review", "complete")
    assert _waits_for(progress) == {"decide"}
    assert _finish(progress, "decide", outcome).ended == end


@pytest.mark.parametrize("first", ["opinion_lead", "opinion_partner"])
@pytest.mark.parametrize(("outcome", "end"), ENDS)
def test_a_joint_case_hears_both_agencies_in_any_order_before_one_decision(
    first: str, outcome: str, end: str
) -> None:
    progress = _finish(start(JOINT.read_text(), Known(TODAY)), "review", "complete")
    assert _waits_for(progress) == {"opinion_lead", "opinion_partner"}
    progress = _finish(progress, first, "against")
    (second,) = progress.waiting
    progress = _finish(progress, second.key, "for")
    assert _waits_for(progress) == {"decide"}
    assert _finish(progress, "decide", outcome).ended == end
