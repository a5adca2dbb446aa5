"""The states of cases and tasks are data, and the diagrams are drawn from them."""

from collections.abc import Sequence

import pytest

from yimen.cases.process import (
    CASE_MOVES,
    OUTCOMES,
    RIGHTS,
    SHOWN_TO_RESIDENTS,
    TASK_MOVES,
    Move,
    as_mermaid,
    as_text,
    can_move,
)
from yimen.cases.rules.errors import WrongState
from yimen.cases.rules.permissions import check_case_move, check_move
from yimen.cases.types import CaseState, HistoryKind, TaskState
from yimen.catalogue.types import TaskKind

TABLES = pytest.mark.parametrize(
    ("moves", "states"), [(CASE_MOVES, CaseState), (TASK_MOVES, TaskState)]
)


@TABLES
def test_every_state_can_be_reached(moves: Sequence[Move], states: type[CaseState]) -> None:
    assert {move.after for move in moves} == set(states)


@TABLES
def test_every_verb_stands_in_a_table_once(moves: Sequence[Move], states: object) -> None:
    verbs = [move.verb for move in moves]
    assert len(verbs) == len(set(verbs))


def test_a_closed_case_stays_closed_also_when_its_decision_is_mended() -> None:
    out = [move for move in CASE_MOVES if CaseState.CLOSED in move.before]
    assert {move.after for move in out} == {CaseState.CLOSED}
    assert {move.verb for move in out} == {
        *("revoke", "correct_decision", "ask_for_recheck", "order_recheck", "answer_recheck")
    }


def test_a_verb_leads_to_its_state() -> None:
    assert check_case_move("ask_for_correction", "handling") is CaseState.WAITING


def test_a_verb_in_the_wrong_state_is_refused_by_name() -> None:
    with pytest.raises(WrongState) as refused:
        check_move(CASE_MOVES, "decide", CaseState.WAITING)
    assert (refused.value.verb, refused.value.state) == ("decide", CaseState.WAITING)
    assert not can_move(CASE_MOVES, "decide", CaseState.WAITING)


def test_the_diagram_names_every_move() -> None:
    drawn = as_mermaid(CASE_MOVES)
    assert drawn.startswith("stateDiagram-v2")
    assert "    [*] --> received: submit" in drawn
    assert "    handling --> waiting: ask_for_correction" in drawn
    assert drawn.endswith("    closed --> [*]")


def test_the_table_reads_as_text() -> None:
    lines = as_text(TASK_MOVES).splitlines()
    assert lines[0] == "open: (nothing) -> open"
    assert "hand_over: open | claimed -> claimed" in lines


def test_every_kind_of_task_has_words_and_a_right() -> None:
    assert set(OUTCOMES) == set(RIGHTS) == set(TaskKind)


def test_residents_do_not_see_hand_overs() -> None:
    assert not {HistoryKind.HANDED_OVER, HistoryKind.RELEASED} & SHOWN_TO_RESIDENTS
