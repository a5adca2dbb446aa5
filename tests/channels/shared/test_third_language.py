"""Pages, letters and articles in a language that only the city's folder brings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.test import Client
from django.utils.translation import gettext, override
from french_riverton import french_riverton

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city, forget_city
from yimen.channels.shared.caching import rendered_pages
from yimen.publishing.actions import make_first_pages

__all__ = ["_applied", "city"]


@pytest.fixture
def french(db: None, tmp_path: Path) -> Iterator[City]:
    forget_city()
    rendered_pages.clear()
    apply_city(french_riverton(tmp_path / "riverton"), SYSTEM, force=True)
    make_first_pages(current_city())
    yield current_city()
    forget_city()
    rendered_pages.clear()


def page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_a_guide_page_speaks_french_throughout(client: Client, french: City) -> None:
    found = page(client, "/fr/services/dog-licence/")
    assert found.html["lang"] == "fr"
    assert found.h1.get_text(strip=True) == "FR Dog licence"
    assert "Demander en ligne" in found.get_text(" ")
    assert [a.get_text(strip=True) for a in found.select("a[hreflang]")] == ["English"]
    assert "Who can apply" in found.get_text(" "), "what is not translated is said in English"


def test_the_home_page_and_its_articles_are_there(client: Client, french: City) -> None:
    home = page(client, "/fr/")
    assert home.h1.get_text(strip=True) == "Que voulez-vous faire ?"
    article = page(client, "/fr/articles/about/")
    assert article.h1.get_text(strip=True) == "À propos"
    assert article.select_one("strong").get_text() == "neuf"
    assert client.get("/fr/articles/data-protection/").status_code == 404, "nobody has written it"


def test_readers_of_english_find_the_way_there(client: Client, french: City) -> None:
    other = page(client, "/en/services/dog-licence/").select_one("a[hreflang=fr]")
    assert (other.get_text(strip=True), other["href"]) == ("Français", "/fr/services/dog-licence/")


def test_services_are_found_with_and_without_accents(client: Client, french: City) -> None:
    for words in ("licence", "licénce"):
        assert page(client, f"/fr/search/?q={words}").select(
            "main a[href*='/services/dog-licence/']"
        )


def test_a_city_that_does_not_speak_it_leads_elsewhere(client: Client, city: City) -> None:
    response = client.get("/fr/services/")
    assert response.status_code == 302
    assert response["Location"] == "/services/"


def test_a_new_release_says_the_new_words(french: City, tmp_path: Path) -> None:
    with override("fr"):
        assert gettext("Search") == "Rechercher"
    path = tmp_path / "riverton" / "interface" / "fr.po"
    path.write_text(path.read_text("utf-8").replace("Rechercher", "Trouver"), "utf-8")
    apply_city(tmp_path / "riverton", SYSTEM)
    current_city(asked_now=True)
    with override("fr"):
        assert gettext("Search") == "Trouver"
        assert gettext("Your name") == "Your name", "never in Chinese"
