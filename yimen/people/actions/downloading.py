"""That somebody takes along all that is kept of them."""

from django.db import transaction

from yimen.base.actor import Actor
from yimen.ledger.actions import append
from yimen.people.events import DataDownloaded
from yimen.people.rules import check_has_account


@transaction.atomic
def note_download(actor: Actor) -> None:
    """Write down that the data of this account are handed out, before they are.

    The event is about the person, where the account is tied to one.
    """
    account_id = check_has_account(actor)
    about = actor.person_id if actor.identified else None
    append(DataDownloaded(account_id), actor=actor, person_id=about)
