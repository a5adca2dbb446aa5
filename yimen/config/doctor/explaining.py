"""What stands behind the number of an error page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yimen.base import journal
from yimen.base.identifiers import normal_error_number
from yimen.config.refusal import Refusal

_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Explanation:
    """One answer with an error, for a person who has only its number."""

    entry: Mapping[str, object]
    when: str
    where: str
    what: str
    remedy: str


def explain(folder: Path, typed: str) -> Explanation:
    """Return what is known about the number. Raises Refusal when it is none, or not known here."""
    number = normal_error_number(typed)
    if number is None:
        raise Refusal(
            f"'{typed}' is not the number of an error page: one has eight characters, such as"
            " K7MN-4Q2X, and the last one checks the others. Ask for it again."
        )
    for entry in journal.entries(folder / "log"):
        if entry.get("number") == number:
            return _explanation(entry)
    raise Refusal(
        f"Nothing is written down under {number} in {folder / 'log'}. It may have been answered by"
        f" another machine, over {journal.KEPT_FOR.days} days ago, or while the disk was full."
    )


def _explanation(entry: Mapping[str, object]) -> Explanation:
    what, remedy = _cause(entry)
    when = datetime.fromisoformat(str(entry["time"])).astimezone()
    return Explanation(entry, f"{when:%Y-%m-%d %H:%M:%S %z}", _where(entry), what, remedy)


def _where(entry: Mapping[str, object]) -> str:
    method, status = entry["method"], entry["status"]
    if not entry.get("address") and not entry.get("page"):
        return f"A {method} to an address that belongs to no page was answered with {status}."
    page = f" ({entry['page']})" if entry.get("page") else ""
    return f"A {method} to /{entry['address']}{page} was answered with {status}."


def _cause(entry: Mapping[str, object]) -> tuple[str, str]:
    kinds = _texts(entry.get("exception"))
    names = {kind.rpartition(".")[2] for kind in kinds}
    if entry.get("errno") == "ENOSPC":
        return _FULL_DISK
    for known, cause in _BY_EXCEPTION.items():
        if known in names:
            return cause
    status = entry["status"]
    if isinstance(status, int) and status >= _SERVER_ERROR:
        trace = _texts(entry.get("trace"))
        ours = [place for place in trace if place.startswith("yimen/")] or trace
        last = f" at {ours[-1]}" if ours else ""
        return (
            f"Something that nobody expected: {kinds[0] if kinds else 'no exception'}{last}.",
            "This is a fault of the program. What `--json` prints of it holds nobody's data: send it"
            " to those who maintain Yimen.",
        )
    return _BY_STATUS.get(status, _REFUSED)


def _texts(found: object) -> Sequence[str]:
    return [str(each) for each in found] if isinstance(found, list) else []


_FULL_DISK = (
    "The disk was full.",
    "Make room where the data folder is. `yimen doctor` says how much there is.",
)
_REFUSED = (
    "The request was refused by a rule; the page said by which.",
    "Nothing is broken. The page's own sentences say what the visitor can do.",
)
_NO_DATABASE = (
    "The database did not answer.",
    "`yimen doctor` says whether it does now. What it said is in postgres.log beside it.",
)
# By the name of an exception anywhere in the chain; the first that is found decides.
_BY_EXCEPTION = {
    "OperationalError": _NO_DATABASE,
    "InterfaceError": _NO_DATABASE,
    "NoCityApplied": (
        "No city is applied to the database, so there is nothing to show.",
        "Apply one: `yimen city apply cities/shanghai`.",
    ),
    "KeysNotMade": (
        "A key that the city signs with is missing.",
        "Is YIMEN_DATA the right folder? If the keys are lost, restore them from the last backup;"
        " new ones would not fit what the old ones signed.",
    ),
    "KeyDamaged": (
        "A key that the city signs with cannot be read.",
        "Restore the folder `keys` from the last backup.",
    ),
    "KeyExposed": (
        "A key may be read by other users of the machine, so it was not used.",
        "Close it: chmod -R go= on the folder `keys`. `yimen doctor` names the files.",
    ),
    "DisallowedHost": (
        "The request named a host that this city does not answer to.",
        "If people use that name, add it to YIMEN_HOSTS and start again; scanners send others.",
    ),
    "RequestDataTooBig": (
        "What was sent was larger than any form.",
        "Nothing is broken. Files may have up to the size that the page of the material names.",
    ),
    "Resolver404": (
        "No page has that address.",
        "Nothing is broken. Where did the visitor find the link? Mend it there.",
    ),
    "Http404": (
        "The page exists, but not for this visitor: there is no such thing, or it is not theirs.",
        "Nothing is broken. Ask with which account they signed in, and for the receipt number.",
    ),
    "PermissionDenied": (
        "The visitor may not open that page.",
        "Nothing is broken. If an officer should, look at their posts: `yimen staff list`.",
    ),
}
_BY_STATUS: dict[object, tuple[str, str]] = {
    400: (
        "The request could not be understood.",
        "Nothing is broken here. If an application of your own sent it, its log says what it sent.",
    ),
    401: (
        "Nobody was signed in.",
        "The caller signs in first, then sends the request again.",
    ),
    403: (
        "The form was open too long, its cookie was missing, or the page is for other people.",
        "The visitor loads the page again and allows cookies. If it happens to everybody, look"
        " whether YIMEN_SITE_URL is the address that people use.",
    ),
    404: (
        "There is no such thing, or it does not belong to who asked.",
        "Nothing is broken. Ask with which account they signed in.",
    ),
    410: (
        "What stood there was taken down.",
        "Nothing is broken. The page leads to what took its place, if anything did.",
    ),
    413: (
        "What was sent was larger than any form.",
        "Nothing is broken. The visitor sends a smaller file.",
    ),
    422: (
        "The answers or files of a program did not fit the service's declaration.",
        "Nothing is broken. The answer named each field with its error.",
    ),
    429: (
        "One network, or one account, tried too often in a short time.",
        "Nothing is broken. Is everybody affected, the proxy hides the visitors' addresses: set"
        " YIMEN_PROXIES to the number of proxies in front.",
    ),
}
