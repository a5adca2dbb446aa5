"""Reads of persons and their records, the actor first. Reading somebody's record writes an entry."""

from yimen.people.queries.judging import eligibility, says
from yimen.people.queries.kept import PersonKept, RecordKept, SubjectKept, person_kept
from yimen.people.queries.knowing import facts
from yimen.people.queries.persons import (
    acting_ids,
    all_ids,
    find_by_number,
    household_members,
    household_of,
    ids_for,
    organisations_of,
    own_ids,
    person,
    representatives_of,
    surviving_id,
)
from yimen.people.queries.readings import readings_of
from yimen.people.queries.records import open_record, subjects_from
from yimen.people.queries.ties import letters_waiting, tie_state

__all__ = [
    "PersonKept",
    "RecordKept",
    "SubjectKept",
    "acting_ids",
    "all_ids",
    "eligibility",
    "facts",
    "find_by_number",
    "household_members",
    "household_of",
    "ids_for",
    "letters_waiting",
    "open_record",
    "organisations_of",
    "own_ids",
    "person",
    "person_kept",
    "readings_of",
    "representatives_of",
    "says",
    "subjects_from",
    "surviving_id",
    "tie_state",
]
