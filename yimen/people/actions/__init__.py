"""Every write to persons and their records."""

from yimen.people.actions.downloading import note_download
from yimen.people.actions.households import join_household, leave_household, register_household
from yimen.people.actions.merging import claim_provisional, merge, unmerge
from yimen.people.actions.records import write_records
from yimen.people.actions.registering import (
    make_provisional_person,
    register_organisation,
    register_person,
)
from yimen.people.actions.tying import confirm_tie, mark_letter_posted, request_tie, take_letters

__all__ = [
    "claim_provisional",
    "confirm_tie",
    "join_household",
    "leave_household",
    "make_provisional_person",
    "mark_letter_posted",
    "merge",
    "note_download",
    "register_household",
    "register_organisation",
    "register_person",
    "request_tie",
    "take_letters",
    "unmerge",
    "write_records",
]
