"""Riverton, which speaks English only: no word, number or rule of Shanghai is in the code."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from journeys import applying
from journeys.conftest import Visit
from journeys.house import House

HAN = re.compile(r"[㐀-鿿]")


@pytest.mark.parametrize("path", ["/", "/services/", "/services/dog-licence/", "/agencies/"])
def test_riverton_has_pages_of_its_own(visit: Visit, riverton: House, path: str) -> None:
    visitor = visit("en", house=riverton)
    visitor.open(path, name=f"riverton-{path.strip('/') or 'home'}")
    words = visitor.page.locator("body").inner_text()
    assert "Riverton" in words
    assert not HAN.search(words)
    assert "Shanghai" not in visitor.page.content()
    expect(visitor.page.get_by_role("link", name="中文")).to_have_count(0)


def test_a_dog_is_licensed_at_once(visit: Visit, riverton: House, tmp_path: Path) -> None:
    visitor = visit("en", house=riverton, username="ada-miller")
    number = applying.apply(visitor, "dog-licence", {"email": "ada-miller@example.org"}, {})
    visitor.open(f"/applications/{number}/", name="riverton-status")
    visitor.wait_until_it_says("Your application was approved")
    visitor.reads(re.compile(r"12"))
    paper = visitor.page.locator("a.govuk-button[href*='/papers/']")
    visitor.wait_until(lambda: paper.count() > 0)
    visitor.fetch(paper.first, tmp_path / "licence.pdf")
    assert (tmp_path / "licence.pdf").read_bytes().startswith(b"%PDF")


def test_the_officers_of_riverton_have_their_own_desk(visit: Visit, riverton: House) -> None:
    officer = visit("en", house=riverton, username="animal-caseworker")
    officer.open("/desk/", name="riverton-desk")
    officer.heading_is("Your desk today")
