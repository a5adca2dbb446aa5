"""Can I apply? Only what no record answers is asked, and nobody is turned away by a page."""

import pytest
from applied_city import _applied, city
from city_life import a_household, a_person, records
from django.test import Client
from filling_in import Applicant, posted, text_of, value_of
from signing_in import a_resident, sign_in

from yimen.catalogue.definition import City
from yimen.channels.portal.apply.criteria import label_of, question_for

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")
CHECK = "/apply/residence-permit/criteria/"


def told(applicant: Applicant, name: str, value: object, check: str = CHECK) -> str:
    """Answer a question, and return where it leads."""
    response = applicant.post(f"{check}{name}/", posted(name.replace(".", "-"), value))
    assert response.status_code == 302, text_of(response)
    return applicant.client.get(response["Location"])["Location"]


def test_a_visitor_is_asked_one_question_after_the_other() -> None:
    applicant = Applicant()
    first = applicant.get(CHECK)["Location"]
    assert first == f"/en{CHECK}residence.registration/"
    page = text_of(applicant.client.get(first))
    assert "1 of about 4" in page and "Where is your household registered?" in page

    second = told(applicant, "residence.registration", "elsewhere")
    assert second == f"/en{CHECK}residence.residing_since/"
    third = told(applicant, "residence.residing_since", "2020-01-31")
    assert third == f"/en{CHECK}residence.ground/"
    assert told(applicant, "residence.ground", "work") == f"/en{CHECK}result/"

    result = text_of(applicant.get(f"{CHECK}result/"))
    assert "Yes, by what is known the conditions are met" in result
    assert "31 January 2020" in result  # what was answered stands below, to be changed


def test_one_condition_that_is_not_met_ends_the_questions_and_names_the_sentence() -> None:
    applicant = Applicant()
    assert told(applicant, "residence.registration", "urban") == f"/en{CHECK}result/"
    result = text_of(applicant.get(f"{CHECK}result/"))
    assert "You are registered in Shanghai and need no residence permit" in result
    assert "By what you answered" in result
    assert "You may still apply: an officer decides, not this page" in result
    begun = applicant.post("/apply/residence-permit/form/")
    assert begun["Location"].startswith("/en/drafts/")


def test_what_nobody_knows_is_named_with_the_document_that_would_tell() -> None:
    applicant = Applicant()
    told(applicant, "residence.registration", "elsewhere")
    for name in ("residence.residing_since", "residence.ground", "residence.housing_until"):
        response = applicant.post(f"{CHECK}{name}/", {"unknown": "yes"})
        assert response.status_code == 302
    result = text_of(applicant.get(f"{CHECK}result/"))
    assert "Not everything is known yet" in result
    assert "Missing: Living in the city since" in result
    assert "This would tell: Proof of address" in result
    assert "I do not know" in result
    assert "You can apply all the same" in result


def test_a_wrong_answer_is_kept_and_says_what_to_do() -> None:
    applicant = Applicant()
    wrong = applicant.post(
        f"{CHECK}residence.residing_since/", posted("residence-residing_since", "31")
    )
    assert wrong.status_code == 422
    empty = applicant.post(f"{CHECK}residence.registration/", {})
    assert "has no answer yet. Choose one." in text_of(empty)


def test_only_what_the_criteria_look_at_is_asked() -> None:
    applicant = Applicant()
    for name in ("pension.months_paid", "person.age", "no.such", "residence"):
        assert applicant.get(f"{CHECK}{name}/").status_code == 404, name


def test_who_is_signed_in_is_judged_by_the_records_with_their_date(city: City) -> None:
    person = a_person()
    records("residence", person.pk, registration="urban")
    applicant = Applicant(sign_in(Client(), a_resident(person_id=person.pk)))
    assert applicant.get(CHECK)["Location"] == f"/en{CHECK}result/"
    result = text_of(applicant.get(f"{CHECK}result/"))
    title = city.data_sets["residence"].title["en"]
    assert f"By this record: {title} · 1 October 2026" in result


def test_a_record_counts_more_than_what_is_said() -> None:
    person = a_person()
    records("residence", person.pk, registration="urban")
    client = sign_in(Client(), a_resident(person_id=person.pk))
    applicant = Applicant(client)
    applicant.post(f"{CHECK}residence.registration/", {"residence-registration": "elsewhere"})
    assert "One condition is not met" in text_of(applicant.get(f"{CHECK}result/"))


def test_a_criterion_that_looks_at_the_form_is_decided_there() -> None:
    person = a_person()
    records("housing_fund", person.pk, status="open", balance="9000.00")
    applicant = Applicant(sign_in(Client(), a_resident(person_id=person.pk)))
    check = "/apply/housing-fund-withdrawal/criteria/"
    assert applicant.get(check)["Location"] == f"/en{check}result/"
    assert "This depends on what you write in the form." in text_of(
        applicant.get(f"{check}result/")
    )


def test_what_was_said_is_proposed_in_the_form() -> None:
    applicant = Applicant()
    told(applicant, "residence.registration", "elsewhere")
    told(applicant, "residence.residing_since", "2020-01-31")
    applicant.begin()
    page = applicant.ask("arrived_on")
    assert value_of(page, "arrived_on-year") == "2020"
    assert "As you said before" in text_of(page)


def test_money_of_the_household_is_asked_in_yuan_and_judged() -> None:
    applicant = Applicant()
    check = "/apply/minimum-living-allowance/criteria/"
    told(applicant, "residence.registration", "urban", check)
    told(applicant, "household.members", "3", check)
    told(applicant, "household.monthly_income", "99,999.00", check)
    result = text_of(applicant.get(f"{check}result/"))
    assert "is not below the city's standard" in result
    assert "1330 yuan a month, since 1 July 2021 · Source: Shine, 24 June 2021" in result


def test_the_household_of_a_signed_in_person_is_known() -> None:
    person = a_person()
    home = a_household(person.pk)
    records("residence", person.pk, registration="urban")
    records("household", home, members=2, monthly_income="900.00", allowance_status="none")
    applicant = Applicant(sign_in(Client(), a_resident(person_id=person.pk)))
    result = text_of(applicant.get("/apply/minimum-living-allowance/criteria/result/"))
    assert "Yes, by what is known" in result


@pytest.mark.parametrize(
    "name",
    [
        "person.age",
        "person.birth_date",
        "person.sex",
        "person.category",
        "person.district",
        "household.members",
    ],
)
def test_what_the_register_says_has_a_question_too(name: str, city: City) -> None:
    field = question_for(name, city)
    assert field is not None and field.label
    assert label_of(name, city)


def test_a_name_that_nobody_declares_has_no_question(city: City) -> None:
    assert question_for("no.such", city) is None
    assert not label_of("no.such", city)
