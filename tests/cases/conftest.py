"""What the tests of this folder stand on."""

from pathlib import Path

import pytest
from applied_city import _applied, city
from changed_city import change_city
from city_life import work

from yimen.cases.actions import papers
from yimen.cases.types import DocumentKind

__all__ = ["_applied", "change_city", "city"]

TEMPLATE = Path(__file__).with_name("plain_paper.typ")


@pytest.fixture(autouse=True)
def _templates() -> None:
    """Set papers with a plain template: how they look is the paper channel's matter."""
    for kind in DocumentKind:
        papers.extend_papers(kind, TEMPLATE)


@pytest.fixture
def worker() -> object:
    """Do what a worker would do with the jobs that wait."""
    return work
