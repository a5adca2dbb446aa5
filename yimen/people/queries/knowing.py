"""What the city knows of names such as ``pension.months_paid`` and ``person.age``."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from yimen.accounts.queries import city_today
from yimen.base.actor import Actor
from yimen.base.expression import Value
from yimen.base.expression.evaluate import completed_months
from yimen.catalogue.definition import City, DataSet
from yimen.catalogue.queries import current_city
from yimen.catalogue.types import DivisionLevel
from yimen.people.models import Person
from yimen.people.queries.persons import follows_claims, ids_for, is_own, surviving_id
from yimen.people.queries.reading import append_reading
from yimen.people.queries.records import open_record
from yimen.people.rules import PERSON, check_may_see_person
from yimen.people.types import Facts, Purpose, RecordSource, RegisterField

REGISTER = "register"  # the source of what the register of persons says


def facts(actor: Actor, person_id: UUID, names: Collection[str], purpose: Purpose) -> Facts:
    """Return what is known of the names, each with the record it comes from.

    One read, and so one entry, for each data set among the names. A name that is not known is
    absent; ``answer.*`` and other names that no data set has are left to the caller.
    """
    city = current_city()
    ids = ids_for(actor, person_id)
    values: dict[str, object] = {}
    sources: dict[str, RecordSource] = {}
    known: Mapping[str, object]
    for code, fields in _by_data_set(names, city).items():
        if code == PERSON:
            known, source = _of_person(actor, person_id, ids, fields, purpose, city)
        else:
            record = open_record(actor, person_id, code, fields, purpose, ids=ids)
            known = record.values if record is not None else {}
            source = record.source if record is not None else _register_source(code)
        for field, value in known.items():
            if value is not None:
                values[f"{code}.{field}"] = value
                sources[f"{code}.{field}"] = source
    return Facts(values, sources)


def _by_data_set(names: Collection[str], city: City) -> Mapping[str, tuple[str, ...]]:
    """Group the names that a data set or the register has by data set, in their order."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        code, _, field = name.partition(".")
        if field in _fields_of(code, city.data_sets):
            found.setdefault(code, []).append(field)
    return {code: tuple(fields) for code, fields in found.items()}


def _fields_of(code: str, data_sets: Mapping[str, DataSet]) -> frozenset[str]:
    if code in data_sets:
        return frozenset(declared.key for declared in data_sets[code].fields)
    return frozenset(RegisterField if code == PERSON else ())


def _register_source(code: str) -> RecordSource:
    return RecordSource(code, city_today(), REGISTER)


def _of_person(
    actor: Actor,
    person_id: UUID,
    ids: Collection[UUID],
    fields: tuple[str, ...],
    purpose: Purpose,
    city: City,
) -> tuple[Mapping[str, Value], RecordSource]:
    own = is_own(actor, tuple(ids)) or actor.person_id == person_id
    check_may_see_person(actor, own=own, purpose=purpose)
    if not own:
        append_reading(actor, person_id, PERSON, fields, purpose)
    surviving = surviving_id(person_id, claims=follows_claims(actor))
    found = Person.objects.filter(pk=surviving).first()
    if found is None:
        return {}, _register_source(PERSON)
    known: dict[str, Value] = {
        "age": _age(found.birth_date),
        "sex": found.sex or None,
        "category": found.category or None,
        "district": district_of(found.division, city) or None,
        "birth_date": found.birth_date,
        "name": found.name or None,
        "number": found.number or None,
        "phone": found.phone or None,
        "address": found.address or None,
        "division": found.division or None,
    }
    return {field: known[field] for field in fields}, _register_source(PERSON)


def _age(born: date | None) -> int | None:
    return completed_months(born, city_today()) // 12 if born is not None else None


def district_of(division: str, city: City) -> str:
    """Return the district or county in which a division lies, or nothing when it is not known."""
    code = division
    while code in city.divisions:
        if city.divisions[code].level is DivisionLevel.DISTRICT:
            return code
        code = city.divisions[code].parent
    return ""
