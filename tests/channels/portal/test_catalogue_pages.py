"""The pages of the catalogue show what the city declares, and say so where it declares nothing."""

from urllib.parse import quote

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup, Tag
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from yimen.catalogue.definition import City
from yimen.catalogue.queries import life_events_served
from yimen.channels.shared.caching import rendered_pages

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
LANGUAGES = ("", "/en")


@pytest.fixture(autouse=True)
def _nothing_rendered() -> None:
    rendered_pages.clear()


def page(client: Client, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def addresses(city: City) -> list[str]:
    """Return the address of every page of the catalogue."""
    return [
        "/services/",
        *(f"/services/{code}/" for code in city.services),
        *(f"/audience/{key}/" for key in ("registered", "floating", "rural", "student", "company")),
        *(f"/life/{key}/" for key in city.life_events),
        "/agencies/",
        *(f"/agencies/{code}/" for code in city.agencies),
        "/search/",
        "/mistake/",
        "/ledger/",
    ]


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_every_page_has_one_heading_a_title_and_no_inline_script(
    client: Client, city: City, prefix: str
) -> None:
    for address in addresses(city):
        found = page(client, prefix + address)
        assert len(found.select("h1")) == 1, address
        assert found.title.get_text(strip=True), address
        assert found.select("script:not([src]), style, [style]") == [], address
        assert not [t for t in found.select("*") if any(a.startswith("on") for a in t.attrs)]
        ids = [tag["id"] for tag in found.select("[id]")]
        assert len(ids) == len(set(ids)), address


@pytest.mark.parametrize("prefix", LANGUAGES)
def test_every_link_between_the_pages_leads_somewhere(
    client: Client, city: City, prefix: str
) -> None:
    linked: set[str] = set()
    for address in addresses(city):
        for link in page(client, prefix + address).select("main a[href^='/']"):
            linked.add(str(link["href"]).split("#")[0])
    for address in sorted(linked):
        assert client.get(address).status_code in (200, 302), address


def test_no_english_page_shows_chinese_words_of_the_interface(client: Client, city: City) -> None:
    for address in ("/en/services/", "/en/agencies/", "/en/search/", "/en/mistake/", "/en/ledger/"):
        found = page(client, address)
        for link in found.select("header a[hreflang]"):
            link.decompose()
        text = found.get_text()
        assert not [c for c in text if "\u4e00" <= c <= "\u9fff"], address


def test_services_are_listed_with_agency_time_and_cost(client: Client) -> None:
    rows = page(client, "/en/services/").select(".y-row")
    assert len(rows) == 9
    passport = next(row for row in rows if "Passport" in row.get_text())
    assert "Public Security" in passport.get_text()
    assert "120 yuan" in passport.get_text()


def test_services_are_found_by_audience(client: Client) -> None:
    titles = [r.a.get_text() for r in page(client, "/en/audience/company/").select(".y-row")]
    assert titles == ["Registering a company (business licence)"]
    page(client, "/en/audience/nobody/", 404)


def test_services_are_found_by_moment_in_life(client: Client) -> None:
    hardship = page(client, "/life/hardship/")
    assert "最低生活保障" in hardship.main.get_text()
    page(client, "/life/winning-the-lottery/", 404)


def test_a_moment_without_services_says_what_will_stand_there(client: Client, city: City) -> None:
    used = {key for service in city.services.values() for key in service.life_events}
    for key in set(city.life_events) - used:
        assert page(client, f"/en/life/{key}/").select_one(".y-empty")


def test_agencies_stand_by_kind(client: Client, city: City) -> None:
    found = page(client, "/en/agencies/")
    assert len(found.select(".y-agencies li")) == len(city.agencies)
    assert found.select_one("#neighbourhood")


def test_a_fact_that_no_agency_published_is_said_to_be_missing(client: Client, city: City) -> None:
    silent = next(a for a in city.agencies.values() if not a.phone and not a.address)
    contact = page(client, f"/en/agencies/{silent.code}/").select_one(".y-contact")
    facts = {row.dt.get_text(strip=True): row.dd.get_text(strip=True) for row in contact("div")}
    assert facts["Telephone"] == facts["Address"] == "not published yet"


def test_an_agency_shows_its_duties_and_services(client: Client) -> None:
    found = page(client, "/en/agencies/civil-affairs/")
    assert "Minimum living allowance" in found.main.get_text()
    assert found.select_one(".y-lead")
    page(client, "/agencies/unheard-of/", 404)


def test_the_foot_names_the_agency_and_the_day(client: Client) -> None:
    foot = page(client, "/en/services/passport-application/").footer.get_text()
    assert "Shanghai Municipal Public Security Bureau" in foot
    assert "As of" in foot


def test_a_mistake_is_reported_to_the_agency_of_the_page(client: Client) -> None:
    found = page(client, "/en/mistake/?page=/en/services/passport-application/")
    assert "Public Security" in found.main.get_text()
    agency = page(client, "/en/mistake/?page=/en/agencies/civil-affairs/")
    assert "Civil Affairs" in agency.main.get_text()


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https://evil.example/", "javascript:x", "/\\evil.example/"]
)
def test_a_mistake_elsewhere_is_not_linked_to(client: Client, address: str) -> None:
    links = page(client, f"/en/mistake/?page={address}").select("main a")
    assert not [
        link for link in links if "evil" in str(link["href"]) or "java" in str(link["href"])
    ]


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/services/", 0),
        ("/services/minimum-living-allowance/", 0),
        ("/agencies/", 0),
        ("/life/hardship/", 0),
        ("/search/?q=低保", 0),
        ("/ledger/", 4),
        ("/", 24),  # once for each edition of the pages and figures
        ("/articles/about/", 9),
    ],
)
def test_how_often_a_page_asks_the_database_is_fixed(
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    first_pages: None,
    address: str,
    queries: int,
) -> None:
    client.get(address)  # the declarations that it shows are read once in a process
    rendered_pages.clear()
    with django_assert_max_num_queries(queries):
        assert client.get(address).status_code == 200


def rows_of(found: BeautifulSoup) -> list[Tag]:
    return found.select(".y-row")


# Searching


def test_a_service_is_found_by_the_words_of_a_neighbour(client: Client) -> None:
    assert "最低生活保障" in rows_of(page(client, "/search/?q=吃低保"))[0].get_text()
    assert "Passport" in rows_of(page(client, "/en/search/?q=passport"))[0].get_text()


def test_an_empty_search_offers_moments_in_life(client: Client, city: City) -> None:
    found = page(client, "/en/search/?q=%20%20")
    assert not rows_of(found)
    assert len(found.select("main .y-tab")) == len(life_events_served()) > 0


@pytest.mark.parametrize(
    "words", ["没钱", "没钱了", "缺钱", "工作没了", "我失业了", "被公司裁员了"]
)
def test_hardship_is_found_by_the_words_people_use(client: Client, words: str) -> None:
    found = page(client, f"/search/?q={quote(words)}")
    assert "/services/minimum-living-allowance/" in [a["href"] for a in found.select("main a")]


def test_a_search_without_result_says_how_to_go_on(client: Client) -> None:
    found = page(client, "/en/search/?q=zzzzzz")
    assert "Nothing found for “zzzzzz”" in found.select_one(".y-empty").get_text()


def test_a_very_long_question_is_read_from_its_beginning(client: Client) -> None:
    found = page(client, "/en/search/?q=" + "passport " * 1_112)  # over 10,000 characters
    assert "only its first 200 characters" in found.main.get_text()
    assert rows_of(found)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "%00", "' OR 1=1 --", "\\", "％＿"])
def test_a_hostile_question_is_only_words(client: Client, words: str) -> None:
    response = client.get("/search/", {"q": words})
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_a_page_number_that_is_none_shows_the_first_page(client: Client) -> None:
    assert rows_of(page(client, "/services/?page=many"))
    assert rows_of(page(client, "/services/?page=999"))
