"""The city with something changed, applied inside one test."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from applied_city import SHANGHAI

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city, forget_city

Change = Callable[[Path], None]
ChangeCity = Callable[[Change], City]


@pytest.fixture
def change_city(city: City, tmp_path: Path) -> Iterator[ChangeCity]:
    """Give a function that applies the city's folder with a change made to it."""
    folder = tmp_path / "shanghai"
    shutil.copytree(SHANGHAI, folder)

    def change(make: Change) -> City:
        make(folder)
        apply_city(folder, SYSTEM, force=True)
        return current_city()

    yield change
    forget_city()  # what is held belongs to a transaction that is rolled back


def replaced(path: str, *pairs: tuple[str, str]) -> Change:
    """Return a change of texts in one file; every text must be there."""

    def make(folder: Path) -> None:
        file = folder / path
        text = file.read_text()
        for before, after in pairs:
            assert before in text, before
            text = text.replace(before, after, 1)
        file.write_text(text)

    return make


def new_version(service: str, *pairs: tuple[str, str]) -> Change:
    """Return a change of a service with a new version number."""
    path = f"services/{service}/service.toml"
    now = current_city().services[service].version
    change = replaced(path, (f"version = {now}", f"version = {now + 1}"), *pairs)

    def make(folder: Path) -> None:
        change(folder)
        shutil.rmtree(folder / "services" / service / "examples")  # they are of the version before

    return make


def closed(service: str, since: str = "2020-01-01") -> Change:
    """Return a change that closes a service."""
    return new_version(service, ("card = true", f"card = true\nclosed_since = {since}"))


SUCCESSOR = """
[[agencies]]
code = "public-order"
kind = "bureau"
title = { zh = "上海市公共秩序局", en = "Shanghai Public Order Bureau" }
parent = "shanghai"
"""


def reformed(until: date, agency: str = "police") -> Change:
    """Return a change by which an agency ends on a day, and an invented one has its work."""

    def make(folder: Path) -> None:
        file = folder / "agencies.toml"
        code, days = f'code = "{agency}"\n', f'until = {until}\nsuccessor = "public-order"\n'
        text = file.read_text()
        assert code in text
        file.write_text(text.replace(code, code + days, 1) + SUCCESSOR + f"from = {until}\n")

    return make
