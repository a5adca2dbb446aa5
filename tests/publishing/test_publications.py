"""What editors publish and take down is told to the ledger, with who did it."""

import pytest
from applied_city import _applied, city
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import Locale, Page

from yimen.catalogue.definition import City
from yimen.ledger.models import Event
from yimen.publishing.actions import make_first_pages
from yimen.publishing.models import ArticlePage

__all__ = ["_applied", "city"]


@pytest.fixture
def article(city: City) -> ArticlePage:
    make_first_pages(city)
    return ArticlePage.objects.get(slug="about", locale__language_code="en")


@pytest.fixture
def editor(db: None) -> object:
    return get_user_model().objects.create_superuser("editor", "editor@city.example", "x" * 12)


def last_event() -> Event:
    return Event.objects.filter(kind__startswith="publishing.").order_by("id").last()


def test_a_new_version_is_told_with_its_editor(article: ArticlePage, editor: object) -> None:
    article.title = "A new title"
    revision = article.save_revision(user=editor)
    revision.publish(user=editor)
    event = last_event()
    assert event.kind == "publishing.published"
    assert event.payload["revision"] == revision.pk
    assert event.payload["language"] == "en"
    assert event.actor_account == editor.pk


def test_taking_a_page_down_is_told(article: ArticlePage) -> None:
    article.unpublish()
    event = last_event()
    assert event.kind == "publishing.unpublished"
    assert event.payload == {
        "page": article.pk,
        "address": article.url_path,
        "language": "en",
    }


def test_a_page_without_versions_is_told_as_made_by_the_system(city: City) -> None:
    make_first_pages(city)
    root = Page.get_first_root_node()
    plain = root.add_child(instance=Page(title="Plain", slug="plain", locale=Locale.get_default()))
    plain.unpublish()
    assert last_event().actor_kind == "system"


def test_nobody_enters_the_office_of_the_editors_without_signing_in(
    client: Client, city: City
) -> None:
    response = client.get("/backoffice/")
    assert response.status_code == 302
    assert "login" in response["Location"]
    own_form = client.get("/backoffice/login/")
    assert own_form.status_code == 302, "Wagtail's own form knows no second factor"
