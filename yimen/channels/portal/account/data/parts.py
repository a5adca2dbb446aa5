"""The parts of which the readable document is made."""

from collections.abc import Sequence
from dataclasses import dataclass

Rows = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """One thing: what it is called, its facts, and what was written."""

    title: str
    rows: Rows
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind. ``none`` is said where there are none."""

    title: str
    groups: Sequence[Group]
    none: str = ""

    def as_data(self) -> dict[str, object]:
        """Return what the template gets."""
        return {
            "title": self.title,
            "says": [self.none] if self.none and not self.groups else [],
            "groups": [
                {
                    "title": group.title,
                    "rows": [{"label": label, "value": value} for label, value in group.rows],
                    "texts": list(group.texts),
                }
                for group in self.groups
            ],
        }


def kept_rows(*rows: tuple[str, str]) -> Rows:
    """Return the rows that have a value."""
    return [(label, value) for label, value in rows if value]
