"""What a decision names: its grounds, the city's amounts they compare with, and the remedies.

Each can be written as JSON, for the decision's row and for papers, and read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from yimen.base.text import Text

NO_TEXT = Text()


@dataclass(frozen=True, slots=True)
class StandardNamed:
    """An amount of the city that a criterion was judged by, as it was in force on that day."""

    title: Text
    amount: Decimal
    unit: str
    since: date
    source: str = ""

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row and for papers."""
        return {
            "title": self.title.as_dict(),
            "amount": str(self.amount),
            "unit": self.unit,
            "since": self.since.isoformat(),
            "source": self.source,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "StandardNamed":
        """Return the standard that `as_data` wrote."""
        return cls(
            Text.of(data["title"]),
            Decimal(data["amount"]),
            data["unit"],
            date.fromisoformat(data["since"]),
            data["source"],
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """A criterion that did not hold, with the record and its date that decided it.

    ``data_set`` is empty when the answer came from the application itself. ``values`` are what the
    record said of each of ``field_names`` on that day, as JSON; older decisions have none.
    """

    criterion: str
    says: Text
    source: str = ""  # the law or notice that sets the criterion
    data_set: str = ""
    data_set_title: Text = NO_TEXT
    field_names: tuple[str, ...] = ()
    as_of: date | None = None
    source_id: str = ""
    standards: tuple[StandardNamed, ...] = ()
    values: tuple[object, ...] = ()

    @property
    def facts(self) -> tuple[tuple[str, object], ...]:
        """Return the names that decided with their values, None where the record had none."""
        return tuple(zip_longest(self.field_names, self.values[: len(self.field_names)]))

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row and for papers."""
        return {
            "criterion": self.criterion,
            "says": self.says.as_dict(),
            "source": self.source,
            "data_set": self.data_set,
            "data_set_title": self.data_set_title.as_dict(),
            "field_names": list(self.field_names),
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "source_id": self.source_id,
            "standards": [standard.as_data() for standard in self.standards],
            "values": list(self.values),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Ground":
        """Return the ground that `as_data` wrote."""
        return cls(
            data["criterion"],
            Text.of(data["says"]),
            data["source"],
            data["data_set"],
            Text.of(data["data_set_title"]),
            tuple(data["field_names"]),
            date.fromisoformat(data["as_of"]) if data["as_of"] else None,
            data["source_id"],
            tuple(StandardNamed.of(named) for named in data.get("standards", [])),
            tuple(data.get("values", [])),
        )


@dataclass(frozen=True, slots=True)
class LawNamed:
    """The ground in law on which a decision was revoked or corrected, as it was declared then."""

    key: str
    says: Text
    source: str = ""

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row, the history and papers."""
        return {"key": self.key, "says": self.says.as_dict(), "source": self.source}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "LawNamed | None":
        """Return the ground that `as_data` wrote, None where there was none."""
        return cls(data["key"], Text.of(data["says"]), data["source"]) if data else None


@dataclass(frozen=True, slots=True)
class RemedyNamed:
    """A way to contest a decision, with the last day to use it.

    ``last_day`` is None while nobody can know it: the time runs from the outcome of the remedy
    ``after``.
    """

    title: Text
    says: Text
    last_day: date | None
    days: int
    unit: str
    source: str = ""
    after: Text = NO_TEXT
    service: str = ""  # by which one asks for it

    def as_data(self) -> dict[str, object]:
        """Return JSON values, for the decision's row and for papers."""
        return {
            "title": self.title.as_dict(),
            "says": self.says.as_dict(),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "days": self.days,
            "unit": self.unit,
            "source": self.source,
            "after": self.after.as_dict(),
            "service": self.service,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "RemedyNamed":
        """Return the remedy that `as_data` wrote."""
        return cls(
            Text.of(data["title"]),
            Text.of(data["says"]),
            date.fromisoformat(data["last_day"]) if data["last_day"] else None,
            data["days"],
            data["unit"],
            data["source"],
            Text.of(data.get("after", {})),  # decisions of former times count from their own day
            data.get("service", ""),
        )
