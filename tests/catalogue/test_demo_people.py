"""The demonstration's people fit what their city declares, and show every answer of eligibility."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yimen.base import clock
from yimen.base.expression import Value, evaluate
from yimen.base.identifiers import check_credit_code, id_number_facts
from yimen.catalogue.definition import City, DataField, Service
from yimen.catalogue.loader import load_folder
from yimen.catalogue.types import FieldKind, Subject

CITIES = Path(__file__).parents[2] / "cities"
NAMES = ("riverton", "shanghai")
NUMBERS = (FieldKind.MONEY, FieldKind.DECIMAL)
SUBJECTS = {
    "residents": Subject.PERSON,
    "households": Subject.HOUSEHOLD,
    "organisations": Subject.ORGANISATION,
}
Facts = dict[str, Value]
TODAY = clock.now().date()
# What somebody would answer who asks for little: some criteria look at the form too.
MODEST: Facts = {
    "answer.amount": Decimal(100),
    "answer.area": Decimal(6),
    "answer.treated_on": TODAY - timedelta(10),
}


@cache
def _city(name: str) -> City:
    city, problems = load_folder(CITIES / name)
    assert problems == []
    assert city is not None
    return city


@cache
def _people(name: str, kind: str) -> list[dict[str, Any]]:
    path = CITIES / name / "demo" / f"{'residents' if kind == 'households' else kind}.toml"
    return list(tomllib.loads(path.read_text()).get(kind, []))


def _value(value: Any) -> Any:
    """Return a value with relative dates counted from today."""
    if isinstance(value, Mapping):
        days = value["days_ahead"] if "days_ahead" in value else -value["days_ago"]
        return TODAY + timedelta(days)
    return value


def _rows(name: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield kind of subject, data set and row of every record of the demonstration."""
    for kind in ("residents", "households", "organisations"):
        for subject in _people(name, kind):
            for data_set, row in subject.get("records", {}).items():
                yield kind, data_set, row


def _fits(field: DataField, city: City, value: Any) -> bool:
    """Say whether a value is one that the field takes."""
    match field.kind:
        case FieldKind.CHOICE:
            return value in {option.value for option in field.options}
        case FieldKind.DATE:
            return isinstance(value, date)
        case FieldKind.YES_NO:
            return isinstance(value, bool)
        case FieldKind.INTEGER | FieldKind.MONEY | FieldKind.DECIMAL:
            low, high = field.minimum, field.maximum
            return (low is None or Decimal(value) >= low) and (
                high is None or Decimal(value) <= high
            )
        case FieldKind.ID_NUMBER:
            return id_number_facts(value) is not None
        case FieldKind.CREDIT_CODE:
            return check_credit_code(value)
        case FieldKind.DIVISION:
            return value in city.divisions
        case _:
            return isinstance(value, str) and len(value) <= field.max_length


@pytest.mark.parametrize("name", NAMES)
def test_every_record_fits_its_data_set(name: str) -> None:
    city = _city(name)
    for kind, code, row in _rows(name):
        data_set = city.data_sets[code]
        assert data_set.subject is SUBJECTS[kind]
        assert _value(row["as_of"]) <= TODAY
        for field in data_set.fields:
            assert field.key in row or not field.required, (code, field.key)
        for key in set(row) - {"as_of"}:
            field_ = data_set.field_by_key(key)
            assert field_ is not None, (code, key)
            assert _fits(field_, city, _value(row[key])), (code, key, row[key])


@pytest.mark.parametrize("name", NAMES)
def test_staff_hold_declared_roles_in_declared_agencies(name: str) -> None:
    city, staff = _city(name), _people(name, "staff")
    assert len({one["username"] for one in staff}) == len(staff)
    for one in staff:
        assert one["agency"] in city.agencies
        assert one["role"] in city.roles


@pytest.mark.parametrize("name", NAMES)
def test_every_task_of_every_service_has_somebody_who_may_do_it(name: str) -> None:
    city = _city(name)
    posts = {(one["agency"], one["role"]) for one in _people(name, "staff")}
    for service in city.services.values():
        for task in city.processes[service.process].tasks:
            assert (service.agency_for(task.binding), task.role) in posts, (service.code, task.key)


def test_id_numbers_of_shanghai_are_nobodys_and_agree_with_birth_and_sex() -> None:
    for resident in _people("shanghai", "residents"):
        facts = id_number_facts(resident["id_number"])
        assert facts is not None
        assert facts.division == "310100"
        assert (facts.born, facts.sex) == (resident["birth_date"], resident["sex"])
    for organisation in _people("shanghai", "organisations"):
        assert check_credit_code(organisation["credit_code"])


def test_households_and_organisations_name_residents_of_the_demonstration() -> None:
    known = {one["username"] for one in _people("shanghai", "residents")}
    for household in _people("shanghai", "households"):
        assert {member["resident"] for member in household["members"]} <= known
    for organisation in _people("shanghai", "organisations"):
        assert organisation["legal_representative"] in known


def _facts(name: str, subject: Mapping[str, Any]) -> Facts:
    """Return what the city knows of one resident or organisation, by the words of criteria."""
    records = dict(subject.get("records", {}))
    for household in _people(name, "households"):
        if any(m["resident"] == subject["username"] for m in household["members"]):
            records |= household["records"]
    facts: Facts = {}
    for code, row in records.items():
        for key in set(row) - {"as_of"}:
            field = _city(name).data_sets[code].field_by_key(key)
            assert field is not None
            value = _value(row[key])
            facts[f"{code}.{key}"] = Decimal(value) if field.kind in NUMBERS else value
    if "birth_date" in subject:
        born = subject["birth_date"]
        before = (TODAY.month, TODAY.day) < (born.month, born.day)
        facts |= {"person.age": TODAY.year - born.year - before, "person.sex": subject["sex"]}
    return facts


def _entitled(name: str, service: Service, facts: Facts) -> bool | None:
    held = [
        evaluate(
            criterion.when,
            facts | MODEST,
            standard=lambda key: _city(name).standard_on(key, TODAY),
            today=TODAY,
        )
        for criterion in service.criteria
    ]
    return False if False in held else None if None in held else True


@pytest.mark.parametrize("name", NAMES)
def test_each_service_has_one_who_is_entitled_one_who_is_not_and_one_not_known(name: str) -> None:
    found: dict[str, set[bool | None]] = defaultdict(set)
    conditional = [service for service in _city(name).services.values() if service.criteria]
    for service in conditional:
        kind = "organisations" if service.subject is Subject.ORGANISATION else "residents"
        for subject in _people(name, kind):
            facts = _facts(name, subject)
            found[service.code].add(_entitled(name, service, facts))
    assert found == {service.code: {True, False, None} for service in conditional}
