"""What can happen to persons and their records, for the ledger."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class Registered(Event):
    """A person or an organisation was entered in the register."""

    kind: ClassVar[str] = "people.registered"
    person_id: UUID
    person_kind: str
    fields: list[str]
    number_hash: str


@dataclass(frozen=True, slots=True)
class MadeProvisional(Event):
    """A provisional person was made for somebody who applies unidentified."""

    kind: ClassVar[str] = "people.made_provisional"
    person_id: UUID


@dataclass(frozen=True, slots=True)
class HouseholdRegistered(Event):
    """A household was entered in the register."""

    kind: ClassVar[str] = "people.household_registered"
    household_id: UUID


@dataclass(frozen=True, slots=True)
class JoinedHousehold(Event):
    """A person became a member of a household."""

    kind: ClassVar[str] = "people.joined_household"
    person_id: UUID
    household_id: UUID
    relation: str


@dataclass(frozen=True, slots=True)
class LeftHousehold(Event):
    """A person stopped being a member of a household."""

    kind: ClassVar[str] = "people.left_household"
    person_id: UUID
    household_id: UUID


@dataclass(frozen=True, slots=True)
class Merged(Event):
    """Two ids were found to be one person."""

    kind: ClassVar[str] = "people.merged"
    person_id: UUID
    surviving_id: UUID
    merge_kind: str


@dataclass(frozen=True, slots=True)
class Unmerged(Event):
    """A merge was undone."""

    kind: ClassVar[str] = "people.unmerged"
    person_id: UUID
    surviving_id: UUID


@dataclass(frozen=True, slots=True)
class TieRequested(Event):
    """An account asked for a code by post. Whether somebody matched is not told here."""

    kind: ClassVar[str] = "people.tie_requested"
    request_id: UUID
    account_id: int


@dataclass(frozen=True, slots=True)
class LetterQueued(Event):
    """A letter with a code waits to be posted to a person's registered address."""

    kind: ClassVar[str] = "people.letter_queued"
    person_id: UUID
    letter_id: UUID


@dataclass(frozen=True, slots=True)
class LetterPosted(Event):
    """A letter was handed to the post; the code in it was erased here."""

    kind: ClassVar[str] = "people.letter_posted"
    person_id: UUID
    letter_id: UUID


@dataclass(frozen=True, slots=True)
class TieCodeRefused(Event):
    """A wrong or late code was entered."""

    kind: ClassVar[str] = "people.tie_code_refused"
    account_id: int
    tries_left: int


@dataclass(frozen=True, slots=True)
class RecordsWritten(Event):
    """A batch of rows was written to a data set."""

    kind: ClassVar[str] = "people.records_written"
    data_set: str
    source_id: str
    as_of: str
    rows: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class RecordRead(Event):
    """Somebody opened one person's data set for a purpose: a `people.types.PurposeKind`."""

    kind: ClassVar[str] = "people.record_read"
    person_id: UUID
    data_set: str
    fields: list[str]
    purpose: str
    agency: str
    reader_account_id: int | None
    acting_for_account_id: int | None
    purpose_kind: str
    service_code: str


@dataclass(frozen=True, slots=True)
class DataDownloaded(Event):
    """Somebody downloaded all that is kept of them. What it was is not told here."""

    kind: ClassVar[str] = "people.data_downloaded"
    account_id: int
