"""What the tests of this folder stand on."""

import pytest
from applied_city import _applied, city
from django.utils import translation

__all__ = ["_applied", "city"]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Begin in the language of the pages without a prefix, whatever the test before has read."""
    translation.activate("zh-hans")
