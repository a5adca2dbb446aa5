"""The machine's door: sending an application, and asking where it is."""

import json
import re

import pytest
from applied_city import _applied, city
from city_life import PDF, PNG, a_person, example
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from signing_in import a_resident, sign_in

from yimen.cases.actions import submit
from yimen.cases.models import Case
from yimen.channels.api.problems import PROBLEMS

__all__ = ["_applied", "city"]
SERVICE = "residence-permit"
GOOD = "good-rented-home"
pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def client() -> Client:
    return sign_in(Client(), a_resident(person_id=a_person().pk))


@pytest.fixture
def tokens(client) -> list[str]:
    kinds = {"photo": (PNG, "photo.png")}
    return [
        store(client, key, *kinds.get(key, ())).json()["token"]
        for key in example(SERVICE, GOOD).materials
    ]


def store(client, key, content=PDF, name="paper.pdf"):
    return client.post(
        f"/api/v1/services/{SERVICE}/materials/{key}",
        {"file": SimpleUploadedFile(name, content, content_type="application/pdf")},
        headers={"Accept-Language": "en"},
    )


def send(client, key="a-key-of-the-test", language="en", files=(), **changed):
    answers = {
        name: value if isinstance(value, bool | int) else str(value)
        for name, value in {**example(SERVICE, GOOD).answers, **changed}.items()
    }
    return client.post(
        "/api/v1/applications",
        json.dumps({"service": SERVICE, "answers": answers, "files": list(files)}),
        content_type="application/json",
        headers={"Idempotency-Key": key, "Accept-Language": language},
    )


def test_an_application_is_sent_once_for_one_key(client, tokens):
    first, again = send(client, files=tokens), send(client, files=tokens)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["receipt_number"] == again.json()["receipt_number"]
    assert first["Location"].endswith(first.json()["receipt_number"])
    assert Case.objects.count() == 1


def test_the_same_key_with_other_answers_is_refused(client, tokens):
    send(client, files=tokens)
    refused = send(client, files=tokens, phone="13500000099")
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:yimen:problem:key-reused")


def test_wrong_answers_come_back_with_a_sentence_each_in_the_callers_language(client, tokens):
    english = send(client, files=tokens, current_division="999999").json()
    chinese = send(client, files=tokens, current_division="999999", language="zh-hans").json()
    assert english["status"] == 422
    assert {error["code"] for error in english["errors"]} == {"unknown_division"}
    assert "not in the city's list" in english["errors"][0]["says"]
    assert english["errors"][0]["says"] != chinese["errors"][0]["says"]
    assert not Case.objects.exists()


def test_a_missing_material_and_an_unknown_question_are_named(client):
    errors = {each["key"]: each["code"] for each in send(client, hobby="chess").json()["errors"]}
    assert errors["hobby"] == "unknown_field"
    assert "material_missing" in errors.values()


def test_too_many_files_of_one_material_are_refused_with_a_sentence(client, tokens):
    refused = send(
        client, files=[*tokens, store(client, "photo", PNG, "second.png").json()["token"]]
    )
    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:yimen:problem:file-too-many"
    assert "“second.png” was not added: 1 files are the most" in refused.json()["detail"]
    assert not Case.objects.exists()


@pytest.mark.parametrize("error", re.findall(r"`([A-Z]\w+)`", submit.__doc__))
def test_every_refusal_of_an_application_is_a_problem(error):
    of_drafts, with_the_service = {"DraftOutdated"}, {"AnswersRefused", "FileRefused"}
    named = {kind.__name__ for kind in PROBLEMS}
    assert error in named | of_drafts | with_the_service


def test_nobody_applies_without_signing_in(client):
    refused = send(Client())
    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"


def test_a_request_from_another_site_is_refused(client, tokens):
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = client.cookies
    assert send(careful, files=tokens).status_code == 403


def test_a_file_stored_by_another_account_is_not_taken(client, tokens):
    other = sign_in(Client(), a_resident("zhao", a_person(2).pk))
    refused = send(other, files=tokens)
    assert refused.json()["type"] == "urn:yimen:problem:unknown-file"
    assert send(client, files=["made-up"]).status_code == 422


def test_a_file_that_is_not_what_it_says_is_refused(client):
    key = example(SERVICE, GOOD).materials[0]
    refused = store(client, key, b"MZ this is a program")
    assert refused.status_code == 415
    assert "paper.pdf" in refused.json()["detail"]
    assert store(client, "no-such-material").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ('{"service": "residence-permit"}', 400),
        ('{"service": "no-such-service", "answers": {}}', 404),
        ('{"service": "DROP TABLE", "answers": {}}', 400),
    ],
)
def test_what_does_not_fit_the_description_is_a_problem_not_a_crash(client, body, status):
    found = client.post(
        "/api/v1/applications",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": "a-key-of-the-test"},
    )
    assert found.status_code == status
    assert found["Content-Type"] == "application/problem+json"


def test_a_short_key_is_refused(client, tokens):
    assert send(client, key="k", files=tokens).json()["type"] == "urn:yimen:problem:bad-key"


def test_the_applicant_sees_where_it_is_and_a_stranger_does_not(client, tokens):
    place = send(client, files=tokens)["Location"]
    assert client.get(place).json()["state"] == "received"
    other = sign_in(Client(), a_resident("zhao", a_person(2).pk))
    assert other.get(place).status_code == 404
    assert Client().get(place).status_code == 401


def test_the_catalogue_and_its_forms_are_open_to_all():
    listed = Client().get("/api/v1/services").json()
    assert SERVICE in {each["code"] for each in listed}
    detail = Client().get(f"/api/v1/services/{SERVICE}").json()
    assert {question["key"] for question in detail["questions"]} >= {"arrived_on"}
    assert detail["title"].keys() == {"zh", "en"}
    assert Client().get("/api/v1/services/no-such").status_code == 404


def test_the_description_is_published():
    description = Client().get("/api/v1/openapi.json").json()
    assert description["openapi"] == "3.1.0"
    assert "/api/v1/applications" in description["paths"]
