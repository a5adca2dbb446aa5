"""Anybody can see the seals of the days, and take them home."""

import json

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.test import Client

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")


def test_before_the_first_day_is_over_the_page_says_what_will_stand_there(client: Client) -> None:
    page = BeautifulSoup(client.get("/en/ledger/").content, "html.parser")
    assert page.select_one(".y-empty") or page.select("table tbody tr")


def test_the_seals_are_a_file_to_keep(client: Client) -> None:
    response = client.get("/ledger/roots.json")
    assert response["Content-Disposition"].startswith("attachment")
    published = json.loads(response.content)
    assert published["format"].startswith("yimen-ledger-roots")
    assert {"days", "keys", "head"} <= set(published)


def test_the_checking_program_can_be_taken_from_the_page(client: Client) -> None:
    page = BeautifulSoup(client.get("/en/ledger/").content, "html.parser")
    links = [str(link["href"]) for link in page.select("main a[download]")]
    assert links[0] == "/en/ledger/roots.json"
    assert links[1].startswith("/static/ledger/check_ledger")
    assert finders.find("ledger/check_ledger.py")
