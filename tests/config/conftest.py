"""Real processes: `yimen run` on data folders that go away with the test."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
import pytest

from yimen.config.embedded import leftovers
from yimen.config.embedded.cluster import cluster_of
from yimen.config.embedded.server import url_of
from yimen.config.embedded.system_user import Credentials
from yimen.config.running import Address, answers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder that the database's user can pass through; pytest's own is closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="yimen-config-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def built_front_end(place: Path) -> Path:
    """What the web server needs of the built front-end, whether it was built or not."""
    folder = place / "static"
    folder.mkdir()
    (folder / "staticfiles.json").write_text('{"version": "1.1", "paths": {}, "hash": ""}')
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(what: Callable[[], object], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, f"{what} did not come true in {seconds} s"
        time.sleep(0.05)


def ended(process: psutil.Process) -> bool:
    """Say whether a process has ended, also when nobody has taken note of it yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@dataclass
class Running:
    """One `yimen run`."""

    data: Path
    static: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    interpreter: str = sys.executable
    variables: dict[str, str] = field(default_factory=dict)
    credentials: Credentials = field(default_factory=Credentials)

    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        return {
            **kept,
            "YIMEN_DATA": str(self.data),
            "YIMEN_STATIC": str(self.static),
            "YIMEN_WEB_WORKERS": "1",
            "PYTHONUNBUFFERED": "1",
            **self.variables,
        }

    def start(self) -> "Running":
        self.process = subprocess.Popen(
            [self.interpreter, "-m", "yimen.config", "run", "--no-demo", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment(),
            stdout=(self.data.parent / f"{self.data.name}.out").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
            **self.credentials,
        )
        wait_for(lambda: self.has_ended or "Yimen is at" in self.said, 120)
        assert not self.has_ended, self.said
        return self

    def command(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.interpreter, "-m", "yimen.config", *arguments],
            cwd=ROOT,
            env=self.environment() | extra,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @property
    def said(self) -> str:
        return (self.data.parent / f"{self.data.name}.out").read_text()

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    @property
    def answers(self) -> bool:
        return answers(Address("127.0.0.1", self.port))

    def processes(self, word: str) -> list[psutil.Process]:
        """The direct children whose command line holds this word."""
        assert self.process is not None
        return [
            child
            for child in psutil.Process(self.process.pid).children()
            if child.status() != psutil.STATUS_ZOMBIE and word in child.cmdline()
        ]

    def only(self, word: str) -> psutil.Process:
        wait_for(lambda: len(self.processes(word)) == 1)
        return self.processes(word)[0]

    def all_processes(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    @property
    def postgres(self) -> str:
        return cluster_of(self.data).binaries.program("postgres")

    @property
    def socket_folder(self) -> Path:
        said = leftovers.read_pid_file(cluster_of(self.data).folder)
        assert said is not None
        return Path(said.socket_folder)

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with psycopg.connect(url_of(str(self.socket_folder)), autocommit=True) as connection:
            cursor = connection.execute(question.encode())
            return cursor.fetchall() if cursor.description else []

    @property
    def database_answers(self) -> bool:
        try:
            return self.ask("SELECT 1") == [(1,)]
        except (psycopg.OperationalError, AssertionError):
            return False

    def press_ctrl_c(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=40)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if not self.has_ended:
            self.press_ctrl_c()


@pytest.fixture(scope="session")
def prepared(place: Path, built_front_end: Path) -> Path:
    """A data folder as a first `yimen run` leaves it."""
    first = Running(place / "prepared", built_front_end).start()
    assert first.press_ctrl_c() == 0
    return first.data


@pytest.fixture
def new_folder(place: Path, prepared: Path) -> Iterator[Callable[[str], Path]]:
    """Copies of the prepared data folder, removed afterwards."""
    made: list[Path] = []

    def make(name: str) -> Path:
        folder = place / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["/bin/cp", "-a", prepared, folder], check=True)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def shared_house(place: Path, prepared: Path, built_front_end: Path) -> Iterator[Running]:
    """One house for tests that leave it running."""
    folder = place / "shared"
    subprocess.run(["/bin/cp", "-a", prepared, folder], check=True)
    running = Running(folder, built_front_end)
    yield running
    running.end()
    shutil.rmtree(folder)


@pytest.fixture
def house(shared_house: Running) -> Running:
    """A house that runs, with a row in its database that must never be lost."""
    if shared_house.has_ended:
        shared_house.start()
    wait_for(lambda: shared_house.database_answers)
    shared_house.ask("CREATE TABLE IF NOT EXISTS kept (word text)")
    shared_house.ask("INSERT INTO kept SELECT 'kept' WHERE NOT EXISTS (SELECT FROM kept)")
    return shared_house
