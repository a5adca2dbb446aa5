"""Forget what has served its purpose."""

from datetime import timedelta

from django.db import transaction

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.events import KeysForgotten
from yimen.cases.models import IdempotencyKey, ResumeCode, StatusCode
from yimen.cases.rules.drafts import KEY_LIFE
from yimen.cases.rules.permissions import check_system
from yimen.ledger.actions import append

_CODES_KEPT = timedelta(days=1)  # longer than any limit on how often one may be sent


@transaction.atomic
def forget_old_keys(actor: Actor) -> int:
    """Delete idempotency keys of a month ago, and codes that are past; returns how many."""
    check_system(actor, "key.forget")
    at = now()
    gone = 0
    for rows in (
        IdempotencyKey.objects.filter(at__lt=at - KEY_LIFE),
        ResumeCode.objects.filter(expires_at__lt=at),
        StatusCode.objects.filter(expires_at__lt=at - _CODES_KEPT),
    ):
        gone += rows.delete()[0]
    if gone:
        append(KeysForgotten(gone), actor=actor)
    return gone
