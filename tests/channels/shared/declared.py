"""Small declarations to draw: one field of every kind, one material, a tiny city."""

from datetime import date
from decimal import Decimal

from yimen.base.calendar import WorkingCalendar
from yimen.base.text import Text
from yimen.catalogue.definition import City, Division, FormField, Material, Option, Place
from yimen.catalogue.types import DivisionLevel, FieldKind

HERE = Place("tests", 1)


def text(zh: str, en: str) -> Text:
    return Text.of({"zh": zh, "en": en})


def field(kind: FieldKind, key: str = "asked", **more: object) -> FormField:
    label = text("收入多少？", "What is your income?")
    return FormField(key=key, kind=kind, label=label, place=HERE, **more)


def a_choice(**more: object) -> FormField:
    options = (
        Option("ill", text("生病", "Illness")),
        Option("old", text("年老", "Old age")),
        Option("other", text("其他", "Something else")),
    )
    return field(FieldKind.CHOICE, options=options, **more)


def any_field(kind: FieldKind) -> FormField:
    return a_choice() if kind is FieldKind.CHOICE else field(kind)


MATERIAL = Material(
    key="income-proof",
    title=text("收入证明", "Proof of income"),
    hint=text("近三个月的。", "Of the last three months."),
    place=HERE,
)

ANSWERS: dict[FieldKind, object] = {
    FieldKind.TEXT: "王小明",
    FieldKind.LONG_TEXT: "第一行\n第二行",
    FieldKind.INTEGER: 3,
    FieldKind.DECIMAL: Decimal("1.50"),
    FieldKind.MONEY: Decimal("12345.60"),
    FieldKind.DATE: date(2004, 7, 15),
    FieldKind.CHOICE: "old",
    FieldKind.YES_NO: True,
    FieldKind.PHONE: "13800000000",
    FieldKind.EMAIL: "name@example.cn",
    FieldKind.ID_NUMBER: "310100198001011239",
    FieldKind.CREDIT_CODE: "91310000MA1FL0000X",
    FieldKind.CASE: "261008-4KRD-CN70",
    FieldKind.DIVISION: "310101002",
}


def tiny_city() -> City:
    """Return a city of two districts; one has two subdistricts, one of these a committee."""
    rows = (
        ("310000", "city", "", "上海市", "Shanghai"),
        ("310101", "district", "310000", "黄浦区", "Huangpu"),
        ("310230", "district", "310000", "崇明县", "Chongming"),
        ("310101002", "subdistrict", "310101", "南京东路街道", "Nanjing East Road"),
        ("310101013", "subdistrict", "310101", "外滩街道", ""),
        ("310101002001", "committee", "310101002", "云中居委会", ""),
    )
    divisions = {
        code: Division(code, text(zh, en), DivisionLevel(level), parent, HERE)
        for code, level, parent, zh, en in rows
    }
    return City(
        code="tiny",
        title=text("上海市", "Shanghai"),
        languages=("zh", "en"),
        time_zone="Asia/Shanghai",
        currency="CNY",
        colours={},
        emblem="",
        roles={},
        life_events={},
        agencies={},
        divisions=divisions,
        calendar=WorkingCalendar(),
        standards={},
        data_sets={},
        processes={},
        services={},
        notices={},
        place=HERE,
    )
