"""What the tests of the portal stand on."""

import pytest

from yimen.catalogue.definition import City
from yimen.publishing.actions import make_first_pages


@pytest.fixture
def first_pages(city: City) -> None:
    """Home and the first articles, as a new portal has them."""
    make_first_pages(city)
