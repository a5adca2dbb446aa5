"""What people do when somebody signs in."""

from uuid import UUID

from django.http import HttpRequest

from yimen.accounts.actions import keep_provisional
from yimen.accounts.models import Account
from yimen.accounts.queries import PROVISIONAL_PERSON
from yimen.base.actor import SYSTEM
from yimen.people.actions import claim_provisional


def take_over_drafts(request: HttpRequest, account: Account) -> None:
    """Let what a visitor began before signing in belong to who has signed in."""
    kept = request.session.get(PROVISIONAL_PERSON)
    if not kept or account.is_staff:
        return
    provisional = UUID(kept)
    owner = account.person_id or account.provisional_person_id
    if owner is None:
        keep_provisional(request, provisional)
        return
    if owner != provisional:
        claim_provisional(SYSTEM, provisional, owner)
    del request.session[PROVISIONAL_PERSON]
