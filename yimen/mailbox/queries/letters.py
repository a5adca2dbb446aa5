"""Letters for the printer: what waits, what is in a print run, what can only go to the counter."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from yimen.base.actor import Actor
from yimen.base.clock import now
from yimen.base.text import Text
from yimen.catalogue.queries import current_city, current_zone
from yimen.mailbox.models import Delivery, Message, PrintRun
from yimen.mailbox.rules import LOOK_BACK, MOST_IN_RUN, NO_ADDRESS, check_may_print
from yimen.mailbox.types import DeliveryState, Way
from yimen.people.models import Letter
from yimen.people.queries import letters_waiting

_PAGE_LANGUAGES = {"zh": "zh-hans"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A message as a letter."""

    id: UUID
    name: str
    address: str
    language: str
    subject: Text
    body: Text
    receipt: str
    document_sha256: str
    posted_at: datetime

    def as_data(self) -> Mapping[str, object]:
        """Return what the template gets."""
        with override(_PAGE_LANGUAGES.get(self.language, self.language)):
            closing = [
                _("This message lies in your mailbox too: %(address)s")
                % {"address": settings.SITE_URL}
            ]
            if self.document_sha256:
                closing.insert(0, _("The document stands on the next pages."))
        paragraphs = [part for part in self.body[self.language].split("\n\n") if part]
        return _data(self, self.subject[self.language], paragraphs, closing, self.posted_at)


@dataclass(frozen=True, slots=True)
class CodeLetter:
    """A letter with the code that ties an account to its person."""

    id: UUID
    person_id: UUID
    name: str
    address: str
    language: str
    code: str
    queued_at: datetime
    receipt: str = ""
    document_sha256: str = ""

    def as_data(self) -> Mapping[str, object]:
        """Return what the template gets."""
        with override(_PAGE_LANGUAGES.get(self.language, self.language)):
            subject = _("Your code")
            address = f"{settings.SITE_URL}/account/person/code/"
            paragraphs = [
                _("With this code you show that an account of the portal is yours:"),
                self.code,
                _("Sign in and enter it here: %(address)s") % {"address": address},
            ]
            closing = [_("If you did not ask for it, do nothing. Tell the code to nobody.")]
        return _data(self, subject, paragraphs, closing, self.queued_at)


def _data(
    sheet: Sheet | CodeLetter,
    subject: str,
    paragraphs: list[str],
    closing: list[str],
    at: datetime,
) -> Mapping[str, object]:
    city = current_city()
    return {
        "language": sheet.language,
        "city": city.title[sheet.language],
        "accent": city.colours.get("accent", "#1B2733"),
        "name": sheet.name,
        "address": sheet.address,
        "day": at.astimezone(current_zone()).date().isoformat(),
        "receipt": sheet.receipt,
        "subject": subject,
        "paragraphs": paragraphs,
        "closing": closing,
    }


@dataclass(frozen=True, slots=True)
class CounterLetter:
    """A letter that cannot be posted: no address of the person is known."""

    receipt: str
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class RunView:
    """The letters of a day."""

    day: str
    letters: int
    pages: int


@dataclass(frozen=True, slots=True)
class LettersView:
    """All letters that somebody still has to do something with."""

    codes: tuple[Letter, ...]
    unprinted: int  # beside those with codes
    printed: tuple[RunView, ...]
    counter: tuple[CounterLetter, ...]

    def as_data(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "codes": [
                {
                    "queued_at": letter.queued_at.isoformat(),
                    "name": letter.name,
                    "address": letter.address,
                    "code": letter.code,
                }
                for letter in self.codes
            ],
            "unprinted": self.unprinted,
            "printed": [asdict(run) for run in self.printed],
            "counter": [
                {"receipt": letter.receipt, "queued_at": letter.queued_at.isoformat()}
                for letter in self.counter
            ],
        }


def letters(actor: Actor) -> LettersView:
    """Return what waits for the printer, the post and the counter."""
    check_may_print(actor)
    return LettersView(
        codes=letters_waiting(actor),
        unprinted=_unprinted().count(),
        printed=_print_runs(),
        counter=letters_for_counter(actor),
    )


def unread_without_letter(limit: int) -> list[Message]:
    """Return messages that lie unread for as long as the city allows, and have no letter yet.

    Those that came to that age within the last week: a worker that was away for days makes up for
    it, and nobody gets a letter about what is long past.
    """
    before = now() - timedelta(days=current_city().unread_days)
    letter = Delivery.objects.filter(
        person_id=OuterRef("person_id"), message_id=OuterRef("id"), way=Way.LETTER
    )
    rows = Message.objects.filter(
        read_at__isnull=True, on_paper=True, posted_at__lte=before, posted_at__gt=before - LOOK_BACK
    )
    unlettered = rows.filter(~Exists(letter)).order_by("posted_at")
    return list(unlettered.select_for_update(skip_locked=True)[:limit])


def _unprinted() -> QuerySet[Delivery]:
    return Delivery.objects.filter(way=Way.LETTER, state=DeliveryState.WAITING, run_id__isnull=True)


def unprinted_letters() -> list[UUID]:
    """Return the letters that wait for the printer, the oldest first, as many as a file holds."""
    waiting = _unprinted().order_by("next_try_at")
    return list(waiting.values_list("id", flat=True)[:MOST_IN_RUN])


def letters_of_run(run_id: UUID) -> list[Sheet | CodeLetter]:
    """Return the letters of a print run, in the order in which they are printed."""
    city = current_city()
    rows = list(Delivery.objects.filter(run_id=run_id).order_by("queued_at", "id"))
    messages: dict[tuple[UUID, UUID | None], Message] = {
        (message.person_id, message.id): message
        for message in Message.objects.filter(
            person_id__in={row.person_id for row in rows}, id__in={row.message_id for row in rows}
        )
    }
    sheets: list[Sheet | CodeLetter] = []
    for row in rows:
        message = messages[row.person_id, row.message_id]
        known = message.language in city.languages
        sheets.append(
            Sheet(
                id=row.id,
                name=row.name,
                address=row.address,
                language=message.language if known else city.languages[0],
                subject=Text.of(message.subject),
                body=Text.of(message.body),
                receipt=message.case_receipt,
                document_sha256=message.document_sha256,
                posted_at=message.posted_at,
            )
        )
    codes = Letter.objects.filter(run_id=run_id).order_by("queued_at", "id")
    sheets += [
        CodeLetter(
            id=letter.id,
            person_id=letter.person_id,
            name=letter.name,
            address=letter.address,
            language=letter.language if letter.language in city.languages else city.languages[0],
            code=letter.code,
            queued_at=letter.queued_at,
        )
        for letter in codes
    ]
    return sheets


def letters_for_counter(actor: Actor) -> tuple[CounterLetter, ...]:
    """Return letters about unread messages that no address is known for, the oldest first."""
    check_may_print(actor)
    unread = Message.objects.filter(
        person_id=OuterRef("person_id"), id=OuterRef("message_id"), read_at__isnull=True
    )
    rows = Delivery.objects.filter(
        way=Way.LETTER, state=DeliveryState.FAILED, error=NO_ADDRESS
    ).filter(Exists(unread))
    rows = rows.annotate(receipt=unread.values("case_receipt")[:1]).order_by("queued_at")
    return tuple(CounterLetter(row.receipt, row.queued_at) for row in rows)


def _print_runs() -> tuple[RunView, ...]:
    """Return the days whose letters are printed and not yet posted."""
    rows = PrintRun.objects.filter(printed_at__isnull=False, posted_at__isnull=True)
    return tuple(
        RunView(row.day.isoformat(), row.letters, row.pages) for row in rows.order_by("day")
    )
