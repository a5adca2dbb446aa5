"""A ledger restored from a dump, on a server that counts its transactions anew, goes on."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from happenings import happen, happen_often, seal_all

from yimen.config.embedded import binaries
from yimen.config.embedded.cluster import Cluster
from yimen.config.embedded.server import Server
from yimen.config.embedded.system_user import choose_user
from yimen.ledger import queries
from yimen.ledger.models import Event
from yimen.ledger.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)

GO_ON = """
import json, sys, time
import django
django.setup()
from django.db import connection, transaction
from yimen.ledger import actions, models, queries
from yimen.ledger.queries.verification import verify
with connection.cursor() as cursor:
    cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
    [next_transaction] = cursor.fetchone()
before = verify()
waiting = list(models.Event.objects.unsealed().order_by("id").values_list("payload", "horizon"))
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute(
        "INSERT INTO ledger_event (id, kind, at, actor_kind, actor_label, channel, payload)"
        " VALUES (gen_random_uuid(), 'tests.happened', now(), 'system', '', 'system',"
        ' \\'{"what": "new"}\\')'
    )
until = time.monotonic() + 30
while models.Event.objects.unsealed().exists() and time.monotonic() < until:
    actions.seal_once()
after = verify()
print(json.dumps({
    "next_transaction": next_transaction,
    "horizons": [horizon for _, horizon in waiting],
    "held_before": before.holds,
    "events_before": before.events,
    "fault": str(after.fault),
    "events_after": after.events,
    "unguarded": list(after.unguarded),
    "last": [entry.payload.get("what") for entry in queries.events_after(before.last_position)],
}))
"""


def test_events_of_another_server_come_first_and_none_is_lost(
    unguarded: Callable[..., None],
) -> None:
    happen("sealed before the dump")
    seal_all()
    happen("restored a")
    happen("restored b")
    unguarded("UPDATE ledger_event SET horizon = horizon + 1000000000 WHERE position IS NULL")
    happen("new")
    seal_all()
    assert [entry.payload["what"] for entry in queries.events_after(1)] == [
        "restored a",
        "restored b",
        "new",
    ]
    assert verify().holds


def test_events_whose_transactions_are_long_past_here_are_sealed_too(
    unguarded: Callable[..., None],
) -> None:
    happen("restored")
    unguarded("UPDATE ledger_event SET horizon = 3 WHERE position IS NULL")
    happen("new")
    seal_all()
    assert [entry.payload["what"] for entry in queries.events_after(0)] == ["restored", "new"]


def _installations() -> list[Path]:
    wheel = Path(binaries.bundled().folder)
    return [wheel, *sorted(Path("/usr/lib/postgresql").glob("[0-9]*"))]


@pytest.fixture(params=_installations(), ids=lambda path: path.name)
def new_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    place = Path(tempfile.mkdtemp(prefix="yimen-restore-"))
    place.chmod(0o711)
    user = choose_user(place)
    programs = binaries.readable_for(user, binaries.at(request.param))
    server = Server(Cluster(place, user, programs), max_connections=20, settings={"fsync": "off"})
    server.start(durable=False)
    yield server
    server.stop()
    shutil.rmtree(place, ignore_errors=True)


def _dump() -> bytes:
    """Return the test database as `pg_dump` writes it."""
    parameters = connection.settings_dict
    environment = {
        **os.environ,
        "PGHOST": str(parameters["HOST"] or parameters["OPTIONS"].get("host", "")),
        "PGPORT": str(parameters["PORT"] or ""),
        "PGUSER": str(parameters["USER"] or ""),
        "PGPASSWORD": str(parameters["PASSWORD"] or ""),
    }
    command = [binaries.bundled().program("pg_dump"), "--no-owner", str(parameters["NAME"])]
    dump = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    return b"".join(
        line
        for line in dump.splitlines(keepends=True)
        if not line.startswith(b"SET transaction_timeout")  # older servers do not know it
    )


@pytest.mark.faults
def test_a_dump_restored_into_another_server_goes_on(new_server: Server) -> None:
    happen_often(500)
    seal_all(limit=100)
    with connection.cursor() as cursor:
        for _ in range(3000):  # this server has seen more transactions than the new one
            cursor.execute("SELECT pg_current_xact_id()")
    happen("restored")
    subprocess.run(
        [binaries.bundled().program("psql"), "-q", "-1", "-v", "ON_ERROR_STOP=1", new_server.url],
        input=_dump(),
        capture_output=True,
        check=True,
    )
    environment = {
        **os.environ,
        "DATABASE_URL": new_server.url,
        "YIMEN_DATA": str(settings.DATA_FOLDER),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "yimen.config.settings"),
    }
    told = json.loads(
        subprocess.run(
            [sys.executable, "-c", GO_ON],
            env=environment,
            cwd=settings.ROOT,
            capture_output=True,
            check=True,
        ).stdout
    )
    assert told["held_before"]
    assert told["events_before"] == 500
    [horizon] = told["horizons"]
    assert horizon > told["next_transaction"], "the new server counts from the beginning"
    assert told["last"] == ["restored", "new"]
    assert (told["fault"], told["events_after"]) == ("None", 502)
    assert all(name.endswith("_no_truncate") for name in told["unguarded"])
    assert Event.objects.unsealed().count() == 1, "the old server knows nothing of it"
