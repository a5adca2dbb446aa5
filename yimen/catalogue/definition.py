"""What a city declares, as frozen dataclasses that know their file and line.

Nothing here reads a file or a database: `loader` makes these from TOML, CSV and BPMN, everything
else is derived from them. Where a declaration stands does not take part in comparisons: one that
only moved to another line is the same. The file is long because it is the whole vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from yimen.base.calendar import WorkingCalendar
from yimen.base.expression import Expression
from yimen.base.text import Text
from yimen.catalogue.types import (
    AgencyKind,
    Audience,
    ChangeKind,
    ChannelKind,
    CountsFrom,
    DayUnit,
    DivisionLevel,
    FieldKind,
    LetterRule,
    MendingKind,
    NodeKind,
    NoticeKind,
    Refresh,
    Sharing,
    Subject,
    TaskKind,
    WatchedDay,
    Watcher,
)

_NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a declaration stands: path inside the city's folder's parent, and 1-based line."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a city's folder: where, and a sentence with the remedy."""

    place: Place
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Sourced:
    """A text with the source of the fact it states (law and article, notice, address).

    Without a source the pages say "example figure".
    """

    says: Text
    source: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """A role that posts in agencies may carry, with its rights (``case.read``, ``case.decide``)."""

    key: str
    title: Text
    rights: frozenset[str]
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class MendingGround:
    """A ground in law on which an agency may revoke or correct what it has decided.

    ``says`` stands in the letter to the person. A city without one lets nobody do it.
    """

    key: str
    kind: MendingKind
    says: Text
    place: Place = field(compare=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecheckTerms:
    """How a decision is looked at again when its applicant says that it solves nothing.

    It goes one level up: to ``role`` in the agency that decided, and never to the officer who did.
    """

    role: str
    within: "Limit"  # after the decision, to ask for it
    answer: "Limit"  # to answer
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A moment in life by which services are found; ``icon`` is a Lucide icon name."""

    key: str
    title: Text
    icon: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Agency:
    """A commission, bureau, office, district or neighbourhood office.

    On the day ``until`` it is no longer there and its successor has what it did: `rules.agencies`.
    """

    code: str
    title: Text
    kind: AgencyKind
    place: Place = field(compare=False)
    parent: str = ""
    site: str = ""
    phone: str = ""
    address: Text = _NO_TEXT
    hours: Text = _NO_TEXT
    division: str = ""
    duties: Text = _NO_TEXT
    source: str = ""
    since: date | None = None  # None: from before all that the city remembers
    until: date | None = None
    successor: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """A district, subdistrict or committee with its national code (GB/T 2260, GB/T 10114)."""

    code: str
    title: Text
    level: DivisionLevel
    parent: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Standard:
    """An amount that the city sets, valid from a date until the next one of the same key."""

    key: str
    title: Text
    amount: Decimal
    unit: str
    since: date
    place: Place = field(compare=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a choice."""

    value: str
    label: Text


@dataclass(frozen=True, slots=True)
class DataField:
    """One column of a data set, which is also a word that criteria may use."""

    key: str
    kind: FieldKind
    label: Text
    place: Place = field(compare=False)
    question: Text = _NO_TEXT  # how to ask a visitor whose record is not known
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 200
    scale: int = 2
    options: tuple[Option, ...] = ()
    required: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class DataSet:
    """A kind of record that one agency owns."""

    code: str
    owner: str
    title: Text
    subject: Subject
    refresh: Refresh
    sharing: Sharing
    fields: tuple[DataField, ...]
    place: Place = field(compare=False)
    law: Sourced | None = None

    def field_by_key(self, key: str) -> DataField | None:
        """Return the field with this key, or None."""
        return next((f for f in self.fields if f.key == key), None)


@dataclass(frozen=True, slots=True)
class ProcessTask:
    """One user task of a process: what is asked of whom.

    ``lane`` is ``binding: role`` in the diagram, e.g. ``lead: officer``; ``binding`` is replaced
    by the agency that the service names for it (``lead`` is the service's own agency).
    """

    key: str
    kind: TaskKind
    title: Text
    binding: str
    role: str


@dataclass(frozen=True, slots=True)
class ProcessNode:
    """One node of a process diagram: an event, a task or a gateway."""

    key: str
    kind: NodeKind
    title: Text
    place: Place = field(compare=False)
    binding: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class ProcessFlow:
    """An arrow of a process diagram. ``condition`` is None for the arrow taken otherwise."""

    key: str
    source: str
    target: str
    place: Place = field(compare=False)
    title: Text = _NO_TEXT
    condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class ProcessStep:
    """One step of a process as people see it drawn.

    Steps of one ``stage`` stand side by side, ordered by ``branch``. With ``parallel`` (the key of
    the parallel gateway that they lie behind) they happen at the same time, else one of them does.
    """

    key: str
    kind: NodeKind  # start, task or end; gateways are not drawn
    title: Text
    stage: int
    branch: int
    binding: str = ""
    role: str = ""
    parallel: str = ""


@dataclass(frozen=True, slots=True)
class Process:
    """A BPMN diagram that cases follow. ``bpmn`` is the checked XML text."""

    code: str
    title: Text
    bpmn: str
    tasks: tuple[ProcessTask, ...]
    bindings: frozenset[str]
    place: Place = field(compare=False)
    nodes: tuple[ProcessNode, ...] = ()
    flows: tuple[ProcessFlow, ...] = ()
    steps: tuple[ProcessStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit for deciding, with its unit and source."""

    days: int  # or months, as the unit says
    unit: DayUnit
    source: str = ""


@dataclass(frozen=True, slots=True)
class Fee:
    """What an application costs. 0.00 is free."""

    amount: Decimal
    says: Text = _NO_TEXT
    source: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A condition of a service; all must hold. NULL means "not known yet"."""

    key: str
    when: Expression
    says: Text  # what must hold, as the reader sees it: "Household income is below ..."
    says_not: Text  # the sentence when it does not hold
    place: Place = field(compare=False)
    source: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of the form.

    ``from_record`` is ``dataset.field``: the answer is filled in from that record and the person
    confirms or corrects it. ``from_answer`` is the key of an earlier question whose answer is
    proposed. ``when`` hides the question unless it is true; its names are
    ``answer.<key>`` of earlier questions.
    """

    key: str
    kind: FieldKind
    label: Text
    place: Place = field(compare=False)
    hint: Text = _NO_TEXT
    required: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_length: int = 200
    scale: int = 2
    options: tuple[Option, ...] = ()
    from_record: str = ""
    from_answer: str = ""
    when: Expression | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """A document that a service needs, asked for only where no record can stand in."""

    key: str
    title: Text
    place: Place = field(compare=False)
    hint: Text = _NO_TEXT
    required: bool = True
    from_data_set: str = ""  # not asked for when this data set answers
    from_when: Expression | None = None  # and its record says so, where a row alone proves nothing
    media_types: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png")
    max_bytes: int = 10_000_000
    max_files: int = 3
    when: Expression | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What the person holds in the end: title and body of the certificate."""

    title: Text
    body: Text
    valid_years: int | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """A way to contest a decision, named in every refusal."""

    title: Text
    says: Text
    limit: Limit
    source: str = ""
    counts_from: CountsFrom = CountsFrom.DECISION
    service: str = ""  # the service by which one asks for it, where the city offers one


@dataclass(frozen=True, slots=True)
class Example:
    """A filled-in application, good or bad, that every channel is tested with."""

    name: str
    says: Text
    valid: bool
    answers: Mapping[str, object]
    materials: tuple[str, ...]
    expects: Mapping[str, str]  # field or material key -> error code, for bad examples
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Service:
    """Something a resident or a company can ask for, declared once."""

    code: str
    version: int
    agency: str
    title: Text
    summary: Text
    subject: Subject
    audience: tuple[Audience, ...]
    life_events: tuple[str, ...]
    channels: tuple[ChannelKind, ...]
    card: bool
    process: str
    bindings: Mapping[str, str]
    law: tuple[Sourced, ...]
    fee: Fee
    statutory: Limit
    promised: Limit
    criteria: tuple[Criterion, ...]
    fields: tuple[FormField, ...]
    materials: tuple[Material, ...]
    result: Result
    remedies: tuple[Remedy, ...]
    guide: Text  # Markdown
    keywords: Text
    where: Text
    visits: int
    place: Place = field(compare=False)
    content_hash: str = ""  # SHA-256 of its declaration, its guides and its process
    closed_since: date | None = None
    extension: Limit | None = None  # how much longer the law lets a decision take, once
    examples: tuple[Example, ...] = ()

    def field_by_key(self, key: str) -> FormField | None:
        """Return the question with this key, or None."""
        return next((f for f in self.fields if f.key == key), None)

    @property
    def contests(self) -> FormField | None:
        """Return the question that names the case which an application contests, or None."""
        return next((f for f in self.fields if f.kind is FieldKind.CASE), None)

    def material_by_key(self, key: str) -> Material | None:
        """Return the material with this key, or None."""
        return next((m for m in self.materials if m.key == key), None)

    def agency_for(self, binding: str) -> str:
        """Return the agency that a lane's binding stands for in this service."""
        return self.agency if binding == "lead" else self.bindings[binding]


@dataclass(frozen=True, slots=True)
class Notice:
    """What people are told on one occasion, with words in braces that are filled in."""

    kind: NoticeKind
    subject: Text
    body: Text  # paragraphs are parted by an empty line
    sms: Text
    place: Place = field(compare=False)
    letter: LetterRule = LetterRule.UNREAD


@dataclass(frozen=True, slots=True)
class Delay:
    """A reason for being late that an office may give, in the words that the applicant reads."""

    key: str
    says: Text
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class WatchStep:
    """From when on a case stands among the promises on somebody's desk.

    ``days`` are working days after the watched day; negative: before it.
    """

    who: Watcher
    of: WatchedDay
    days: int


USUAL_WATCH = (
    WatchStep(Watcher.OFFICER, WatchedDay.PROMISED, -3),
    WatchStep(Watcher.OFFICER, WatchedDay.STATUTORY, -5),
    WatchStep(Watcher.HEAD, WatchedDay.PROMISED, 1),
    WatchStep(Watcher.HEAD, WatchedDay.STATUTORY, -3),
    WatchStep(Watcher.SUPERVISOR, WatchedDay.PROMISED, 5),
    WatchStep(Watcher.SUPERVISOR, WatchedDay.STATUTORY, -1),
)


@dataclass(frozen=True, slots=True)
class Promises:
    """What a city does about the days it promised.

    ``more_days``: working days to the new day that the system names by itself. ``complain`` says
    whom to turn to when the limit of the law has passed; empty: the agency that leads the case.
    """

    more_days: int = 5
    complain: Text = field(default_factory=Text)
    delays: Mapping[str, Delay] = field(default_factory=dict)
    watch: tuple[WatchStep, ...] = USUAL_WATCH


@dataclass(frozen=True, slots=True)
class City:
    """A whole folder of declarations."""

    code: str
    title: Text
    languages: tuple[str, ...]
    time_zone: str
    currency: str
    colours: Mapping[str, str]
    emblem: str
    roles: Mapping[str, Role]
    life_events: Mapping[str, LifeEvent]
    agencies: Mapping[str, Agency]
    divisions: Mapping[str, Division]
    calendar: WorkingCalendar
    standards: Mapping[str, tuple[Standard, ...]]
    data_sets: Mapping[str, DataSet]
    processes: Mapping[str, Process]
    services: Mapping[str, Service]
    notices: Mapping[NoticeKind, Notice]
    place: Place = field(compare=False)
    files_hash: str = ""
    unread_days: int = 10  # after which a message is printed and posted
    interface: Mapping[str, bytes] = field(default_factory=dict)  # by language, in MO format
    articles: Mapping[str, str] = field(default_factory=dict)  # Markdown by "about.fr"
    mending: Mapping[str, MendingGround] = field(default_factory=dict)
    recheck: RecheckTerms | None = None  # None: the city offers none
    promises: Promises = field(default_factory=Promises)

    def mending_grounds(self, kind: MendingKind) -> tuple[MendingGround, ...]:
        """Return the grounds in law for revoking, or for correcting, in the order declared."""
        return tuple(ground for ground in self.mending.values() if ground.kind is kind)

    def standard_on(self, key: str, day: date) -> Decimal | None:
        """Return the amount of a standard in force on a day, or None before its first date."""
        standard = self._in_force(key, day)
        return standard.amount if standard is not None else None

    def standards_of(self, criterion: Criterion, day: date) -> tuple[Standard, ...]:
        """Return the standards that a criterion compares with, as they are in force on a day."""
        found = (self._in_force(key, day) for key in sorted(criterion.when.standards))
        return tuple(standard for standard in found if standard is not None)

    def _in_force(self, key: str, day: date) -> Standard | None:
        in_force = (s for s in self.standards.get(key, ()) if s.since <= day)
        return max(in_force, key=lambda s: s.since, default=None)


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that applying a city's folder does, or refuses to do.

    ``sentence`` says what the engineer should know: the remedy of a refused change, what is
    hidden by one that needs force. Higher apps return these from their part of the plan.
    """

    kind: ChangeKind
    subject: str  # "service", "data set", ...
    code: str
    sentence: str = ""
    refused: bool = False
    needs_force: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a city's folder would change."""

    city: City
    changes: tuple[Change, ...]
    first: bool = False  # nothing was applied before

    @property
    def is_empty(self) -> bool:
        """Say that the folder is already applied."""
        return not self.changes

    @property
    def refusals(self) -> tuple[Change, ...]:
        """Return the changes that cannot be made at all."""
        return tuple(change for change in self.changes if change.refused)

    @property
    def dangers(self) -> tuple[Change, ...]:
        """Return the changes that are made only when forced."""
        return tuple(change for change in self.changes if change.needs_force)
