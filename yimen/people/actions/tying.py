"""A code by post: the way from an account to the person it belongs to.

Name, birth date and number only find the address that the letter goes to. They open nothing, and
the answer is the same whether they match somebody or not.
"""

import hmac
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from yimen.accounts.actions import tie_to_person
from yimen.accounts.models import Account
from yimen.accounts.types import TieProof
from yimen.base.actor import SYSTEM, Actor
from yimen.base.clock import now
from yimen.base.identifiers import normal_id_number
from yimen.keys.queries import keyed_hash
from yimen.ledger.actions import append
from yimen.people.actions.merging import claim_provisional
from yimen.people.events import LetterPosted, LetterQueued, TieCodeRefused, TieRequested
from yimen.people.models import DocumentNumber, Letter, Person, TieRequest
from yimen.people.queries.ties import live_requests
from yimen.people.rules import (
    CODE_LASTS,
    CODE_TRIES,
    POST_LETTERS,
    NeedsAccount,
    WrongCode,
    can_post_letter,
    check_may_request_tie,
    check_requests,
    check_right,
    matches,
    new_code,
    normal_code,
)
from yimen.people.types import DocumentKind, TieState

_CODE_HASH = "tie-code"
_NATURAL = (DocumentKind.ID_CARD, DocumentKind.PASSPORT, DocumentKind.TRAVEL_PERMIT)


@transaction.atomic
def request_tie(actor: Actor, *, name: str, birth_date: date, number: str) -> TieState:
    """Ask for a code by post to the address in the register. Older codes go on counting."""
    moment = now()
    account_id = check_may_request_tie(actor)
    Account.objects.select_for_update().get(pk=account_id)  # one request at a time
    asked = TieRequest.objects.filter(account_id=account_id)
    check_requests(list(asked.values_list("asked_at", flat=True)), moment)
    person = _match(name, birth_date, number)
    code = new_code()
    made = TieRequest(
        account_id=account_id,
        matched_id=person.pk if person is not None else None,
        asked_at=moment,
        expires_at=moment + CODE_LASTS,
        tries_left=CODE_TRIES,
    )
    made.code_hash = _hash(made.pk, code)
    made.save(force_insert=True)
    append(TieRequested(made.pk, account_id), actor=actor)
    if person is not None:
        _queue_letter(actor, person, code)
    return TieState(
        identified=False, waiting=True, expires_at=made.expires_at, tries_left=CODE_TRIES
    )


def _match(name: str, birth_date: date, number: str) -> Person | None:
    """Return the living match that has an address to post to, or None."""
    row = (
        DocumentNumber.objects.select_related("person")
        .filter(document__in=_NATURAL, number=normal_id_number(number))
        .first()
    )
    if row is None or not row.person.address:
        return None
    person = row.person
    same = matches(
        name=name,
        birth_date=birth_date,
        registered_name=person.name,
        registered_birth=person.birth_date,
    )
    return person if same else None


def _queue_letter(actor: Actor, person: Person, code: str) -> None:
    moment = now()
    queued = Letter.objects.filter(person=person).values_list("queued_at", flat=True)
    if not can_post_letter(list(queued), moment):
        return
    letter = Letter.objects.create(
        person=person,
        name=person.name,
        address=person.address,
        language=actor.language,
        code=code,
        queued_at=moment,
    )
    append(LetterQueued(person.pk, letter.id), actor=actor, person_id=person.pk)


def _hash(request_id: UUID, code: str) -> str:
    return keyed_hash(_CODE_HASH, f"{request_id}:{normal_code(code)}")


def confirm_tie(actor: Actor, code: str) -> UUID:
    """Tie the actor's account to the person whose letter held this code, or count a wrong try.

    Whoever types the code has had the letter in hand. What the account began under a provisional
    person then belongs to the person.
    """
    if actor.account_id is None:
        raise NeedsAccount
    with transaction.atomic():
        person_id, tries_left = _try(actor, actor.account_id, code)
        if person_id is not None:
            return person_id
    raise WrongCode(tries_left)  # after the commit: a wrong try counts


def _try(actor: Actor, account_id: int, code: str) -> tuple[UUID | None, int]:
    account = Account.objects.select_for_update().get(pk=account_id)
    requests = live_requests(account_id)
    if not requests:
        return None, 0
    newest = requests[0]
    matched = _matched_by(requests, code)
    if matched is None:
        newest.tries_left -= 1
        newest.save(update_fields=["tries_left"])
        append(TieCodeRefused(account_id, newest.tries_left), actor=actor)
        return None, newest.tries_left
    TieRequest.objects.filter(pk__in=[one.pk for one in requests]).update(confirmed_at=now())
    provisional = account.provisional_person_id
    tie_to_person(account_id, matched, actor, proof=TieProof.POSTED_CODE)
    if provisional is not None:
        claim_provisional(SYSTEM, provisional, matched)
    return matched, newest.tries_left


def _matched_by(requests: Sequence[TieRequest], code: str) -> UUID | None:
    """Return whose letter held this code; every request is looked at, whether it fits or not."""
    found = None
    for asked in requests:
        if hmac.compare_digest(asked.code_hash, _hash(asked.pk, code)):
            found = asked.matched_id
    return found


@transaction.atomic
def take_letters(actor: Actor, run_id: UUID) -> int:
    """Put the letters that wait, and are in no print run yet, into this one; returns how many."""
    check_right(actor, POST_LETTERS)
    return Letter.objects.filter(posted_at__isnull=True, run_id__isnull=True).update(run_id=run_id)


@transaction.atomic
def mark_letter_posted(actor: Actor, person_id: UUID, letter_id: UUID) -> None:
    """Note that a letter was handed to the post, and erase the code in it."""
    check_right(actor, POST_LETTERS)
    waiting = Letter.objects.filter(person_id=person_id, id=letter_id, posted_at__isnull=True)
    if waiting.update(posted_at=now(), code=""):
        append(LetterPosted(person_id, letter_id), actor=actor, person_id=person_id)
