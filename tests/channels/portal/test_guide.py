"""The guide page says who, how long, how much, what to bring and what the city knows already."""

from dataclasses import replace
from datetime import date

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.utils.translation import override

from yimen.catalogue.definition import City, Service
from yimen.channels.portal.guide import guide_of

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
ALLOWANCE = "minimum-living-allowance"


def guide_page(client: Client, code: str = ALLOWANCE, prefix: str = "/en") -> BeautifulSoup:
    return BeautifulSoup(client.get(f"{prefix}/services/{code}/").content, "html.parser")


def drawn(service: Service, city: City) -> BeautifulSoup:
    """Draw the guide page of a service that is not declared like this."""
    with override("en"):
        context = {
            "service": service,
            "guide": guide_of(service, city, "en"),
            "agency": city.agencies[service.agency],
        }
        request = RequestFactory().get("/en/services/x/")
        response = render(request, "portal/guide.html", context)
    return BeautifulSoup(response.content, "html.parser")


def test_the_strip_answers_the_five_questions_first(client: Client) -> None:
    strip = guide_page(client).select_one(".y-facts")
    facts = {row.dt.get_text(strip=True): row.dd.get_text(" ", strip=True) for row in strip("div")}
    assert list(facts) == ["Who", "How long", "Cost", "Visits", "Where"]
    assert facts["Cost"] == "Free of charge"
    assert facts["Visits"] == "No trip needed"
    assert facts["How long"] == "20 days the law allows 30 days"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_service_has_a_complete_guide(client: Client, city: City, prefix: str) -> None:
    for code in city.services:
        found = guide_page(client, code, prefix)
        assert len(found.select(".y-facts dd")) == 5
        assert len(found.select(".y-need > section")) == 2
        assert len(found.select(".y-steps > li")) >= 3
        assert found.select_one(".y-prose")
        assert len(found.select("details")) == 2


def test_what_the_city_knows_need_not_be_brought(client: Client, city: City) -> None:
    bring, known = guide_page(client).select(".y-need > section")
    service = city.services[ALLOWANCE]
    for material in service.materials:
        title = material.title["en"]
        assert (title in bring.get_text()) is not bool(material.from_data_set)
        assert (title in known.get_text()) is bool(material.from_data_set)


def test_a_paper_that_not_every_record_spares_is_named_with_the_record(client: Client) -> None:
    bring, known = guide_page(client, "residence-permit").select(".y-need > section")
    words = " ".join(bring.get_text().split())
    assert (
        "Proof of work (in some cases) (unless the record “Employment register” shows it)" in words
    )
    assert "Proof of work" not in known.get_text()


def test_a_paper_that_is_asked_for_in_some_cases_says_so(client: Client) -> None:
    bring = guide_page(client).select_one(".y-need > section").get_text()
    assert "(in some cases)" in bring
    assert "(if you have it)" in bring


def test_agencies_that_decide_together_stand_side_by_side(client: Client) -> None:
    steps = guide_page(client).select_one(".y-steps")
    together = next(li for li in steps("li") if "At the same time" in li.get_text())
    who = [p.get_text() for p in together.select(".y-step__who")]
    assert who == [
        "Shanghai Municipal Civil Affairs Bureau",
        "Shanghai Municipal Labour and Social Security Bureau",
    ]


def test_a_figure_without_a_source_is_called_an_example(client: Client, city: City) -> None:
    rows = guide_page(client).select(".govuk-summary-list__row")
    figures = {row.dt.get_text(strip=True): row.dd for row in rows}
    promised, statutory = city.services[ALLOWANCE].promised, city.services[ALLOWANCE].statutory
    assert bool(figures["We promise"].select_one(".y-example")) is not bool(promised.source)
    assert bool(figures["The law allows"].select_one(".y-example")) is not bool(statutory.source)
    assert (
        "Urban Minimum Living Standard Regulations, art. 8" in figures["The law allows"].get_text()
    )


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_condition_names_the_amount_of_the_city_and_where_it_stands(
    client: Client, prefix: str
) -> None:
    conditions = guide_page(client, prefix=prefix).select_one(".y-conditions").get_text()
    amount = "1330 yuan a month, since 1 July 2021" if prefix else "每月1330 元，自2021年7月1日起"
    assert amount in conditions and "Shine, 24 June 2021" in conditions


def test_an_amount_without_a_source_is_called_an_example(city: City) -> None:
    unsourced = {
        key: tuple(replace(standard, source="") for standard in amounts)
        for key, amounts in city.standards.items()
    }
    page = drawn(city.services[ALLOWANCE], replace(city, standards=unsourced))
    conditions = " ".join(page.select_one(".y-conditions").get_text().split())
    assert "since 1 July 2021 · example figure" in conditions


def test_law_and_remedies_are_folded_and_named(client: Client, city: City) -> None:
    law, remedies = guide_page(client).select("details")
    assert not law.has_attr("open")
    for entry in city.services[ALLOWANCE].law:
        assert entry.says["en"] in law.get_text()
    for remedy in city.services[ALLOWANCE].remedies:
        assert remedy.title["en"] in remedies.get_text()
    assert "15 days from receiving the outcome of the one before" in remedies.get_text()


def test_a_closed_service_says_so_and_cannot_be_applied_for(city: City) -> None:
    closed = replace(city.services[ALLOWANCE], closed_since=date(2004, 7, 1))
    found = drawn(closed, city)
    assert "No new applications are taken since 1 July 2004" in found.main.get_text()
    assert not found.select(".y-facts, .y-act")


def test_a_service_that_knows_nothing_says_that_too(city: City) -> None:
    bare = replace(
        city.services[ALLOWANCE], materials=(), fields=(), law=(), remedies=(), criteria=()
    )
    text = drawn(bare, city).main.get_text()
    assert "No papers at all." in text
    assert "the form asks for everything" in text
    assert text.count("Not published yet.") == 2


def test_a_service_at_the_counter_only_is_not_offered_online(city: City) -> None:
    service = city.services[ALLOWANCE]
    offline = replace(service, channels=tuple(c for c in service.channels if c == "counter"))
    guide = guide_of(offline, city, "en")
    assert guide.apply_url == ""
    assert [fact.value for fact in guide.facts][-1] in ("In person", "当面办理")
    page = drawn(offline, city).main.get_text()
    assert offline.where["en"] in page and "Apply online" not in page


def test_no_door_is_promised_that_the_portal_does_not_have(client: Client) -> None:
    page = guide_page(client).main.select_one(".y-act").get_text()
    assert "counter" not in page and "kiosk" not in page


def test_the_days_of_a_limit_are_explained(client: Client) -> None:
    assert "Every day is counted" in guide_page(client).main.get_text()
    assert "public holidays are not counted" in guide_page(client, "business-licence").get_text()
