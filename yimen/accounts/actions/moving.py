"""Posts whose agency has ended: their officers go on at its successor."""

from django.db import transaction

from yimen.accounts.events import PostMoved
from yimen.accounts.models import Account, StaffPost
from yimen.accounts.queries import city_today
from yimen.accounts.rules import check_is_system
from yimen.base.actor import Actor
from yimen.catalogue.queries import agencies_moved
from yimen.ledger.actions import append

POSTS_AT_ONCE = 100


@transaction.atomic
def move_posts(actor: Actor) -> int:
    """Let a batch of officers go on at the successor of an agency that has ended; returns how many.

    Run by the worker until it returns 0. Role and office number stay, and so does the sign-in: what
    an officer may do is asked in every request. Who holds the post there already keeps that one.
    """
    check_is_system(actor)
    moved = agencies_moved()
    if not moved:
        return 0
    left = StaffPost.objects.filter(agency__in=moved, until__isnull=True).order_by("id")
    some = dict(left.values_list("id", "account_id")[:POSTS_AT_ONCE])
    accounts = Account.objects.filter(pk__in=some.values()).order_by("pk")
    list(accounts.select_for_update())  # first, as everybody who gives a post does
    held = list(left.filter(pk__in=some.keys()).select_for_update(skip_locked=True))
    for post in held:
        _move_post(actor, post, moved[post.agency])
    return len(held)


def _move_post(actor: Actor, post: StaffPost, successor: str) -> None:
    day = max(city_today(), post.since)
    post.until = day
    post.save(update_fields=["until"])
    new, _made = StaffPost.objects.get_or_create(
        account_id=post.account_id,
        agency=successor,
        role=post.role,
        until=None,
        defaults={"office_number": post.office_number, "since": day},
    )
    event = PostMoved(post.pk, new.pk, post.account_id, post.agency, successor, post.role)
    append(event, actor=actor)
