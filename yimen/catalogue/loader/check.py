"""Checking a folder only for its problems: large ones by several processes at once."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yimen.catalogue.definition import City, Problem
from yimen.catalogue.loader.folder import read_folder
from yimen.catalogue.loader.load import Loading, in_order, without_collector
from yimen.catalogue.loader.reading import Reading

Progress = Callable[[int, int], None]  # services done, of how many

WORTH_SHARING = 300  # services; below, starting processes takes longer than it saves
_PORTION = 50


@dataclass(frozen=True)
class Checked:
    """What a check found: the city without its services, their number, and every problem."""

    city: City
    services: int
    examples: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Portion:
    services: int
    examples: int
    problems: list[Problem]


_shared: list[tuple[Loading, City]] = []  # what a child process inherits by being forked


def check_folder(folder: Path | str, progress: Progress | None = None) -> Checked:
    """Return every problem of a folder. Only for commands: it forks where that saves time."""
    name = str(folder).rstrip("/")
    files, problems = read_folder(Path(folder), name)
    loading = Loading(Reading(name, files, problems))
    with without_collector():
        city = loading.prepare()
        codes = list(loading.folders)
        portions = []
        done = 0
        for portion in _portions(loading, city, codes):
            portions.append(portion)
            done = min(done + _PORTION, len(codes))
            if progress is not None:
                progress(done, len(codes))
    found = [*loading.reading.problems, *(p for portion in portions for p in portion.problems)]
    return Checked(
        city=city,
        services=sum(portion.services for portion in portions),
        examples=sum(portion.examples for portion in portions),
        problems=tuple(in_order(found)),
    )


def _portions(loading: Loading, city: City, codes: list[str]) -> Iterator[_Portion]:
    parts = [codes[at : at + _PORTION] for at in range(0, len(codes), _PORTION)]
    processes = _processors()
    _shared.append((loading, city))
    try:
        if len(codes) < WORTH_SHARING or processes < 2:
            yield from map(_checked, parts)
        else:
            context = multiprocessing.get_context("fork")
            with ProcessPoolExecutor(processes, context, _leave_interrupts) as pool:
                yield from pool.map(_checked, parts)
    finally:
        _shared.pop()


def _leave_interrupts() -> None:
    """Let Ctrl-C be answered by the parent alone, with one sentence."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _processors() -> int:
    """Return how many processes may share the work: one where a process cannot be forked."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    with suppress(AttributeError):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _checked(codes: list[str]) -> _Portion:
    loading, city = _shared[-1]
    before = len(loading.reading.problems)
    services = [loading.service(code, city) for code in codes]
    found = loading.reading.problems[before:]
    del loading.reading.problems[before:]
    whole = [service for service in services if service is not None]
    return _Portion(len(whole), sum(len(service.examples) for service in whole), found)
