"""When something goes wrong, the page says what happened, what is kept, and what to do."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils.translation import override

from yimen.base import journal
from yimen.catalogue.rules import NoCityApplied
from yimen.channels.shared import errors
from yimen.config.urls import urlpatterns as real_patterns

__all__ = ["_applied", "city"]
STATUSES = list(errors._WORDS)


def raising(exception: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise exception

    return view


handler400 = "yimen.channels.shared.errors.bad_request"
handler403 = "yimen.channels.shared.errors.permission_denied"
handler404 = "yimen.channels.shared.errors.page_not_found"
handler500 = "yimen.channels.shared.errors.server_error"
urlpatterns = [
    path("odd/", raising(SuspiciousOperation())),
    path("big/", raising(RequestDataTooBig())),
    path("mine/", raising(PermissionDenied())),
    path("broken/", raising(ZeroDivisionError())),
    path("unplugged/", raising(OperationalError())),
    path("empty/", raising(NoCityApplied())),
    *real_patterns,
]


@pytest.fixture
def visitor(city: object) -> Client:
    return Client(raise_request_exception=False)


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/odd/", 400),
        ("/big/", 413),
        ("/mine/", 403),
        ("/en/nothing/here/", 404),
        ("/broken/", 500),
        ("/unplugged/", 503),
        ("/empty/", 503),
    ],
)
def test_each_failure_has_its_status_and_a_page(visitor: Client, address: str, status: int) -> None:
    response = visitor.get(address)
    page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == status
    assert page.h1.get_text()
    assert str(status) in page.main.get_text()
    assert page.select("script:not([src]), style, [style], [onclick]") == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("status", STATUSES, ids=lambda status: str(status.value))
def test_every_page_of_failure_is_written_in_both_languages(
    status: HTTPStatus, language: str, city: object
) -> None:
    with override(language):
        prefix = "" if language == "zh-hans" else "/en"
        request = RequestFactory().get(f"{prefix}/services/")
        response = errors.error_page(request, status)
        page = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == status
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in page.h1.get_text())
    assert chinese is (language == "zh-hans")
    assert page.html["lang"] == ("zh-Hans" if chinese else "en")


def said(response: HttpResponse) -> str:
    return BeautifulSoup(response.content, "html.parser").get_text(" ")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "status", [HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE]
)
def test_the_pages_for_a_broken_system_need_no_database(status: HTTPStatus, language: str) -> None:
    with override(language):  # no database in this test: a query would fail it
        response, looked = (
            errors.bare_page(status, sent=sent, number="0000-0000") for sent in (True, False)
        )
    of_the_step = {"zh-hans": "最后这一步", "en": "this last step"}[language]
    assert of_the_step in said(response).lower()
    assert of_the_step not in said(looked).lower()
    assert response.status_code == status
    assert ("Retry-After" in response) is (status is HTTPStatus.SERVICE_UNAVAILABLE)


def test_a_form_that_was_open_too_long_says_that_nothing_was_sent(city: object) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/en/search/", {"q": "x"})
    assert response.status_code == 403
    assert "nothing was sent" in response.content.decode()


def test_who_tries_too_often_is_told_how_long_to_wait(city: object) -> None:
    request = RequestFactory().get("/en/services/")
    response = errors.error_page(request, HTTPStatus.TOO_MANY_REQUESTS, retry_after=300)
    assert response["Retry-After"] == "300"


@override_settings(ROOT_URLCONF=__name__)
def test_a_number_that_cannot_be_written_down_costs_no_answer(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "append", full)
    with caplog.at_level("ERROR", "yimen"):
        response = visitor.get("/broken/")
    assert response.status_code == 500
    assert response["Yimen-Error"] in said(response)
    assert f"The error {response['Yimen-Error']} (500) could not be written down" in caplog.text


@override_settings(ROOT_URLCONF=__name__)
def test_two_answers_never_share_a_number(visitor: Client) -> None:
    numbers = {visitor.get("/en/nothing/")["Yimen-Error"] for _ in range(20)}
    assert len(numbers) == 20
