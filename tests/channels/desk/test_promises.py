"""The page of promises: who sees which, in words, with bars that fill their width."""

from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from bs4 import BeautifulSoup
from city_life import a_person, started, task
from city_life import resident as acting_resident
from django.core.cache import cache
from django.test import Client
from signing_in import an_officer, sign_in

from yimen.accounts.queries import city_today
from yimen.base.actor import SYSTEM
from yimen.cases import actions
from yimen.cases.models import Case
from yimen.channels.desk.promise_pages import WIDTH, segments

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def _fresh_figures(city) -> None:
    cache.clear()


@pytest.fixture
def receipt():
    return started(acting_resident(a_person().pk))


def desk_of(role: str, agency: str = "police") -> Client:
    account = an_officer(f"{role}-{agency}", agency=agency, role=role)
    return sign_in(Client(), account, second_factor=True)


def page(client: Client, address: str = "/en/desk/promises/") -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words(found: BeautifulSoup) -> str:
    return " ".join(found.get_text(" ").split())


def due_in(days: int, law: int = 60) -> None:
    today = city_today()
    Case.objects.update(
        promised_due=today + timedelta(days=days), statutory_due=today + timedelta(days=law)
    )


def test_an_officer_finds_their_own_and_no_figures(receipt) -> None:
    client = desk_of("officer")
    due_in(-9)
    assert "Every promise that you watch is in good time." in words(page(client))
    client.post(
        f"/en/desk/cases/{receipt.receipt_number}/tasks/{task(receipt, 'review').id}/claim/"
    )
    found = page(client)
    assert "Past the promised day 1" in words(found.select_one("main") or found)
    (link,) = found.select(f"a[href$='/cases/{receipt.receipt_number}/'].y-number")
    assert link.get_text() == receipt.receipt_number
    assert not found.select(".y-agency-figures") and "王芳" not in words(
        found.select_one(".y-desk-section")
    )


def test_a_head_finds_the_agency_with_its_figures_and_the_count_in_the_navigation(receipt) -> None:
    client = desk_of("head")
    due_in(-9)
    found = page(client)
    (link,) = found.select("header a[href='/en/desk/promises/']")
    assert words(link) == "Promises 1"
    (row,) = found.select(".y-agency-figures tbody tr")
    assert [cell.get_text() for cell in row.select("td")] == ["0", "0", "–", "1"]
    assert "unclaimed" in words(found)
    chinese = words(page(client, "/desk/promises/"))
    assert "临近或者超过承诺日期的申请" in chinese and "各单位兑现承诺的情况" in chinese


def test_a_supervisor_finds_the_whole_city_without_opening_files(receipt) -> None:
    client = desk_of("supervisor", "shanghai")
    due_in(-9, law=-2)
    actions.apologise(SYSTEM)
    found = page(client)
    assert "Past the limit of the law 1" in words(found)
    assert "told: by" in words(found) and "by law" in words(found)
    assert receipt.receipt_number in words(found)
    assert not found.select(f"a[href$='/cases/{receipt.receipt_number}/'].y-number")


def test_who_watches_nothing_finds_no_such_page(receipt) -> None:
    client = desk_of("editor", "general-office")
    assert client.get("/en/desk/promises/").status_code == 404
    assert not BeautifulSoup(client.get("/en/desk/").content, "html.parser").select(
        "a[href='/en/desk/promises/']"
    )


def test_a_page_costs_the_same_queries_for_one_promise_as_for_many(
    receipt, django_assert_num_queries
) -> None:
    client = desk_of("head")
    due_in(-9)
    client.get("/desk/promises/")
    with django_assert_num_queries(QUERIES):
        client.get("/desk/promises/")
    for serial in range(2, 6):
        started(acting_resident(a_person(serial).pk))
    due_in(-9)
    with django_assert_num_queries(QUERIES):
        client.get("/desk/promises/")


QUERIES = 14  # those of every page with the list; counts, rows, what was told, tasks, figures kept


def test_the_parts_of_a_bar_fill_it_side_by_side() -> None:
    chance = Random(20)
    for _ in range(300):
        counts = [chance.choice([0, 1, 7, 10**6]) for _ in range(chance.randint(1, 5))]
        bar = segments([(str(n), "", count) for n, count in enumerate(counts)])
        assert sum(part.width for part in bar) == (WIDTH if sum(counts) else 0)
        for part, following in pairwise(bar):
            assert following.x == part.x + part.width
        assert all(part.width <= WIDTH * part.count // max(sum(counts), 1) + 1 for part in bar)
