"""The tables of the data sets: compared with the declarations, changed by `city apply`, filled."""

from yimen.people.records.rows import copy_rows, unknown_subjects
from yimen.people.records.tables import apply_tables, plan_tables

__all__ = ["apply_tables", "copy_rows", "plan_tables", "unknown_subjects"]
