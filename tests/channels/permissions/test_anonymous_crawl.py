"""A visitor who follows every link meets nobody: no name, no number, no answer, no address."""

import io
import logging
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.conf import settings as django_settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from matters import set_the_scene
from personal import answers, names, receipt_numbers

from yimen.base.journal import JsonLines
from yimen.catalogue.definition import City
from yimen.publishing.actions import make_first_pages

__all__ = ["_applied", "city"]
MOST_PAGES = 600
FEWEST_PAGES = 100
BEGINNINGS = (
    "/",
    "/en/",
    "/api/v1/services",
    "/api/v1/openapi.json",
    "/ledger/roots.json",
    "/robots.txt",
    "/sitemap.xml",
    "/verify/K7MP-2XQF-9RTW-BC34/",
    "/en/verify/0000-0000-0000-0000/",
    "/applications/261123-7K2M-9QXA/",
    "/search/?q=苏晓梅",
)
# Who has forgotten a password is asked for an address, and shown nothing of anybody.
OF_ONE_PERSON = re.compile(
    r"^(/en)?/(account(?!/password/reset/$)|desk|apply|drafts|mine|mailbox|status|ways-in|applications)/"
)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What engineers would read of everything that is done."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


@pytest.mark.timeout(900)  # minutes on a machine that does much else
def test_who_follows_every_link_and_who_reads_the_logs_meets_nobody(
    city: City, settings, log: io.StringIO
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_first_pages(city)
    set_the_scene()
    known = answers() | names() | receipt_numbers()
    assert len(known) > 30
    # What a visitor has typed into the search stands in its own address.
    seen, found, kept = 0, [], []
    for address, response in _crawl():
        seen += 1
        said = _everything(response)
        found += [f"{address}: {v}" for v in known if v in said and v not in unquote(address)]
        if OF_ONE_PERSON.match(address) and "no-store" not in response.get("Cache-Control", ""):
            kept.append(address)
    assert found == []
    assert kept == []
    assert FEWEST_PAGES <= seen <= MOST_PAGES
    sent = "".join(f"{message.subject} {message.body}" for message in mail.outbox)
    sent += "".join(path.read_text("utf-8") for path in _sent_messages())
    assert sent
    told = [value for value in answers() if "@" not in value and value in sent + log.getvalue()]
    assert told == []


def _crawl() -> Iterator[tuple[str, HttpResponse]]:
    """Return every page that links lead to; of addresses with a query one of each kind."""
    waiting, met = deque(BEGINNINGS), {_kind(each) for each in BEGINNINGS}
    for _page in range(MOST_PAGES):
        if not waiting:
            return
        address = waiting.popleft()
        response = Client().get(address)  # no cookie comes along
        yield address, response
        for link in _links(address, response):
            if _kind(link) not in met:
                met.add(_kind(link))
                waiting.append(link)


def _kind(address: str) -> tuple[object, ...]:
    parts = urlsplit(address)
    return (parts.path, *sorted(key for key, _value in parse_qsl(parts.query)))


def _links(address: str, response: HttpResponse) -> Iterator[str]:
    found = [response.get("Location", "")]
    if "html" in response.get("Content-Type", ""):
        page = BeautifulSoup(response.content, "html.parser")
        found += [str(tag.get("href", "")) for tag in page.select("a, link")]
        found += [str(form.get("action", "")) for form in page.select("form[method=get]")]
    for link in filter(None, found):
        parts = urlsplit(urljoin(f"http://testserver{address}", link))
        if parts.netloc == "testserver" and not parts.path.startswith("/static/"):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def _everything(response: HttpResponse) -> str:
    body = b"".join(response) if response.streaming else response.content
    return (
        f"{response.headers}{unquote(response.get('Location', ''))}{body.decode(errors='replace')}"
    )


def _sent_messages() -> Iterator[Path]:
    for folder in (django_settings.EMAIL_FILE_PATH, django_settings.SMS_FOLDER):
        yield from (path for path in Path(folder).rglob("*") if path.is_file())
