"""Reads of the catalogue. It is public: whoever asks may see all of it, so no actor is asked for."""

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import trans_real

from yimen.base import clock
from yimen.base.languages import page_tag
from yimen.catalogue.definition import (
    Change,
    City,
    LifeEvent,
    Plan,
    Problem,
    Process,
    Service,
)
from yimen.catalogue.loader import (
    files_of_service,
    load_files,
    load_process,
    load_release,
    load_service,
    read_folder,
)
from yimen.catalogue.models import (
    DeclaredService,
    Release,
    ReleaseFile,
    ServiceVersion,
    ServiceVersionFile,
)
from yimen.catalogue.rules import (
    AppliedService,
    CityHasProblems,
    NoCityApplied,
    UnknownServiceVersion,
    best_first,
    days_without_change,
    declaration_changes,
    moved_agencies,
    moved_city,
    moved_service,
    service_changes,
    words_index,
)
from yimen.catalogue.types import Audience, ChangeKind

log = logging.getLogger(__name__)

RECHECK_SECONDS = 2.0


@dataclass(frozen=True)
class Extension:
    """The part that a higher app takes in planning and applying."""

    plan: Callable[[City], list[Change]]
    apply: Callable[[City], None]


EXTENSIONS: dict[str, Extension] = {}  # filled by `actions.extend_apply`


_laying = Lock()  # two threads may learn of a new release at the same moment


def _speak(interfaces: Mapping[str, bytes]) -> None:
    """Let pages and letters speak these languages from now on; each is a catalogue (MO format).

    Called whenever this process takes up another city. Django keeps one catalogue a language for
    the whole process (`trans_real._translations`) and offers no way to add to it, so the catalogue
    is made anew and put in its place.
    """
    with _laying:
        for tag, compiled in interfaces.items():
            catalogue = trans_real.DjangoTranslation(page_tag(tag))
            # Django would fall back on the first language of the settings, which is Chinese:
            # a reader of a third language is more likely to read English, our `msgid`.
            catalogue._fallback = None  # type: ignore[attr-defined]
            catalogue.merge(GNUTranslations(BytesIO(compiled)))
            trans_real._translations[page_tag(tag)] = catalogue  # type: ignore[attr-defined]


class _Held:
    """The city that this process holds, and when it last asked whether it is still in force."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.release = 0
        self.declared: City | None = None  # as its folder has it
        self.city: City | None = None  # with the agencies that act today
        self.days = (date.min, date.max)  # first, and end: on these the same agencies act
        self.asked_at = -math.inf
        self.derived: dict[str, object] = {}  # made from the city when first asked for

    def is_fresh(self) -> bool:
        """Say whether it was asked a moment ago, on a day on which the same agencies act."""
        return time.monotonic() - self.asked_at < RECHECK_SECONDS and self.is_of_today()

    def is_of_today(self) -> bool:
        """Say whether the agencies that act in the city held are those of today."""
        first, end = self.days
        return self.declared is None or first <= _today(self.declared) < end

    def hold(self, declared: City, release: int) -> City:
        """Hold another city, or the same on another day, and nothing that was made from before."""
        today = _today(declared)
        self.days = days_without_change(declared.agencies, today)
        city = moved_city(declared, today)
        self.declared, self.city, self.release, self.derived = declared, city, release, {}
        _speak(city.interface)
        return city

    def forget(self) -> None:
        """Hold no city."""
        self.declared = self.city = None
        self.release, self.derived, self.asked_at = 0, {}, -math.inf


def _today(city: City) -> date:
    return clock.today(ZoneInfo(city.time_zone))


_held = _Held()


def current_city(*, asked_now: bool = False) -> City:
    """Return the city in force. Raises NoCityApplied where none was ever applied.

    Held in the process; at most every two seconds one small query asks for a newer release. What
    follows an event of applying asks now: the city that is held may be the one before.

    Its services and data sets name the agencies that act today: successors of those declared.
    """
    city = None if asked_now else _held.city
    if city is not None and _held.is_fresh():
        return city
    # While one thread asks and reads, the others go on with the city they have.
    if not _held.lock.acquire(blocking=city is None) and city is not None:
        return city
    try:
        return _asked(asked_now)
    finally:
        _held.lock.release()


def _asked(asked_now: bool = False) -> City:
    city = _held.city
    if city is not None and _held.is_fresh() and not asked_now:
        return city  # another thread has asked while this one waited
    newest = Release.objects.order_by("-number").values_list("number", "city").first()
    if newest is None:
        raise NoCityApplied
    if city is None or newest[0] != _held.release:
        city = _held.hold(_city_of_release(*newest), newest[0])
    elif not _held.is_of_today():
        city = _held.hold(_held.declared or city, newest[0])
    _held.asked_at = time.monotonic()
    return city


def forget_city() -> None:
    """Let this process ask again: after applying, and between tests."""
    with _held.lock:
        _held.forget()
    _stored_service.cache_clear()
    _stored_process.cache_clear()


T = TypeVar("T")


def _derived(name: str, make: Callable[[City], T]) -> T:
    """Return what is made from the city in force, once for each release."""
    city = current_city()
    derived = _held.derived
    if name not in derived:
        derived[name] = make(city)
    found: T = derived[name]  # type: ignore[assignment]  # each name has one maker
    return found


def current_zone() -> ZoneInfo:
    """Return the city's time zone."""
    return ZoneInfo(current_city().time_zone)


def _read_release(number: int, name: str) -> tuple[City, list[Problem]]:
    rows = ReleaseFile.objects.filter(release_id=number).values_list("path", "file__content")
    return load_release({path: bytes(content) for path, content in rows}, name)


def _city_of_release(number: int, name: str) -> City:
    """Return the city of a release, with the services that were closed since by removing them."""
    city, problems = _read_release(number, name)
    if not city.code:
        raise CityHasProblems(problems)
    services = dict(city.services)
    closed = DeclaredService.objects.filter(closed_since__isnull=False)
    for code, version, since in closed.values_list("code", "newest__version", "closed_since"):
        try:
            services[code] = replace(_stored_service(code, version), closed_since=since)
        except CityHasProblems as error:
            problems += error.problems
    for problem in problems:
        log.error("The city in force has a problem: %s", problem)
    return replace(city, services=services)


def service_version(code: str, version: int) -> Service:
    """Return a version of a service that was ever applied, or raise UnknownServiceVersion.

    It names the agencies that act today, as the city in force does.
    """
    return moved_service(_stored_service(code, version), agencies_moved())


def agencies_moved() -> Mapping[str, str]:
    """Return the agencies whose work lies with another one today, each with that one."""
    return _derived("moved", lambda city: moved_agencies(city.agencies, _today(city)))


def acting(code: str) -> str:
    """Return the code of the agency that does today what this one did."""
    return agencies_moved().get(code, code)


@lru_cache(maxsize=1024)
def _stored_service(code: str, version: int) -> Service:
    row, files = _stored(code, version)
    service, problems = load_service(files, code, tuple(row.languages.split(",")), code)
    if service is None:
        raise CityHasProblems(problems)
    return service


def process_of(service: Service) -> Process:
    """Return the process that this version of the service was published with."""
    return _stored_process(service.code, service.version)


@lru_cache(maxsize=1024)
def _stored_process(code: str, version: int) -> Process:
    row, files = _stored(code, version)
    process, problems = load_process(files, row.process, tuple(row.languages.split(",")), code)
    if process is None:
        raise CityHasProblems(problems)
    return process


def _stored(code: str, version: int) -> tuple[ServiceVersion, dict[str, bytes]]:
    row = ServiceVersion.objects.filter(code=code, version=version).first()
    if row is None:
        raise UnknownServiceVersion(code, version)
    files = row.files.values_list("path", "file__content")
    return row, {path: bytes(content) for path, content in files}


def is_open(service: Service, today: date | None = None) -> bool:
    """Say whether a service takes applications today."""
    since = service.closed_since
    return since is None or (today or _today(current_city())) < since


def open_services() -> tuple[Service, ...]:
    """Return the services that take applications today, by code."""
    city = current_city()
    services, today = city.services.values(), _today(city)
    return tuple(sorted((s for s in services if is_open(s, today)), key=lambda s: s.code))


def services_for_audience(audience: Audience | str) -> tuple[Service, ...]:
    """Return the open services for an audience."""
    return tuple(service for service in open_services() if audience in service.audience)


def services_for_life_event(key: str) -> tuple[Service, ...]:
    """Return the open services for a life event."""
    return tuple(service for service in open_services() if key in service.life_events)


def life_events_served() -> tuple[LifeEvent, ...]:
    """Return the life events that an open service belongs to, in the order of the city."""
    served = {key for service in open_services() for key in service.life_events}
    return tuple(event for event in current_city().life_events.values() if event.key in served)


def services_of_agency(code: str) -> tuple[Service, ...]:
    """Return the open services that an agency decides or takes part in, its own first."""
    found = open_services()
    own = [service for service in found if service.agency == code]
    partner = [s for s in found if s.agency != code and code in s.bindings.values()]
    return (*own, *partner)


def find_services(words: str, language: str, limit: int = 20) -> tuple[Service, ...]:
    """Return the open services that these words speak of, best first.

    A word counts more where few services have it, and more in the title than in the summary.
    """
    tag = language.split("-")[0].lower()
    index = _derived(f"index.{tag}", lambda city: words_index(city.services.values(), tag))
    city = current_city()
    services, today = city.services, _today(city)
    best = best_first(words, index, len(services))
    return tuple(services[c] for c in best if is_open(services[c], today))[:limit]


def read_city(
    folder: Path | str, progress: Callable[[int, int], None] | None = None
) -> tuple[dict[str, bytes], City]:
    """Return a folder's files with its city. Raises CityHasProblems with every problem."""
    name = str(folder).rstrip("/")
    files, problems = read_folder(Path(folder), name)
    city, problems = load_files(files, name, problems, progress)
    if city is None:
        raise CityHasProblems(problems)
    return files, city


def plan_city(folder: Path | str, progress: Callable[[int, int], None] | None = None) -> Plan:
    """Return what applying a folder would change. Raises CityHasProblems."""
    return plan_of(*read_city(folder, progress))


def plan_of(files: Mapping[str, bytes], city: City) -> Plan:
    """Return what applying these files, which make this city, would change."""
    newest = Release.objects.order_by("-number").first()
    changes: list[Change] = []
    if newest is None or newest.files_hash != city.files_hash:
        before = _read_release(newest.number, newest.city)[0] if newest else None
        changes += declaration_changes(before, city)
        changes += service_changes(city, _applied_services(), _hashes_by_service(files, city))
        changes = changes or [_changed_files(files, newest)]
    for extension in EXTENSIONS.values():
        changes += extension.plan(city)
    return Plan(city, tuple(changes), first=newest is None)


def _applied_services() -> dict[str, AppliedService]:
    """Return the newest version of every service that was ever declared."""
    hashes: dict[int, dict[str, str]] = {}
    newest = DeclaredService.objects.values("newest_id")
    rows = ServiceVersionFile.objects.filter(service_version_id__in=newest)
    for version_id, path, file_id in rows.values_list("service_version_id", "path", "file_id"):
        hashes.setdefault(version_id, {})[path] = file_id
    return {
        row.code: AppliedService(
            row.code,
            row.newest.version,
            row.newest.content_hash,
            row.newest.agency,
            hashes.get(row.newest_id, {}),
            row.closed_since,
        )
        for row in DeclaredService.objects.select_related("newest")
    }


def _hashes_by_service(files: Mapping[str, bytes], city: City) -> dict[str, dict[str, str]]:
    return {
        code: {
            path: sha256(content).hexdigest()
            for path, content in files_of_service(
                files, code, service.process, city.languages
            ).items()
        }
        for code, service in city.services.items()
    }


def _changed_files(files: Mapping[str, bytes], newest: Release | None) -> Change:
    """Return the one change of a release in which only examples, notes or demo files differ."""
    rows = newest.files.values_list("path", "file_id") if newest else ()
    old = dict(rows)
    new = {path: sha256(content).hexdigest() for path, content in files.items()}
    paths = sorted({path for path, _ in set(old.items()) ^ set(new.items())})
    return Change(ChangeKind.CHANGE, "files", ", ".join(paths))


def current_emblem() -> str:
    """Return the drawing (SVG) of the city's emblem, or "" where the city declares none."""
    name = current_city().emblem
    newest = Release.objects.order_by("-number").values("number")[:1]
    found = ReleaseFile.objects.filter(release_id=newest, path=name).values_list("file__content")
    return bytes(found[0][0]).decode() if name and found else ""
