"""See the status without signing in: a receipt number and a one-time code."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.identifiers import normal_receipt_number
from yimen.cases.events import StatusCodeRefused, StatusCodeSent, StatusOpened
from yimen.cases.models import StatusCode
from yimen.cases.queries.contacts import address_for
from yimen.cases.queries.handling import application_of
from yimen.cases.queries.scope import case_visible_to
from yimen.cases.queries.status import code_hash, token_hash
from yimen.cases.rules.errors import CodeWrong, NoContact
from yimen.cases.rules.status import (
    CODE_LIFE,
    TICKET_LIFE,
    check_may_send,
    check_tries,
    new_code,
)
from yimen.ledger.actions import append
from yimen.mailbox.actions import send_code
from yimen.mailbox.rules import masked_address


@dataclass(frozen=True, slots=True)
class StatusTicket:
    """What opens the status for a while: kept in the visitor's session, given to the query.

    ``provisional_person_id`` is set when the application was made without identifying oneself:
    with it in the session (`accounts.actions.keep_provisional`) the visitor is the applicant again,
    who can answer a correction and open the document.
    """

    receipt_number: str
    token: str
    until: datetime
    provisional_person_id: UUID | None = None


@transaction.atomic
def send_status_code(actor: Actor, receipt_number: str) -> str:
    """Send a one-time code to the applicant's e-mail address, and return that address masked.

    Raises `NotFound` (no such receipt number), `NoContact` (no address is known), `TooManyCodes`
    (three in an hour for one receipt number).
    """
    case = case_visible_to(SYSTEM, receipt_number, lock=True)
    at = now()
    earlier = StatusCode.objects.filter(receipt_number=case.receipt_number)
    check_may_send(list(earlier.order_by("-sent_at").values_list("sent_at", flat=True)[:10]), at)
    address = address_for(case)
    if not address:
        raise NoContact
    code = new_code()
    row = StatusCode.objects.create(
        receipt_number=case.receipt_number,
        code_hash="",
        sent_at=at,
        expires_at=at + CODE_LIFE,
    )
    row.code_hash = code_hash(row, code)
    row.save(update_fields=["code_hash"])
    send_code(case.person_id, address, code, case.receipt_number, actor.language, SYSTEM)
    append(StatusCodeSent(case.id), actor=actor, person_id=case.person_id)
    return masked_address(address)


def open_status(actor: Actor, receipt_number: str, code: str) -> StatusTicket:
    """Exchange the code for a ticket that `queries.status_by_receipt` takes for half an hour.

    Raises `CodeWrong`; after five tries of one code `TooManyCodes`: send a new one.
    """
    ticket = _try_code(actor, receipt_number, code)
    if ticket is None:
        raise CodeWrong
    return ticket


@transaction.atomic
def _try_code(actor: Actor, receipt_number: str, code: str) -> StatusTicket | None:
    """Count a try, also a wrong one: nothing is raised inside, so that the count is kept."""
    number = normal_receipt_number(receipt_number) or ""
    rows = StatusCode.objects.filter(receipt_number=number).select_for_update()
    row = rows.order_by("-sent_at").first()
    at = now()
    if row is None or row.expires_at <= at or row.token_hash:
        return None
    check_tries(row.tries, row.expires_at)
    row.tries += 1
    case = case_visible_to(SYSTEM, number)
    if not secrets.compare_digest(row.code_hash, code_hash(row, code)):
        row.save(update_fields=["tries"])
        append(StatusCodeRefused(case.id, row.tries), actor=actor, person_id=case.person_id)
        return None
    token = secrets.token_urlsafe(32)
    row.token_hash, row.expires_at = token_hash(token), at + TICKET_LIFE
    row.save(update_fields=["tries", "token_hash", "expires_at"])
    append(StatusOpened(case.id), actor=actor, person_id=case.person_id)
    stated = not application_of(case).identified
    return StatusTicket(number, token, row.expires_at, case.person_id if stated else None)
