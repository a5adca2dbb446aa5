"""An officer tells an applicant that it gets late: a declared reason and a day from the list."""

import pytest
from bs4 import BeautifulSoup
from city_life import a_person, started
from city_life import resident as acting_resident
from django.test import Client
from signing_in import an_officer, sign_in

from yimen.cases.models import MissedPromise

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def receipt():
    return started(acting_resident(a_person().pk))


@pytest.fixture
def desk():
    return sign_in(Client(), an_officer("li", agency="police"), second_factor=True)


def page_of(client, receipt, language="/en") -> BeautifulSoup:
    answer = client.get(f"{language}/desk/cases/{receipt.receipt_number}/")
    return BeautifulSoup(answer.content, "html.parser")


def tell(client, receipt, **data):
    return client.post(f"/en/desk/cases/{receipt.receipt_number}/late/", data)


def days_offered(page: BeautifulSoup) -> list[str]:
    return [option["value"] for option in page.select("#day-late option") if option["value"]]


def test_a_reason_and_a_day_are_chosen_and_the_applicant_is_told(desk, receipt) -> None:
    days = days_offered(page_of(desk, receipt))
    answer = tell(desk, receipt, delay="records", day=days[1])
    assert answer.status_code == 302
    page = page_of(desk, receipt).get_text(" ", strip=True)
    assert "with an apology, the reason and the new day" in page
    assert "The applicant was told that it gets late" in page
    assert "Archives, or registers of other places" in page
    assert tell(desk, receipt, delay="records", day=days[1]).status_code == 302  # a double click
    assert MissedPromise.objects.count() == 1
    chinese = page_of(desk, receipt, "").get_text(" ", strip=True)
    assert "已告知申请人不能按时办结" in chinese and "告知延迟" in chinese


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"delay": ""}, "delay-late"),
        ({"day": ""}, "day-late"),
        ({"day": "2001-01-01"}, "day-late"),
        ({"day": "tomorrow"}, "day-late"),
    ],
)
def test_what_is_not_chosen_is_named_and_the_rest_is_kept(desk, receipt, changed, field) -> None:
    day = days_offered(page_of(desk, receipt))[0]
    answer = tell(desk, receipt, **({"delay": "systems", "day": day} | changed))
    assert answer.status_code == 422
    page = BeautifulSoup(answer.content, "html.parser")
    (link,) = page.select(".govuk-error-summary a")
    assert link["href"] == f"#{field}" and page.select_one(f"#{field}")["aria-invalid"] == "true"
    kept = {option["value"] for option in page.select("option[selected]")}
    assert kept & {"systems", day}
    assert MissedPromise.objects.count() == 0


def test_another_agency_and_a_supervisor_have_no_such_form(receipt) -> None:
    watcher = an_officer("qian", agency="police", role="supervisor", office_number="401")
    client = sign_in(Client(), watcher, second_factor=True)
    assert page_of(client, receipt).select("#day-late") == []
    assert tell(client, receipt, delay="records", day="2026-12-01").status_code == 403
