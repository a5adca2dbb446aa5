"""What the tests of the catalogue share: a tiny city in a folder of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_city import Town

from yimen.catalogue.queries import forget_city


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A small city without errors, in a folder of its own."""
    return Town(tmp_path / "town")


@pytest.fixture
def forgotten() -> Iterator[None]:
    """No city is held in the process, before and after the test."""
    forget_city()
    yield
    forget_city()
