"""Read a file of published roots, as somebody kept it."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from yimen.ledger import rules

ROOTS_FORMAT = "yimen-ledger-roots-1"


@dataclass(frozen=True, slots=True)
class PublishedRoots:
    """The signed texts of the days, and of the newest seal there was."""

    days: dict[date, str]
    head: tuple[int, str] | None


def read_roots(content: bytes) -> PublishedRoots:
    """Return the roots of a file, or refuse it."""
    try:
        roots: Any = json.loads(content)
        if roots["format"] != ROOTS_FORMAT:
            raise rules.NotARootsFile(str(roots["format"]))
        texts = [str(day["signed"]) for day in roots["days"]]
        head = str(roots["head"]["signed"]) if roots["head"] else None
        return PublishedRoots(
            days={date.fromisoformat(json.loads(text)["day"]): text for text in texts},
            head=(int(json.loads(head)["seal"]), head) if head else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise rules.NotARootsFile(str(error)) from error
