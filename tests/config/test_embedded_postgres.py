"""The embedded PostgreSQL stands up again after everything that can befall it."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.config.conftest import ended, wait_for
from yimen.config import environment
from yimen.config.embedded import binaries, cluster, leftovers, session, system_user
from yimen.config.embedded.cluster import Cluster, cluster_of
from yimen.config.embedded.server import Server
from yimen.config.embedded.upgrade import upgrade
from yimen.config.refusal import Refusal

pytestmark = pytest.mark.faults

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="not run: these are root's cases")


@pytest.fixture(scope="session")
def made(place: Path) -> Cluster:
    """A cluster made once; tests work on copies of it."""
    folder = place / "made"
    folder.mkdir(mode=0o711)
    server = Server(cluster_of(folder), max_connections=10)
    server.start(durable=False)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'kept' AS word")
    server.stop()
    return server.cluster


@pytest.fixture
def folder(place: Path, made: Cluster, request: pytest.FixtureRequest) -> Iterator[Path]:
    folder = place / request.node.name[:60]
    subprocess.run(["/bin/cp", "-a", made.place, folder], check=True)
    yield folder
    leftovers.clear(cluster_of(folder))
    subprocess.run(["/bin/rm", "-rf", folder], check=True)


@pytest.fixture
def serve() -> Iterator[Callable[[Path], Server]]:
    servers: list[Server] = []

    def start(folder: Path) -> Server:
        server = Server(cluster_of(folder), max_connections=20)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


def ask(server: Server, question: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


def test_the_database_is_utf8_in_the_plain_locale_and_only_behind_a_private_socket(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    server = serve(folder)
    assert ask(server, "SHOW server_encoding") == "UTF8"
    assert ask(server, "SELECT datcollate FROM pg_database LIMIT 1") == "C.UTF-8"
    assert ask(server, "SHOW listen_addresses") == ""
    assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.folder.stat().st_mode) == 0o700
    assert ask(server, "SHOW max_connections") == "20"


def test_the_product_is_no_superuser_of_the_database(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    server = serve(folder)
    assert ask(server, "SELECT current_user") == "yimen"
    assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_half_made_database_is_made_anew(place: Path, serve: Callable[[Path], Server]) -> None:
    folder = place / "half-made"
    (folder / "postgres.unfinished" / "base").mkdir(parents=True)
    folder.chmod(0o711)
    server = serve(folder)
    assert ask(server, "SELECT 1") == 1
    assert not (folder / "postgres.unfinished").exists()


def test_a_stale_pid_file_that_names_another_program_is_no_obstacle(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    stranger = subprocess.Popen(["/bin/sleep", "600"])
    try:
        pid_file = folder / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{folder}/postgres\n1\n5432\n/nowhere\n\n0\nready\n")
        server = serve(folder)
        assert ask(server, "SELECT word FROM kept") == "kept"
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_unreadable_pid_file_is_no_obstacle(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    (folder / "postgres" / "postmaster.pid").write_text("nonsense")
    assert ask(serve(folder), "SELECT word FROM kept") == "kept"


def test_a_server_left_running_is_stopped_before_a_new_one_starts(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from yimen.config import parent_death\n"
        "parent_death.follow_parent = lambda *_: None\n"
        "from yimen.config.embedded.cluster import cluster_of\n"
        "from yimen.config.embedded.server import Server\n"
        "server = Server(cluster_of(Path(sys.argv[1])), max_connections=20)\n"
        "server.start()\n"
        "print(server.process.pid, server.socket_folder, flush=True)\n"
        "os._exit(9)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, folder],
        cwd=environment.ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    leftover = psutil.Process(int(said[0]))
    assert leftover.is_running()
    server = serve(folder)
    assert ended(leftover)
    assert not Path(said[1]).exists()
    assert ask(server, "SELECT word FROM kept") == "kept"


def test_children_that_outlive_a_killed_server_are_ended(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    server = serve(folder)
    assert server.process is not None
    connection = psycopg.connect(server.url)
    stuck = psutil.Process(connection.info.backend_pid)
    stuck.suspend()
    server.process.kill()
    server.process.wait()
    again = serve(folder)
    assert ended(stuck)
    connection.close()
    assert ask(again, "SELECT word FROM kept") == "kept"


def test_another_major_version_is_told_about_with_the_way_over(folder: Path) -> None:
    (folder / "postgres" / "PG_VERSION").write_text("15\n")
    with pytest.raises(Refusal, match=r"made by PostgreSQL 15.*Run `yimen upgrade`"):
        Server(cluster_of(folder), max_connections=10).start()


def test_upgrade_moves_the_data_of_an_older_version_and_keeps_it(
    place: Path, serve: Callable[[Path], Server]
) -> None:
    folder = place / "older"
    folder.mkdir(mode=0o711)
    user = system_user.choose_user(folder)
    older = binaries.readable_for(user, binaries.at(binaries.bundled().folder.parent / "pginstall"))
    server = Server(Cluster(folder, user, older), max_connections=10)
    server.start(durable=False)
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA dataset")
        connection.execute("CREATE TABLE dataset.kept AS SELECT '旧' AS word")
    server.stop()
    with pytest.raises(Refusal, match=f"made by PostgreSQL {older.major}"):
        serve(folder)
    said: list[str] = []
    assert upgrade(folder, said.append) == folder / f"postgres-{older.major}"
    moved = serve(folder)
    assert ask(moved, "SELECT word FROM dataset.kept") == "旧"
    assert ask(moved, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname='kept'") == (
        "yimen"
    )
    moved.stop()
    assert upgrade(folder, said.append) is None


def test_an_upgrade_without_the_old_programs_names_what_to_install(folder: Path) -> None:
    (folder / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refusal, match="apt-get install postgresql-9"):
        upgrade(folder, print)
    (folder / "postgres" / "PG_VERSION").write_text(f"{binaries.bundled().major}\n")


def test_a_database_that_cannot_start_says_why_in_a_sentence(folder: Path) -> None:
    (folder / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(Refusal, match=r"did not start. PostgreSQL says: .*postgres\.log"):
        Server(cluster_of(folder), max_connections=10).start()


def test_the_socket_has_a_short_path_however_long_the_temporary_folder(
    folder: Path, serve: Callable[[Path], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp/" + "long" * 30)
    server = serve(folder)
    assert len(str(server.socket_folder)) < 90
    assert ask(server, "SELECT 1") == 1


def test_a_command_that_finishes_first_leaves_the_server_to_the_other(
    folder: Path,
) -> None:
    said: list[str] = []
    with session.shared_database(cluster_of(folder), "first", 20, said.append) as url:
        pid_file = leftovers.read_pid_file(folder / "postgres")
        with session.shared_database(cluster_of(folder), "second", 20, said.append) as same:
            assert url == same
        assert leftovers.read_pid_file(folder / "postgres") == pid_file
    assert leftovers.read_pid_file(folder / "postgres") is None


@as_root
def test_root_runs_the_database_as_a_user_who_exists(
    folder: Path, serve: Callable[[Path], Server]
) -> None:
    server = serve(folder)
    assert server.process is not None
    assert psutil.Process(server.process.pid).uids().effective != 0
    assert server.cluster.folder.stat().st_uid == server.cluster.user.uid
    assert folder.stat().st_uid == 0


@as_root
def test_root_may_name_the_user(
    folder: Path, serve: Callable[[Path], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("YIMEN_DATABASE_USER", "nobody")
        assert cluster_of(folder).user.name == "nobody"
        patch.setenv("YIMEN_DATABASE_USER", "who-is-not-there")
        with pytest.raises(Refusal, match="'who-is-not-there', who is not a user of this machine"):
            cluster_of(folder)


@as_root
def test_below_a_closed_folder_root_keeps_the_database_elsewhere_and_finds_it_again(
    place: Path, serve: Callable[[Path], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SHARED_STATE", place / "state")
    monkeypatch.setattr(binaries, "SHARED_STATE", place / "state")
    closed = place / "closed"
    data = closed / "data"
    data.mkdir(parents=True)
    closed.chmod(0o700)
    server = serve(data)
    assert ask(server, "SELECT 1") == 1
    assert server.cluster.place.parent == place / "state"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert cluster_of(data).place == server.cluster.place


@as_root
def test_programs_that_the_databases_user_cannot_read_are_copied_once(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "SHARED_STATE", place / "copies")
    monkeypatch.setattr(binaries, "_can_run", _only_below(place / "copies", binaries._can_run))
    user = system_user.choose_user()
    bundled = binaries.bundled()
    copied = binaries.readable_for(user, bundled)
    assert copied.folder.is_relative_to(place / "copies")
    assert binaries.readable_for(user, bundled) == copied
    command = [copied.program("postgres"), "--version"]
    said = subprocess.run(command, capture_output=True, cwd="/", check=True, **user.credentials())
    assert bundled.version.encode() in said.stdout


def _only_below(
    top: Path, really: Callable[[system_user.SystemUser, Path], bool]
) -> Callable[[system_user.SystemUser, Path], bool]:
    """Play a wheel in a closed folder."""
    return lambda user, folder: folder.is_relative_to(top) and really(user, folder)


@as_root
def test_an_ordinary_user_needs_no_other(place: Path) -> None:
    """A forked child becomes `nobody` and runs the database as itself."""
    nobody = system_user.by_name("nobody")
    assert nobody is not None
    folder = place / "ordinary"
    folder.mkdir()
    os.chown(folder, nobody.uid, nobody.gid)
    programs = binaries.readable_for(nobody, binaries.bundled())
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(nobody.gid)
            os.setuid(nobody.uid)
            user = system_user.choose_user(folder)
            server = Server(Cluster(folder, user, programs), max_connections=10)
            server.start(durable=False)
            answer = ask(server, "SELECT current_user")
            server.stop()
            os._exit(0 if answer == "yimen" and not user.is_other else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert (folder / "postgres").stat().st_uid == nobody.uid


def test_the_server_ends_when_the_process_that_started_it_is_killed(folder: Path) -> None:
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from yimen.config.embedded.cluster import cluster_of\n"
        "from yimen.config.embedded.server import Server\n"
        "server = Server(cluster_of(Path(sys.argv[1])), max_connections=20)\n"
        "server.start()\n"
        "print(server.process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, folder],
        cwd=environment.ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout is not None
    server = psutil.Process(int(starter.stdout.readline()))
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    wait_for(lambda: ended(server))
    assert leftovers.read_pid_file(folder / "postgres") is None
    abandoned = Path((folder / "postgres.socket").read_text())
    assert abandoned.exists()
    leftovers.clear(cluster_of(folder))
    assert not abandoned.exists()
