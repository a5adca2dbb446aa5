"""Deliveries: tried again later and later, never lost and never doubled, given up in the end."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.core import mail
from django.db import connection
from gateway_server import Gateway, gateway_server

from yimen.base.actor import SYSTEM
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.ledger.models import Event
from yimen.mailbox import tasks
from yimen.mailbox.actions import (
    ask_fates,
    deliver,
    deliver_due,
    delivering,
    give_up_old,
    queue_account_email,
)
from yimen.mailbox.models import Delivery
from yimen.mailbox.rules import BACK_OFF, LEASE, MOST_TRIES, wait_after
from yimen.mailbox.types import Fate

pytestmark = pytest.mark.usefixtures("city")
TEXT = "上海市：你的信箱里有一条新消息。"


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    with gateway_server() as serving:
        settings.SMS_GATEWAY, settings.SMS_TOKEN = serving.address, "a-token"
        settings.SMS_TIMEOUT = 0.3
        yield serving


def an_sms(phone: str = "13800000001") -> Delivery:
    at = now()
    return Delivery.objects.create(
        person_id=uuid7(),
        way="sms",
        address=phone,
        body=TEXT,
        state="waiting",
        queued_at=at,
        next_try_at=at,
    )


def tried(row: Delivery, at: datetime | None = None) -> Delivery:
    with time_machine.travel(at or now(), tick=False):
        deliver(SYSTEM, row.person_id, row.id)
    row.refresh_from_db()
    return row


def test_a_short_message_reaches_its_gateway_with_its_key(gateway: Gateway) -> None:
    row = tried(an_sms())
    assert gateway.sent == [{"key": str(row.id), "to": "13800000001", "text": TEXT}]
    assert gateway.tokens == {"Bearer a-token"}
    assert (row.state, row.body, row.tries, row.error) == ("sent", "", 1, "")
    assert Event.objects.get(kind="mailbox.delivery_sent").payload == {
        "delivery_id": str(row.id),
        "way": "sms",
    }
    assert tried(row).tries == 1 and gateway.asked == 1


def test_nothing_personal_stands_in_the_log(gateway: Gateway, caplog) -> None:
    gateway.status = 503
    tried(an_sms())
    gateway.status = 400
    tried(an_sms())
    assert "503" in caplog.text and "400" in caplog.text
    assert "13800000001" not in caplog.text and TEXT not in caplog.text


@pytest.mark.parametrize("status", [500, 503, 401, 404, 429])
def test_a_gateway_in_trouble_is_tried_again(gateway: Gateway, status: int) -> None:
    gateway.status = status
    row = tried(an_sms())
    assert (row.state, row.tries, row.error, row.body) == ("waiting", 1, f"HTTP {status}", TEXT)
    gateway.status = 202
    assert tried(row).tries == 1  # not yet
    assert tried(row, row.next_try_at).state == "sent"


def test_a_gateway_that_answers_after_a_minute_is_not_waited_for_and_sends_once(
    gateway: Gateway,
) -> None:
    gateway.silent = True
    row = tried(an_sms())
    assert (row.state, row.error) == ("waiting", "TimeoutError")
    gateway.silent = False
    assert tried(row, row.next_try_at).state == "sent"
    assert gateway.asked == 2 and gateway.keys == [str(row.id)]


def test_a_gateway_that_has_the_key_already_counts_as_sent(gateway: Gateway) -> None:
    gateway.status = 409
    assert tried(an_sms()).state == "sent"


def test_a_number_that_the_gateway_refuses_is_given_up_at_once(gateway: Gateway) -> None:
    gateway.status = 422
    row = tried(an_sms("1"))
    assert (row.state, row.body, row.error, row.tries) == ("failed", "", "HTTP 422", 1)


def test_a_receiver_that_is_away_for_five_minutes_loses_nothing(settings, gateway: Gateway) -> None:
    address, settings.SMS_GATEWAY = settings.SMS_GATEWAY, "http://127.0.0.1:9/messages"  # discard
    rows = [an_sms(f"1380000000{number}") for number in range(5)]
    start = now()
    for minute in range(5):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            for row in rows:
                tasks.deliver("event", str(row.person_id), {"delivery_id": str(row.id)})
            tasks.deliver_waiting(0)
    assert {row.state for row in Delivery.objects.all()} == {"waiting"}
    settings.SMS_GATEWAY = address
    for minute in range(5, 30):
        with time_machine.travel(start + timedelta(minutes=minute), tick=False):
            tasks.deliver_waiting(0)
    assert sorted(gateway.keys) == sorted(str(row.id) for row in rows)
    assert gateway.asked == 5
    assert {row.state for row in Delivery.objects.all()} == {"sent"}


def test_a_receiver_that_fails_is_left_alone_for_a_minute(gateway: Gateway) -> None:
    gateway.status = 503
    rows = [an_sms() for _ in range(5)]
    start = now()
    with time_machine.travel(start, tick=False):
        assert deliver_due(SYSTEM) == 0
        assert gateway.asked == 3
        tried(rows[4], start)
        assert gateway.asked == 3
    assert tried(rows[4], start + timedelta(seconds=61)).tries == 1
    assert gateway.asked == 4


def test_each_try_waits_longer_and_the_last_gives_up(gateway: Gateway) -> None:
    gateway.status = 503
    row, moment = an_sms(), now()
    for minutes in BACK_OFF:
        tried(row, moment)
        assert row.state == "waiting"
        assert row.next_try_at == moment + timedelta(minutes=minutes)
        moment = row.next_try_at
    tried(row, moment)
    assert (row.state, row.tries, row.body) == ("failed", MOST_TRIES, "")
    assert Event.objects.get(kind="mailbox.delivery_failed").payload["tries"] == MOST_TRIES
    assert wait_after(99) == timedelta(minutes=BACK_OFF[-1])
    assert sum(BACK_OFF) < 24 * 60


def test_two_workers_never_try_the_same_at_once(gateway: Gateway) -> None:
    row = an_sms()
    gateway.before_answer = lambda: None
    with time_machine.travel(now(), tick=False):
        Delivery.objects.filter(id=row.id).update(next_try_at=now() + LEASE, tries=1)
        deliver(SYSTEM, row.person_id, row.id)
        assert deliver_due(SYSTEM) == 0
    assert gateway.asked == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.faults
def test_a_worker_killed_in_the_middle_neither_loses_nor_doubles(gateway: Gateway) -> None:
    row = an_sms()
    worker = _worker(row, gateway)
    gateway.before_answer = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(60) == -signal.SIGKILL
    row.refresh_from_db()
    assert (row.state, row.tries) == ("waiting", 1)
    assert gateway.keys == [str(row.id)]  # the gateway had taken it
    gateway.before_answer = lambda: None
    assert tried(row, now() + LEASE / 2).state == "waiting"
    assert tried(row, now() + LEASE + timedelta(seconds=1)).state == "sent"
    assert gateway.keys == [str(row.id)] and gateway.asked == 2


_DELIVER = """
import sys, django
django.setup()
from uuid import UUID
from yimen.base.actor import SYSTEM
from yimen.mailbox.actions import deliver
deliver(SYSTEM, UUID(sys.argv[1]), UUID(sys.argv[2]))
"""


def _worker(row: Delivery, gateway: Gateway) -> "subprocess.Popen[bytes]":
    where = connection.settings_dict
    address = f"postgresql://{where['USER']}@/{where['NAME']}?host={where['HOST']}"
    if where["PORT"]:
        address += f"&port={where['PORT']}"
    told = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "yimen.config.settings",
        "YIMEN_SMS": gateway.address,
    }
    told.pop("YIMEN_TEST_DATABASE", None)
    return subprocess.Popen([sys.executable, "-c", _DELIVER, str(row.person_id), str(row.id)],
                            env=told)  # fmt: skip


def test_what_a_worker_notes_after_another_gave_up_changes_nothing(gateway: Gateway) -> None:
    row = an_sms()
    Delivery.objects.filter(id=row.id).update(state="failed")
    delivering._note_sent(SYSTEM, row)
    delivering._give_up(SYSTEM, row, "HTTP 422")
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "")
    assert not Event.objects.filter(kind__startswith="mailbox.delivery").exists()


def test_what_was_taken_by_another_meanwhile_is_left_to_it(gateway: Gateway) -> None:
    row = an_sms()
    Delivery.objects.filter(id=row.id).update(next_try_at=now() + LEASE)
    assert delivering._try(SYSTEM, row) is True
    assert gateway.asked == 0


# What became of it


def test_the_gateway_is_asked_what_became_of_a_message(gateway: Gateway) -> None:
    row, other = tried(an_sms()), tried(an_sms())
    gateway.status = 200
    assert ask_fates(SYSTEM) == 0
    gateway.state = "delivered"
    Delivery.objects.filter(id=other.id).update(sent_at=now() - timedelta(days=4))
    tasks.ask_gateway(0)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.state, other.state) == ("delivered", "sent")
    assert row.settled_at is not None
    assert Event.objects.filter(kind="mailbox.delivery_arrived").count() == 1
    assert ask_fates(SYSTEM) == 0


def test_a_message_that_never_arrived_has_failed(gateway: Gateway) -> None:
    row = tried(an_sms())
    gateway.status, gateway.state = 200, "failed"
    assert ask_fates(SYSTEM) == 1
    row.refresh_from_db()
    assert row.state == "failed"
    assert Event.objects.filter(kind="mailbox.delivery_failed").count() == 1


def test_a_gateway_that_does_not_say_is_asked_again(gateway: Gateway) -> None:
    row = tried(an_sms())
    gateway.status = 500
    assert ask_fates(SYSTEM) == 0
    row.refresh_from_db()
    assert row.state == "sent"


def test_what_was_settled_meanwhile_is_not_settled_again(gateway: Gateway) -> None:
    row = tried(an_sms())
    delivering._settle(SYSTEM, row, Fate.DELIVERED)
    delivering._settle(SYSTEM, row, Fate.FAILED)
    row.refresh_from_db()
    assert row.state == "delivered"


# The file


def test_without_a_gateway_messages_stand_in_a_file_line_by_line(settings, tmp_path: Path) -> None:
    settings.SMS_GATEWAY, settings.SMS_FOLDER = "", tmp_path / "sms"
    first, second = tried(an_sms()), tried(an_sms("13800000002"))
    lines = (tmp_path / "sms" / "messages.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["to"] for line in lines] == ["13800000001", "13800000002"]
    assert ask_fates(SYSTEM) == 2
    Delivery.objects.filter(id=first.id).update(state="waiting", next_try_at=now())
    tried(first)
    assert len((tmp_path / "sms" / "messages.jsonl").read_text("utf-8").splitlines()) == 2
    assert second.state == "sent"


def test_a_folder_that_cannot_be_written_is_tried_again(settings, tmp_path: Path) -> None:
    (tmp_path / "sms").touch()
    settings.SMS_GATEWAY, settings.SMS_FOLDER = "", tmp_path / "sms"
    assert tried(an_sms()).state == "waiting"


def test_the_file_of_e_mails_holds_each_once(settings, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "yimen.mailbox.gateways.email.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "email"
    queue_account_email("wang@example.org", "Hello", "The text")
    row = Delivery.objects.get()
    tried(row)
    Delivery.objects.update(state="waiting", next_try_at=now(), subject="Hello", body="The text")
    tried(row)
    (file,) = (tmp_path / "email").iterdir()
    assert file.name == f"{row.id}.log"
    assert f"Message-ID: <{row.id}@127.0.0.1>" in file.read_text()
    mail.EmailMessage("No id", "x", to=["a@example.org"]).send()
    assert len(list((tmp_path / "email").iterdir())) == 2


# E-mail


def test_a_mail_server_that_is_away_is_tried_again(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # discard
    queue_account_email("wang@example.org", "Hello", "The text")
    row = tried(Delivery.objects.get())
    assert (row.state, row.tries, row.error) == ("waiting", 1, "ConnectionRefusedError")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tried(row, row.next_try_at)
    assert (row.state, len(mail.outbox)) == ("sent", 1)


def test_old_ones_are_given_up_but_letters_wait_for_the_printer(gateway: Gateway) -> None:
    old, letter = an_sms(), an_sms()
    Delivery.objects.filter(id=letter.id).update(way="letter")
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        assert give_up_old(SYSTEM) == 1
    old.refresh_from_db()
    letter.refresh_from_db()
    assert (old.state, old.body, letter.state) == ("failed", "", "waiting")


def test_a_job_without_a_delivery_does_nothing() -> None:
    tasks.deliver("event", None, {})
    tasks.deliver("event", str(UUID(int=1)), {"deliveries": []})
