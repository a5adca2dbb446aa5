"""Letters: demanded, chosen or about what lies unread; one file a day, posted, or given out."""

import csv
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client
from pypdf import PdfReader
from signing_in import a_resident, sign_in

from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel
from yimen.base.clock import now
from yimen.base.text import Text
from yimen.ledger.actions import store_document
from yimen.ledger.models import Event
from yimen.ledger.queries import document_path
from yimen.mailbox import tasks
from yimen.mailbox.actions import (
    choose_ways,
    deliver,
    mark_posted,
    mark_read,
    post,
    print_letters,
    printing,
    queue_unread,
)
from yimen.mailbox.commands import command
from yimen.mailbox.models import Delivery, Message, PrintRun
from yimen.mailbox.queries import letters_for_counter, message
from yimen.mailbox.rules import NotAllowed
from yimen.mailbox.types import DeliveryState, Way
from yimen.people.actions.registering import register_person
from yimen.people.models import Letter, Person
from yimen.people.types import PersonFacts

pytestmark = pytest.mark.usefixtures("city")

SUBJECT = Text.of({"zh": "你的申请已经办结", "en": "Your application is decided"})
BODY = Text.of({"zh": "没有批准。\n\n理由见附件。", "en": "It was refused.\n\nSee the letter."})
ADDRESS = "南京东路1号2室"
NIGHT, NOON = 1_699_989_200, 1_700_020_800  # 03:13 and 12:00 in Shanghai


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.LETTER_FOLDER = tmp_path / "letters"
    return tmp_path / "letters"


@pytest.fixture
def wang() -> Person:
    return register_person(SYSTEM, PersonFacts("王芳", address=ADDRESS))


def owner(person: Person, account_id: int = 5) -> Actor:
    return Actor(
        ActorKind.RESIDENT, Channel.PORTAL, account_id, person_id=person.pk, identified=True
    )


def posted(person: Person, key: str = "k", *, letter: bool = True, **more) -> UUID:
    return post(person.pk, SUBJECT, BODY, key=key, actor=SYSTEM, letter=letter, **more)


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(path.read_bytes())).pages]


def the_letter() -> Delivery:
    return Delivery.objects.get(way="letter")


def test_a_demanded_letter_is_printed_with_address_words_and_manifest(
    wang: Person, folder: Path
) -> None:
    posted(wang, case_receipt="261102-AAAA-AAAA", language="zh")
    printed = print_letters(SYSTEM)
    assert printed is not None and (printed.letters, printed.pages) == (1, 1)
    (words,) = pages(printed.pdf)
    for said in ("王芳", ADDRESS, SUBJECT["zh"], "理由见附件", "261102-AAAA-AAAA", "上海市"):
        assert said in "".join(words.split()), "a PDF has no blanks to rely on"
    assert SUBJECT["en"] not in words
    (line,) = csv.DictReader(printed.manifest.read_text().splitlines())
    assert (line["number"], line["receipt"], line["pages"]) == ("1", "261102-AAAA-AAAA", "1")
    assert printed.pdf.parent == folder
    assert Event.objects.get(kind="mailbox.letters_printed").payload["letters"] == 1


def test_a_letter_in_a_language_that_the_city_does_not_speak_is_in_its_first(wang: Person) -> None:
    posted(wang, language="fr")
    printed = print_letters(SYSTEM)
    assert printed is not None and SUBJECT["zh"] in pages(printed.pdf)[0]


def test_the_paper_of_a_message_is_enclosed(wang: Person) -> None:
    posted(wang, key="other", language="en")
    first = print_letters(SYSTEM)
    assert first is not None
    sha256 = store_document(first.pdf.read_bytes(), "application/pdf")
    posted(wang, document_sha256=sha256, language="en")
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        printed = print_letters(SYSTEM)
    assert printed is not None and (printed.letters, printed.pages) == (1, 2)
    assert "The document stands on the next pages." in pages(printed.pdf)[0]
    (line,) = csv.DictReader(printed.manifest.read_text().splitlines())
    assert (line["first_page"], line["pages"], line["enclosed"]) == ("1", "2", "1")


def test_a_letter_whose_paper_is_gone_is_printed_without_it(wang: Person) -> None:
    sha256 = store_document(b"%PDF-1.7 gone", "application/pdf")
    document_path(sha256).unlink()
    posted(wang, document_sha256=sha256)
    printed = print_letters(SYSTEM)
    assert printed is not None and printed.pages == 1
    assert csv.DictReader(printed.manifest.read_text().splitlines()).__next__()["enclosed"] == "0"


def test_there_is_one_file_a_day_and_no_letter_in_two(wang: Person) -> None:
    assert print_letters(SYSTEM) is None
    posted(wang)
    assert print_letters(SYSTEM) is not None
    posted(wang, key="later")
    assert print_letters(SYSTEM) is None
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        second = print_letters(SYSTEM)
        assert second is not None and second.letters == 1
        assert print_letters(SYSTEM) is None
    assert PrintRun.objects.count() == 2


def test_a_run_that_a_killed_worker_began_is_finished_as_it_was(wang: Person) -> None:
    posted(wang)
    run = printing._take_today(SYSTEM)
    assert run is not None and run.printed_at is None
    posted(wang, key="later")
    with time_machine.travel(now() + timedelta(days=1), tick=False):
        printed = print_letters(SYSTEM)
    assert printed is not None and printed.letters == 1
    assert printed.pdf.name == f"{run.day}.pdf"
    before = printed.pdf.read_bytes()
    again = printing._make_files(SYSTEM, run)
    assert again.pdf.read_bytes() == before
    assert Event.objects.filter(kind="mailbox.letters_printed").count() == 1


def test_posted_letters_are_sent_once(wang: Person) -> None:
    posted(wang)
    assert mark_posted(SYSTEM) == 0
    print_letters(SYSTEM)
    assert the_letter().state == "waiting"
    assert mark_posted(SYSTEM) == 1
    assert (the_letter().state, the_letter().sent_at is not None) == ("sent", True)
    assert mark_posted(SYSTEM) == 0
    assert Event.objects.filter(kind="mailbox.delivery_sent").count() == 1
    assert Event.objects.filter(kind="mailbox.letters_posted").count() == 1


def test_the_wires_never_try_a_letter(wang: Person) -> None:
    posted(wang)
    row = the_letter()
    deliver(SYSTEM, row.person_id, row.id)
    assert the_letter().tries == 0


# Unread


def test_what_lies_unread_for_ten_days_is_printed_once(wang: Person) -> None:
    posted(wang, letter=False)
    assert queue_unread(SYSTEM) == 0
    with time_machine.travel(now() + timedelta(days=10, minutes=1), tick=False):
        tasks.print_letters(NOON)
        assert not Delivery.objects.filter(way="letter").exists()
        tasks.print_letters(NIGHT)
        assert queue_unread(SYSTEM) == 0
    assert the_letter().run_id is not None
    assert not the_letter().demanded


@pytest.mark.parametrize(
    ("days", "read", "on_paper"), [(9, 0, 1), (18, 0, 1), (11, 1, 1), (11, 0, 0)]
)
def test_what_is_fresh_or_long_past_or_read_or_not_worth_it_is_not(
    wang: Person, days: int, read: int, on_paper: int
) -> None:
    number = posted(wang, letter=False, unread_letter=bool(on_paper))
    if read:
        mark_read(owner(wang), number)
    with time_machine.travel(now() + timedelta(days=days), tick=False):
        assert queue_unread(SYSTEM) == 0


def test_who_reads_before_the_printer_gets_no_letter_unless_the_law_demands_it(
    wang: Person,
) -> None:
    unread, served = posted(wang, letter=False), posted(wang, key="served")
    Message.objects.filter(id=unread).update(posted_at=now() - timedelta(days=11))
    assert queue_unread(SYSTEM) == 1
    mark_read(owner(wang), unread)
    mark_read(owner(wang), served)
    assert the_letter().message_id == served


# Choice, and the counter


def test_who_wants_letters_gets_them(wang: Person) -> None:
    account = a_resident("wang", wang.pk)
    posted(wang, letter=False)
    assert not Delivery.objects.filter(way="letter").exists()
    choose_ways(owner(wang, account.pk), {Way.LETTER})
    number = posted(wang, key="second", letter=False)
    assert [row.way for row in Delivery.objects.filter(message_id=number)] == ["letter"]


def test_a_person_without_an_address_is_a_matter_for_the_counter() -> None:
    nowhere = register_person(SYSTEM, PersonFacts("方"))
    number = posted(nowhere, case_receipt="261102-AAAA-AAAA")
    row = the_letter()
    assert (row.state, row.error, row.address) == ("failed", "no_address", "")
    assert print_letters(SYSTEM) is None
    assert [one.receipt for one in letters_for_counter(SYSTEM)] == ["261102-AAAA-AAAA"]
    assert "no address is known; give it out at the counter" in run()
    told = message(owner(nowhere), number).deliveries
    assert [(one.state, one.no_address) for one in told] == [(DeliveryState.FAILED, True)]
    mark_read(owner(nowhere), number)
    assert letters_for_counter(SYSTEM) == ()


def test_only_the_system_prints(wang: Person) -> None:
    for ask in (print_letters, mark_posted, queue_unread, letters_for_counter):
        for actor in (ANONYMOUS, owner(wang), Actor(ActorKind.STAFF, Channel.DESK, 9)):
            with pytest.raises(NotAllowed):
                ask(actor)


# The command


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_command_shows_prints_and_notes(wang: Person, folder: Path) -> None:
    assert run() == "No letter waits for the post.\n"
    posted(wang)
    Letter.objects.create(
        person=wang, name="王芳", address=ADDRESS, language="zh", code="K7MP2XQF9R", queued_at=now()
    )
    shown = run()
    assert "王芳, " + ADDRESS in shown and "K7MP2XQF9R" in shown
    assert "Letters that wait for the printer: 1" in shown
    printed = run("--print")
    (file,) = folder.glob("*.pdf")
    assert f"Printed 2 letters, 2 pages: {file}" in printed
    assert "K7MP2XQF9R" in pages(file)[1]
    told = json.loads(run("--json"))
    assert (told["unprinted"], told["printed"][0]["letters"], told["counter"]) == (0, 2, [])
    assert told["codes"][0]["code"] == "K7MP2XQF9R"
    run("--posted")
    assert run() == "No letter waits for the post.\n"
    assert Letter.objects.get().code == ""


# The pages


def test_the_pages_show_how_each_message_was_brought(client: Client, wang: Person) -> None:
    account = a_resident("wang", wang.pk)
    sign_in(client, account)
    number = posted(wang, language="en")
    row = Delivery.objects.get(way="email")
    deliver(SYSTEM, row.person_id, row.id)
    listed = client.get("/en/mailbox/").content.decode()
    assert "<li>E-mail</li>" in listed and "<li>Printed letter</li>" in listed
    page = client.get(f"/en/mailbox/{number}/").content.decode()
    assert "How we told you" in page and "being printed" in page and "read " in page
    for state, told in (
        ("waiting", "not sent yet, we keep trying"),
        ("sent", "sent "),
        ("delivered", "arrived "),
        ("failed", "did not arrive"),
    ):
        Delivery.objects.filter(way="email").update(way="sms", state=state)
        Delivery.objects.filter(way="sms").update(state=state)
        assert told in client.get(f"/en/mailbox/{number}/").content.decode()
    print_letters(SYSTEM)
    assert "on its way to the post" in client.get(f"/en/mailbox/{number}/").content.decode()
    mark_posted(SYSTEM)
    assert "posted " in client.get(f"/en/mailbox/{number}/").content.decode()
    Delivery.objects.filter(way="letter").update(state="failed", error="no_address")
    assert "we know no address" in client.get(f"/en/mailbox/{number}/").content.decode()
    assert 'name="letter"' in client.get("/en/account/telling/").content.decode()
