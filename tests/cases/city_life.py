"""People, officers and days of work for the tests of cases, made through the actions."""

import base64
import json
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django import app

from yimen.accounts import actions as accounts
from yimen.accounts.types import TieProof
from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel, Post
from yimen.base.identifiers import id_check_digit
from yimen.cases import actions
from yimen.cases.models import Case, ReceiptLookup, Task
from yimen.cases.types import NewApplication, Receipt, UploadedFile
from yimen.catalogue.definition import Example
from yimen.catalogue.queries import current_city
from yimen.people import actions as people
from yimen.people.models import Person
from yimen.people.types import Category, DocumentKind, PersonFacts, Relation, Row

AS_OF = date(2026, 10, 1)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def a_person(
    serial: int = 1, name: str = "王芳", born: str = "19700101", division: str = "310104014"
) -> Person:
    """Register a woman or man of the city."""
    first = f"310100{born}{serial:03d}"
    facts = PersonFacts(
        name,
        DocumentKind.ID_CARD,
        first + id_check_digit(first),
        category=Category.REGISTERED,
        division=division,
        address="徐汇区示例路1号",
    )
    return people.register_person(SYSTEM, facts)


def an_account(person_id: UUID | None = None, username: str = "wang") -> int:
    """Make a resident's account, tied when a person is given."""
    account = accounts.make_resident_account(
        SYSTEM,
        username=username,
        name="王芳",
        email=f"{username}@example.org",
        password="rilo-tabe-mufo-kedi",
    )
    if person_id is not None:
        accounts.tie_to_person(account.pk, person_id, SYSTEM, proof=TieProof.LOADED)
    return account.pk


def resident(person_id: UUID, account_id: int | None = None, language: str = "zh") -> Actor:
    """Somebody who is signed in, and tied to a person; without a row of the account by default."""
    return Actor(
        ActorKind.RESIDENT,
        Channel.PORTAL,
        account_id=account_id if account_id is not None else person_id.int % 1_000_000,
        label="王芳",
        person_id=person_id,
        identified=True,
        language=language,
    )


def visitor(person_id: UUID | None = None, channel: Channel = Channel.PORTAL) -> Actor:
    """Somebody who is not signed in; with a provisional person once they have begun."""
    return Actor(ActorKind.ANONYMOUS, channel, person_id=person_id)


def officer(
    agency: str = "police",
    role: str = "officer",
    username: str = "li",
    office_number: str = "211",
    channel: Channel = Channel.DESK,
) -> Actor:
    """A member of staff with one post and the rights that the city gives its role."""
    account = accounts.make_staff_account(
        SYSTEM, username=username, name="何丽", email=f"{username}@example.org"
    )
    accounts.give_post(SYSTEM, account.pk, agency=agency, role=role, office_number=office_number)
    post = Post(agency, role, current_city().roles[role].rights)
    return Actor(ActorKind.STAFF, channel, account_id=account.pk, label="office", posts=(post,))


def example(service_code: str, name: str) -> Example:
    """Return one of the examples with which the city declares its services."""
    found = current_city().services[service_code].examples
    return next(e for e in found if e.name == name)


def files_for(materials: tuple[str, ...]) -> tuple[UploadedFile, ...]:
    """Return a stored file for each material."""
    return tuple(
        UploadedFile(key, f"{key}.pdf", len(PDF), "application/pdf", "0" * 64) for key in materials
    )


def an_application(
    service_code: str = "residence-permit",
    name: str = "good-rented-home",
    *,
    person_id: UUID | None = None,
    language: str = "zh",
    **changed: object,
) -> NewApplication:
    """Return an application filled in as in an example, with some answers changed."""
    good = example(service_code, name)
    answers: Mapping[str, object] = {**good.answers, **changed}
    return NewApplication(service_code, answers, files_for(good.materials), person_id, language)


_sent = 0


def send(actor: Actor, application: NewApplication | None = None) -> Receipt:
    """Send an application under a key of its own."""
    global _sent
    _sent += 1
    return actions.submit(actor, application or an_application(), f"test-key-{_sent:06}")


def started(actor: Actor, application: NewApplication | None = None) -> Receipt:
    """Send an application and let the worker start its process."""
    receipt = send(actor, application)
    actions.start_process(SYSTEM, receipt.person_id, receipt.case_id)
    return receipt


def case_of(receipt: Receipt) -> Case:
    """Return the case's row as it is now."""
    return Case.objects.get(person_id=receipt.person_id, id=receipt.case_id)


def task(receipt: Receipt, key: str) -> Task:
    """Return the newest task of this key."""
    rows = Task.objects.filter(person_id=receipt.person_id, case_id=receipt.case_id, key=key)
    return rows.latest("opened_at")


def reviewed(receipt: Receipt, reviewer: Actor) -> Receipt:
    """Let an officer finish the review that most processes begin with."""
    actions.complete_review(reviewer, receipt.receipt_number, task(receipt, "review").id)
    return receipt


def work() -> list[str]:
    """Do the waiting jobs one after the other, those that they defer too; return their names."""
    done = []
    while job := _next_job():
        name, arguments = job
        app.tasks[name](**json.loads(arguments))
        done.append(name)
    return done


def _next_job() -> tuple[str, str] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE id ="
            " (SELECT min(id) FROM procrastinate_jobs WHERE status = 'todo')"
            " RETURNING task_name, args"
        )
        row: tuple[str, str] | None = cursor.fetchone()
        return row


def records(data_set: str, subject: UUID, as_of: date = AS_OF, **values: object) -> None:
    """Write one record as its owner would."""
    people.write_records(SYSTEM, data_set, [Row(subject, values)], as_of=as_of, source_id="test")


def a_household(*members: UUID) -> UUID:
    """Register a household."""
    home = people.register_household(SYSTEM, number="HH-1")
    for place, member in enumerate(members):
        relation = Relation.OTHER if place else Relation.HEAD
        people.join_household(SYSTEM, member, home.pk, relation=relation, since=date(2020, 1, 1))
    return home.pk


def upload(content: bytes = PDF) -> BytesIO:
    """Return a file as a channel hands it over."""
    return BytesIO(content)


def place_of(receipt_number: str) -> ReceiptLookup:
    """Return where a receipt number leads."""
    return ReceiptLookup.objects.get(receipt_number=receipt_number)
