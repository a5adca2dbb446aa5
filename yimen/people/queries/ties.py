"""Where an account stands on its way to a person, and the letters that wait for the post."""

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.people.models import Letter, TieRequest
from yimen.people.rules import POST_LETTERS, check_right
from yimen.people.types import TieState


def tie_state(actor: Actor) -> TieState:
    """Return whether the account is tied, or waits for a code by post.

    The answer is the same whether the register knows the person or not.
    """
    if actor.identified or actor.account_id is None:
        return TieState(identified=actor.identified, waiting=False)
    requests = live_requests(actor.account_id)
    if not requests:
        return TieState(identified=False, waiting=False)
    newest = requests[0]
    return TieState(
        identified=False,
        waiting=True,
        expires_at=newest.expires_at,
        tries_left=newest.tries_left,
    )


def live_requests(account_id: int) -> tuple[TieRequest, ...]:
    """Return the requests of an account whose codes still count, the newest first.

    A person gets two letters in a month, so a newer request may have none: the codes of all count.
    Tries are those of the account, kept with its newest request; without one left no code counts.
    """
    rows = TieRequest.objects.filter(account_id=account_id, confirmed_at__isnull=True)
    found = tuple(rows.filter(expires_at__gt=now()).order_by("-asked_at", "-id"))
    return found if found and found[0].tries_left else ()


def letters_waiting(actor: Actor) -> tuple[Letter, ...]:
    """Return the letters that wait to be printed and posted, oldest first."""
    check_right(actor, POST_LETTERS)
    return tuple(Letter.objects.filter(posted_at__isnull=True).order_by("queued_at"))
