"""Letters: about what is unread for too long, printed once a day as one file, posted, noted.

The letters of a day are first put into its print run, and that is committed; then the files are
made from the run. A worker that is killed in between leaves a run whose files the next one makes:
the same letters, in the same order, never a letter in two runs.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yimen.accounts.queries import city_today
from yimen.base import typesetting
from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.base.files import write_whole
from yimen.base.identifiers import uuid7
from yimen.ledger.actions import append
from yimen.ledger.queries import open_document
from yimen.ledger.rules import DocumentDamaged, DocumentMissing
from yimen.mailbox.actions.posting import queue_letter
from yimen.mailbox.events import DeliverySent, LettersPosted, LettersPrinted
from yimen.mailbox.models import Delivery, PrintRun
from yimen.mailbox.queries.letters import (
    CodeLetter,
    Sheet,
    letters_of_run,
    unprinted_letters,
    unread_without_letter,
)
from yimen.mailbox.rules import check_may_print
from yimen.mailbox.types import DeliveryState
from yimen.people.actions import mark_letter_posted, take_letters

if TYPE_CHECKING:
    from pikepdf import Pdf

AT_ONCE = 500
_TEMPLATE = Path(__file__).parents[1] / "letter.typ"
_COLUMNS = ("number", "delivery", "receipt", "first_page", "pages", "enclosed")


@dataclass(frozen=True, slots=True)
class Printed:
    """The files of a day's letters."""

    run_id: UUID
    pdf: Path
    manifest: Path
    letters: int
    pages: int


@transaction.atomic
def queue_unread(actor: Actor) -> int:
    """Queue a letter for each of a batch of messages that lie unread for too long; returns how many.

    Run by the worker until it returns 0. A message gets one letter, whatever happens.
    """
    check_may_print(actor)
    rows = unread_without_letter(AT_ONCE)
    for row in rows:
        queue_letter(actor, row, demanded=False)
    return len(rows)


def print_letters(actor: Actor) -> Printed | None:
    """Print the letters that wait, as the file of today; None when there are none.

    Once a day: what waits later goes with the next day's. A run that was begun and not finished is
    finished.
    """
    check_may_print(actor)
    run = _take_today(actor)
    return _make_files(actor, run) if run is not None else None


@transaction.atomic
def _take_today(actor: Actor) -> PrintRun | None:
    unfinished = PrintRun.objects.select_for_update().filter(printed_at__isnull=True)
    begun = unfinished.order_by("day").first()
    day = city_today()
    if begun is not None:
        return begun
    if PrintRun.objects.filter(day=day).exists():
        return None
    run_id = uuid7()
    keys = unprinted_letters()
    taken = Delivery.objects.filter(id__in=keys, run_id__isnull=True).update(run_id=run_id)
    taken += take_letters(actor, run_id)
    if not taken:
        return None
    return PrintRun.objects.create(id=run_id, day=day, taken_at=now())


def _make_files(actor: Actor, run: PrintRun) -> Printed:
    from pikepdf import Pdf  # noqa: PLC0415 - heavy, and web workers print nothing

    pages = Pdf.new()
    lines: list[Sequence[object]] = []
    for number, sheet in enumerate(letters_of_run(run.id), 1):
        first = len(pages.pages) + 1
        letter = Pdf.open(BytesIO(_typeset(sheet, run)))
        pages.pages.extend(letter.pages)
        enclosed = _enclosed(sheet)
        if enclosed is not None:
            pages.pages.extend(enclosed.pages)
        count = len(pages.pages) + 1 - first
        lines.append((number, sheet.id, sheet.receipt, first, count, int(enclosed is not None)))
    folder = Path(settings.LETTER_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pdf, manifest = folder / f"{run.day}.pdf", folder / f"{run.day}.csv"
    content = BytesIO()
    pages.save(content, deterministic_id=True)
    write_whole(pdf, content.getvalue())
    write_whole(manifest, _manifest(lines))
    printed = Printed(run.id, pdf, manifest, len(lines), len(pages.pages))
    _note_printed(actor, printed)
    return printed


def _typeset(sheet: Sheet | CodeLetter, run: PrintRun) -> bytes:
    return typesetting.compile_pdf(
        _TEMPLATE, sheet.as_data(), at=run.taken_at.replace(microsecond=0)
    )


def _enclosed(sheet: Sheet | CodeLetter) -> "Pdf | None":
    """Return the paper that came with a message; the letter goes without one that is damaged."""
    if not sheet.document_sha256:
        return None
    from pikepdf import Pdf  # noqa: PLC0415 - as above

    try:
        with open_document(sheet.document_sha256) as file:
            return Pdf.open(BytesIO(file.read()))
    except (DocumentMissing, DocumentDamaged):
        return None


def _manifest(lines: Sequence[Sequence[object]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(lines)
    return text.getvalue().encode()


@transaction.atomic
def _note_printed(actor: Actor, printed: Printed) -> None:
    unnoted = PrintRun.objects.filter(id=printed.run_id, printed_at__isnull=True)
    if unnoted.update(printed_at=now(), letters=printed.letters, pages=printed.pages):
        append(LettersPrinted(printed.run_id, printed.letters, printed.pages), actor=actor)


@transaction.atomic
def mark_posted(actor: Actor) -> int:
    """Note that all letters that were printed are with the post; returns how many there were.

    Doing it again changes nothing. Codes in letters are erased here.
    """
    check_may_print(actor)
    at, posted = now(), 0
    runs = PrintRun.objects.select_for_update().filter(
        printed_at__isnull=False, posted_at__isnull=True
    )
    for run in runs.order_by("day"):
        posted += _post_run(actor, run)
        run.posted_at = at
        run.save(update_fields=["posted_at"])
        append(LettersPosted(run.id, run.letters), actor=actor)
    return posted


def _post_run(actor: Actor, run: PrintRun) -> int:
    sheets = letters_of_run(run.id)
    for sheet in sheets:
        if isinstance(sheet, CodeLetter):
            mark_letter_posted(actor, sheet.person_id, sheet.id)
    rows = Delivery.objects.filter(run_id=run.id, state=DeliveryState.WAITING)
    for row in rows:
        append(DeliverySent(row.id, row.way), actor=actor, person_id=row.person_id)
    rows.update(state=DeliveryState.SENT, sent_at=now())
    return len(sheets)
