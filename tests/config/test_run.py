"""`yimen run` starts everything, restarts what dies and leaves nothing behind."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.config.conftest import Running, ended, wait_for
from yimen.config.embedded.server import url_of

pytestmark = pytest.mark.faults

KEPT = [("kept",)]


NIGHT = 1_699_989_200  # 03:13 in Shanghai


def put(house: Running, name: str, arguments: str) -> object:
    """Put a job in the queue."""
    [[job]] = house.ask(
        f"SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW('default', '{name}', 0, NULL, NULL,"
        f" '{arguments}', NULL)::procrastinate_job_to_defer_v1]))[1]"
    )
    return job


def state_of(house: Running, job: object) -> object:
    [[status]] = house.ask(f"SELECT status::text FROM procrastinate_jobs WHERE id = {job}")
    return status


def works_off_a_job(house: Running) -> bool:
    """Put a harmless job in the queue, and say whether the worker has done it soon."""
    name = "builtin:procrastinate.builtin_tasks.remove_old_jobs"
    job = put(house, name, '{"max_hours": 1000}')
    for _ in range(100):
        if state_of(house, job) == "succeeded":
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_stops_everything_the_database_included(house: Running) -> None:
    children = house.all_processes()
    socket_folder = house.socket_folder
    assert {"postgres", "serve", "worker"} <= {
        Path(word).name for child in children for word in child.cmdline()[:4]
    }
    assert house.press_ctrl_c() == 0
    assert "Everything has stopped." in house.said
    assert all(map(ended, children))
    assert not socket_folder.exists()
    assert not (house.data / "postgres" / "postmaster.pid").exists()


def test_a_second_start_takes_seconds_and_loses_nothing(house: Running) -> None:
    house.end()
    began = time.monotonic()
    house.start()
    assert time.monotonic() - began < 20
    assert house.ask("SELECT word FROM kept") == KEPT


def test_a_killed_web_server_comes_back(house: Running) -> None:
    killed = house.only("serve")
    workers = killed.children()
    killed.kill()
    wait_for(lambda: all(map(ended, workers)))
    wait_for(lambda: house.answers)
    assert house.only("serve").pid != killed.pid
    assert "The web server ended (signal 9)" in house.said


def test_a_killed_process_of_the_web_server_comes_back(house: Running) -> None:
    server = house.only("serve")
    wait_for(lambda: house.answers)
    time.sleep(6)  # the web server takes a quicker second death for a fault of ours
    [killed] = [child for child in server.children() if "tracker" not in str(child.cmdline())]
    killed.kill()
    wait_for(lambda: killed.pid not in {child.pid for child in server.children()})
    wait_for(lambda: house.answers)


def test_a_killed_worker_comes_back(house: Running) -> None:
    killed = house.only("worker")
    killed.kill()
    wait_for(lambda: [p for p in house.processes("worker") if p.pid != killed.pid])
    assert "The worker ended (signal 9)" in house.said
    assert works_off_a_job(house)


def test_what_a_killed_worker_had_in_hand_is_done_by_the_next(house: Running) -> None:
    with psycopg.connect(url_of(str(house.socket_folder))) as blocking:
        blocking.execute("LOCK TABLE cases_draft")
        job = put(house, "yimen.cases.tasks.clean_up", f'{{"timestamp": {NIGHT}}}')
        wait_for(lambda: state_of(house, job) == "doing")
        house.only("worker").kill()
        # As if the time had passed after which a silent worker counts as gone.
        house.ask("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
        blocking.rollback()
    wait_for(lambda: state_of(house, job) == "succeeded")
    [[attempts]] = house.ask(f"SELECT attempts FROM procrastinate_jobs WHERE id = {job}")
    assert attempts == 2


def test_a_killed_database_comes_back_with_all_that_was_committed(house: Running) -> None:
    killed = house.only(house.postgres)
    killed.kill()
    wait_for(lambda: [p for p in house.processes(house.postgres) if p.pid != killed.pid])
    wait_for(lambda: house.answers)
    wait_for(lambda: house.database_answers)
    assert house.ask("SELECT word FROM kept") == KEPT
    assert "The database ended by itself" in house.said
    wait_for(lambda: works_off_a_job(house), 90)


def test_when_the_supervisor_is_killed_its_children_end_and_the_next_start_works(
    house: Running,
) -> None:
    children = house.all_processes()
    house.kill()
    wait_for(lambda: all(map(ended, children)))
    house.start()
    assert house.ask("SELECT word FROM kept") == KEPT


def test_a_second_run_on_the_same_data_folder_is_told_who_runs(
    house: Running, built_front_end: Path
) -> None:
    answer = Running(house.data, built_front_end).command("run", PORT=str(house.port + 1))
    assert answer.returncode == 1
    assert house.process is not None
    assert f"already runs on {house.data} (process {house.process.pid}" in answer.stderr
    assert f"http://127.0.0.1:{house.port}" in answer.stderr


def test_a_taken_port_is_named_with_who_listens_there(
    new_folder: Callable[[str], Path], built_front_end: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        answer = Running(new_folder("taken"), built_front_end).command("run", PORT=str(port))
    assert answer.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken" in answer.stderr
    assert f"make run PORT={port + 1}" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_two_data_folders_run_side_by_side(
    house: Running, new_folder: Callable[[str], Path], built_front_end: Path
) -> None:
    other = Running(new_folder("other"), built_front_end).start()
    try:
        assert house.answers
        assert other.answers
        assert house.socket_folder != other.socket_folder
        assert other.ask("SELECT to_regclass('kept') IS NULL") == [(True,)]
    finally:
        other.end()
    assert house.answers


def test_a_path_of_120_characters_is_no_obstacle(
    new_folder: Callable[[str], Path], built_front_end: Path, place: Path
) -> None:
    name = "a-folder-with-a-long-name/" * 6 + "data"
    folder = new_folder(name)
    assert len(str(folder)) > 120
    for parent in folder.parents:
        if parent != place and place in parent.parents:
            parent.chmod(0o711)
    running = Running(folder, built_front_end).start()
    assert running.answers
    assert len(str(running.socket_folder)) < 90
    assert running.press_ctrl_c() == 0


def test_a_command_uses_the_database_that_runs(house: Running) -> None:
    before = house.only(house.postgres).pid
    answer = house.command("manage", "showmigrations", "contenttypes")
    assert answer.returncode == 0, answer.stderr
    assert "[X] 0001_initial" in answer.stdout
    assert house.only(house.postgres).pid == before


def test_a_command_alone_starts_the_database_for_its_own_duration(
    new_folder: Callable[[str], Path], built_front_end: Path
) -> None:
    alone = Running(new_folder("alone"), built_front_end)
    answer = alone.command("manage", "showmigrations", "contenttypes")
    assert answer.returncode == 0, answer.stderr
    assert "[X] 0001_initial" in answer.stdout
    assert not (alone.data / "postgres" / "postmaster.pid").exists()
    assert not [p for p in psutil.process_iter() if str(alone.data) in " ".join(_cmdline(p))]


def _cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
