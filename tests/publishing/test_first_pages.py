"""A new portal begins with a home page and two articles; nothing is made twice or taken back."""

from dataclasses import replace

import pytest
from applied_city import _applied, city
from wagtail.models import Page, Site

from yimen.base.text import Text
from yimen.catalogue.definition import City
from yimen.ledger.models import Event
from yimen.publishing.actions import make_first_pages
from yimen.publishing.loader import FIRST_ARTICLES, first_text
from yimen.publishing.models import ArticlePage, HomePage
from yimen.publishing.queries import newest_articles

__all__ = ["_applied", "city"]


@pytest.fixture
def made(city: City) -> City:
    make_first_pages(city)
    return city


def test_the_pages_stand_in_every_language_of_the_city_and_know_each_other(made: City) -> None:
    homes = HomePage.objects.all()
    assert {home.locale.language_code for home in homes} == {"zh-hans", "en"}
    assert len({home.translation_key for home in homes}) == 1
    assert ArticlePage.objects.live().count() == 2 * len(FIRST_ARTICLES)


def test_the_site_begins_at_the_home_page(made: City) -> None:
    assert isinstance(Site.objects.get().root_page.specific, HomePage)
    assert not Page.objects.filter(slug="home-1").exists()


def test_making_them_again_changes_nothing(made: City) -> None:
    before = set(Page.objects.values_list("pk", "latest_revision_id"))
    make_first_pages(made)
    assert set(Page.objects.values_list("pk", "latest_revision_id")) == before


def test_what_an_editor_wrote_is_left_alone(made: City) -> None:
    article = ArticlePage.objects.get(slug="about", locale__language_code="en")
    article.title = "Written by an editor"
    article.save_revision().publish()
    make_first_pages(made)
    article.refresh_from_db()
    assert article.title == "Written by an editor"


def test_a_language_that_was_missing_is_added(made: City) -> None:
    HomePage.objects.get(locale__language_code="en").delete()
    make_first_pages(made)
    assert len(newest_articles("en")) == len(FIRST_ARTICLES)


def test_an_article_of_an_editor_waits_for_its_translator(made: City) -> None:
    HomePage.objects.get(locale__language_code="en").delete()
    index = ArticlePage.objects.get(slug="about").get_parent()
    index.add_child(
        instance=ArticlePage(title="新闻", slug="news", summary="x", body="x", locale=index.locale)
    )
    make_first_pages(made)
    assert {page.slug for page in newest_articles("en")} == {"about", "data-protection"}


@pytest.mark.parametrize("languages", [("fr", "en"), ("en", "fr")])
def test_an_article_that_a_city_has_not_written_in_its_third_language_is_left_out(
    city: City, languages: tuple[str, ...]
) -> None:
    about = "# À propos\n\nUne porte pour tous.\n\nCe portail est **neuf**."
    title = Text.of({"en": "Portal", "fr": "Portail"})
    make_first_pages(replace(city, languages=languages, title=title, articles={"about.fr": about}))
    assert [page.title for page in newest_articles("fr")] == ["À propos"]


def test_a_page_that_somebody_built_on_the_empty_site_is_kept(city: City) -> None:
    welcome = Page.get_first_root_node().get_children().get()
    welcome.add_child(instance=Page(title="Below", slug="below"))
    make_first_pages(city)
    assert Page.objects.filter(slug="below").exists()
    assert HomePage.objects.exists()


def test_each_publication_is_in_the_ledger(made: City) -> None:
    published = Event.objects.filter(kind="publishing.published")
    pages = set(Page.objects.filter(depth__gt=1).values_list("pk", flat=True))
    assert {event.payload["page"] for event in published} >= pages


def test_the_first_articles_are_written_in_both_languages() -> None:
    for article in FIRST_ARTICLES:
        chinese, english = first_text(article, "zh", {}), first_text(article, "en", {})
        assert chinese.title != english.title
        assert len(english.summary) < 200
        assert "<h2>" in chinese.html
        assert "<script" not in chinese.html + english.html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_articles_hold_in_every_city_and_promise_no_door_that_is_not_there(
    language: str,
) -> None:
    for article in FIRST_ARTICLES:
        text = first_text(article, language, {})
        words = text.title + text.summary + text.html
        for foreign in (
            "Shanghai",
            "上海",
            "Chinese",
            "中文",
            "310101",
            "kiosk",
            "clerk",
            "受理窗口",
        ):
            assert foreign not in words
