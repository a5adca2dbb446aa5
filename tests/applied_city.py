"""The city of Shanghai, applied once for each test database; Riverton, which is small, in a test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city, forget_city

CITIES = Path(__file__).resolve().parents[1] / "cities"
SHANGHAI, RIVERTON = CITIES / "shanghai", CITIES / "riverton"


def apply_shanghai() -> None:
    """Bring Shanghai's declarations into force."""
    forget_city()
    apply_city(SHANGHAI, SYSTEM, force=True)


@pytest.fixture
def _applied() -> None:
    """Let the test begin with Shanghai in force: `database_states` sees to it."""


@pytest.fixture
def city(_applied: None, db: None) -> City:
    """Shanghai in force."""
    return current_city()


@pytest.fixture
def riverton(db: None) -> Iterator[City]:
    """Riverton in force in the transaction of one test; it speaks English only."""
    forget_city()
    apply_city(RIVERTON, SYSTEM, force=True)
    yield current_city()
    forget_city()  # what is held belongs to a transaction that is rolled back
