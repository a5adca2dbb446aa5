"""Sealing: gapless positions in an order that respects who knew of whom, under any crash."""

import json
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from multiprocessing.synchronize import Event as ProcessEvent

import pytest
from django.db import OperationalError, connection, transaction
from happenings import happen, happen_often, seal_all

from yimen.base import clock
from yimen.keys.rules import KeysNotMade
from yimen.ledger import actions, queries, tasks
from yimen.ledger.loader import read_roots
from yimen.ledger.models import DayRoot, Event, Seal
from yimen.ledger.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
processes = multiprocessing.get_context("fork")


def _positions() -> list[int]:
    return list(Event.objects.sealed().values_list("position", flat=True))


def _in_a_process(work: object, *arguments: object) -> multiprocessing.process.BaseProcess:
    def run() -> None:
        work(*arguments)  # type: ignore[operator]  # any function
        connection.close()

    connection.close()  # a child must not use its parent's
    process = processes.Process(target=run)
    process.start()
    return process


def test_positions_have_no_gaps_and_follow_the_order_of_appending() -> None:
    ids = [happen() for _ in range(10)]
    assert seal_all(limit=3) == [3, 3, 3, 1]
    assert _positions() == list(range(1, 11))
    assert list(Event.objects.sealed().values_list("id", flat=True)) == ids
    assert [(s.number, s.first_position, s.last_position) for s in Seal.objects.all()] == [
        (1, 1, 3),
        (2, 4, 6),
        (3, 7, 9),
        (4, 10, 10),
    ]
    assert verify().holds


def test_events_of_one_transaction_keep_their_order() -> None:
    with transaction.atomic():
        ids = [happen() for _ in range(200)]
    seal_all()
    assert list(Event.objects.sealed().values_list("id", flat=True)) == ids


def test_nothing_to_seal_makes_no_seal() -> None:
    assert actions.seal_once() == 0
    assert not Seal.objects.exists()


def test_an_empty_ledger_holds_and_is_published_as_such() -> None:
    found = verify()
    assert (found.holds, found.events, found.seals) == (True, 0, 0)
    roots = queries.published_roots()
    assert (roots["days"], roots["head"]) == ([], None)
    kept = read_roots(json.dumps(roots).encode())
    happen()
    seal_all()
    assert verify(published=kept).holds


def test_an_event_that_is_not_committed_is_not_sealed_and_later_is() -> None:
    appended, go_on = threading.Event(), threading.Event()

    def be_slow() -> None:
        with transaction.atomic():
            happen("slow")
            appended.set()
            go_on.wait(20)
        connection.close()

    thread = threading.Thread(target=be_slow)
    thread.start()
    assert appended.wait(20)
    happen("quick")
    assert actions.seal_once() == 0, "nothing above the oldest running transaction is sealed"
    assert queries.sealer_lag().events == 1
    go_on.set()
    thread.join()
    seal_all()
    assert [e.payload["what"] for e in queries.events_after(0)] == ["slow", "quick"]
    assert _positions() == [1, 2]


def test_an_event_comes_after_all_that_its_writer_could_have_read() -> None:
    started, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def start_early_and_append_late() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")  # an older transaction id
            started.set()
            go_on.wait(20)
            happen("effect")
        connection.close()
        done.set()

    thread = threading.Thread(target=start_early_and_append_late)
    thread.start()
    assert started.wait(20)
    happen("cause")
    go_on.set()
    assert done.wait(20)
    thread.join()
    seal_all()
    assert [e.payload["what"] for e in queries.events_after(0)] == ["cause", "effect"]


def test_of_two_sealers_one_waits_for_its_turn() -> None:
    happen()
    with transaction.atomic():
        assert actions._take_turn()
        thread_result: list[int | None] = []

        def seal() -> None:
            thread_result.append(actions.seal_once())
            thread_result.append(len(actions.close_days()))
            connection.close()

        thread = threading.Thread(target=seal)
        thread.start()
        thread.join()
    assert thread_result == [None, 0]


def test_without_a_key_nothing_is_sealed(data_folder: object) -> None:
    happen()
    with pytest.raises(KeysNotMade):
        seal_all()
    assert _positions() == []


def _write_for_a_while(seconds: float, seed: int) -> None:
    chance = random.Random(seed)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with transaction.atomic():
            for _ in range(chance.randrange(1, 4)):
                happen(f"writer {seed}")
                time.sleep(chance.choice((0, 0, 0.002, 0.05)))
            if chance.random() < 0.2:
                transaction.set_rollback(True)


def _seal_for_a_while(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        actions.seal_once(limit=7)


def test_many_writers_and_two_sealers_lose_and_double_nothing() -> None:
    writers = [_in_a_process(_write_for_a_while, 2.0, seed) for seed in range(4)]
    sealers = [_in_a_process(_seal_for_a_while, 2.5) for _ in range(2)]
    for process in writers + sealers:
        process.join()
        assert process.exitcode == 0
    seal_all()
    assert _positions() == list(range(1, Event.objects.count() + 1))
    assert Seal.objects.count() > 10
    assert verify().holds


@pytest.mark.faults
def test_a_sealer_killed_at_any_moment_leaves_a_whole_ledger() -> None:
    chance = random.Random(4)
    for _ in range(12):
        happen_often(300)
        sealer = _in_a_process(_seal_for_a_while, 20.0)
        time.sleep(chance.uniform(0.02, 0.15))
        os.kill(sealer.pid or 0, signal.SIGKILL)
        sealer.join()
    assert len(_positions()) > 0
    seal_all()
    assert _positions() == list(range(1, 12 * 300 + 1))
    assert verify().holds


@pytest.mark.parametrize("step", ["_write_seal", "_sign_and_insert", "sign"])
def test_a_sealer_that_dies_between_two_steps_leaves_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    happen()

    def die() -> None:
        def kill_myself(*arguments: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(actions, step, kill_myself)
        seal_all()

    sealer = _in_a_process(die)
    sealer.join()
    assert sealer.exitcode == -signal.SIGKILL
    assert (_positions(), Seal.objects.count()) == ([], 0)
    seal_all()
    assert verify().holds


# The loop of the worker


def _wait_until(true: object, patience: float = 20.0) -> None:
    until = time.monotonic() + patience
    while not true():  # type: ignore[operator]  # any function
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_workers_loop_seals_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PAUSE", 0.02)
    stop = threading.Event()
    thread = threading.Thread(target=tasks.run_sealer, args=[stop])
    thread.start()
    try:
        for count in (1, 2, 3):
            happen()
            _wait_until(lambda count=count: len(_positions()) == count)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_a_backlog_is_sealed_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PAUSE", 30)
    monkeypatch.setattr(actions, "BATCH", 10_000)
    happen_often(20_500)
    stop = threading.Event()
    thread = threading.Thread(target=tasks.run_sealer, args=[stop])
    thread.start()
    try:
        _wait_until(lambda: len(_positions()) == 20_500)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def _run_sealer(stop: ProcessEvent) -> None:
    tasks.PAUSE = 0.02
    tasks.run_sealer(stop)  # type: ignore[arg-type]  # an event between processes


@pytest.mark.faults
def test_when_the_sealer_is_killed_another_takes_over() -> None:
    # Each has an event of its own: one who is killed may hold the lock of a shared one for ever.
    stop = processes.Event()
    first = _in_a_process(_run_sealer, processes.Event())
    happen()
    _wait_until(lambda: len(_positions()) == 1)
    second = _in_a_process(_run_sealer, stop)
    os.kill(first.pid or 0, signal.SIGKILL)
    first.join()
    happen()
    _wait_until(lambda: len(_positions()) == 2)
    stop.set()
    second.join(10)
    assert second.exitcode == 0
    assert verify().holds


def test_the_sealer_outlives_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "PAUSE", 0.02)
    stop = threading.Event()
    thread = threading.Thread(target=tasks.run_sealer, args=[stop])
    thread.start()
    try:
        happen()
        _wait_until(lambda: len(_positions()) == 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            assert cursor.fetchone() == (True,)
        happen()
        _wait_until(lambda: len(_positions()) == 2)
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_a_second_sealer_sees_that_it_is_not_the_one() -> None:
    with actions.be_the_sealer() as first:
        seen: list[bool] = []

        def try_too() -> None:
            with actions.be_the_sealer() as second:
                seen.append(second)
            connection.close()

        thread = threading.Thread(target=try_too)
        thread.start()
        thread.join()
        assert (first, seen) == (True, [False])
    with actions.be_the_sealer() as again:
        assert again


def test_the_lock_is_given_back_after_trouble() -> None:
    with pytest.raises(OperationalError), actions.be_the_sealer():
        raise OperationalError
    with actions.be_the_sealer() as held:
        assert held


# Days


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> object:
    """Set the clock."""

    def set_clock(*moment: int) -> None:
        instant = datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year to second
        monkeypatch.setattr(clock, "now", lambda: instant)

    return set_clock


def test_a_day_is_closed_at_the_citys_midnight(at: object) -> None:
    at(2004, 7, 1, 15, 59, 58)  # type: ignore[operator]  # 23:59:58 in Shanghai
    happen()
    seal_all()
    assert actions.close_days() == []
    at(2004, 7, 1, 16, 0, 1)  # type: ignore[operator]
    happen()
    seal_all()
    assert [d.isoformat() for d in actions.close_days()] == ["2004-07-01"]
    assert actions.close_days() == []
    day = DayRoot.objects.get()
    assert (day.first_seal, day.last_seal, day.last_position) == (1, 1, 1)


def test_a_city_elsewhere_has_its_own_midnight(at: object, zone: Callable[[str], None]) -> None:
    zone("Europe/Dublin")
    at(2004, 7, 1, 16, 0, 1)  # type: ignore[operator]
    happen()
    seal_all()
    at(2004, 7, 1, 22, 59, 59)  # type: ignore[operator]  # 23:59:59 of the summer in Dublin
    assert actions.close_days() == []
    at(2004, 7, 1, 23, 0, 0)  # type: ignore[operator]
    assert [d.isoformat() for d in actions.close_days()] == ["2004-07-01"]


def test_no_day_ends_while_there_is_no_city(at: object, zone: Callable[[str], None]) -> None:
    zone("")
    at(2004, 7, 1, 4)  # type: ignore[operator]
    happen()
    seal_all()
    at(2004, 7, 9)  # type: ignore[operator]
    assert actions.close_days() == []
    assert verify(day=date(2004, 7, 1)).events == 1


def test_days_that_are_closed_outlive_a_change_of_the_time_zone(
    at: object, zone: Callable[[str], None]
) -> None:
    at(2004, 7, 1, 4)  # type: ignore[operator]
    happen()
    seal_all()
    at(2004, 7, 1, 17)  # type: ignore[operator]  # tomorrow in Shanghai, today in Dublin
    assert len(actions.close_days()) == 1
    happen()
    seal_all()
    zone("Europe/Dublin")
    at(2004, 7, 2, 22)  # type: ignore[operator]
    assert actions.close_days() == []
    at(2004, 7, 2, 23)  # type: ignore[operator]
    assert [d.isoformat() for d in actions.close_days()] == ["2004-07-02"]
    assert (verify().holds, verify().days) == (True, 2)
    assert [verify(day=date(2004, 7, day)).events for day in (1, 2)] == [1, 1]


def test_days_without_a_seal_have_no_root_and_the_chain_goes_on(at: object) -> None:
    for day in (1, 2, 5):
        at(2004, 7, day, 4)  # type: ignore[operator]
        happen_often(5)
        seal_all(limit=2)
    at(2004, 7, 9)  # type: ignore[operator]
    assert [d.day for d in actions.close_days()] == [1, 2, 5]
    roots = queries.day_roots()
    assert [(root.first_seal, root.last_seal) for root in roots] == [(1, 3), (4, 6), (7, 9)]
    found = verify()
    assert (found.holds, found.days, found.seals, found.events) == (True, 3, 9, 15)


def test_a_clock_that_steps_back_opens_no_closed_day(at: object) -> None:
    at(2004, 7, 1, 15, 59, 59)  # type: ignore[operator]
    happen()
    seal_all()
    at(2004, 7, 1, 16, 0, 0)  # type: ignore[operator]
    actions.close_days()
    at(2004, 7, 1, 15, 59, 30)  # type: ignore[operator]
    happen()
    seal_all()
    last = Seal.objects.order_by("number").last()
    assert last and last.at == datetime(2004, 7, 1, 16, 0, tzinfo=UTC)
    happen()
    seal_all()
    at(2004, 7, 3)  # type: ignore[operator]
    assert len(actions.close_days()) == 1
    assert verify().holds


def test_seals_never_go_back_in_time(at: object) -> None:
    at(2004, 7, 1, 4, 0, 10)  # type: ignore[operator]
    happen()
    seal_all()
    at(2004, 7, 1, 4, 0, 5)  # type: ignore[operator]
    happen()
    seal_all()
    first, second = Seal.objects.order_by("number")
    assert second.at - first.at == timedelta(0)
