"""The list at the left: what the officer narrows it to, and the page of the queue that is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yimen.base.actor import Actor
from yimen.cases.queries import QueueCounts, QueueItem, desks, queue, queue_counts
from yimen.cases.types import DueBand, DueLeft, QueueFilters, TaskState
from yimen.catalogue.definition import City
from yimen.catalogue.types import TaskKind
from yimen.channels.desk.names import task_kind
from yimen.channels.shared import due_words, wording
from yimen.channels.shared.components import Choice
from yimen.channels.shared.names import officer_words

AFTER = "after"
LIST = "list"  # the hidden field by which a form gives back the list beside it
MOST_COUNTED = 1000
_LONGEST_WORDS = 100
_ALLOWED = {"whose": ("mine", "unclaimed"), "due": ("late", "today", "soon", "standing")}


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows: filters, and the key after which the page begins."""

    filters: QueueFilters
    after: str = ""

    @property
    def query(self) -> str:
        """Return it as the query of an address, empty members left out."""
        given = {f.name: getattr(self.filters, f.name) for f in fields(self.filters)}
        given[AFTER] = self.after
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def is_narrowed(self) -> bool:
        return self.filters != QueueFilters()

    def address(self, path: str, **more: str) -> str:
        """Return an address with this list beside it."""
        query = "&".join(part for part in (urlencode(more), self.query) if part)
        return f"{path}?{query}" if query else path

    def narrowed(self, **changes: str) -> str:
        """Return the address of the desk with other filters, from the first page on."""
        return Listing(replace(self.filters, **changes)).address(reverse("desk:home"))


def listing_of(data: Mapping[str, str], city: City) -> Listing:
    """Return what an address or a form asks for; what means nothing is left out."""

    def word(name: str) -> str:
        value = data.get(name, "")
        return value if value in _ALLOWED[name] else ""

    def declared(name: str, known: Mapping[str, object]) -> str:
        value = data.get(name, "")
        return value if value in known else ""

    kind = data.get("kind", "")
    return Listing(
        QueueFilters(
            agency=declared("agency", city.agencies),
            service=declared("service", city.services),
            kind=kind if kind in set(TaskKind) else "",
            whose=word("whose"),
            due=word("due"),
            words=data.get("words", "").strip().replace("\0", "")[:_LONGEST_WORDS],
        ),
        _cursor(data.get(AFTER, "")),
    )


def _cursor(text: str) -> str:
    """Return the key of a page, or nothing when somebody has written into it."""
    day, _underscore, last = text.partition("_")
    try:
        return f"{date.fromisoformat(day).isoformat()}_{UUID(last)}"
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class ListLine:
    """One task of the list, in words."""

    key: str  # receipt number and task, as the forms send it
    address: str
    applicant: str
    says: str
    with_whom: str
    receipt_number: str
    due: str
    band: str
    is_current: bool
    can_claim: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A way to narrow the list that always stands there, with how many there are."""

    label: str
    address: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class ListPane:
    """Everything that the pane at the left shows."""

    listing: Listing
    lines: tuple[ListLine, ...]
    tabs: tuple[Tab, ...]
    agencies: tuple[Choice, ...]
    services: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    dues: tuple[Choice, ...]
    first_page: str  # "" on it
    next_page: str
    can_claim: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The case that is open in the other pane, so that the list can mark it."""

    receipt_number: str = ""
    task_id: str = ""


def list_pane(
    actor: Actor,
    listing: Listing,
    city: City,
    language: str,
    counts: QueueCounts,
    shown: Shown,
) -> ListPane:
    """Read a page of the queue and put it into words. Four counts and one page are all it reads."""
    page = queue(actor, listing.filters, listing.after)
    if shown.task_id not in {str(item.task_id) for item in page.items}:
        shown = replace(shown, task_id="")  # finished: the case's next task is marked
    path = case_paths()
    lines = tuple(_line(actor, item, listing, city, language, shown, path) for item in page.items)
    home = reverse("desk:home")
    following = replace(listing, after=page.next_cursor)
    return ListPane(
        listing=listing,
        lines=lines,
        tabs=_tabs(listing, counts),
        agencies=_agencies(actor, listing, city, language),
        services=_services(actor, listing, city, language),
        kinds=_kinds(listing),
        dues=_dues(listing),
        first_page=replace(listing, after="").address(home) if listing.after else "",
        next_page=following.address(home) if page.next_cursor else "",
        can_claim=any(line.can_claim for line in lines),
    )


def case_paths() -> Callable[[str], str]:
    """Return what makes the addresses of many cases from one look-up of the route."""
    route = reverse("desk:case", args=["-"])
    return lambda receipt_number: route.replace("/-/", f"/{receipt_number}/")


def _line(
    actor: Actor,
    item: QueueItem,
    listing: Listing,
    city: City,
    language: str,
    shown: Shown,
    path: Callable[[str], str],
) -> ListLine:
    task_id = str(item.task_id)
    open_here = item.receipt_number == shown.receipt_number
    return ListLine(
        key=f"{item.receipt_number}:{task_id}",
        address=listing.address(path(item.receipt_number), task=task_id),
        applicant=item.applicant or _("No name given"),
        says=f"{item.service[language]} · {item.title[language]}",
        with_whom=_with_whom(item, city, language),
        receipt_number=item.receipt_number,
        due=due(item.left),
        band=str(item.left.band),
        is_current=open_here and shown.task_id in ("", task_id),
        can_claim=item.state is TaskState.OPEN and actor.has("case.claim", item.agency),
    )


def _with_whom(item: QueueItem, city: City, language: str) -> str:
    if item.is_mine:
        return _("yours")
    if item.officer is None:
        return _("unclaimed")
    return officer_words(item.officer, city, language)


def due(left: DueLeft) -> str:
    """Return how pressing a due date is, in words that need no colour."""
    if left.band is DueBand.STANDING:
        return _("stands: resident's turn")
    return due_words.left_words(left)


def counted(number: int) -> str:
    """Return a count of the queue, which stops counting at a thousand."""
    if number >= MOST_COUNTED:
        return _("%(count)s or more") % {"count": wording.count(MOST_COUNTED)}
    return str(number)


def _tabs(listing: Listing, counts: QueueCounts) -> tuple[Tab, ...]:
    given = listing.filters

    def tab(label: str, number: int | None, whose: str = "", due: str = "") -> Tab:
        current = (given.whose, given.due) == (whose, due)
        count = "" if number is None else counted(number)
        return Tab(label, listing.narrowed(whose=whose, due=due), count, current)

    return (
        tab(pgettext("tasks", "All"), None),
        tab(pgettext("tasks", "Mine"), counts.mine, whose="mine"),
        tab(pgettext("tasks", "Unclaimed"), counts.unclaimed, whose="unclaimed"),
        tab(pgettext("tasks", "Late"), counts.late, due="late"),
        tab(pgettext("tasks", "Resident's turn"), counts.standing, due="standing"),
    )


def _agencies(actor: Actor, listing: Listing, city: City, language: str) -> tuple[Choice, ...]:
    codes = dict.fromkeys(agency for agency, _role in desks(actor))
    chosen = listing.filters.agency
    return tuple(
        Choice(code, city.agencies[code].title[language], code == chosen)
        for code in codes
        if code in city.agencies
    )


def _services(actor: Actor, listing: Listing, city: City, language: str) -> tuple[Choice, ...]:
    mine = {agency for agency, _role in desks(actor)}
    chosen = listing.filters.service
    return tuple(
        Choice(service.code, service.title[language], service.code == chosen)
        for service in city.services.values()
        if service.agency in mine or not mine.isdisjoint(service.bindings.values())
    )


def _kinds(listing: Listing) -> tuple[Choice, ...]:
    return tuple(Choice(k, task_kind(k), k == listing.filters.kind) for k in TaskKind)


def _dues(listing: Listing) -> tuple[Choice, ...]:
    words = {
        "late": pgettext("tasks", "Late"),
        "today": _("Due today"),
        "soon": _("Due within 3 working days"),
        "standing": _("Resident's turn"),
    }
    return tuple(Choice(key, label, key == listing.filters.due) for key, label in words.items())


def counts_of(actor: Actor) -> QueueCounts:
    """Return how much work there is; nothing for who has no queue."""
    return queue_counts(actor) if desks(actor) else QueueCounts(0, 0, 0, 0)
