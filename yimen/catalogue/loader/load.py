"""Reads a whole folder in the order in which declarations refer to each other."""

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from yimen.base import clock
from yimen.catalogue.definition import (
    City,
    Example,
    Problem,
    Process,
    Service,
)
from yimen.catalogue.loader.agencies import read_agencies
from yimen.catalogue.loader.bpmn import read_process
from yimen.catalogue.loader.city import (
    NO_BASICS,
    read_basics,
    read_calendar,
    read_divisions,
    read_standards,
)
from yimen.catalogue.loader.data_sets import read_data_set
from yimen.catalogue.loader.examples import check_example, read_example
from yimen.catalogue.loader.folder import misplaced, read_folder
from yimen.catalogue.loader.forms import Known
from yimen.catalogue.loader.interface import read_articles, read_interface
from yimen.catalogue.loader.notices import read_notices
from yimen.catalogue.loader.reading import Reading
from yimen.catalogue.loader.services import read_service
from yimen.catalogue.loader.table import root_table
from yimen.catalogue.loader.words import words_of

Progress = Callable[[int, int], None]  # services done, of how many


def load_folder(
    folder: Path | str, progress: Progress | None = None
) -> tuple[City | None, list[Problem]]:
    """Return the city of a folder, or None with every problem of the folder.

    Places of problems begin with the folder as it was given.
    """
    files, problems = read_folder(Path(folder), str(folder).rstrip("/"))
    return load_files(files, str(folder).rstrip("/"), problems, progress)


def load_files(
    files: Mapping[str, bytes],
    name: str,
    problems: list[Problem] | None = None,
    progress: Progress | None = None,
) -> tuple[City | None, list[Problem]]:
    """Return the city of these files (path in the folder to content), or None with the problems."""
    loading = Loading(Reading(name, files, list(problems or ())))
    services: dict[str, Service] = {}
    with without_collector():
        city = loading.prepare()
        for done, code in enumerate(loading.folders, 1):
            service = loading.service(code, city)
            if service is not None:
                services[code] = service
            if progress is not None:
                progress(done, len(loading.folders))
    found = in_order(loading.reading.problems)
    return (None if found else replace(city, services=services)), found


def load_release(files: Mapping[str, bytes], name: str) -> tuple[City, list[Problem]]:
    """Return the city of files that were checked when they were applied.

    Examples are not tried out again: what they say may depend on the day. A newer house may ask
    more of a declaration than the one that checked it: a service that it cannot read any more is
    left out, and its problems are returned, so that the other services go on.
    """
    loading = Loading(Reading(name, files), tries_examples=False)
    services: dict[str, Service] = {}
    with without_collector():
        city = loading.prepare()
        for code in loading.folders:
            before = len(loading.reading.problems)
            service = loading.service(code, city)
            if service is not None and len(loading.reading.problems) == before:
                services[code] = service
    return replace(city, services=services), in_order(loading.reading.problems)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems by file and line, each once."""
    return sorted(dict.fromkeys(problems), key=lambda p: (p.place.path, p.place.line, p.sentence))


def load_service(
    files: Mapping[str, bytes], code: str, languages: tuple[str, ...], name: str
) -> tuple[Service | None, list[Problem]]:
    """Return a service from its own files alone, as they were stored with one of its versions.

    What it refers to may be gone from the city and is not looked at.
    """
    reading = Reading(name, files, languages=languages)
    service = read_service(reading, code, Known())
    if service is None or reading.problems:
        return None, reading.problems
    return replace(service, content_hash=content_hash(files)), []


def load_process(
    files: Mapping[str, bytes], code: str, languages: tuple[str, ...], name: str
) -> tuple[Process | None, list[Problem]]:
    """Return a process from its stored diagram alone."""
    reading = Reading(name, files, languages=languages)
    return read_process(reading, f"processes/{code}.bpmn", code, {}), reading.problems


def content_hash(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of files with their paths, in the order of the paths."""
    whole = hashlib.sha256()
    for path in sorted(files):
        whole.update(f"{path}\0{len(files[path])}\0".encode())
        whole.update(files[path])
    return whole.hexdigest()


def files_of_service(
    files: Mapping[str, bytes], code: str, process: str, languages: tuple[str, ...]
) -> dict[str, bytes]:
    """Return the files that make a version of a service: declaration, guides and process."""
    paths = [
        f"services/{code}/service.toml",
        *(f"services/{code}/guide.{language}.md" for language in languages),
        f"processes/{process}.bpmn",
    ]
    return {path: files[path] for path in paths if path in files}


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep Python from looking for garbage while everything that is made is kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Loading:
    """One folder being read, each part after those that it refers to: `prepare`, then services."""

    def __init__(self, reading: Reading, tries_examples: bool = True) -> None:
        self.reading = reading
        self.tries_examples = tries_examples
        self.known = Known()
        self.folders: dict[str, list[str]] = {}  # the files of each service
        self.today = clock.today(ZoneInfo("UTC"))  # on which it is read and tried out

    def prepare(self) -> City:
        """Return the city without its services, after reading all that they may refer to."""
        reading = self.reading
        self._leave_out_misplaced()
        basics = (read_basics(reading) if self._is_there("city.toml") else None) or NO_BASICS
        divisions = read_divisions(reading)
        agencies = read_agencies(reading, divisions) if self._is_there("agencies.toml") else None
        standards = read_standards(reading)
        data_sets = {
            code: read_data_set(reading, f"datasets/{code}.toml", code, agencies, self.today)
            for code in self._stems("datasets/", ".toml")
        }
        processes = {
            code: read_process(reading, f"processes/{code}.bpmn", code, basics.roles)
            for code in self._stems("processes/", ".bpmn")
        }
        whole = {code: found for code, found in data_sets.items() if found is not None}
        self.known = Known(
            agencies=agencies,
            today=self.today,
            life_events=None if basics is NO_BASICS else basics.life_events,
            processes=processes,
            data_sets=data_sets,
            words=words_of(whole.values(), standards, data_sets.keys() - whole.keys()),
            services=self.folders,
        )
        for path in self._paths("demo/"):
            root_table(reading, path)
        for path in self._paths("services/"):
            self.folders.setdefault(path.split("/")[1], []).append(path)
        told = read_notices(reading, basics.title)
        return City(
            code=basics.code,
            title=basics.title,
            languages=basics.languages,
            time_zone=basics.time_zone,
            currency=basics.currency,
            colours=basics.colours,
            emblem=basics.emblem,
            roles=basics.roles,
            life_events=basics.life_events,
            place=basics.place,
            agencies=agencies or {},
            divisions=divisions or {},
            calendar=read_calendar(reading),
            standards=standards,
            data_sets=whole,
            processes={code: found for code, found in processes.items() if found is not None},
            services={},
            notices=told.notices,
            unread_days=told.unread_days,
            files_hash=content_hash(reading.files),
            interface=read_interface(reading, self._paths("interface/")),
            articles=read_articles(reading, self._paths("articles/")),
            mending=basics.mending,
            recheck=basics.recheck,
            promises=basics.promises,
        )

    def _leave_out_misplaced(self) -> None:
        placed = {}
        for path, content in self.reading.files.items():
            sentence = misplaced(path)
            if sentence is None:
                placed[path] = content
            else:
                self.reading.report(path, 1, sentence)
        self.reading.files = placed

    def _is_there(self, path: str) -> bool:
        if path not in self.reading.files:
            self.reading.report(path, 1, "is missing; every city has one")
        return path in self.reading.files

    def _paths(self, start: str) -> list[str]:
        return sorted(path for path in self.reading.files if path.startswith(start))

    def _stems(self, start: str, end: str) -> list[str]:
        return [path.removeprefix(start).removesuffix(end) for path in self._paths(start)]

    def service(self, code: str, city: City) -> Service | None:
        """Return one service with its examples, which are tried out when it is right."""
        reading, paths = self.reading, self.folders[code]
        if f"services/{code}/service.toml" not in paths:
            reading.report(f"services/{code}/service.toml", 1, "is missing from its folder")
            return None
        before = len(reading.problems)
        for path in paths:
            language = path.removesuffix(".md").rpartition("guide.")[2]
            if path.endswith(".md") and reading.languages and language not in reading.languages:
                reading.report(path, 1, f"'{language}' is not a language of this city")
        service = read_service(reading, code, self.known)
        if service is None:
            return None
        if service.contests is not None and city.recheck is None:
            line = service.contests.place.line
            says = "a service that contests decisions needs [recheck] in city.toml"
            reading.report(f"services/{code}/service.toml", line, says)
        tried = self.tries_examples and len(reading.problems) == before
        examples = self._examples(paths, service, city if tried else None)
        own = files_of_service(reading.files, code, service.process, reading.languages)
        return replace(service, examples=examples, content_hash=content_hash(own))

    def _examples(
        self, paths: list[str], service: Service, city: City | None
    ) -> tuple[Example, ...]:
        examples = []
        for path in paths:
            found = read_example(self.reading, path, service) if "/examples/" in path else None
            if found is not None:
                examples.append(found[0])
                if city is not None:
                    check_example(*found, service, city, self.today)
        return tuple(examples)
