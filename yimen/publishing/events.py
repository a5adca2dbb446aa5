"""What happens to the editors' pages."""

from dataclasses import dataclass
from typing import ClassVar

from yimen.ledger.events import Event


@dataclass(frozen=True, slots=True)
class PagePublished(Event):
    """A page, or a new version of it, went public. ``revision`` names the version."""

    kind: ClassVar[str] = "publishing.published"

    page: int
    revision: int | None
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class PageUnpublished(Event):
    """A page was taken down."""

    kind: ClassVar[str] = "publishing.unpublished"

    page: int
    address: str
    language: str
