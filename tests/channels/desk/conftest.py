"""What the tests of the desk stand on."""

import pytest
from applied_city import _applied, city
from at_the_desk import signed_in
from city_life import a_person, resident, started
from django.utils import translation

__all__ = ["_applied", "city"]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    translation.activate("zh-hans")


@pytest.fixture
def receipt():
    return started(resident(a_person().pk))


@pytest.fixture
def desk():
    return signed_in("li", "211")


@pytest.fixture
def colleague():
    return signed_in("wu", "212")
