"""What the components of the design system are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way to a page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer of the strip on top of a guide page: who, how long, cost, visits, where."""

    icon: str
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A question and its answer, with the page on which it can be changed."""

    key: str
    value: str
    change_url: str = ""
    note: str = ""


class Progress(StrEnum):
    """Where a step of a case stands."""

    DONE = "done"
    NOW = "now"
    TURN = "turn"  # the resident's turn: the only thing in amber
    NEXT = "next"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One point of the line that shows where an application stands."""

    title: str
    progress: Progress
    when: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class FieldError:
    """A sentence about one field; ``anchor`` is the id of the first thing to correct."""

    anchor: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that can be chosen."""

    value: str
    label: str
    chosen: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Choices under a heading, such as the subdistricts of a district."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DatePart:
    """The year, month or day of a date, typed on its own."""

    key: str
    label: str
    value: str
    width: int
    autocomplete: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the page shows it, whatever channel it stands in."""

    template: str
    key: str
    label: str
    hint: str = ""
    error: str = ""
    value: str = ""
    required: bool = True
    heading: bool = False  # the question is the heading of the page
    kept_note: str = ""  # where a prefilled answer comes from
    input_type: str = "text"
    input_mode: str = ""
    autocomplete: str = ""
    width: str = ""
    unit: str = ""
    max_length: int | None = None
    spellcheck: bool = True
    choices: tuple[Choice, ...] = ()
    groups: tuple[ChoiceGroup, ...] = ()
    parts: tuple[DatePart, ...] = ()

    @property
    def described_by(self) -> str:
        """Return the ids of the hint and the error, for screen readers."""
        ids = [f"{self.key}-hint"] if self.hint else []
        return " ".join([*ids, f"{self.key}-error"] if self.error else ids)

    @property
    def anchor(self) -> str:
        """Return the id of the first thing to fill in."""
        if self.parts:
            return f"{self.key}-{self.parts[0].key}"
        return self.choices[0].id if self.choices else self.key


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was already added, with the address that removes it."""

    name: str
    size: str
    key: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A document that is asked for, with what was added so far."""

    key: str
    label: str
    accept: str
    limits: str
    hint: str = ""
    error: str = ""
    required: bool = True
    heading: bool = False
    multiple: bool = False
    files: Sequence[KeptFile] = field(default_factory=tuple)

    @property
    def described_by(self) -> str:
        """Return the ids of the limits, the hint and the error, for screen readers."""
        ids = [f"{self.key}-limits"]
        if self.hint:
            ids.append(f"{self.key}-hint")
        if self.error:
            ids.append(f"{self.key}-error")
        return " ".join(ids)
