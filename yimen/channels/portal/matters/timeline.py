"""The line that shows where an application is: what is done, who has it now, what comes next."""

from collections.abc import Callable
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from yimen.base.text import Text
from yimen.cases.queries import CaseStatus, HistoryLine
from yimen.cases.types import CaseState, DocumentKind, HistoryKind, Outcome
from yimen.catalogue.definition import City, ProcessStep, Service
from yimen.catalogue.queries import process_of
from yimen.catalogue.types import NodeKind
from yimen.channels.shared import wording
from yimen.channels.shared.components import Progress, TimelineItem
from yimen.channels.shared.names import agency_words, officer_words


def timeline(status: CaseStatus, city: City, language: str) -> list[TimelineItem]:
    """Return the points of the line, oldest first."""
    done = [item for line in status.history if (item := _done(line, status, city, language))]
    if not status.is_open:
        papers = [document for document in status.documents if document.ended_at is None]
        complete = papers or status.ending is not None
        return done if complete else [*done, _paper_to_come()]
    return [*done, *_now(status, city, language), *_next(status, city, language)]


def title_of(service: Service, key: str, language: str) -> str:
    """Return what a question or a document is called."""
    field, material = service.field_by_key(key), service.material_by_key(key)
    if field is not None:
        return field.label[language]
    return material.title[language] if material is not None else key


def _done(line: HistoryLine, status: CaseStatus, city: City, language: str) -> TimelineItem | None:
    if line.kind is HistoryKind.CORRECTION_ASKED and _is_the_open_one(line, status):
        return None  # it is the resident's turn, which stands below
    words = history_words(line, status.service, city, language)
    if words is None:
        return None
    title, says = words
    ended = status.ending is not None and line.kind is status.ending.kind
    against = line.data.get("outcome") in (Outcome.REFUSED, Outcome.REVOKED)
    progress = Progress.STOPPED if against or ended else Progress.DONE
    return TimelineItem(title, progress, wording.moment(line.at, language), says)


def _is_the_open_one(line: HistoryLine, status: CaseStatus) -> bool:
    return status.your_turn is not None and line.at >= status.your_turn.asked_at


Words = tuple[str, str]  # title, and what else there is to say


def _submitted(_line: HistoryLine, service: Service, _city: City, _language: str) -> Words:
    return _("Your application arrived"), ""


def _reviewed(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    return _("Your papers were looked through"), officer_words(line.officer, city, language)


def _step_done(line: HistoryLine, service: Service, city: City, language: str) -> Words:
    """Name the step; what was said in it is part of the decision and is given with its reasons."""
    key = line.data.get("task")
    tasks = process_of(service).tasks
    title = next((task.title[language] for task in tasks if task.key == key), "")
    return title or _("A step was finished"), officer_words(line.officer, city, language)


def _asked(line: HistoryLine, service: Service, city: City, language: str) -> Words:
    return _("You were asked for something"), _titles(line, service, language)


def _answered(line: HistoryLine, _service: Service, _city: City, _language: str) -> Words:
    return _("You sent what was asked for"), _("The clock runs again.")


def _taken_back(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    who = officer_words(line.officer, city, language)
    return _("It goes on without what you were asked for"), who


def _extended(line: HistoryLine, service: Service, _city: City, _language: str) -> Words:
    amount = wording.days(int(str(line.data.get("days", 0))), service.promised.unit)
    title = _("The time limit was extended by %(amount)s") % {"amount": amount}
    return title, str(line.data.get("reason", ""))


def _due_changed(line: HistoryLine, _service: Service, _city: City, language: str) -> Words:
    due = line.data.get("promised_due")
    says = ""
    if isinstance(due, str):
        day = wording.day(date.fromisoformat(due), language)
        says = _("Now it is due on %(day)s.") % {"day": day}
    return _("The calendar of working days was changed"), says


def _late(line: HistoryLine, _service: Service, _city: City, language: str) -> Words:
    day = wording.day(date.fromisoformat(str(line.data["promised_due"])), language)
    says = line.data["says"]
    reason = Text.of(says)[language] if isinstance(says, dict) else ""
    return _("We could not keep our promise. The new day: %(day)s") % {"day": day}, reason


def _decided(line: HistoryLine, service: Service, city: City, language: str) -> Words:
    approved = line.data.get("outcome") == Outcome.APPROVED
    who = officer_words(line.officer, city, language)
    if not line.officer.office_number:
        who = _("Decided by the rules of the service, without an officer.")
    return (_("Approved") if approved else _("Refused")), who


def _issued(line: HistoryLine, _service: Service, _city: City, _language: str) -> Words:
    if line.data.get("kind") == DocumentKind.CERTIFICATE:
        return _("Your document is ready"), ""
    if line.data.get("kind") == DocumentKind.REVOCATION:
        return _("The letter of revocation is ready"), ""
    return _("The letter with the reasons is ready"), ""


def _withdrawn(line: HistoryLine, _service: Service, _city: City, _language: str) -> Words:
    return _("You withdrew the application"), str(line.data.get("reason", ""))


def _revoked(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    return _("The approval was revoked"), officer_words(line.officer, city, language)


def _corrected(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    approved = line.data.get("outcome") == Outcome.APPROVED
    title = (
        _("The decision was corrected: approved")
        if approved
        else _("The decision was corrected: refused")
    )
    return title, officer_words(line.officer, city, language)


def _voided(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    return _("Declared void"), officer_words(line.officer, city, language)


def _recheck_asked(line: HistoryLine, _service: Service, _city: City, _language: str) -> Words:
    return _("You said that it is not solved"), str(line.data.get("reason", ""))


def _contested(line: HistoryLine, _service: Service, _city: City, _language: str) -> Words:
    return _("You contested the decision"), str(line.data.get("number", ""))


def _recheck_ordered(line: HistoryLine, _service: Service, _city: City, _language: str) -> Words:
    return _("You were right: the decision has to be changed"), str(line.data.get("number", ""))


def _recheck_answered(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    return _("Looked at again: the decision stands"), officer_words(line.officer, city, language)


def _moved(line: HistoryLine, _service: Service, city: City, language: str) -> Words:
    before, after = (agency_words(str(line.data[key]), city, language) for key in ("from", "to"))
    title = _("The case moved from %(before)s to %(after)s") % {"before": before, "after": after}
    return title, _("The offices were reformed. You need to do nothing, and the days run on.")


def _titles(line: HistoryLine, service: Service, language: str) -> str:
    items = line.data.get("items")
    keys = [str(item["key"]) for item in items] if isinstance(items, list) else []
    return _("; ").join(title_of(service, key, language) for key in keys)


_DONE: dict[HistoryKind, Callable[[HistoryLine, Service, City, str], Words]] = {
    HistoryKind.SUBMITTED: _submitted,
    HistoryKind.REVIEWED: _reviewed,
    HistoryKind.CORRECTION_ASKED: _asked,
    HistoryKind.CORRECTION_ANSWERED: _answered,
    HistoryKind.CORRECTION_TAKEN_BACK: _taken_back,
    HistoryKind.EXTENDED: _extended,
    HistoryKind.DUE_CHANGED: _due_changed,
    HistoryKind.LATE: _late,
    HistoryKind.OPINION_GIVEN: _step_done,
    HistoryKind.DECISION_STEP: _step_done,
    HistoryKind.DECIDED: _decided,
    HistoryKind.DOCUMENT_ISSUED: _issued,
    HistoryKind.WITHDRAWN: _withdrawn,
    HistoryKind.VOIDED: _voided,
    HistoryKind.REVOKED: _revoked,
    HistoryKind.DECISION_CORRECTED: _corrected,
    HistoryKind.RECHECK_ASKED: _recheck_asked,
    HistoryKind.RECHECK_ANSWERED: _recheck_answered,
    HistoryKind.RECHECK_ORDERED: _recheck_ordered,
    HistoryKind.CONTESTED: _contested,
    HistoryKind.MOVED: _moved,
}


def history_words(line: HistoryLine, service: Service, city: City, language: str) -> Words | None:
    """Return what happened in words, or None for what is no step for residents."""
    make = _DONE.get(line.kind)
    return make(line, service, city, language) if make is not None else None


def _now(status: CaseStatus, city: City, language: str) -> list[TimelineItem]:
    if status.your_turn is not None:
        keys = [item.key for item in status.your_turn.items]
        says = _("; ").join(title_of(status.service, key, language) for key in keys)
        return [TimelineItem(_("You are asked for something"), Progress.TURN, says=says)]
    if status.state is CaseState.RECEIVED or not status.now_with:
        who = agency_words(status.service.agency, city, language)
        return [TimelineItem(_("On its way to the office"), Progress.NOW, says=who)]
    items = []
    for held in status.now_with:
        if held.officer is not None:
            says = officer_words(held.officer, city, language)
        else:
            says = _("%(agency)s; no officer has begun yet") % {
                "agency": agency_words(held.agency, city, language)
            }
        items.append(TimelineItem(held.title[language], Progress.NOW, says=says))
    return items


def _next(status: CaseStatus, city: City, language: str) -> list[TimelineItem]:
    steps = [s for s in process_of(status.service).steps if s.kind is NodeKind.TASK]
    reached = _stage_reached(status, steps)
    later = sorted((s for s in steps if s.stage > reached), key=lambda s: (s.stage, s.branch))
    items = []
    for _stage, group in groupby(later, key=lambda step: step.stage):
        side_by_side = list(group)
        title = _("; ").join(step.title[language] for step in side_by_side)
        codes = dict.fromkeys(status.service.agency_for(step.binding) for step in side_by_side)
        who = _("; ").join(agency_words(code, city, language) for code in codes)
        items.append(TimelineItem(title, Progress.NEXT, says=who))
    due = status.promised.due
    if due is not None and status.late is not None:
        due = status.late.new_due
    when = _("by %(day)s") % {"day": wording.day(due, language)} if due is not None else ""
    return [*items, TimelineItem(_("You are told the decision"), Progress.NEXT, when)]


def _stage_reached(status: CaseStatus, steps: list[ProcessStep]) -> int:
    """Return the stage of the process at which the case is; -1 before it has begun."""
    titles = [held.title.as_dict() for held in status.now_with]
    return max((step.stage for step in steps if step.title.as_dict() in titles), default=-1)


def _paper_to_come() -> TimelineItem:
    return TimelineItem(_("Your document is being written"), Progress.NEXT)
