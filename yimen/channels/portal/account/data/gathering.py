"""What each app keeps of the person who acts, put together."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yimen.accounts.queries import account_kept
from yimen.accounts.types import AccountKept
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.cases.queries import CaseKept, DraftKept, cases_kept, drafts_kept
from yimen.mailbox.queries import (
    DeliveryView,
    MessageView,
    TellingView,
    code_messages_kept,
    messages_kept,
    telling_of,
)
from yimen.people.queries import PersonKept, person_kept, readings_of
from yimen.people.types import Reading

_LONGEST_NAME = 80
_OF_FOLDERS = re.compile(r"[/\\]")
_FORBIDDEN = frozenset('<>:"|?*')


@dataclass(frozen=True, slots=True)
class FileKept:
    """A file from the store, and under which name it lies in the archive.

    ``of`` is the id of the row that names it: of an upload, a paper, or a message.
    """

    of: UUID
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Everything:
    """All that is kept of the person who acts; what an account itself holds, where it is not tied."""

    made_at: datetime
    account: AccountKept | None
    telling: TellingView | None  # None: staff, who get no messages
    people: PersonKept
    cases: tuple[CaseKept, ...]
    drafts: tuple[DraftKept, ...]
    messages: tuple[MessageView, ...]
    code_messages: tuple[DeliveryView, ...]
    readings: tuple[Reading, ...]

    def name_of(self, person_id: UUID) -> str:
        """Return the name of an organisation of theirs by any of its ids, "" for themselves."""
        organisations = self.people.organisations
        return next((one.name for one in organisations if person_id in one.ids), "")


def gather(actor: Actor) -> Everything:
    """Return all that is kept of the person who acts."""
    return Everything(
        made_at=now().replace(microsecond=0),
        account=account_kept(actor),
        telling=None if actor.is_staff else telling_of(actor),
        people=person_kept(actor),
        cases=cases_kept(actor),
        drafts=drafts_kept(actor),
        messages=messages_kept(actor),
        code_messages=code_messages_kept(actor),
        readings=readings_of(actor, limit=None),
    )


def files_of(found: Everything) -> Iterator[FileKept]:
    """Yield the files that belong to it: what the person sent, and the papers that they got."""
    papers: set[str] = set()
    for case in found.cases:
        folder = f"files/{case.receipt_number}"
        for number, sent in enumerate(case.files, 1):
            path = f"{folder}/{number:02d}-{safe_name(sent.file.name)}"
            yield FileKept(sent.file.id, path, sent.file.sha256)
        for number, paper in enumerate(case.papers, 1):
            papers.add(paper.sha256)
            yield FileKept(paper.id, f"{folder}/{paper.kind}-{number:02d}.pdf", paper.sha256)
    for place, draft in enumerate(found.drafts, 1):
        for number, file in enumerate(draft.files, 1):
            path = f"files/draft-{place:02d}/{number:02d}-{safe_name(file.name)}"
            yield FileKept(file.id, path, file.sha256)
    for number, message in enumerate(found.messages, 1):
        if message.document_sha256 and message.document_sha256 not in papers:
            papers.add(message.document_sha256)
            path = f"files/messages/{number:04d}.pdf"
            yield FileKept(message.id, path, message.document_sha256)


def safe_name(name: str) -> str:
    """Return a file's name as every system takes it: no folders, no signs that nobody sees."""
    last = _OF_FOLDERS.split(name)[-1]
    shown = "".join(c if c.isprintable() and c not in _FORBIDDEN else "_" for c in last)
    stem, dot, ending = shown.rpartition(".")
    whole = f"{stem[: _LONGEST_NAME - 10]}.{ending[:9]}" if dot else ending[:_LONGEST_NAME]
    return whole.strip(" .") or "_"


Paths = Mapping[UUID, str]
