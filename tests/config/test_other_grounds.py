"""`yimen run` on a PostgreSQL of somebody else, and as a user who is not root."""

import os
import shutil
import site
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.config.conftest import ROOT, Running, wait_for
from yimen.config.embedded.binaries import bundled, readable_for
from yimen.config.embedded.cluster import Cluster
from yimen.config.embedded.server import Server
from yimen.config.embedded.system_user import SystemUser, by_name, choose_user

pytestmark = pytest.mark.faults


@pytest.fixture
def own_server(place: Path) -> Iterator[Server]:
    """A PostgreSQL that runs already, with nothing in it."""
    folder = place / "own-server"
    folder.mkdir(mode=0o711)
    user = choose_user(folder)
    server = Server(Cluster(folder, user, readable_for(user, bundled())), max_connections=60)
    server.start(durable=False)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_a_database_of_ones_own_is_used_and_left_running(
    own_server: Server, place: Path, built_front_end: Path
) -> None:
    house = Running(
        place / "elsewhere", built_front_end, variables={"DATABASE_URL": own_server.url}
    )
    house.start()
    assert house.answers
    assert house.processes(house.postgres) == []
    assert not (house.data / "postgres").exists()
    assert house.press_ctrl_c() == 0
    with psycopg.connect(own_server.url) as connection:
        [applied] = connection.execute("SELECT count(*) FROM catalogue_serviceversion").fetchall()
    assert applied[0] > 0


def test_an_ordinary_user_runs_everything(place: Path, built_front_end: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("not run: every other test runs as an ordinary user")
    user = by_name("nobody")
    assert user is not None
    folder = place / "of-nobody"
    folder.mkdir(mode=0o700)
    user.own(folder)
    house = Running(
        folder / "data",
        built_front_end,
        interpreter=_interpreter_for(user),
        variables={"PYTHONPATH": ":".join([str(ROOT), *site.getsitepackages()]), "HOME": "/"},
        credentials=user.credentials(),
    )
    house.start()
    assert house.answers
    assert all(process.uids().real == user.uid for process in house.all_processes())
    assert (house.data / "postgres").stat().st_uid == user.uid
    children = house.all_processes()
    assert house.press_ctrl_c() == 0
    wait_for(lambda: not any(child.is_running() for child in children))


def _interpreter_for(user: SystemUser) -> str:
    """Return a Python like this one that the user may start, with packages that it may read."""
    for needed in (ROOT / "yimen" / "__init__.py", Path(psycopg.__file__)):
        if not user.can("-r", needed):
            pytest.skip(f"not run: {user.name} cannot read {needed}")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (Path(sys.executable).resolve(), Path("/usr/bin") / version):
        if user.can("-x", path):
            return str(path)
    pytest.skip(f"not run: {user.name} can start no {version}")
