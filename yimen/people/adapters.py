"""What people do when somebody signs in."""

from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest

from yimen.accounts.actions import keep_provisional
from yimen.accounts.models import Account
from yimen.accounts.queries import PROVISIONAL_PERSON
from yimen.base.actor import SYSTEM
from yimen.people.actions import claim_provisional, make_provisional_person
from yimen.people.rules import CannotMerge


def take_over_drafts(request: HttpRequest, account: Account) -> None:
    """Let what a visitor began before signing in belong to who has signed in.

    An account that is not tied gets a provisional person of its own, never the visitor's: another
    device may still hold that one, and would see all that the account does from now on. What
    somebody else has taken over already stays theirs.
    """
    kept = request.session.get(PROVISIONAL_PERSON)
    if not kept or account.is_staff:
        return
    provisional = UUID(kept)
    del request.session[PROVISIONAL_PERSON]
    owner = account.person_id or account.provisional_person_id
    if owner is None:
        owner = make_provisional_person(SYSTEM)
        keep_provisional(request, owner)
        del request.session[PROVISIONAL_PERSON]  # the account keeps it
    if owner != provisional:
        with suppress(CannotMerge):
            claim_provisional(SYSTEM, provisional, owner)
