"""What the city's records say beside an application: read once, logged, and kept with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.models import Application, Case
from yimen.cases.rules.drafts import as_json
from yimen.cases.rules.purposes import for_case
from yimen.cases.types import NO_TEXT, Ground, StandardNamed
from yimen.catalogue.definition import City, Criterion, Service
from yimen.catalogue.queries import agencies_moved, current_city
from yimen.catalogue.rules import Answer, read_answers
from yimen.people.queries import eligibility, facts
from yimen.people.rules import MayNotOpen, check_may_open
from yimen.people.types import CriterionAnswer, Facts, Purpose, RecordSource


@dataclass(frozen=True, slots=True)
class CriterionFacts:
    """Whether one criterion holds, and which records of which date say so, with what they said."""

    answer: CriterionAnswer
    sources: tuple[RecordSource, ...]
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def criterion(self) -> Criterion:
        return self.answer.criterion

    @property
    def holds(self) -> bool | None:
        return self.answer.holds


@dataclass(frozen=True, slots=True)
class CaseRecords:
    """The records that the service's questions and criteria name, and what the criteria say."""

    facts: Facts
    criteria: tuple[CriterionFacts, ...]
    eligible: bool | None
    closed: tuple[str, ...] = ()  # data sets that their owners do not share with this agency


def typed_answers(
    service: Service, city: City, answers: Mapping[str, object], today: date | None = None
) -> Mapping[str, Answer]:
    """Return stored answers with their types: days, exact decimals, yes and no."""
    return read_answers(service, city, answers, today=today).values


def case_records(
    actor: Actor,
    case: Case,
    application: Application,
    service: Service,
    *,
    also: Iterable[str] = (),
    agency: str = "",
) -> CaseRecords:
    """Open the person's records for a case: each data set once, by the agency named.

    What the applicant states counts only where a criterion asks for an answer of the form: a
    record is never replaced by the applicant's word. ``also`` are names to read beside those of
    the criteria.
    """
    city = current_city()
    purpose = for_case(actor, case, service, agency, agencies_moved())
    names = {name for c in service.criteria for name in c.when.names}.union(also)
    of_records = {name for name in names if not name.startswith("answer.")}
    closed = _closed_to(actor, city, of_records, purpose)
    opened = {name for name in of_records if name.split(".")[0] not in closed}
    found = facts(actor, case.person_id, opened, purpose)
    known: dict[str, object] = dict(found.values)
    typed = typed_answers(service, city, application.answers)
    known.update({f"answer.{key}": value for key, value in typed.items()})
    decided = eligibility(actor, service, None, known, purpose)
    criteria = tuple(
        CriterionFacts(answer, _sources(answer.criterion, found), found.values)
        for answer in decided.criteria
    )
    return CaseRecords(found, criteria, decided.holds, tuple(sorted(closed)))


def _closed_to(actor: Actor, city: City, names: Iterable[str], purpose: Purpose) -> set[str]:
    """Return the data sets that stay closed to this officer, as their owners share them."""
    closed = set()
    for code in {name.split(".")[0] for name in names} & city.data_sets.keys():
        try:
            check_may_open(actor, city.data_sets[code], own=False, purpose=purpose)
        except MayNotOpen:
            closed.add(code)
    return closed


def _sources(criterion: Criterion, found: Facts) -> tuple[RecordSource, ...]:
    names = sorted(criterion.when.names)
    return tuple(dict.fromkeys(found.sources[name] for name in names if name in found.sources))


def grounds_of(city: City, decided: CriterionFacts) -> tuple[Ground, ...]:
    """Return a criterion that did not hold as grounds, one for each record that decided it."""
    criterion = decided.criterion
    standards = tuple(
        StandardNamed(s.title, s.amount, s.unit, s.since, s.source)
        for s in decided.answer.standards
    )
    if not decided.sources:
        stated = Ground(criterion.key, criterion.says_not, criterion.source, standards=standards)
        return (stated,)
    grounds = []
    for source in decided.sources:
        names = _names_of(criterion, source.data_set)
        ground = Ground(
            criterion=criterion.key,
            says=criterion.says_not,
            source=criterion.source,
            data_set=source.data_set,
            data_set_title=_title(city, source.data_set),
            field_names=names,
            as_of=source.as_of,
            source_id=source.source_id,
            standards=standards,
            values=tuple(as_json(decided.values.get(name)) for name in names),
        )
        grounds.append(ground)
    return tuple(grounds)


def _title(city: City, code: str) -> Text:
    data_set = city.data_sets.get(code)
    return data_set.title if data_set is not None else NO_TEXT


def _names_of(criterion: Criterion, data_set: str) -> tuple[str, ...]:
    return tuple(sorted(n for n in criterion.when.names if n.startswith(f"{data_set}.")))
