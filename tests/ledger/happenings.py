"""Events of the tests' own, and help to have them appended and sealed."""

import time
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.db import connection, transaction

from yimen.base.actor import SYSTEM, Actor
from yimen.ledger import actions, models
from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class Happened(Event):
    """Something that happens only in tests."""

    kind: ClassVar[str] = "tests.happened"
    what: str
    count: int = 0
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Heard(Event):
    """Something that two jobs hear of."""

    kind: ClassVar[str] = "tests.heard"
    what: str


def happen(
    what: str = "something", *, actor: Actor = SYSTEM, person_id: UUID | None = None
) -> UUID:
    """Append one event in a transaction of its own."""
    with transaction.atomic():
        return actions.append(Happened(what), actor=actor, person_id=person_id)


def happen_often(count: int) -> None:
    """Append many events at once, as if they had happened one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO ledger_event (id, kind, at, actor_kind, actor_account, actor_label,
                channel, person_id, payload)
            SELECT gen_random_uuid(), 'tests.happened', now() + n * interval '1 microsecond',
                'staff', n, 'civil-affairs 12', 'desk', gen_random_uuid(),
                jsonb_build_object('case_id', gen_random_uuid(), 'service',
                    'minimum-living-allowance', 'version', n, 'receipt', '040701-ABCD-EFGH')
            FROM generate_series(1, %s) AS n
            """,
            [count],
        )


def seal_all(limit: int = actions.BATCH) -> list[int]:
    """Seal until nothing waits. Other databases of the server may hold a transaction open."""
    batches: list[int] = []
    patience = time.monotonic() + 30
    while models.Event.objects.unsealed().exists():
        assert time.monotonic() < patience, "the sealer does not come to the end"
        if sealed := actions.seal_once(limit):
            batches.append(sealed)
        else:
            time.sleep(0.01)
    return batches


def empty_ledger() -> None:
    """Take away all that a module's tests shared."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_event, ledger_seal, ledger_dayroot")
