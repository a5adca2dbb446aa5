"""Promises near or past their day: of an officer, of an agency, of the city. Numbers and days only."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from yimen.accounts.queries import city_today
from yimen.accounts.types import OfficerName
from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.models import ACTIVE_TASK_STATES, Case, Task
from yimen.cases.queries.desk import MOST_COUNTED, PAGE
from yimen.cases.queries.handling import service_of
from yimen.cases.queries.promises import latest_told
from yimen.cases.queries.scope import READ
from yimen.cases.rules.clocks import due_left, unit_of
from yimen.cases.rules.permissions import HEAD
from yimen.cases.rules.watching import CLAIM, WATCH, band_of, last_days
from yimen.cases.types import DECIDED, CaseState, DueLeft, TaskState, WatchBand
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import WatchedDay, Watcher

FIGURE_DAYS = 7
_KEPT_SECONDS = 300
_KEY = "cases-agency-figures"


@dataclass(frozen=True, slots=True)
class WatchedCase:
    """A case near or past its day. ``left`` is until the promised day, in the promise's unit."""

    receipt_number: str
    service: Text
    agency: str  # that leads it
    band: WatchBand
    promised_due: date
    left: DueLeft
    statutory_due: date | None
    new_due: date | None  # what the applicant was told last, where a promise was missed
    waits_for: tuple[
        tuple[str, OfficerName | None], ...
    ]  # agency of each open step, and who has it
    opens: bool  # the actor may open its file


@dataclass(frozen=True, slots=True)
class AgencyFigures:
    """How an agency keeps its promises: what was decided within a week, and what is open and late."""

    agency: str
    in_time: int
    late: int
    open_late: int

    @property
    def share(self) -> float | None:
        """Return the part that was decided in time; None where nothing was decided."""
        decided = self.in_time + self.late
        return self.in_time / decided if decided else None


def watches(actor: Actor) -> bool:
    """Say whether anything can stand among the promises of the actor."""
    return any(actor.agencies_with(right) for right in (CLAIM, HEAD, WATCH))


def watched(actor: Actor) -> QuerySet[Case]:
    """Return the open cases whose day is near or past by the city's steps for the actor's posts.

    Officers: the cases of which they, or whom they stand in for, have a task. Who may hand over:
    those that their agencies lead. Who holds ``case.watch``: the city's. Not while it is the
    applicant's turn.
    """
    wanted = Q(person_id__in=[])
    if actor.agencies_with(CLAIM) and actor.account_id is not None:
        absent = {post.acting_for_account for post in actor.posts} - {None}
        own = Task.objects.filter(
            person_id=OuterRef("person_id"),
            case_id=OuterRef("id"),
            state=TaskState.CLAIMED,
            assignee__in=[actor.account_id, *absent],
        )
        wanted |= _near(Watcher.OFFICER) & Q(Exists(own))
    if heads := sorted(actor.agencies_with(HEAD)):
        wanted |= _near(Watcher.HEAD) & Q(agency__in=heads)
    if actor.agencies_with(WATCH):
        wanted |= _near(Watcher.SUPERVISOR)
    return Case.objects.filter(wanted, closed_at__isnull=True, promised_due__isnull=False).exclude(
        state=CaseState.WAITING
    )


def _near(who: Watcher) -> Q:
    city = current_city()
    near = Q(person_id__in=[])
    for of, day in last_days(city.promises.watch, who, city_today(), city.calendar).items():
        near |= Q(promised_due__lte=day) if of is WatchedDay.PROMISED else Q(statutory_due__lte=day)
    return near


def watch_count(actor: Actor) -> int:
    """Return how many promises stand on the actor's desk; a count stops at 1,000."""
    if not watches(actor):
        return 0
    return watched(actor).values("id")[:MOST_COUNTED].count()


def watch_counts(actor: Actor) -> Mapping[WatchBand, int]:
    """Return how many promises are how far."""
    today = city_today()
    past_law = Q(statutory_due__lt=today)
    late = Q(promised_due__lt=today)
    is_today = Q(promised_due=today) | Q(statutory_due=today)
    beyond = Q(statutory_due__isnull=False) & past_law  # a day that is not known has not passed
    counted: dict[str, int] = watched(actor).aggregate(
        past_law=Count("id", filter=beyond),
        late=Count("id", filter=late & ~beyond),
        today=Count("id", filter=is_today & ~late & ~beyond),
        all=Count("id"),
    )
    soon = counted["all"] - counted["past_law"] - counted["late"] - counted["today"]
    return {
        WatchBand.PAST_LAW: counted["past_law"],
        WatchBand.LATE: counted["late"],
        WatchBand.TODAY: counted["today"],
        WatchBand.SOON: soon,
    }


def watched_cases(actor: Actor) -> tuple[WatchedCase, ...]:
    """Return the fifty most pressing promises, those past the law first."""
    today, calendar = city_today(), current_city().calendar
    rows = list(watched(actor).defer("process_state").order_by("promised_due", "id")[:PAGE])
    told, tasks = latest_told(rows), _tasks(rows)
    readable = actor.agencies_with(READ)
    found = []
    for case in rows:
        service, last = service_of(case), told.get(case.id)
        promised = case.promised_due
        assert promised is not None  # a clock that stands is not watched
        found.append(
            WatchedCase(
                receipt_number=case.receipt_number,
                service=service.title,
                agency=case.agency,
                band=band_of(promised, case.statutory_due, today),
                promised_due=promised,
                left=due_left(promised, today, calendar, unit_of(service.promised)),
                statutory_due=case.statutory_due,
                new_due=last.new_due if last is not None else None,
                waits_for=tuple(tasks[case.id]),
                opens=not readable.isdisjoint(case.agencies),
            )
        )
    order = list(WatchBand)
    return tuple(sorted(found, key=lambda one: order.index(one.band)))


def _tasks(cases: list[Case]) -> dict[object, list[tuple[str, OfficerName | None]]]:
    found: dict[object, list[tuple[str, OfficerName | None]]] = defaultdict(list)
    of_cases = Q(person_id__in={c.person_id for c in cases}, case_id__in={c.id for c in cases})
    rows = Task.objects.filter(of_cases, state__in=ACTIVE_TASK_STATES)
    for task in rows.order_by("opened_at", "id"):
        has = OfficerName(task.agency, task.assignee_number) if task.assignee is not None else None
        found[task.case_id].append((task.agency, has))
    return found


def agency_figures(actor: Actor) -> tuple[AgencyFigures, ...]:
    """Return how agencies keep their promises: a head's own, for a supervisor all; worst first.

    At most five minutes old. What was promised first is measured.
    """
    every = bool(actor.agencies_with(WATCH))
    heads = actor.agencies_with(HEAD)
    if not every and not heads:
        return ()
    return tuple(row for row in _figures() if every or row.agency in heads)


def _figures() -> tuple[AgencyFigures, ...]:
    kept = cache.get(_KEY)
    if isinstance(kept, tuple):
        return kept
    fresh = _count()
    cache.set(_KEY, fresh, _KEPT_SECONDS)
    return fresh


def _count() -> tuple[AgencyFigures, ...]:
    zone, today = ZoneInfo(current_city().time_zone), city_today()
    since = datetime.combine(today - timedelta(days=FIGURE_DAYS - 1), time(), zone)
    decided = Case.objects.filter(closed_at__gte=since, outcome__in=DECIDED).values("agency")
    rows = decided.annotate(
        all=Count("id"),
        in_time=Count("id", filter=Q(promised_due__gte=TruncDate(F("closed_at"), tzinfo=zone))),
    )
    done = {row["agency"]: (row["in_time"], row["all"] - row["in_time"]) for row in rows}
    late = Case.objects.filter(closed_at__isnull=True, promised_due__lt=today)
    late = late.exclude(state=CaseState.WAITING)
    open_late = dict(late.values_list("agency").annotate(all=Count("id")))
    figures = [
        AgencyFigures(agency, *done.get(agency, (0, 0)), open_late.get(agency, 0))
        for agency in sorted(done.keys() | open_late.keys())
    ]
    return tuple(sorted(figures, key=lambda row: (-row.open_late - row.late, row.agency)))
