"""What editors publish and take down is told to the ledger, with who did it."""

from datetime import timedelta

import pytest
import time_machine
from applied_city import _applied, city
from django.contrib.auth import get_user_model
from django.test import Client
from wagtail.models import Locale, Page

from yimen.base.clock import now
from yimen.catalogue.definition import City
from yimen.ledger.models import Event
from yimen.publishing import tasks
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


def test_a_page_goes_public_and_is_taken_down_at_the_times_that_its_editor_has_set(
    article: ArticlePage, editor: object
) -> None:
    hour = timedelta(hours=1)
    article.title, article.go_live_at, article.expire_at = "Soon", now() + hour, now() + 3 * hour
    revision = article.save_revision(user=editor)
    revision.publish(user=editor)
    tasks.follow_schedule(0)
    assert ArticlePage.objects.get(pk=article.pk).title != "Soon"
    with time_machine.travel(now() + 2 * hour, tick=False):
        tasks.follow_schedule(0)
    page, event = ArticlePage.objects.get(pk=article.pk), last_event()
    assert (page.live, page.title) == (True, "Soon")
    assert (event.kind, event.payload["revision"]) == ("publishing.published", revision.pk)
    assert event.actor_account == editor.pk
    with time_machine.travel(now() + 4 * hour, tick=False):
        tasks.follow_schedule(0)
    assert not ArticlePage.objects.get(pk=article.pk).live
    assert last_event().kind == "publishing.unpublished"


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
