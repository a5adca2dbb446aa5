"""Whether the criteria of a service hold for one person: yes, no, or not known."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from yimen.accounts.queries import city_today
from yimen.base.actor import Actor
from yimen.base.expression import Expression, Value, evaluate
from yimen.catalogue.definition import City, Criterion, Service
from yimen.catalogue.queries import current_city
from yimen.people.queries.knowing import facts
from yimen.people.types import CriterionAnswer, Eligibility, Facts, Purpose, Record


def eligibility(
    actor: Actor,
    service: Service,
    person_id: UUID | None,
    known: Mapping[str, object],
    purpose: Purpose,
) -> Eligibility:
    """Return whether each criterion holds, with the sentence and the records that decided.

    Records come first; ``known`` (what the person has answered, by name) fills in what no record
    says. Without a person only ``known`` counts. One "no" decides; else one "not known" does.
    """
    names = dict.fromkeys(name for c in service.criteria for name in sorted(c.when.names))
    found = facts(actor, person_id, names, purpose) if person_id is not None else Facts()
    values = {name: _value(value) for name, value in {**known, **found.values}.items()}
    city, day = current_city(), city_today()
    answers = tuple(_answer(c, values, found, city, day) for c in service.criteria)
    return Eligibility(_all(answers), answers)


def says(record: Record, condition: Expression | None) -> bool:
    """Return whether a record makes a condition true; what it leaves open is not true."""
    if condition is None:
        return True
    city, day = current_city(), city_today()
    values = {f"{record.data_set}.{key}": _value(value) for key, value in record.values.items()}
    return _evaluate(condition, values, city, day) is True


def _evaluate(
    condition: Expression, values: Mapping[str, Value], city: City, day: date
) -> bool | None:
    """Return what a condition comes to by the city's amounts of a day; None is not known."""

    def standard(key: str) -> Decimal | None:
        return city.standard_on(key, day)

    return evaluate(condition, values, standard=standard, today=day)


def _answer(
    criterion: Criterion, values: Mapping[str, Value], found: Facts, city: City, day: date
) -> CriterionAnswer:
    holds = _evaluate(criterion.when, values, city, day)
    names = sorted(criterion.when.names)
    unknown = tuple(name for name in names if values.get(name) is None) if holds is None else ()
    sources = dict.fromkeys(found.sources[name] for name in names if name in found.sources)
    standards = city.standards_of(criterion, day)
    return CriterionAnswer(criterion, holds, unknown, tuple(sources), standards)


def _all(answers: tuple[CriterionAnswer, ...]) -> bool | None:
    if any(answer.holds is False for answer in answers):
        return False
    return None if any(answer.holds is None for answer in answers) else True


def _value(value: object) -> Value:
    if value is None or isinstance(value, bool | int | Decimal | str | date):
        return value
    raise TypeError(value)
