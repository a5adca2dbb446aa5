"""The entry that a read of somebody else's record leaves."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from yimen.base.actor import Actor
from yimen.ledger.actions import append
from yimen.people.events import RecordRead
from yimen.people.rules import reading_post
from yimen.people.types import Purpose


def append_reading(
    actor: Actor, person_id: UUID, data_set: str, fields: Collection[str], purpose: Purpose
) -> None:
    """Write to the ledger who read what about whom and why: the one write that queries may do.

    One read is one actor opening one person's data set for one purpose in one request: callers
    open a data set once and keep what they got.
    """
    post = reading_post(actor, purpose.agency)
    event = RecordRead(
        person_id=person_id,
        data_set=data_set,
        fields=sorted(fields),
        purpose=purpose.reference,
        agency=post.agency if post is not None else "",
        reader_account_id=actor.account_id,
        acting_for_account_id=post.acting_for_account if post is not None else None,
        purpose_kind=purpose.kind.value,
        service_code=purpose.service.code if purpose.service is not None else "",
    )
    with transaction.atomic():
        append(event, actor=actor, person_id=person_id)
