"""Where somebody is reached, and by which ways they want to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from yimen.accounts.models import Account
from yimen.base.actor import Actor
from yimen.mailbox.models import Telling
from yimen.mailbox.rules import check_may_choose, first_address
from yimen.people.models import Person
from yimen.people.queries import all_ids, representatives_of, surviving_id


@dataclass(frozen=True, slots=True)
class Reach:
    """The addresses at which somebody wants to hear of messages; "" where not."""

    email: str = ""
    phone: str = ""
    letter: bool = False  # they want letters too


@dataclass(frozen=True, slots=True)
class TellingView:
    """How the bearer of an account wants to be told, as the page shows it."""

    email: bool
    sms: bool
    letter: bool
    phone: str


def reach_of(person_id: UUID, stated: str = "") -> Reach:
    """Return where a person hears of messages.

    By the account that belongs to the person, as its bearer chose; without an account, or where it
    has no address, by the e-mail address that an application states; else, for an organisation, as
    who represents it chose. What was begun before signing in belongs to the account that has taken
    it over.
    """
    ids = all_ids(person_id, claims=True)
    account = _account(ids)
    stated = first_address((stated,))
    if account is None:
        if stated:
            return Reach(stated)
        account = _account(representatives_of(ids))
    if account is None:
        return Reach()
    chosen = Telling.objects.filter(account=account).first() or Telling(account=account)
    return Reach(
        email=(account.email or stated) if chosen.email else "",
        phone=chosen.phone if chosen.sms else "",
        letter=chosen.letter,
    )


def address_of(person_id: UUID, stated: str = "") -> str:
    """Return the e-mail address at which a person can be reached, whatever they chose, or ""."""
    ids = all_ids(person_id, claims=True)
    own = _account(ids)
    address = first_address((own.email if own is not None else "", stated))
    if address:
        return address
    other = _account(representatives_of(ids))
    return other.email if other is not None else ""


def postal_of(person_id: UUID) -> tuple[str, str]:
    """Return the name and the registered address for an envelope; "" where none is known.

    The city writes to a person: nothing is shown to anybody, so this is no entry in the list of
    readings.
    """
    ids = all_ids(person_id, claims=True)
    rows = Person.objects.filter(pk__in=ids).exclude(address="")
    survivor = surviving_id(person_id, claims=True)
    found = sorted(rows, key=lambda row: (row.pk != survivor, row.pk))
    return (found[0].name, found[0].address) if found else ("", "")


def _account(ids: Sequence[UUID]) -> Account | None:
    """Return the account that belongs to somebody, one with an e-mail address first."""
    rows = Account.objects.filter(
        Q(person_id__in=ids) | Q(provisional_person_id__in=ids), is_active=True
    )
    found = sorted(rows, key=lambda account: (not account.email, account.pk))
    return found[0] if found else None


def telling_of(actor: Actor) -> TellingView:
    """Return how the actor wants to be told. Visitors and staff are refused with `NotAllowed`."""
    row = Telling.objects.filter(account_id=check_may_choose(actor)).first() or Telling()
    return TellingView(row.email, row.sms, row.letter, row.phone)
