"""How somebody wants to be told, and the code that shows that a telephone is theirs."""

import hmac
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yimen.accounts.models import Account
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.keys.queries import keyed_hash
from yimen.ledger.actions import append
from yimen.mailbox.actions.posting import in_language, queue
from yimen.mailbox.events import CodeQueued, PhoneCodeRefused, PhoneVerified, WaysChosen
from yimen.mailbox.models import PhoneCode, Telling
from yimen.mailbox.rules import (
    CODE_LASTS,
    CODE_TRIES,
    CODES_WITHIN,
    WrongPhoneCode,
    check_may_ask_code,
    check_may_choose,
    check_ways,
    new_code,
)
from yimen.mailbox.types import Way

_CODE_HASH = "phone-code"


def _held(account_id: int) -> Telling:
    """Return the choice of an account, made if need be; nobody else changes it meanwhile."""
    Account.objects.select_for_update().get(pk=account_id)
    return Telling.objects.get_or_create(account_id=account_id)[0]


@transaction.atomic
def choose_ways(actor: Actor, ways: Collection[Way]) -> None:
    """Say by which ways the actor wants to hear of messages; the mailbox has them all anyhow.

    Raises `NotAllowed` for visitors and staff, `PhoneNotVerified`.
    """
    account_id = check_may_choose(actor)
    row = _held(account_id)
    check_ways(ways, row.phone)
    row.email, row.sms, row.letter = (way in ways for way in (Way.EMAIL, Way.SMS, Way.LETTER))
    row.save(update_fields=["email", "sms", "letter"])
    event = WaysChosen(account_id, sorted(ways))
    append(event, actor=actor, person_id=actor.person_id)


@transaction.atomic
def ask_phone_code(actor: Actor, phone: str) -> None:
    """Send a code to a telephone, in the language of the page. ``phone`` is a number that was checked.

    Raises `NotAllowed`, `TooManyCodes`.
    """
    account_id, at = check_may_choose(actor), now()
    _held(account_id)
    asked = PhoneCode.objects.filter(account_id=account_id, asked_at__gt=at - CODES_WITHIN)
    check_may_ask_code(asked.count())
    code = new_code()
    row = PhoneCode(account_id=account_id, phone=phone, asked_at=at, tries_left=CODE_TRIES)
    row.code_hash = _hash(row.id, code)
    row.save(force_insert=True)
    with in_language(actor.language):
        text = _("%(code)s is your code. It counts for 15 minutes. Tell it to nobody.") % {
            "code": code
        }
    person_id = actor.person_id or uuid7()  # rows lie by person; without one it is nobody's
    delivery = queue(person_id, Way.SMS, phone, text)
    append(CodeQueued(delivery.id), actor=actor, person_id=person_id)


def confirm_phone(actor: Actor, code: str) -> None:
    """Take the code that came to the telephone; from now on it is the actor's.

    Raises `NotAllowed`, `WrongPhoneCode` with the tries that are left.
    """
    account_id = check_may_choose(actor)
    with transaction.atomic():
        tries_left = _try(actor, account_id, code)
    if tries_left is not None:
        raise WrongPhoneCode(tries_left)  # after the commit: a wrong try counts


def _try(actor: Actor, account_id: int, code: str) -> int | None:
    """Return None for the right code, else how many tries are left."""
    telling = _held(account_id)
    codes = PhoneCode.objects.filter(account_id=account_id, asked_at__gt=now() - CODE_LASTS)
    row = codes.order_by("-asked_at", "-id").first()
    if row is None or not row.tries_left:
        return 0
    if not hmac.compare_digest(row.code_hash, _hash(row.id, code)):
        row.tries_left -= 1
        row.save(update_fields=["tries_left"])
        event = PhoneCodeRefused(account_id, row.tries_left)
        append(event, actor=actor, person_id=actor.person_id)
        return row.tries_left
    telling.phone, telling.sms = row.phone, True
    telling.save(update_fields=["phone", "sms"])
    codes.update(tries_left=0)
    append(PhoneVerified(account_id), actor=actor, person_id=actor.person_id)
    return None


def _hash(code_id: UUID, code: str) -> str:
    return keyed_hash(_CODE_HASH, f"{code_id}:{''.join(code.split())}")


@transaction.atomic
def forget_phone_codes(actor: Actor) -> None:
    """Forget the codes of more than a day ago, and the numbers that they went to."""
    PhoneCode.objects.filter(asked_at__lt=now() - CODES_WITHIN).delete()
