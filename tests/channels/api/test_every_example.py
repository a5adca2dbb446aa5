"""Every example of every service, sent through the API: good ones are taken, bad ones named."""

import json
import tomllib
from pathlib import Path

import pytest
from applied_city import RIVERTON, SHANGHAI, _applied, city, riverton
from city_life import PDF, PNG, a_person
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from signing_in import a_resident, sign_in

from yimen.cases.models import Case
from yimen.catalogue.queries import current_city

__all__ = ["_applied", "city", "riverton"]
EXAMPLES = "services/*/examples/*.toml"


def _name(path: Path) -> str:
    return f"{path.parents[1].name}: {path.stem}"


def _by_api(path: Path) -> bool:
    return "api" in tomllib.loads((path.parents[1] / "service.toml").read_text())["channels"]


def signed_in(division: str) -> Client:
    return sign_in(Client(), a_resident(person_id=a_person(division=division).pk))


def store(client, service, key):
    as_pdf = "application/pdf" in service.material_by_key(key).media_types
    name, content = ("paper.pdf", PDF) if as_pdf else ("photo.png", PNG)
    stored = client.post(
        f"/api/v1/services/{service.code}/materials/{key}",
        {"file": SimpleUploadedFile(name, content)},
    )
    assert stored.status_code == 201, stored.content
    return stored.json()["token"]


@pytest.mark.parametrize("path", sorted(SHANGHAI.glob(EXAMPLES)), ids=_name)
def test_an_example_goes_as_its_declaration_says(city, path):
    goes_as_declared(signed_in("310104014"), path)


@pytest.mark.parametrize(
    "path", [path for path in sorted(RIVERTON.glob(EXAMPLES)) if _by_api(path)], ids=_name
)
def test_an_example_of_another_city_goes_as_its_declaration_says(riverton, path):
    goes_as_declared(signed_in(""), path)


def goes_as_declared(client, path):
    service = current_city().services[path.parents[1].name]
    example = next(each for each in service.examples if each.name == path.stem)
    answers = {
        key: value if isinstance(value, bool | int) else str(value)
        for key, value in example.answers.items()
    }
    files = [store(client, service, key) for key in example.materials]
    answered = client.post(
        "/api/v1/applications",
        json.dumps({"service": service.code, "answers": answers, "files": files}),
        content_type="application/json",
        headers={"Idempotency-Key": f"example-{path.stem}"},
    )
    found = {each["key"]: each["code"] for each in answered.json().get("errors", [])}
    assert found == {key: str(code) for key, code in example.expects.items()}
    assert answered.status_code == (201 if example.valid else 422)
    assert Case.objects.count() == int(example.valid)
