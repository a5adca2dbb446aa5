"""The tables of data sets follow the declarations, and nothing kept is ever lost."""

from dataclasses import replace

import pytest
from declarations import a_data_set, a_field
from django.db import connection
from standing import DAY, a_person

from yimen.catalogue.definition import Change, City, DataSet
from yimen.catalogue.queries import EXTENSIONS
from yimen.catalogue.types import ChangeKind, FieldKind, Subject
from yimen.people.records import apply_tables, copy_rows, plan_tables
from yimen.people.records.tables import live_tables
from yimen.people.types import Row

MONTHS = a_field("months", FieldKind.INTEGER)
NAME = a_field("name", FieldKind.TEXT, max_length=20)


def with_(city: City, *data_sets: DataSet) -> City:
    return replace(city, data_sets={**city.data_sets, **{ds.code: ds for ds in data_sets}})


def changes(city: City, *data_sets: DataSet) -> list[Change]:
    return plan_tables(with_(city, *data_sets))


def columns(code: str) -> dict[str, str]:
    return {name: str(column.type) for name, column in live_tables()[code].columns.items()}


def test_people_take_part_in_applying_a_city() -> None:
    assert "data set tables" in EXTENSIONS


def test_what_is_applied_needs_no_change(city) -> None:
    assert plan_tables(city) == []


def test_a_new_data_set_gets_its_table_its_key_and_an_index(city) -> None:
    books = a_data_set("library-books", MONTHS, NAME)
    [change] = changes(city, books)
    assert (change.kind, change.code, change.refused) == (ChangeKind.ADD, "library-books", False)
    apply_tables(with_(city, books))
    assert columns("library-books") == {
        "person_id": "uuid",
        "id": "uuid",
        "as_of": "date",
        "source_id": "character varying(200)",
        "months": "bigint",
        "name": "character varying(20)",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'library-books' ORDER BY 1"
        )
        indexes = [row[0] for row in cursor.fetchall()]
    assert any("(person_id, id)" in index and "UNIQUE" in index for index in indexes)
    assert any("(person_id, as_of DESC, id DESC)" in index for index in indexes)
    assert changes(city, books) == []


def test_a_household_table_is_keyed_by_household(city) -> None:
    apply_tables(with_(city, a_data_set("heating", subject=Subject.HOUSEHOLD)))
    assert "household_id" in columns("heating")


def test_adding_a_field_is_free(city) -> None:
    apply_tables(with_(city, a_data_set("books", MONTHS)))
    [change] = changes(city, a_data_set("books", MONTHS, NAME))
    assert (change.code, change.needs_force, change.refused) == ("books.name", False, False)
    apply_tables(with_(city, a_data_set("books", MONTHS, NAME)))
    assert "name" in columns("books")


def test_widening_needs_force_and_keeps_the_values(city) -> None:
    narrow = a_data_set("books", MONTHS, NAME)
    apply_tables(with_(city, narrow))
    person = a_person().pk
    copy_rows(narrow, [Row(person, {"months": 3, "name": "红楼梦"})], as_of=DAY, source_id="x")
    wide = a_data_set("books", a_field("months", FieldKind.DECIMAL), replace(NAME, max_length=40))
    found = changes(city, wide)
    assert [(c.code, c.needs_force, c.refused) for c in found] == [
        ("books.months", True, False),
        ("books.name", True, False),
    ]
    apply_tables(with_(city, wide))
    assert columns("books")["months"] == "numeric(21,2)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT months, name FROM dataset.books")
        assert str(cursor.fetchone()[0]) == "3.00"


@pytest.mark.parametrize(
    "other",
    [
        a_field("name", FieldKind.TEXT, max_length=10),
        a_field("name", FieldKind.DATE),
        a_field("name", FieldKind.YES_NO),
    ],
)
def test_a_change_that_would_lose_values_is_refused_with_the_remedy(city, other) -> None:
    apply_tables(with_(city, a_data_set("books", NAME)))
    [change] = changes(city, a_data_set("books", other))
    assert change.refused
    assert "declare a new field" in change.sentence
    apply_tables(with_(city, a_data_set("books", other)))  # changes nothing
    assert columns("books")["name"] == "character varying(20)"


def test_a_field_no_longer_declared_is_hidden_and_comes_back(city) -> None:
    both, one = a_data_set("books", MONTHS, NAME), a_data_set("books", MONTHS)
    apply_tables(with_(city, both))
    [change] = changes(city, one)
    assert (change.kind, change.code, change.needs_force) == (
        ChangeKind.REMOVE,
        "books.name",
        True,
    )
    apply_tables(with_(city, one))
    assert "name" in columns("books")
    assert changes(city, one) == []
    [again] = changes(city, both)
    assert again.kind is ChangeKind.REOPEN
    apply_tables(with_(city, both))
    assert changes(city, both) == []


def test_a_data_set_no_longer_declared_is_hidden_and_comes_back(city) -> None:
    books = a_data_set("books", MONTHS)
    apply_tables(with_(city, books))
    [change] = plan_tables(city)
    assert (change.kind, change.code, change.needs_force) == (ChangeKind.REMOVE, "books", True)
    apply_tables(city)
    assert plan_tables(city) == []
    assert live_tables()["books"].retired
    [again] = changes(city, books)
    assert again.kind is ChangeKind.REOPEN
    apply_tables(with_(city, books))
    assert not live_tables()["books"].retired


def test_the_subject_of_kept_records_does_not_change(city) -> None:
    apply_tables(with_(city, a_data_set("books")))
    [change] = changes(city, a_data_set("books", subject=Subject.HOUSEHOLD))
    assert change.refused
    assert "new data set" in change.sentence


def test_a_name_that_the_database_would_cut_is_refused(city) -> None:
    [change] = changes(city, a_data_set("b" * 64))
    assert change.refused


def test_a_hostile_name_is_a_name(city) -> None:
    code = 'x"; DROP TABLE people_person; --'
    apply_tables(with_(city, a_data_set(code, a_field('y" text); --', FieldKind.TEXT))))
    assert code in live_tables()
    assert a_person().pk
