"""What all tests stand on: a real PostgreSQL and a data folder of their own.

Without DATABASE_URL, each process that runs tests starts the embedded server in a temporary folder
and stops it at the end; servers of their own, because what waits for the oldest running transaction
(the sealer of the ledger) would else wait for tests of other processes. YIMEN_TEST_POSTGRESQL names
another installation of PostgreSQL to run them on, such as /usr/lib/postgresql/15.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import pytest_django
from applied_city import apply_shanghai
from database_states import (
    DatabaseStates,
    State,
    commits,
    in_order,
    uses_database,
    wanted_state,
)
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from yimen.catalogue import queries as catalogue
from yimen.catalogue.queries import forget_city
from yimen.config.embedded.binaries import at as binaries_at
from yimen.config.embedded.binaries import bundled, readable_for
from yimen.config.embedded.cluster import ROLE, Cluster
from yimen.config.embedded.server import Server
from yimen.config.embedded.system_user import choose_user
from yimen.keys.actions import ensure_keys
from yimen.keys.loader.folder import key_folder
from yimen.keys.rules import AUTHORITY, STAMP

JOURNEYS = "tests/journeys/"
MANY_WORKERS = 4
FAST_BUT_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Its workers belong to the administrator: who copies a database could not send them away.
UNDISTURBED = {"autovacuum": "off"}

_server = pytest.StashKey[Server]()
_folder = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    _use_data_folder(config)
    runs_tests = hasattr(config, "workerinput") or config.getoption("dist", "no") == "no"
    if "DATABASE_URL" not in os.environ and runs_tests and not config.getoption("collectonly"):
        _start_server(config)
    if "DATABASE_URL" in os.environ:
        default = settings.DATABASES["default"]
        default.update(dj_database_url.parse(os.environ["DATABASE_URL"], engine=default["ENGINE"]))


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server in config.stash:
        config.stash[_server].stop()
        os.environ.pop("DATABASE_URL", None)
    shutil.rmtree(config.stash[_folder], ignore_errors=True)


class ByFile(LoadFileScheduling):
    """Keeps the tests of one file on one worker, and all journeys where there are few workers.

    They share what they start: each worker that walks a journey opens a house of its own, which a
    machine of two or three processors has no room for twice.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = super()._split_scope(nodeid)
        together = path.startswith(JOURNEYS) and self.numnodes < MANY_WORKERS
        return JOURNEYS if together else path


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Repeat the verdicts of the gates just above pytest's closing line."""
    gates = os.environ.get("YIMEN_GATES")
    if gates:
        terminalreporter.section("gates")
        terminalreporter.write_line(Path(gates).read_text().rstrip())


def _use_data_folder(config: pytest.Config) -> None:
    """Point all that is written outside the database at a folder that goes away with the run."""
    folder = Path(tempfile.mkdtemp(prefix="yimen-tests-"))
    folder.chmod(0o711)  # the database's user passes through
    config.stash[_folder] = folder
    # Making a password costs a fifth of a second on purpose; what is slow by intent tests nothing here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Tests without a browser need no built styles: names of static files stay as they are.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    settings.DATA_FOLDER = folder
    settings.MEDIA_ROOT = folder / "media"
    settings.DOCUMENT_STORE = folder / "documents"
    settings.KEY_FOLDER = folder / "keys"
    settings.EMAIL_FILE_PATH = folder / "email"


def _start_server(config: pytest.Config) -> None:
    place = config.stash[_folder]
    user = choose_user(place)
    named = os.environ.get("YIMEN_TEST_POSTGRESQL")
    binaries = binaries_at(Path(named)) if named else bundled()
    cluster = Cluster(place, user, readable_for(user, binaries))
    server = Server(cluster, max_connections=100, settings=FAST_BUT_FORGETFUL | UNDISTURBED)
    server.start(durable=False)
    config.stash[_server] = server
    with psycopg.connect(server.administrator_url, autocommit=True) as connection:
        # Who tampers with the ledger in a test steps over the triggers that forbid it.
        connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")
    os.environ["DATABASE_URL"] = server.url


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tested = tuple(f"{folder}/" for folder in os.environ.get("YIMEN_TESTED", "").split())
    if tested:  # the gates have run them already, and no database makes a difference to them
        items[:] = [i for i in items if uses_database(i) or not i.nodeid.startswith(tested)]
    items[:] = in_order(items)


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[DatabaseStates]:
    """Make keys, let tests empty the ledger's tables, and keep the database as it is then."""
    ensure_keys()
    # A slow machine must not count the small question for a newer city among a page's queries.
    catalogue.RECHECK_SECONDS = 3600.0
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            for table in ("ledger_event", "ledger_seal", "ledger_dayroot"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
        states = DatabaseStates(apply_shanghai)
        states.keep(State.EMPTY)
    yield states
    with django_db_blocker.unblock():
        states.drop_templates()


@pytest.fixture(scope="module", autouse=True)
def _database_of_the_file(request: pytest.FixtureRequest) -> None:
    """Begin each file with the state that its first test asks for, whatever was before."""
    mine = [item for item in request.session.items if item.path == request.path]
    if first := next(filter(uses_database, mine), None):
        states = request.getfixturevalue("django_db_setup")
        states.forget()
        _bring(states, wanted_state(first), request)


@pytest.fixture
def _database_of_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
    states = request.getfixturevalue("django_db_setup")
    _bring(states, wanted_state(request.node), request)
    yield
    if commits(request.node):
        states.forget()


def _bring(states: DatabaseStates, state: State, request: pytest.FixtureRequest) -> None:
    if states.present is not state:
        with request.getfixturevalue("django_db_blocker").unblock():
            states.become(state)
        forget_city()


@pytest.fixture
def _django_db_helper(_database_of_the_test: None, _django_db_helper: None) -> None:
    """Let each test find the state that it asks for, before its transaction begins."""


def _keep_all(_test_case: TransactionTestCase) -> None:
    """Empty nothing after a test that commits: the next one gets a fresh copy."""


TransactionTestCase._fixture_teardown = _keep_all  # type: ignore[method-assign]  # TestCase's own stays


@pytest.fixture(autouse=True)
def _seals_of_one_test() -> Iterator[None]:
    """Forget certificates after each test: who travels in time leaves some that begin tomorrow."""
    yield
    folder = settings.KEY_FOLDER
    if (folder / AUTHORITY).exists():
        for made in (AUTHORITY, STAMP, "seal-*"):
            for path in folder.glob(made):
                shutil.rmtree(path)
        key_folder.cache_clear()


@pytest.fixture
def data_folder(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[Path]:
    """A fresh data folder for one test: its documents, keys and e-mails only."""
    for name, part in (
        ("DATA_FOLDER", ""),
        ("MEDIA_ROOT", "media"),
        ("DOCUMENT_STORE", "documents"),
        ("KEY_FOLDER", "keys"),
        ("EMAIL_FILE_PATH", "email"),
    ):
        setattr(settings, name, tmp_path / part)
    yield tmp_path
