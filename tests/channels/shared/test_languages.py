"""Every page exists in the languages of the city, and a reader can change without losing it."""

from pathlib import Path

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.queries import forget_city
from yimen.channels.shared.language import CityLanguages

__all__ = ["_applied", "city"]
RIVERTON = Path(__file__).parents[3] / "cities" / "riverton"


@pytest.fixture
def riverton(city: object) -> object:
    """Put Riverton in Shanghai's place for one test: each city has a database of its own."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE catalogue_release, catalogue_declaredservice CASCADE")
        cursor.execute("DROP SCHEMA dataset CASCADE; CREATE SCHEMA dataset")
    forget_city()
    apply_city(RIVERTON, SYSTEM, force=True)
    forget_city()
    yield
    forget_city()


def other_language(client: Client, address: str) -> str:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return page.select_one("header a[hreflang]")["href"]


@pytest.mark.usefixtures("city")
def test_changing_the_language_keeps_the_page_and_what_was_asked(client: Client) -> None:
    assert other_language(client, "/services/passport-application/") == (
        "/en/services/passport-application/"
    )
    assert other_language(client, "/en/search/?q=card") == "/search/?q=card"


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(("address", "lang"), [("/services/", "zh-Hans"), ("/en/services/", "en")])
def test_a_page_names_its_language(client: Client, address: str, lang: str) -> None:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.html["lang"] == lang


@pytest.mark.usefixtures("riverton")
def test_a_city_of_one_language_has_no_pages_in_another(client: Client) -> None:
    response = client.get("/services/?page=1")
    assert response.status_code == 302
    assert response["Location"] == "/en/services/?page=1"
    page = BeautifulSoup(client.get("/en/services/").content, "html.parser")
    assert page.select("header a[hreflang]") == []
    assert "Riverton" in page.header.get_text()


@pytest.mark.usefixtures("riverton")
def test_pages_keep_the_time_of_the_city() -> None:
    before = timezone.get_current_timezone()
    zones = CityLanguages(lambda request: HttpResponse(str(timezone.get_current_timezone())))
    assert zones(RequestFactory().post("/en/services/")).content == b"Europe/Dublin"
    assert timezone.get_current_timezone() == before
