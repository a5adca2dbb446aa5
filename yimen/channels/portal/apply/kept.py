"""What the visitor's session keeps beside the drafts: until the form is begun, or for one page."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest

_TOLD = "criteria_told"  # {service: {name: answer or None}}
_FOR = "applying_for"  # {service: id of the organisation}
_LOST = "answer_kept"  # what was posted when the sign-in had ended
_CODE = "resume_code"  # {draft: code}, shown once
MOST_SERVICES = 5
MOST_FIELDS = 4
LONGEST = 5_000


def told(request: HttpRequest, code: str) -> dict[str, str | None]:
    """Return what was answered about the criteria of a service, in the order of answering."""
    kept: Mapping[str, Mapping[str, str | None]] = request.session.get(_TOLD, {})
    return dict(kept.get(code, {}))


def keep_told(request: HttpRequest, code: str, answers: Mapping[str, str | None]) -> None:
    """Keep what was answered about the criteria of a service; of the last few services only."""
    kept = {key: value for key, value in request.session.get(_TOLD, {}).items() if key != code}
    newest = dict(list(kept.items())[-(MOST_SERVICES - 1) :])
    request.session[_TOLD] = {**newest, code: dict(answers)} if answers else newest


def applying_for(request: HttpRequest, code: str) -> UUID | None:
    """Return for which organisation an application is to be begun, if one was chosen."""
    chosen = request.session.get(_FOR, {}).get(code)
    return UUID(chosen) if chosen else None


def keep_applying_for(request: HttpRequest, code: str, organisation: UUID | None) -> None:
    """Keep for which organisation an application is to be begun."""
    kept = dict(request.session.get(_FOR, {}))
    kept.pop(code, None)
    if organisation is not None:
        kept[code] = str(organisation)
    request.session[_FOR] = kept


def keep_lost_answer(request: HttpRequest, draft_id: UUID, key: str) -> None:
    """Keep what was posted to a question that did not open, until the person has signed in."""
    names = [name for name in request.POST if name == key or name.startswith(f"{key}-")]
    posted = {name: request.POST[name][:LONGEST] for name in names[:MOST_FIELDS]}
    request.session[_LOST] = {"draft": str(draft_id), "key": key, "posted": posted}


def lost_answer(request: HttpRequest, draft_id: UUID, key: str) -> dict[str, str] | None:
    """Return what was posted to this question when the sign-in had ended."""
    kept = request.session.get(_LOST)
    if not kept or (kept["draft"], kept["key"]) != (str(draft_id), key):
        return None
    return dict(kept["posted"])


def forget_lost_answer(request: HttpRequest) -> None:
    """Forget what was kept over the sign-in: it is in the draft now."""
    request.session.pop(_LOST, None)


def has_lost_answer(request: HttpRequest) -> bool:
    """Say whether an answer waits for its owner to sign in."""
    return _LOST in request.session


def keep_code(request: HttpRequest, draft_id: UUID, code: str) -> None:
    """Keep a new code for the page that shows it."""
    request.session[_CODE] = {str(draft_id): code}


def code_to_show(request: HttpRequest, draft_id: UUID) -> str:
    """Return the code that was just made for a draft."""
    return str(request.session.get(_CODE, {}).get(str(draft_id), ""))
