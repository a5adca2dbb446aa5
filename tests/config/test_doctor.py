"""`yimen doctor` says what is wrong and what to do; machines ask /health and /metrics."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from applied_city import _applied, city
from django.db import connection
from django.test import Client

from tests.config.conftest import ROOT
from tests.config.test_commands import yimen
from yimen.base.clock import now
from yimen.config.backup.state import note_saved
from yimen.config.doctor.checkup import findings
from yimen.config.doctor.signs import Schema, Signs, measure, schema
from yimen.keys.actions import ensure_keys

__all__ = ["_applied", "city"]

HEALTHY = Signs(
    schema=Schema(0, 0, city_applied=True),
    clock_ahead=0.1,
    sealed_in_future=0.0,
    worker_silent=3.0,
    jobs_waiting=2,
    oldest_job=1.0,
    jobs_failed=0,
    events_unsealed=1,
    oldest_unsealed=0.5,
    disk_free=90_000_000_000,
    disk_size=100_000_000_000,
    has_ledger_key=True,
    first_certificate_ends=365 * 86400.0,
    given_up={"email": 0, "sms": 0},
    deliveries_late=0,
    backup_age=300.0,
)


def test_where_all_is_well_nothing_is_found() -> None:
    assert findings(HEALTHY) == []
    assert findings(replace(HEALTHY, first_certificate_ends=None)) == []


@pytest.mark.parametrize(
    ("change", "about", "sentence"),
    [
        ({"schema": Schema(3, 0, False)}, "migrations", "3 changes of the tables are not made"),
        ({"schema": Schema(0, 2, True)}, "migrations", "a newer one has served it"),
        ({"schema": Schema(0, 0, False)}, "city", "No city is applied"),
        ({"worker_silent": None}, "worker", "No worker has given a sign of life: nothing"),
        ({"worker_silent": 7300.0}, "worker", "sign of life for 2 hours"),
        ({"jobs_waiting": 9, "oldest_job": 3700.0}, "jobs", "9 jobs wait, the oldest for 1 hour"),
        ({"jobs_failed": 4}, "jobs", "4 jobs failed"),
        ({"has_ledger_key": False}, "keys", "The key that seals the ledger is not"),
        ({"oldest_unsealed": 61.0}, "ledger", "not sealed, the oldest for 1 minute"),
        ({"first_certificate_ends": 86400.0 * 2}, "certificates", "in use ends in 2 days"),
        ({"first_certificate_ends": -5.0}, "certificates", "in use has ended"),
        ({"disk_free": 1_000_000_000}, "disk", "has 1.0 GB left of 100 GB"),
        ({"clock_ahead": -45.0}, "clock", "and the database's differ by 45 seconds"),
        ({"sealed_in_future": 600.0}, "clock", "and the last seal's differ by 10 minutes"),
        ({"given_up": {"email": 7, "sms": 0}}, "email", "7 e-mails were given up"),
        ({"given_up": {"email": 0, "sms": 1}}, "sms", "1 short messages were given up"),
        ({"deliveries_late": 5}, "deliveries", "5 e-mails or short messages are due"),
        ({"backup_age": None}, "backup", "There is no backup"),
        ({"backup_age": 3 * 86400.0}, "backup", "The last backup is 3 days old"),
    ],
)
def test_each_trouble_is_named_with_a_remedy(
    change: dict[str, object], about: str, sentence: str
) -> None:
    [found] = findings(replace(HEALTHY, **change))  # type: ignore[arg-type]  # of any type
    assert found.about == about
    assert sentence in found.what
    assert found.remedy


@pytest.mark.django_db
def test_a_database_without_a_city_is_not_ready(client: Client) -> None:
    assert schema() == Schema(0, 0, city_applied=False)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "no city is applied"}
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'mailbox'")
        cursor.execute("INSERT INTO django_migrations VALUES (DEFAULT, 'cases', '9999', now())")
    assert client.get("/health/ready").json() == {"status": "tables are not up to date"}
    found = measure()
    assert isinstance(found, Schema)
    assert [finding.about for finding in findings(found)] == ["migrations", "migrations"]
    assert "yimen_city_applied 0" in client.get("/metrics").content.decode()


@pytest.mark.usefixtures("city")
def test_a_city_whose_worker_has_gone_is_examined(client: Client, data_folder: Path) -> None:
    ensure_keys()
    note_saved(data_folder, Path("/elsewhere"), now() - timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
        )
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
            " VALUES ('default', 'a', now() - interval '2 hours'), ('default', 'b', NULL)"
        )
    found = measure()
    assert isinstance(found, Signs)
    assert found.jobs_waiting == 2
    assert 7100 < found.oldest_job < 7300
    assert found.backup_age is not None
    assert 3599 < found.backup_age < 3700
    about = [finding.about for finding in findings(found)]
    assert about[:2] == ["worker", "jobs"]
    assert "backup" not in about
    assert client.get("/health/ready").json() == {"status": "ready"}
    text = client.get("/metrics").content.decode()
    assert re.search(r"^yimen_worker_silent_seconds 36\d\d", text, re.MULTILINE)
    assert re.search(r"^# TYPE yimen_jobs_waiting gauge\nyimen_jobs_waiting 2$", text, re.MULTILINE)


def test_the_measures_are_for_this_machine_or_for_who_has_the_token(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status(**headers: str) -> int:
        return client.get("/metrics", **headers).status_code  # type: ignore[arg-type]  # headers

    assert status(REMOTE_ADDR="127.0.0.1") == 200
    assert status(REMOTE_ADDR="10.0.0.9") == 404
    assert status(REMOTE_ADDR="") == 404
    assert status(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.0.0.9") == 404
    assert status(REMOTE_ADDR="10.0.0.9", HTTP_AUTHORIZATION="Bearer ") == 404
    monkeypatch.setenv("YIMEN_METRICS_TOKEN", "long-and-random")
    assert status(REMOTE_ADDR="10.0.0.9", HTTP_AUTHORIZATION="Bearer long-and-random") == 200
    assert status(REMOTE_ADDR="10.0.0.9", HTTP_AUTHORIZATION="Bearer another") == 404


def test_a_probe_gets_its_answer_while_the_database_is_away(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.test import Client\n"
        "c = Client()\n"
        "print([c.get(p).status_code for p in ('/health/live', '/health/ready', '/metrics')])\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=dict(os.environ)
        | {
            "DATABASE_URL": "postgresql://yimen@127.0.0.1:1/nowhere",
            "DJANGO_SETTINGS_MODULE": "yimen.config.settings",
            "YIMEN_DATA": str(tmp_path),
            "YIMEN_SITE_URL": "https://city.example",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "[200, 503, 503]\n"


@pytest.mark.usefixtures("city")
def test_the_doctor_speaks_to_people_and_to_machines(tmp_path: Path) -> None:
    url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    said = yimen("doctor", DATABASE_URL=url, YIMEN_DATA=str(tmp_path))
    assert said.returncode == 1, said.stderr
    assert "- There is no backup of this installation.\n  Run `yimen backup DIR`" in said.stdout
    assert "- The key that seals the ledger is not in the data folder." in said.stdout
    nowhere = "postgresql://yimen:secret@127.0.0.1:1/nowhere"
    told = yimen("doctor", "--json", DATABASE_URL=nowhere, YIMEN_DATA=str(tmp_path))
    assert told.returncode == 1
    [finding] = json.loads(told.stdout)["findings"]
    assert finding["about"] == "database"
    assert "cannot be reached" in finding["what"]
    assert "secret" not in told.stdout + told.stderr
