"""Pages that are the same for everybody are rendered once and carry an ETag."""

from datetime import date

import pytest
import time_machine
from applied_city import _applied, city
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from yimen.accounts.actions import make_resident_account
from yimen.base.actor import SYSTEM
from yimen.catalogue.definition import City, Service
from yimen.channels.portal import catalogue_pages, guide
from yimen.channels.portal.guide import Guide
from yimen.channels.shared.caching import RenderedPages, rendered_pages

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def _nothing_rendered() -> None:
    rendered_pages.clear()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The guide pages that were made, by the code of their service."""
    codes: list[str] = []

    def guide_of(service: Service, city: City, language: str) -> Guide:
        codes.append(service.code)
        return guide.guide_of(service, city, language)

    monkeypatch.setattr(catalogue_pages, "guide_of", guide_of)
    return codes


def test_a_page_comes_with_an_etag_and_may_be_shared(client: Client) -> None:
    response = client.get("/services/")
    assert response["ETag"]
    assert "public" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_a_page_that_did_not_change_is_not_sent_again(client: Client) -> None:
    etag = client.get("/services/")["ETag"]
    response = client.get("/services/", headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert response.content == b""


def test_a_page_is_rendered_once_for_everybody(
    client: Client, made: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get("/services/passport-application/")
    with django_assert_num_queries(0):
        again = client.get("/services/passport-application/")
    assert again.content == first.content
    assert again["ETag"] == first["ETag"]
    assert made == ["passport-application"]


def test_the_languages_and_the_days_have_pages_of_their_own(client: Client) -> None:
    chinese = client.get("/services/")["ETag"]
    english = client.get("/en/services/")["ETag"]
    with time_machine.travel(date(2031, 5, 1)):
        tomorrow = client.get("/services/")["ETag"]
    assert len({chinese, english, tomorrow}) == 3


def test_what_goes_to_somebody_with_a_session_is_kept_by_no_cache_on_the_way(
    client: Client,
) -> None:
    client.cookies["sessionid"] = "unknown"
    response = client.get("/services/")
    assert "private" in response["Cache-Control"]
    assert "ETag" not in response


def test_a_page_is_rendered_once_for_all_who_have_signed_in(
    client: Client, made: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    page = "/services/passport-application/"
    nobodys = client.get(page)
    pages = []
    for name in ("ann", "tom"):
        reader = Client()
        reader.force_login(
            make_resident_account(
                SYSTEM, username=name, name=name, email=f"{name}@example.org", password="a" * 12
            )
        )
        reader.get("/account/")  # the moment of the last visit is written once a minute
        with django_assert_num_queries(2):  # who asks
            pages.append(reader.get(page))
    assert made == ["passport-application"] * 2  # for visitors, and for those who signed in
    assert pages[0].content == pages[1].content != nobodys.content
    assert "My matters" in reader.get(f"/en{page}").content.decode()
    assert "private" in pages[1]["Cache-Control"]
    assert client.get(page).content == nobodys.content


def test_who_has_begun_without_signing_in_reads_the_page_of_visitors(
    client: Client, made: list[str]
) -> None:
    page = "/services/passport-application/"
    nobodys = client.get(page)
    client.cookies["sessionid"] = "unknown"
    assert client.get(page).content == nobodys.content
    assert made == ["passport-application"]


def test_pages_with_a_question_are_not_kept(client: Client) -> None:
    client.get("/search/", {"q": "低保"})
    assert not rendered_pages._pages


def test_the_oldest_page_is_forgotten_when_there_are_too_many() -> None:
    pages = RenderedPages(2)
    for name in ("a", "b"):
        pages.keep(name, name.encode(), "text/html")
    pages.get("a")
    pages.keep("c", b"c", "text/html")
    assert pages.get("b") is None
    assert pages.get("a") == (b"a", "text/html")


def test_a_page_that_is_missing_is_not_kept(client: Client) -> None:
    assert client.get("/services/nothing/").status_code == 404
    assert not rendered_pages._pages
