"""Somebody who does not know what a thing is called finds it, and reads what it asks of them."""

import pytest
from playwright.sync_api import expect

from journeys.conftest import LANGUAGES, Visit

PUBLIC_PAGES = (
    "/",
    "/services/",
    "/services/minimum-living-allowance/",
    "/services/business-licence/",
    "/services/passport-application/",
    "/audience/floating/",
    "/life/hardship/",
    "/agencies/",
    "/agencies/civil-affairs/",
    "/agencies/civil-affairs/duties/",
    "/agencies/xujiahui/",
    "/search/?q=no+such+thing+anywhere",
    "/mistake/?page=/services/minimum-living-allowance/",
    "/ledger/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/status/",
    "/ways-in/",
    "/drafts/resume/",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_every_public_page_opens_without_a_barrier(visit: Visit, path: str, language: str) -> None:
    visit(language).open(path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_does_not_exist_says_where_to_go(visit: Visit, language: str) -> None:
    visitor = visit(language)
    visitor.open("/services/nothing-of-the-kind/", status=404, name="page-not-found")
    expect(visitor.page.get_by_role("main").get_by_role("link").first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "words", "title"),
    [("zh", "家里没收入了", "最低生活保障"), ("en", "I have no money", "Minimum living allowance")],
)
def test_everyday_words_lead_to_the_service(
    visit: Visit, language: str, words: str, title: str
) -> None:
    visitor = visit(language)
    visitor.open("/")
    visitor.write(visitor.page.get_by_role("searchbox"), words)
    visitor.press("Search")
    visitor.follow(visitor.page.get_by_role("main").get_by_role("link", name=title).first)
    expect(visitor.page.locator("h1")).to_have_text(title)
    visitor.sees("Who can apply")
    visitor.sees("The city has this already")


def test_the_language_is_changed_on_any_page_and_stays(visit: Visit) -> None:
    visitor = visit("zh")
    visitor.open("/services/minimum-living-allowance/")
    with visitor.page.expect_navigation():
        visitor.page.get_by_role("link", name="English").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    expect(visitor.page.locator("h1")).to_have_text("Minimum living allowance")
