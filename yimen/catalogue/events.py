"""What happens to a city's declarations."""

from dataclasses import dataclass
from typing import ClassVar

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class CityApplied(Event):
    """A folder of declarations was applied; services are named with their versions, ``code@3``."""

    kind: ClassVar[str] = "catalogue.city_applied"

    city: str
    release: int
    files_hash: str
    services: list[str]
    closed: list[str]
    forced: bool
