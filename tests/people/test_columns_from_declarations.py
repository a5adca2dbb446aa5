"""Which table a data set has, and which changes of a column lose nothing."""

import pytest
from declarations import a_data_set, a_field

from yimen.catalogue.types import FieldKind, Subject
from yimen.people.definition import ColumnType, column_type, form_field, table_of

TEXT = "character varying"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FieldKind.INTEGER, "bigint"),
        (FieldKind.DECIMAL, "numeric(23,4)"),
        (FieldKind.MONEY, "numeric(21,2)"),
        (FieldKind.DATE, "date"),
        (FieldKind.YES_NO, "boolean"),
        (FieldKind.LONG_TEXT, "text"),
        (FieldKind.TEXT, "character varying(200)"),
        (FieldKind.CHOICE, "character varying(254)"),
        (FieldKind.ID_NUMBER, "character varying(254)"),
    ],
)
def test_every_kind_of_field_has_a_column_type(kind: FieldKind, expected: str) -> None:
    assert str(column_type(a_field("x", kind, scale=4))) == expected


@pytest.mark.parametrize("kind", list(FieldKind))
def test_no_kind_of_field_is_forgotten(kind: FieldKind) -> None:
    assert column_type(a_field("x", kind)).base


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        (Subject.PERSON, "person_id"),
        (Subject.ORGANISATION, "person_id"),
        (Subject.HOUSEHOLD, "household_id"),
    ],
)
def test_the_table_is_keyed_by_its_subject(subject: Subject, key: str) -> None:
    table = table_of(a_data_set("income", subject=subject))
    assert (table.name, table.key) == ("income", key)


@pytest.mark.parametrize(
    "written", ["bigint", "numeric(20,2)", "character varying(200)", "text", "date", "boolean"]
)
def test_a_type_reads_back_as_the_database_writes_it(written: str) -> None:
    assert str(ColumnType.parse(written)) == written


def test_a_type_of_another_world_is_kept_as_it_is() -> None:
    assert ColumnType.parse('"char"') == ColumnType('"char"')


@pytest.mark.parametrize(
    ("new", "old", "fits"),
    [
        (ColumnType("date"), ColumnType("date"), True),
        (ColumnType("text"), ColumnType(TEXT, 200), True),
        (ColumnType("text"), ColumnType("date"), False),
        (ColumnType(TEXT, 300), ColumnType(TEXT, 200), True),
        (ColumnType(TEXT, 100), ColumnType(TEXT, 200), False),
        (ColumnType(TEXT, 100), ColumnType("text"), False),
        (ColumnType("numeric", 21, 2), ColumnType("bigint"), True),
        (ColumnType("numeric", 10, 2), ColumnType("bigint"), False),
        (ColumnType("numeric", 23, 4), ColumnType("numeric", 21, 2), True),
        (ColumnType("numeric", 21, 2), ColumnType("numeric", 23, 4), False),
        (ColumnType("numeric", 21, 4), ColumnType("numeric", 21, 2), False),
        (ColumnType("numeric", 21, 2), ColumnType("date"), False),
        (ColumnType("bigint"), ColumnType("numeric", 21, 2), False),
        (ColumnType("boolean"), ColumnType("bigint"), False),
    ],
)
def test_only_a_wider_type_holds_every_old_value(
    new: ColumnType, old: ColumnType, fits: bool
) -> None:
    assert new.holds(old) is fits


def test_a_field_is_asked_like_a_question_so_that_rows_are_checked_like_answers() -> None:
    question = form_field(a_field("months", FieldKind.INTEGER, required=True, maximum=3))
    assert (question.key, question.kind, question.required, question.maximum) == (
        "months",
        FieldKind.INTEGER,
        True,
        3,
    )
