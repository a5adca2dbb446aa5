"""The home page asks one question and shows what the city can do; articles are for reading."""

import re
from urllib.parse import quote

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from yimen.catalogue.definition import City
from yimen.publishing.models import ArticlePage

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city", "first_pages")


def page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize(
    ("address", "question"), [("/", "你想办什么事？"), ("/en/", "What do you need to do?")]
)
def test_the_first_thing_is_one_question_with_a_field(
    client: Client, address: str, question: str
) -> None:
    found = page(client, address)
    assert found.h1.get_text() == question
    field = found.select_one("main form input[name=q]")
    assert field["aria-labelledby"] == found.h1["id"]


def test_the_moments_in_life_have_an_icon_and_a_page(client: Client, city: City) -> None:
    events = page(client, "/").select(".y-event")
    served = {key for service in city.services.values() for key in service.life_events}
    assert len(events) == len(served) == 7  # one that leads to no service is not offered
    assert all(event.select_one("svg use") for event in events)


def test_the_figures_are_counted_and_not_invented(client: Client, city: City) -> None:
    figures = [int(dd.get_text()) for dd in page(client, "/en/").select(".y-figures dd")]
    spared = sum(bool(m.from_data_set) for s in city.services.values() for m in s.materials)
    assert figures == [0, 0, len(city.services), len(city.agencies), spared]


def test_the_first_articles_can_be_read_in_both_languages(client: Client) -> None:
    for address in ("/articles/about/", "/articles/data-protection/"):
        chinese, english = page(client, address), page(client, f"/en{address}")
        assert chinese.h1.get_text() != english.h1.get_text()
        switch = chinese.select_one("header a[hreflang=en]")
        assert switch["href"] == f"/en{address}"
        assert len(chinese.select(".y-prose h2")) == len(english.select(".y-prose h2"))


def test_the_list_of_articles_shows_the_newest_first(client: Client) -> None:
    titles = [link.get_text() for link in page(client, "/en/articles/").select(".y-row a")]
    assert set(titles) == {"About this portal", "How your data is protected"}


def test_the_foot_leads_to_the_articles(client: Client) -> None:
    for link in page(client, "/en/").select("footer a"):
        assert client.get(str(link["href"])).status_code == 200


def test_the_home_page_is_rendered_once_for_each_edition_of_the_pages(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/en/")
    with django_assert_max_num_queries(3):  # the edition, the figures, perhaps the city
        client.get("/en/")
    article = ArticlePage.objects.get(slug="about", locale__language_code="en")
    article.title = "A title of today"
    article.save_revision().publish()
    assert "A title of today" in page(client, "/en/").main.get_text()
    article.unpublish()
    assert "A title of today" not in page(client, "/en/").main.get_text()


def first_service(client: Client, address: str) -> str:
    """Return the code of the first service that a page leads to."""
    return page(client, address).select_one("main a[href*='/services/']")["href"].split("/")[-2]


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_sentences_that_the_page_proposes_find_what_they_mean(
    client: Client, prefix: str
) -> None:
    hint = page(client, f"{prefix}/").select_one(".y-hero__hint")
    proposed = re.findall("“(.+?)”", hint.get_text())
    found = [first_service(client, f"{prefix}/search/?q={quote(words)}") for words in proposed]
    assert found == ["minimum-living-allowance", "passport-application"]
