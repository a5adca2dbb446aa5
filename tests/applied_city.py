"""The city of Shanghai, applied once for each test database."""

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.definition import City
from yimen.catalogue.models import Release
from yimen.catalogue.queries import current_city, forget_city

SHANGHAI = Path(__file__).resolve().parents[1] / "cities" / "shanghai"


@pytest.fixture(scope="session")
def _applied(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        apply_city(SHANGHAI, SYSTEM, force=True)


@pytest.fixture
def city(_applied: None, db: None) -> City:
    """Shanghai in force; applied again when a transactional test has emptied the tables."""
    if not Release.objects.exists():
        forget_city()
        apply_city(SHANGHAI, SYSTEM, force=True)
    return current_city()
