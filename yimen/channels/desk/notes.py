"""What the next page says of what was done on this one, with the way to undo it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yimen.accounts.queries import take_lost_post

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


def keep_lost(request: HttpRequest) -> None:
    """Note that a form without texts, such as claiming, came when the sign-in had ended."""
    if take_lost_post(request, request.path) is not None:
        keep(request, Note(_("Your sign-in had ended, so this was not recorded."), "error"))
