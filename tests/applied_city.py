"""The city of Shanghai, applied once for each test database."""

from pathlib import Path

import pytest

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city, forget_city

SHANGHAI = Path(__file__).resolve().parents[1] / "cities" / "shanghai"


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
