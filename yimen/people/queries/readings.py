"""The list that shows a person who read what about them, and what for."""

from yimen.accounts.queries import office_numbers
from yimen.base.actor import Actor
from yimen.ledger.queries import events_about
from yimen.ledger.types import LedgerEntry
from yimen.people.events import RecordRead
from yimen.people.queries.persons import all_ids, own_ids, represented_by
from yimen.people.types import PurposeKind, Reading

NEWEST = 1000


def readings_of(actor: Actor, *, limit: int | None = NEWEST) -> tuple[Reading, ...]:
    """Return who read records of the person who acts, newest first, a thousand at most.

    Without a limit, all of them. Those of organisations that the person represents are among them,
    with their names. Only for an account that is tied: it is the person's own list and nobody
    else's. Officers are named by agency and office number.
    """
    if not actor.identified:
        return ()
    ids = own_ids(actor)
    about = {
        one: organisation.name
        for organisation in represented_by(ids)
        for one in all_ids(organisation.pk)
    }
    entries = events_about((*ids, *about), kinds=[RecordRead.kind], limit=limit)
    readers = {_reader(entry) for entry in entries if entry.actor_account is not None}
    offices = office_numbers(readers) if readers else {}
    return tuple(
        _reading(
            entry,
            offices.get(_reader(entry), ""),
            about.get(entry.person_id, "") if entry.person_id is not None else "",
        )
        for entry in entries
    )


def _reader(entry: LedgerEntry) -> tuple[int, str]:
    return entry.actor_account or 0, str(entry.payload["agency"])


def _reading(entry: LedgerEntry, office_number: str, organisation: str) -> Reading:
    fields = entry.payload["fields"]
    kind = str(entry.payload.get("purpose_kind", ""))
    return Reading(
        at=entry.at,
        agency=str(entry.payload["agency"]),
        office_number=office_number,
        organisation=organisation,
        data_set=str(entry.payload["data_set"]),
        fields=tuple(str(field) for field in fields) if isinstance(fields, list) else (),
        purpose_kind=PurposeKind(kind) if kind in set(PurposeKind) else PurposeKind.STATED,
        purpose=str(entry.payload["purpose"]),
        service_code=str(entry.payload.get("service_code", "")),
    )
