"""What applying a folder would change, compared with what was applied before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from yimen.base.calendar import DayOff
from yimen.catalogue.definition import Change, City, Division, Service
from yimen.catalogue.types import ChangeKind

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class AppliedService:
    """The newest applied version of a service, with the hashes of its files by path."""

    code: str
    version: int
    content_hash: str
    agency: str
    files: Mapping[str, str]
    closed_since: date | None = None


def service_changes(
    city: City,
    applied: Mapping[str, AppliedService],
    files: Mapping[str, Mapping[str, str]],
) -> list[Change]:
    """Return the changes of services; those that would rewrite a published version are refused.

    ``files`` are the hashes of the new files of each service.
    """
    changes = []
    for code, service in city.services.items():
        before = applied.get(code)
        if before is None:
            changes.append(Change(ChangeKind.ADD, "service", code, f"version {service.version}"))
        else:
            changes += _changed_service(service, before, files.get(code, {}))
    for code, before in applied.items():
        if code not in city.services:
            changes += _removed_service(city, before)
    return changes


def _changed_service(
    service: Service, before: AppliedService, files: Mapping[str, str]
) -> list[Change]:
    code, version = service.code, service.version
    if version < before.version:
        sentence = (
            f"its version goes back from {before.version} to {version}; a version once applied "
            f"stays, so make it {before.version + 1}"
        )
        return [Change(ChangeKind.CHANGE, "service", code, sentence, refused=True)]
    if version == before.version and service.content_hash != before.content_hash:
        paths = sorted({p for p, _ in set(files.items()) ^ set(before.files.items())})
        names = ", ".join(path.rpartition("/")[2] for path in paths)
        sentence = (
            f"its content changed ({names}), but its version is still {version}; make it "
            f"{version + 1}, so that running cases keep what they began under"
        )
        return [Change(ChangeKind.CHANGE, "service", code, sentence, refused=True)]
    changes = []
    if before.closed_since is not None:
        sentence = f"it was closed since {before.closed_since}"
        changes.append(Change(ChangeKind.REOPEN, "service", code, sentence))
    if version > before.version:
        sentence = f"version {before.version} -> {version}"
        changes.append(Change(ChangeKind.CHANGE, "service", code, sentence))
    return changes


def _removed_service(city: City, before: AppliedService) -> list[Change]:
    """Close a service that is not declared any more; its versions stay, and need their agency."""
    changes = []
    if before.closed_since is None:
        sentence = "it is not declared any more; its versions and cases stay"
        changes.append(Change(ChangeKind.CLOSE, "service", before.code, sentence))
    if before.agency not in city.agencies:
        sentence = (
            f"the closed service '{before.code}' belongs to it; keep the agency, so that its "
            "cases can be read"
        )
        changes.append(Change(ChangeKind.REMOVE, "agency", before.agency, sentence, refused=True))
    return changes


def declaration_changes(before: City | None, after: City) -> list[Change]:
    """Return the changes of everything but services."""
    changes = [] if before is None else _changed_city(before, after)
    for subject, attribute in (
        ("role", "roles"),
        ("life event", "life_events"),
        ("agency", "agencies"),
        ("data set", "data_sets"),
        ("process", "processes"),
        ("standard", "standards"),
        ("notice", "notices"),
    ):
        old = getattr(before, attribute) if before else {}
        changes += _compared(subject, old, getattr(after, attribute))
    changes += _counted(
        "divisions", before.divisions if before else dict[str, Division](), after.divisions
    )
    days = before.calendar.exceptions if before else dict[date, DayOff]()
    return changes + _counted("calendar", days, after.calendar.exceptions)


def _changed_city(before: City, after: City) -> list[Change]:
    names = [
        name
        for name in (
            "title",
            "languages",
            "time_zone",
            "currency",
            "colours",
            "emblem",
            "unread_days",
        )
        if getattr(before, name) != getattr(after, name)
    ]
    return [Change(ChangeKind.CHANGE, "city", after.code, ", ".join(names))] if names else []


def _compared(
    subject: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterable[Change]:
    for code in sorted(new.keys() | old.keys()):
        if code not in old:
            yield Change(ChangeKind.ADD, subject, code)
        elif code not in new:
            yield Change(ChangeKind.REMOVE, subject, code)
        elif old[code] != new[code]:
            yield Change(ChangeKind.CHANGE, subject, code)


def _counted(subject: str, old: Mapping[K, object], new: Mapping[K, object]) -> list[Change]:
    """Return one change for a long list, with the numbers."""
    added, removed = len(new.keys() - old.keys()), len(old.keys() - new.keys())
    changed = sum(old[key] != new[key] for key in new.keys() & old.keys())
    if not added + removed + changed:
        return []
    kind = ChangeKind.CHANGE if old else ChangeKind.ADD
    sentence = f"{added:,} added, {changed:,} changed, {removed:,} removed"
    return [Change(kind, subject, f"{subject}.csv", sentence)]
