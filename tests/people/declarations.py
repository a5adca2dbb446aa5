"""Small declarations for tests, without a folder."""

from dataclasses import replace
from decimal import Decimal

from yimen.base.text import Text
from yimen.catalogue.definition import DataField, DataSet, Option, Place
from yimen.catalogue.types import FieldKind, Refresh, Sharing, Subject

HERE = Place("tests", 1)


def a_field(key: str, kind: FieldKind = FieldKind.TEXT, **more: object) -> DataField:
    field = DataField(key=key, kind=kind, label=Text.of({"zh": key, "en": key}), place=HERE)
    return replace(field, **more)


def a_data_set(code: str = "pension", *fields: DataField, **more: object) -> DataSet:
    data_set = DataSet(
        code=code,
        owner="labour-social-security",
        title=Text.of({"zh": code, "en": code}),
        subject=Subject.PERSON,
        refresh=Refresh.MONTHLY,
        sharing=Sharing.CONDITIONAL,
        fields=fields or (a_field("months_paid", FieldKind.INTEGER, minimum=Decimal(0)),),
        place=HERE,
    )
    return replace(data_set, **more)


def an_option(value: str) -> Option:
    return Option(value, Text.of({"zh": value, "en": value}))
