"""All that is kept of somebody, for machines. docs/own-data.md says what each key means."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date

from yimen.base.text import Text
from yimen.cases.queries import DocumentView, FileView
from yimen.catalogue.definition import City, Service
from yimen.channels.portal.account.data.gathering import Everything, Paths
from yimen.mailbox.queries import MessageView

FORMAT = "yimen-own-data-1"


def document(found: Everything, paths: Paths, city: City) -> bytes:
    """Return the document: JSON in UTF-8, days and times as in ISO 8601, amounts as text."""
    parts = {
        "format": FORMAT,
        "made_at": found.made_at,
        "city": {"code": city.code, "title": city.title},
        "account": found.account,
        "telling": found.telling,
        "person": found.people.person,
        "organisations": found.people.organisations,
        "merges": found.people.merges,
        "tie_wishes": found.people.tie_wishes,
        "code_letters": found.people.code_letters,
        "applications": found.cases,
        "drafts": found.drafts,
        "messages": found.messages,
        "code_messages": found.code_messages,
        "readings": found.readings,
    }
    written = json.dumps(_plain(parts, paths), ensure_ascii=False, indent=1, allow_nan=False)
    # Half a pair of surrogates may stand in what somebody sent; no file in UTF-8 holds one.
    return written.encode(errors="backslashreplace")


def _plain(value: object, paths: Paths) -> object:
    """Return a value as JSON has it."""
    match value:
        case None | bool() | int():
            return value
        case date():
            return value.isoformat()
        case Text():
            return value.as_dict()
        case Service():
            return {"code": value.code, "version": value.version, "title": value.title.as_dict()}
        case Mapping() | list() | tuple():
            return _many(value, paths)
        case _:
            return _members(value, paths)


def _many(values: Mapping[str, object] | list[object] | tuple[object, ...], paths: Paths) -> object:
    if isinstance(values, Mapping):
        return {str(key): _plain(one, paths) for key, one in values.items()}
    return [_plain(one, paths) for one in values]


def _members(value: object, paths: Paths) -> object:
    if not is_dataclass(value) or isinstance(value, type):
        return str(value)  # texts, words of a list, decimals, ids
    found = {one.name: _plain(getattr(value, one.name), paths) for one in fields(value)}
    if isinstance(value, FileView | DocumentView | MessageView):
        found["path"] = paths.get(value.id)
    return found
