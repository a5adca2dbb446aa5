"""What the next page says of what was done on this one, with the way to undo it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from django.http import HttpRequest

_KEY = "desk_note"


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence, shown once. ``undo`` is the address of the form that takes it back."""

    sentence: str
    kind: str = "done"  # done, error, or "" for information
    undo: str = ""
    undo_label: str = ""
    fields: Mapping[str, list[str]] = field(default_factory=dict)


def keep(request: HttpRequest, note: Note) -> None:
    """Keep a note for the next page."""
    request.session[_KEY] = asdict(note)


def take(request: HttpRequest) -> Note | None:
    """Return the note that was kept, and forget it."""
    kept = request.session.pop(_KEY, None)
    return Note(**kept) if kept else None
