"""Writing rows to a data set, checked against its declaration."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from yimen.base.actor import Actor
from yimen.catalogue.definition import City, DataSet
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.keys.queries import keyed_hash
from yimen.ledger.actions import append
from yimen.people.definition import form_field
from yimen.people.events import RecordsWritten
from yimen.people.queries.records import declared_data_set
from yimen.people.records import copy_rows, unknown_subjects
from yimen.people.rules import BadRows, check_may_write_records
from yimen.people.types import Row, RowProblem

_CONTENT_HASH = "record-batch"


@transaction.atomic
def write_records(
    actor: Actor, data_set: str, rows: Iterable[Row], *, as_of: date, source_id: str
) -> int:
    """Write a batch of rows to a data set and return how many; all of them or none.

    Every value is checked as an answer of its kind would be. ``source_id`` names the file or
    message that the rows came with. One batch is one transaction and one ledger event: keep it
    under some ten thousand rows.
    """
    declared = declared_data_set(data_set)
    check_may_write_records(actor, declared)
    batch = list(rows)
    checked, problems = _check(declared, batch, current_city())
    strangers = unknown_subjects(declared, {row.subject_id for row in batch})
    problems += [
        RowProblem(number, declared.subject.value, "unknown_subject")
        for number, row in enumerate(batch)
        if row.subject_id in strangers
    ]
    if problems:
        raise BadRows(problems)
    copy_rows(declared, checked, as_of=as_of, source_id=source_id)
    event = RecordsWritten(
        data_set, source_id, as_of.isoformat(), len(checked), _content_hash(checked)
    )
    append(event, actor=actor)
    return len(checked)


def _check(
    data_set: DataSet, batch: Iterable[Row], city: City
) -> tuple[list[Row], list[RowProblem]]:
    questions = {declared.key: form_field(declared) for declared in data_set.fields}
    checked: list[Row] = []
    problems: list[RowProblem] = []
    for number, row in enumerate(batch):
        values: dict[str, object] = {}
        problems += [
            RowProblem(number, key, "unknown_field") for key in row.values if key not in questions
        ]
        for key, question in questions.items():
            answer = read_answer(question, row.values.get(key), city)
            if isinstance(answer, AnswerError):
                problems.append(RowProblem(number, key, answer.code.value))
            else:
                values[key] = answer
        checked.append(Row(row.subject_id, values))
    return checked, problems


def _content_hash(rows: Iterable[Row]) -> str:
    """Return a keyed hash of what was written: equal batches are found, values are not."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row.subject_id}\x1e{_line(row.values)}\x1d".encode())
    return keyed_hash(_CONTENT_HASH, digest.hexdigest())


def _line(values: Mapping[str, object]) -> str:
    return "\x1f".join(f"{key}={values[key]}" for key in sorted(values))
