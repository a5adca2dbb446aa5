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
    open_request = live_request(actor.account_id)
    if open_request is None:
        return TieState(identified=False, waiting=False)
    return TieState(
        identified=False,
        waiting=True,
        expires_at=open_request.expires_at,
        tries_left=open_request.tries_left,
    )


def live_request(account_id: int) -> TieRequest | None:
    """Return the newest request of an account whose code still counts."""
    rows = TieRequest.objects.filter(account_id=account_id, confirmed_at__isnull=True)
    newest = rows.order_by("-asked_at", "-id").first()
    if newest is None or newest.tries_left == 0 or newest.expires_at <= now():
        return None
    return newest


def letters_waiting(actor: Actor) -> tuple[Letter, ...]:
    """Return the letters that wait to be printed and posted, oldest first."""
    check_right(actor, POST_LETTERS)
    return tuple(Letter.objects.filter(posted_at__isnull=True).order_by("queued_at"))
