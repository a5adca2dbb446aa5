"""Every example of every service goes through the portal: the good ones arrive, the bad are told why."""

from pathlib import Path

import pytest
from applied_city import RIVERTON, SHANGHAI, _applied, city, riverton
from filling_in import Applicant, a_file, text_of

from yimen.cases.models import Application, Case
from yimen.catalogue.definition import City, Example, FormField, Material, Service
from yimen.catalogue.loader import load_folder
from yimen.catalogue.types import AnswerCode, ChannelKind

__all__ = ["_applied", "city", "riverton"]


def _examples(folder: Path, *, valid: bool) -> list[object]:
    declared, _problems = load_folder(folder)
    assert declared is not None
    return [
        pytest.param(service.code, example.name, id=f"{service.code}/{example.name}")
        for service in declared.services.values()
        if ChannelKind.PORTAL in service.channels
        for example in service.examples
        if example.valid is valid
    ]


def _found(city: City, code: str, name: str) -> tuple[Service, Example]:
    service = city.services[code]
    return service, next(e for e in service.examples if e.name == name)


@pytest.mark.parametrize(("code", "name"), _examples(SHANGHAI, valid=True))
def test_a_good_example_gets_a_receipt(city: City, code: str, name: str) -> None:
    _gets_a_receipt(code, name)


@pytest.mark.parametrize(("code", "name"), _examples(RIVERTON, valid=True))
def test_a_good_example_of_another_city_gets_a_receipt(
    riverton: City, code: str, name: str
) -> None:
    _gets_a_receipt(code, name)


def _gets_a_receipt(code: str, name: str) -> None:
    number = Applicant().apply(code, name)
    assert Case.objects.get().receipt_number == number


@pytest.mark.parametrize(("code", "name"), _examples(SHANGHAI, valid=False))
def test_a_bad_example_is_told_what_is_wrong_and_not_sent(city: City, code: str, name: str) -> None:
    _is_told_what_is_wrong(city, code, name)


@pytest.mark.parametrize(("code", "name"), _examples(RIVERTON, valid=False))
def test_a_bad_example_of_another_city_is_told_what_is_wrong(
    riverton: City, code: str, name: str
) -> None:
    _is_told_what_is_wrong(riverton, code, name)


def _is_told_what_is_wrong(city: City, code: str, name: str) -> None:
    service, bad = _found(city, code, name)
    applicant = Applicant().begin(code)
    for field in service.fields:
        if field.key in bad.answers or field.key in bad.expects:
            _answer(applicant, field, bad)
    for material in service.materials:
        _add(applicant, material, bad, code)
    for key in bad.answers.keys() - {field.key for field in service.fields}:
        assert applicant.ask(key)["Location"] == f"/en{applicant.page()}"
    needed = {f.key for f in service.fields if f.required} | {m.key for m in service.materials}
    if needed & bad.expects.keys():
        assert applicant.send()["Location"] == f"/en{applicant.page('check/')}"
        assert not Case.objects.exists()
    else:  # what may be left empty, and what is not even asked for, was not kept
        applicant.send()
        assert not Application.objects.get().answers.keys() & bad.expects.keys()


def _answer(applicant: Applicant, field: FormField, bad: Example) -> None:
    expected = bad.expects.get(field.key)
    response = applicant.answer(field.key, bad.answers.get(field.key, ""))
    assert response.status_code == (422 if expected else 302), field.key
    if expected:
        assert "What you have written is kept." in text_of(response)
        assert f"“{field.label['en']}”" in text_of(response)


def _add(applicant: Applicant, material: Material, bad: Example, code: str) -> None:
    if bad.expects.get(material.key) == AnswerCode.MATERIAL_MISSING:
        refused = applicant.post(applicant.page(f"documents/{material.key}/"), {"next": "on"})
        assert refused.status_code == 422
        assert f"“{material.title['en']}” is missing" in text_of(refused)
    elif material.key in bad.materials:
        applicant.attach(material.key, a_file(material.key, code))
