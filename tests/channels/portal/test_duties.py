"""An agency's list of duties, and what its pages say before and after a reform."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO

import pytest
from applied_city import _applied, city, riverton
from at_the_desk import signed_in
from bs4 import BeautifulSoup
from changed_city import ChangeCity, change_city, reformed
from city_life import a_person, officer, resident, reviewed, started, task, work
from django.test import Client
from filling_in import Applicant, text_of
from pytest_django import DjangoAssertNumQueries
from signing_in import a_resident, sign_in

from yimen.accounts import tasks as accounts_tasks
from yimen.accounts.queries import city_today
from yimen.base.text import Text
from yimen.cases import actions, tasks
from yimen.cases.types import TaskOutcome
from yimen.catalogue.definition import Agency, City, Place
from yimen.catalogue.queries import acting
from yimen.catalogue.types import AgencyKind
from yimen.channels.portal.reforms import reform_notes
from yimen.channels.shared.caching import rendered_pages
from yimen.publishing.models import ArticlePage

__all__ = ["_applied", "change_city", "city", "riverton"]
NEW = "public-order"
DAY = date(2027, 1, 1)


@pytest.fixture(autouse=True)
def _nothing_rendered() -> None:
    rendered_pages.clear()


def page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200, address
    return BeautifulSoup(response.content, "html.parser")


def words(client: Client, address: str) -> str:
    return " ".join(page(client, address).main.get_text(" ", strip=True).split())


def table(client: Client, address: str) -> list[list[str]]:
    response = client.get(address)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    text = response.content.decode("utf-8-sig")
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(text)))


def test_the_list_of_duties_says_of_each_service_what_holds(client: Client, city: City) -> None:
    assert page(client, "/en/agencies/police/").select_one("a[href$='/agencies/police/duties/']")
    found = page(client, "/en/agencies/police/duties/")
    titles = [heading.get_text() for heading in found.select("section h2 a")]
    assert len(titles) == len(set(titles)) == 3
    passport = found.select_one("[aria-labelledby='duty-passport-application']")
    facts = {
        row.dt.get_text(strip=True): row.dd.get_text(" ", strip=True)
        for row in passport.select(".govuk-summary-list__row")
    }
    assert facts["Part"] == "decides"
    assert "Passport Law" in facts["Legal basis"]
    assert facts["Fee"].startswith("120 yuan")
    assert facts["Who decides"].startswith("Shanghai Municipal Public Security Bureau · ")
    assert "60 days" in facts["If you disagree with the decision"]
    licence = found.select_one("[aria-labelledby='duty-business-licence']").get_text()
    assert "takes part" in licence and "Industry and Commerce ·" in licence
    complain = found.select_one("[aria-labelledby='complain']").get_text()
    assert "looks again" not in complain and "of the agency that decided" in complain
    assert "One level up:" in complain


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_list_of_duties_is_a_whole_page_in_both_languages(
    client: Client, city: City, prefix: str
) -> None:
    for code in city.agencies:
        found = page(client, f"{prefix}/agencies/{code}/duties/")
        assert len(found.select("h1")) == 1
        ids = [tag["id"] for tag in found.select("[id]")]
        assert len(ids) == len(set(ids))
        assert found.select("script:not([src]), style, [style]") == []
        rows = table(client, f"{prefix}/agencies/{code}/duties.csv")
        assert len(rows) == 1 + len(found.select(".govuk-summary-list"))
        assert {len(row) for row in rows} == {10}


def test_the_table_speaks_the_language_of_the_page(client: Client, city: City) -> None:
    header, *rows = table(client, "/en/agencies/civil-affairs/duties.csv")
    assert header[:4] == ["Service", "Part", "Kind", "Legal basis"]
    assert rows[0][0] == "Minimum living allowance"
    header, *rows = table(client, "/agencies/civil-affairs/duties.csv")
    assert header[:4] == ["事项", "承担方式", "办理方式", "法律依据"]
    assert rows[0][1] == "主办"


def test_an_unknown_agency_has_no_duties(client: Client, city: City) -> None:
    for address in ("/agencies/nobody/duties/", "/agencies/nobody/duties.csv"):
        assert client.get(address).status_code == 404


def test_the_duties_ask_no_database(
    client: Client, city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for address in ("/agencies/police/duties/", "/agencies/police/duties.csv"):
        client.get(address)
        rendered_pages.clear()
        with django_assert_num_queries(0):
            assert client.get(address).status_code == 200


def test_what_records_may_settle_is_said_to_be_decided_by_rules(
    client: Client, riverton: City
) -> None:
    found = words(client, "/en/agencies/animal-care/duties/")
    rules = "the rules of the service, where the records settle it; Animal Care Office · "
    assert rules in found
    assert "the rules of the service" not in words(client, "/en/agencies/markets/duties/")


def test_a_city_that_looks_at_nothing_again_offers_it_to_nobody(
    client: Client, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = replace(city, recheck=None)
    monkeypatch.setattr("yimen.channels.portal.duties_pages.queries.current_city", lambda: without)
    assert "of the agency that decided" not in words(client, "/en/agencies/police/duties/")


def test_an_office_of_riverton_lives_on_in_the_bureau_that_has_its_work(
    client: Client, riverton: City
) -> None:
    moved = client.get("/en/agencies/weights/")
    assert (moved.status_code, moved["Location"]) == (301, "/en/agencies/markets/")
    duties = client.get("/en/agencies/weights/duties/")
    assert (duties.status_code, duties["Location"]) == (301, "/en/agencies/markets/duties/")
    assert client.get("/en/agencies/weights/duties.csv").status_code == 301
    says = words(client, "/en/agencies/markets/")
    assert "Since 1 January 2025 it does what this agency did: Weights and Measures Office." in says
    assert "Weights and Measures" not in words(client, "/en/agencies/")
    found = page(client, "/en/search/?q=weights+office")
    assert found.select_one("a[href='/en/agencies/markets/']")
    assert "has the work of: Weights and Measures Office" in found.main.get_text()
    assert "Nothing found" not in found.main.get_text()
    mistake = words(client, "/en/mistake/?page=/en/agencies/weights/duties/")
    assert "Markets Bureau" in mistake


def test_a_reform_is_announced_and_the_old_page_stays_until_its_day(
    client: Client, city: City, change_city: ChangeCity
) -> None:
    change_city(reformed(DAY))
    assert "From 1 January 2027 its work is done by Shanghai Public Order Bureau." in words(
        client, "/en/agencies/police/"
    )
    new = words(client, f"/en/agencies/{NEW}/")
    assert "It begins its work on 1 January 2027." in new
    assert "From 1 January 2027 it does what this agency does:" in new
    assert "自2027年1月1日起，其职责由上海市公共秩序局承担。" in words(client, "/agencies/police/")
    assert "Public Order" not in words(client, "/en/agencies/")
    assert "Public Security" in words(client, "/en/services/passport-application/")


def test_from_the_day_on_pages_name_the_successor_and_history_the_old_name(
    client: Client, city: City, change_city: ChangeCity
) -> None:
    person = a_person()
    account = a_resident(person_id=person.pk)
    applicant = Applicant(sign_in(Client(), account))
    wang = resident(person.pk, account.pk)
    done, waits = reviewed(started(wang), officer()), started(wang)
    head = officer(role="head", username="gao", office_number="320")
    actions.decide(head, done.receipt_number, task(done, "decide").id, TaskOutcome.APPROVE)
    work()
    desk = signed_in("bo", "215")
    change_city(reformed(city_today()))
    accounts_tasks.follow_reforms(0)
    tasks.follow_reforms(0)
    guide = page(client, "/en/services/passport-application/")
    assert "Public Order Bureau" in guide.get_text()
    assert "Public Security Bureau" not in guide.get_text()
    home = words(client, f"/en/agencies/{NEW}/")
    assert "Since" in home and "Public Security Bureau" in home and "Passport" in home
    status = text_of(applicant.get(f"/applications/{waits.receipt_number}/"))
    moved = "moved from Shanghai Municipal Public Security Bureau to Shanghai Public Order Bureau"
    assert moved in status
    closed = text_of(applicant.get(f"/applications/{done.receipt_number}/"))
    assert "Shanghai Municipal Public Security Bureau, office 320" in closed
    assert "moved from" not in closed
    file = text_of(desk.get(f"/en/desk/cases/{waits.receipt_number}/"))
    assert f"M{moved[1:]} by a reform." in file  # who had signed in before goes on


def test_an_article_is_answered_for_by_the_successor(
    client: Client, city: City, first_pages: None, change_city: ChangeCity
) -> None:
    ArticlePage.objects.update(agency="police")
    change_city(reformed(city_today() - timedelta(days=1)))
    foot = page(client, "/en/articles/about/").footer.get_text()
    assert "Shanghai Public Order Bureau" in foot


def test_an_agency_that_nobody_follows_says_so(city: City) -> None:
    def notes(until: date) -> list[str]:
        lamps = Agency("lamps", Text(), AgencyKind.OFFICE, Place("", 1), until=until)
        return reform_notes(lamps, city, DAY, "en")

    assert acting("lamps") == "lamps"
    assert len(notes(DAY)) == len(notes(DAY + timedelta(days=1))) == 1
    assert notes(DAY) != notes(DAY + timedelta(days=1))
