"""What the tests of this folder stand on."""

import sys
from pathlib import Path

import pytest
from applied_city import _applied, city
from django.utils import translation

sys.path.append(str(Path(__file__).resolve().parents[1] / "accounts"))

__all__ = ["_applied", "city"]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Begin in the language of the pages without a prefix, whatever the test before has read."""
    translation.activate("zh-hans")
