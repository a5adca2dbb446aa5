"""The form rules: what people write, read as what they mean, and told what is wrong."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_city import SERVICE_FILE, Town

from yimen.base.text import Text
from yimen.catalogue.definition import City, FormField, Option, Place, Service
from yimen.catalogue.loader import load_files
from yimen.catalogue.rules import (
    AnswerError,
    check_answers,
    read_answer,
    read_answers,
    visible_fields,
    visible_materials,
)
from yimen.catalogue.rules.answers import EARLIEST_DAY, LARGEST_NUMBER, LATEST_DAY
from yimen.catalogue.types import AnswerCode, FieldKind

PLACE = Place("town/services/x/service.toml", 1)
LABEL = Text.of({"zh": "问", "en": "Q"})
DAY = date(2004, 7, 1)


def question(kind: FieldKind, **more: object) -> FormField:
    options = (Option("a", LABEL), Option("b-2", LABEL)) if kind is FieldKind.CHOICE else ()
    return FormField("q", kind, LABEL, PLACE, options=options, **more)  # type: ignore[arg-type]  # any of them


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return Town(tmp_path_factory.mktemp("answers")).city()


@pytest.fixture(scope="module")
def service(city: City) -> Service:
    return city.services["rent-help"]


K = FieldKind
READ = [
    (K.TEXT, "  张 \n 三  ", "张 三"),
    (K.TEXT, "１２３弄４号", "123弄4号"),
    (K.TEXT, "a\x00b\u202ec\ud800d", "abcd"),
    (K.TEXT, "e\u0301", "é"),
    (K.TEXT, 12, "12"),
    (K.LONG_TEXT, " a\r\n\r\nb\tc ", "a\n\nb\tc"),
    (K.INTEGER, "12", 12),
    (K.INTEGER, " １，２３４ ", 1234),
    (K.INTEGER, "12.0", 12),
    (K.INTEGER, -3, -3),
    (K.INTEGER, 5.0, 5),
    (K.DECIMAL, "1,234.5", Decimal("1234.50")),
    (K.DECIMAL, 0.1, Decimal("0.10")),
    (K.DECIMAL, "−2.50", Decimal("-2.50")),
    (K.MONEY, "￥3,000", Decimal("3000.00")),
    (K.MONEY, "290元", Decimal("290.00")),
    (K.MONEY, Decimal("1.5"), Decimal("1.50")),
    (K.DATE, "2004-07-01", DAY),
    (K.DATE, "2004/7/1", DAY),
    (K.DATE, "２００４年７月１日", DAY),
    (K.DATE, " 2004 年 7 月 1 日 ", DAY),
    (K.DATE, "20040701", DAY),
    (K.DATE, "2004.7.1", DAY),
    (K.DATE, "1 July 2004", DAY),
    (K.DATE, "1 jul. 2004", DAY),
    (K.DATE, DAY, DAY),
    (K.CHOICE, " a ", "a"),
    (K.CHOICE, "ｂ－２", "b-2"),
    (K.YES_NO, True, True),
    (K.YES_NO, "是", True),
    (K.YES_NO, "No", False),
    (K.PHONE, "138 0000 0000", "13800000000"),
    (K.PHONE, "（021）6321-2810", "0216321-2810"),
    (K.PHONE, "021-63212810-3201", "021-63212810-3201"),
    (K.PHONE, "+86 138 0000 0000", "+8613800000000"),
    (K.PHONE, "63212810转12", "63212810转12"),
    (K.PHONE, "555 0100 ext. 7", "5550100ext7"),
    (K.EMAIL, " Wang.Li+1@Mail.EXAMPLE.com ", "Wang.Li+1@mail.example.com"),
    (K.EMAIL, "ａ@ｂ．ｃｏｍ", "a@b.com"),
    (K.ID_NUMBER, "11010519491231002x", "11010519491231002X"),
    (K.ID_NUMBER, "１１０１０５　１９４９１２３１　００２Ｘ", "11010519491231002X"),
    (K.CREDIT_CODE, "91350100m000100y43", "91350100M000100Y43"),
    (K.DIVISION, " 310101 ", "310101"),
    (K.DIVISION, "３１０１０１００１", "310101001"),
]


@pytest.mark.parametrize(("kind", "written", "meant"), READ)
def test_what_is_written_is_read_as_it_is_meant(
    city: City, kind: FieldKind, written: object, meant: object
) -> None:
    read = read_answer(question(kind), written, city)
    assert read == meant
    assert type(read) is type(meant)


WRONG = [
    (K.TEXT, "x" * 201, AnswerCode.TOO_LONG, 200),
    (K.TEXT, "\u202e\x00", AnswerCode.REQUIRED, None),
    (K.TEXT, ["a"], AnswerCode.NOT_TEXT, None),
    (K.TEXT, True, AnswerCode.NOT_TEXT, None),
    (K.TEXT, 10**20, AnswerCode.NOT_TEXT, None),
    (K.LONG_TEXT, {}, AnswerCode.NOT_TEXT, None),
    (K.INTEGER, "many", AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, "1,23", AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, "1e5", AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, "٣", AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, "9" * 30, AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, True, AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, None.__class__, AnswerCode.NOT_A_NUMBER, None),
    (K.INTEGER, "2.5", AnswerCode.TOO_PRECISE, 0),
    (K.INTEGER, "9" * 18, AnswerCode.TOO_LARGE, LARGEST_NUMBER),
    (K.INTEGER, "-" + "9" * 18, AnswerCode.TOO_SMALL, -LARGEST_NUMBER),
    (K.DECIMAL, "0.125", AnswerCode.TOO_PRECISE, 2),
    (K.DECIMAL, float("nan"), AnswerCode.NOT_A_NUMBER, None),
    (K.DECIMAL, float("inf"), AnswerCode.NOT_A_NUMBER, None),
    (K.DECIMAL, Decimal("1E+999999"), AnswerCode.NOT_A_NUMBER, None),
    (K.MONEY, "1.005", AnswerCode.TOO_PRECISE, 2),
    (K.DATE, "2004-02-30", AnswerCode.NOT_A_DATE, None),
    (K.DATE, "1 Sommer 2004", AnswerCode.NOT_A_DATE, None),
    (K.DATE, "tomorrow", AnswerCode.NOT_A_DATE, None),
    (K.DATE, 20040701, AnswerCode.NOT_A_DATE, None),
    (K.DATE, "0204-07-01", AnswerCode.TOO_SMALL, EARLIEST_DAY),
    (K.DATE, "2940-07-01", AnswerCode.TOO_LARGE, LATEST_DAY),
    (K.CHOICE, "c", AnswerCode.NOT_AN_OPTION, None),
    (K.CHOICE, ["a"], AnswerCode.NOT_TEXT, None),
    (K.YES_NO, "perhaps", AnswerCode.NOT_AN_OPTION, None),
    (K.YES_NO, 2, AnswerCode.NOT_AN_OPTION, None),
    (K.PHONE, "12345", AnswerCode.BAD_PHONE, None),
    (K.PHONE, "138000000001234567", AnswerCode.BAD_PHONE, None),
    (K.PHONE, "call me", AnswerCode.BAD_PHONE, None),
    (K.EMAIL, "a@b", AnswerCode.BAD_EMAIL, None),
    (K.EMAIL, "a b@c.com", AnswerCode.BAD_EMAIL, None),
    (K.EMAIL, "a@b.com\nBcc: x@y.com", AnswerCode.BAD_EMAIL, None),
    (
        K.EMAIL,
        "a" * 60 + "@" + "b" * 60 + ("." + "c" * 60) * 4 + ".com",
        AnswerCode.BAD_EMAIL,
        None,
    ),
    (K.ID_NUMBER, "110105194912310021", AnswerCode.BAD_ID_NUMBER, None),
    (K.CREDIT_CODE, "91350100M000100Y44", AnswerCode.BAD_CREDIT_CODE, None),
    (K.DIVISION, "310199", AnswerCode.UNKNOWN_DIVISION, None),
    (K.DIVISION, "", AnswerCode.REQUIRED, None),
    (K.INTEGER, "  ", AnswerCode.REQUIRED, None),
    (K.YES_NO, None, AnswerCode.REQUIRED, None),
]


@pytest.mark.parametrize(("kind", "written", "code", "bound"), WRONG)
def test_what_is_wrong_is_told_with_its_limit(
    city: City, kind: FieldKind, written: object, code: AnswerCode, bound: object
) -> None:
    assert read_answer(question(kind), written, city) == AnswerError("q", code, bound)  # type: ignore[arg-type]  # any


def test_a_number_of_thousands_of_digits_is_no_number(city: City) -> None:
    for written in (10**5000, -(10**5000), "9" * 5000, Decimal(10) ** 5000):
        read = read_answer(question(FieldKind.INTEGER), written, city)
        assert read == AnswerError("q", AnswerCode.NOT_A_NUMBER)


def test_declared_bounds_are_kept(city: City) -> None:
    asked = question(FieldKind.MONEY, minimum=Decimal(1), maximum=Decimal(9))
    assert read_answer(asked, "0.99", city) == AnswerError("q", AnswerCode.TOO_SMALL, Decimal(1))
    assert read_answer(asked, "9.01", city) == AnswerError("q", AnswerCode.TOO_LARGE, Decimal(9))
    assert read_answer(asked, "9", city) == Decimal("9.00")
    scaled = question(FieldKind.DECIMAL, scale=3)
    assert read_answer(scaled, "0.125", city) == Decimal("0.125")


def test_what_need_not_be_answered_may_be_left_out(city: City) -> None:
    assert read_answer(question(FieldKind.DATE, required=False), " ", city) is None
    assert read_answer(question(FieldKind.TEXT, required=False), "\x00", city) == ""


GOOD = {"members": "3", "rent": "500", "reason": "other", "reason_other": "病了"}
HELD = ("lease", "income-proof")


def codes(errors: object) -> dict[str, str]:
    assert isinstance(errors, list | tuple)
    return {error.key: str(error.code) for error in errors}


def test_a_whole_form_is_read(service: Service, city: City) -> None:
    read = read_answers(service, city, GOOD, HELD)
    assert read.errors == ()
    assert read.values == {
        "members": 3, "rent": Decimal("500.00"), "reason": "other", "reason_other": "病了",
    }  # fmt: skip
    assert check_answers(service, city, GOOD, HELD) == []


def test_every_error_of_a_form_is_told(service: Service, city: City) -> None:
    errors = check_answers(
        service, city, {"members": "0", "reason": "x", "colour": "red"}, ["lease", "photo"]
    )
    assert codes(errors) == {
        "members": "too_small", "rent": "required", "reason": "not_an_option",
        "colour": "unknown_field", "income-proof": "material_missing", "photo": "unknown_field",
    }  # fmt: skip


def test_a_question_that_is_not_asked_is_neither_missed_nor_kept(
    service: Service, city: City
) -> None:
    answers = GOOD | {"reason": "work", "reason_other": "x" * 500}
    read = read_answers(service, city, answers, (*HELD, "dismissal"))
    assert read.errors == ()
    assert "reason_other" not in read.values


def test_a_condition_on_an_answer_that_is_missing_hides_the_question(
    service: Service, city: City
) -> None:
    assert codes(check_answers(service, city, {"members": 1, "rent": 1}, HELD)) == {
        "reason": "required"
    }


def test_a_material_is_asked_for_only_when_it_is_needed(service: Service, city: City) -> None:
    work = GOOD | {"reason": "work"}
    assert codes(check_answers(service, city, work, HELD)) == {"dismissal": "material_missing"}
    assert check_answers(service, city, GOOD, ["lease"], stands_in=["income-proof"]) == []


def test_the_questions_to_ask_follow_the_answers(service: Service, city: City) -> None:
    keys = [field.key for field in visible_fields(service, city, {})]
    assert keys == ["members", "rent", "reason", "account"]
    keys = [field.key for field in visible_fields(service, city, {"reason": "other"}, DAY)]
    assert "reason_other" in keys
    materials = [m.key for m in visible_materials(service, city, {"reason": "work"})]
    assert materials == ["lease", "income-proof", "dismissal"]
    assert len(visible_materials(service, city, {}, DAY)) == 2


def test_an_answer_to_a_hidden_question_opens_no_other(tmp_path: object, town: Town) -> None:
    town.edit(
        SERVICE_FILE, 'key = "account"\n', 'key = "account"\nwhen = "answer.reason_other = \'x\'"\n'
    )
    city = town.city()
    service = city.services["rent-help"]
    shown = visible_fields(service, city, {"reason": "work", "reason_other": "x"})
    assert [field.key for field in shown] == ["members", "rent", "reason"]
    read = read_answers(service, city, GOOD | {"reason": "work", "reason_other": "x", "account": "1"},
                        (*HELD, "dismissal"))  # fmt: skip
    assert "account" not in read.values


def test_conditions_may_ask_for_the_citys_amounts_of_the_day(town: Town) -> None:
    town.edit(
        SERVICE_FILE,
        'key = "account"\n',
        'key = "account"\nwhen = "answer.rent > standard(\'rent_help\')"\n',
    )
    city = town.city()
    service = city.services["rent-help"]
    for day, asked in (
        (date(2003, 1, 1), False),
        (date(2004, 5, 1), True),
        (date(2005, 5, 1), False),
    ):
        shown = visible_fields(service, city, {"rent": Decimal("310.00")}, day)
        assert ("account" in [field.key for field in shown]) is asked


# What holds for everything that can be written

ANYTHING = st.one_of(
    st.text(max_size=40),
    st.text("0123456789.,-+/年月日 　０１２３￥元eE", max_size=15),
    st.integers(), st.floats(), st.booleans(), st.none(), st.dates(),
    st.decimals(), st.lists(st.text(max_size=2), max_size=2),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(FieldKind)), ANYTHING)
def test_reading_never_fails_and_what_was_read_is_read_the_same_again(
    kind: FieldKind, written: object
) -> None:
    asked = question(kind, required=False)
    read = read_answer(asked, written, TINY)
    if not isinstance(read, AnswerError) and read not in (None, ""):
        assert read_answer(asked, read, TINY) == read
        if isinstance(read, str):
            read.encode("utf-8")
            assert "\x00" not in read


@settings(max_examples=200, deadline=None)
@given(st.decimals(-(10**12), 10**12, places=2))
def test_an_amount_is_the_same_however_it_is_written(amount: Decimal) -> None:
    asked = question(FieldKind.MONEY)
    wide = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
    for written in (
        f"{amount:f}",
        f"{amount:,f}",
        f" {amount:,f}".translate(wide),
        f"{amount}元",
        amount,
    ):
        assert read_answer(asked, written, TINY) == amount


@settings(max_examples=200, deadline=None)
@given(st.dates(EARLIEST_DAY, LATEST_DAY))
def test_a_day_is_the_same_however_it_is_written(day: date) -> None:
    asked = question(FieldKind.DATE)
    for written in (
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}", f"{day.day} {day:%B} {day.year}", day,
    ):  # fmt: skip
        assert read_answer(asked, written, TINY) == day


def _tiny() -> City:
    city, _ = load_files(
        {
            "city.toml": b'code = "tiny"\ntitle = { en = "Tiny" }\nlanguages = ["en"]\n'
            b'time_zone = "UTC"\ncurrency = "EUR"\n'
            b'colours = { accent = "#A8321F", action = "#0B6B50" }\n'
            b'[[roles]]\nkey = "officer"\ntitle = { en = "Officer" }\n'
            b'[[life_events]]\nkey = "home"\ntitle = { en = "Home" }\nicon = "house"\n',
            "agencies.toml": b"",
        },
        "tiny",
    )
    assert city is not None
    return city


TINY = _tiny()
