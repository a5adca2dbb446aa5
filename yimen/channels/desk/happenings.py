"""The history of a case as sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from yimen.base.actor import Channel
from yimen.base.text import Text
from yimen.cases.queries import HistoryLine
from yimen.cases.types import RECHECK_KEY, HistoryKind, LawNamed, Outcome
from yimen.catalogue.definition import City, Process, Service
from yimen.channels.desk.refusals import outcome
from yimen.channels.shared import wording
from yimen.channels.shared.names import agency_words, officer_words


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: when, what, by whom, and the words that were written."""

    at: datetime
    what: str
    who: str
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """What the sentences need to know beside the line itself."""

    data: Mapping[str, object]
    city: City
    service: Service
    process: Process
    language: str

    def text(self, key: str) -> str:
        value = self.data.get(key)
        return str(value) if value is not None else ""

    @property
    def task(self) -> str:
        """Return the title of the task that the line is about."""
        key = self.text("task")
        if key == RECHECK_KEY:
            return _("Look again")
        found = next((task for task in self.process.tasks if task.key == key), None)
        return found.title[self.language] if found is not None else key

    @property
    def days(self) -> str:
        number = self.data.get("days")
        amount = number if isinstance(number, int) else 0
        return wording.days(amount, self.service.promised.unit)

    def day(self, key: str) -> str:
        value = self.text(key)
        return wording.short_day(date.fromisoformat(value), self.language) if value else ""


def happenings(
    lines: tuple[HistoryLine, ...], service: Service, process: Process, city: City, language: str
) -> tuple[Happening, ...]:
    """Return what happened to a case, the newest first."""
    told = []
    for line in lines:
        place = _Place(line.data, city, service, process, language)
        who = officer_words(line.officer, city, language) if line.officer.agency else ""
        absent = place.text("acting_for")
        if absent:
            who = _("%(who)s, standing in for %(absent)s") % {"who": who, "absent": absent}
        told.append(Happening(line.at, _WORDS[line.kind](place), who, _says(line.kind, place)))
    return tuple(reversed(told))


def _says(kind: HistoryKind, place: _Place) -> tuple[str, ...]:
    if kind is HistoryKind.CORRECTION_ASKED:
        return tuple(f"{item_label(place.service, item, place.language)}: {item['says']}"
                     for item in _items(place.data))  # fmt: skip
    if kind is HistoryKind.LATE:
        return (_told(place),)
    reason, law = place.text("reason"), LawNamed.of(_law_of(place.data))
    named = (law.says[place.language],) if law is not None else ()
    return (*named, reason) if reason else named


def _told(place: _Place) -> str:
    says = place.data.get("says")
    return Text.of(says)[place.language] if isinstance(says, dict) else ""


def _law_of(data: Mapping[str, object]) -> dict[str, object]:
    law = data.get("law")
    return law if isinstance(law, dict) else {}


def _items(data: Mapping[str, object]) -> list[dict[str, str]]:
    items = data.get("items")
    return items if isinstance(items, list) else []


def item_label(service: Service, item: Mapping[str, str], language: str) -> str:
    """Return what a correction is about: a question's label or a document's title."""
    field, material = service.field_by_key(item["key"]), service.material_by_key(item["key"])
    if item["kind"] == "field" and field is not None:
        return field.label[language]
    return material.title[language] if material is not None else item["key"]


def channel_word(channel: str) -> str:
    """Return the door through which an application came."""
    words = {
        Channel.PORTAL: _("online"),
        Channel.COUNTER: _("at a counter"),
        Channel.KIOSK: _("at a kiosk"),
        Channel.PAPER: _("on paper"),
        Channel.API: _("by another system"),
        Channel.DESK: _("by an office"),
        Channel.SYSTEM: _("by the system"),
    }
    return words[Channel(channel)] if channel in set(Channel) else channel


def _submitted(place: _Place) -> str:
    return _("The application arrived (%(channel)s).") % {
        "channel": channel_word(place.text("channel"))
    }


def _handed_over(place: _Place) -> str:
    return _("“%(task)s” handed over to office %(number)s.") % {
        "task": place.task,
        "number": place.text("to"),
    }


def _with_task(make: Callable[[], str]) -> Callable[[_Place], str]:
    return lambda place: make() % {"task": place.task, "outcome": outcome(place.text("outcome"))}


def _with_days(make: Callable[[], str]) -> Callable[[_Place], str]:
    return lambda place: make() % {"days": place.days}


def _decided(place: _Place) -> str:
    if place.text("outcome") == Outcome.APPROVED:
        return _("The application was approved.")
    return _("The application was refused.")


def _corrected(place: _Place) -> str:
    if place.text("outcome") == Outcome.APPROVED:
        return _("The decision was corrected: approved.")
    return _("The decision was corrected: refused.")


def _extended(place: _Place) -> str:
    day = place.day("promised_due")
    words = {"days": place.days, "day": day}
    if not day:
        return _("The extension by %(days)s was approved.") % words
    return _("The extension by %(days)s was approved: due on %(day)s.") % words


def _due_changed(place: _Place) -> str:
    return _("The calendar changed: due on %(now)s instead of %(before)s.") % {
        "now": place.day("promised_due") or "–",
        "before": place.day("promised_due_before") or "–",
    }


def _late(place: _Place) -> str:
    return _("The applicant was told that it gets late: by %(now)s instead of %(before)s.") % {
        "now": place.day("promised_due"),
        "before": place.day("promised"),
    }


def _moved(place: _Place) -> str:
    return _("Moved from %(before)s to %(after)s by a reform.") % {
        "before": agency_words(place.text("from"), place.city, place.language),
        "after": agency_words(place.text("to"), place.city, place.language),
    }


_WORDS: dict[HistoryKind, Callable[[_Place], str]] = {
    HistoryKind.SUBMITTED: _submitted,
    HistoryKind.STARTED: lambda _place: _("The case was opened."),
    HistoryKind.CLAIMED: _with_task(lambda: _("“%(task)s” claimed.")),
    HistoryKind.RELEASED: _with_task(lambda: _("“%(task)s” given back to the queue.")),
    HistoryKind.HANDED_OVER: _handed_over,
    HistoryKind.CORRECTION_ASKED: lambda _place: _(
        "A correction was asked for; the clock is paused."
    ),
    HistoryKind.CORRECTION_ANSWERED: lambda _place: _("The correction came; the clock runs again."),
    HistoryKind.CORRECTION_TAKEN_BACK: lambda _place: _(
        "The correction was taken back; the clock runs again."
    ),
    HistoryKind.REVIEWED: _with_task(lambda: _("“%(task)s” is complete.")),
    HistoryKind.OPINION_GIVEN: _with_task(lambda: _("“%(task)s”: %(outcome)s.")),
    HistoryKind.DECISION_STEP: _with_task(lambda: _("“%(task)s”: %(outcome)s.")),
    HistoryKind.DECIDED: _decided,
    HistoryKind.EXTENSION_ASKED: _with_days(lambda: _("An extension by %(days)s was asked for.")),
    HistoryKind.EXTENDED: _extended,
    HistoryKind.EXTENSION_REFUSED: _with_days(lambda: _("The extension by %(days)s was refused.")),
    HistoryKind.DUE_CHANGED: _due_changed,
    HistoryKind.LATE: _late,
    HistoryKind.DOCUMENT_ISSUED: lambda _place: _("The document was issued."),
    HistoryKind.WITHDRAWN: lambda _place: _("The applicant withdrew the application."),
    HistoryKind.REVOKED: lambda _place: _("The approval was revoked."),
    HistoryKind.DECISION_CORRECTED: _corrected,
    HistoryKind.VOIDED: lambda _place: _("The entry was declared void."),
    HistoryKind.RECHECK_ASKED: lambda _place: _("The applicant says that it is not solved."),
    HistoryKind.RECHECK_ORDERED: lambda place: (
        _("%(number)s was approved: the decision has to be changed.")
        % {"number": place.text("number")}
    ),
    HistoryKind.CONTESTED: lambda place: (
        _("The decision is contested: %(number)s.") % {"number": place.text("number")}
    ),
    HistoryKind.RECHECK_ANSWERED: lambda _place: _("Looked at again: the decision stands."),
    HistoryKind.MOVED: _moved,
}
