"""Id numbers, credit codes and receipt numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yimen.base.identifiers import (
    check_credit_code,
    check_id_number,
    credit_code_check,
    error_number,
    id_check_digit,
    id_number_facts,
    mask_id_number,
    normal_error_number,
    normal_id_number,
    normal_receipt_number,
    receipt_number,
    uuid7,
)

GOOD = "31010019490307002" + id_check_digit("31010019490307002")
DAYS = st.dates(date(1900, 1, 1), date(2026, 1, 1))


def test_the_number_printed_in_the_standard_is_valid():
    assert check_id_number("11010519491231002X")  # GB 11643-1999, annex
    assert check_id_number("11010519491231002x")


def test_facts_are_read_from_a_number():
    facts = id_number_facts("11010519491231002X")
    assert facts is not None
    assert (facts.division, facts.born, facts.sex) == ("110105", date(1949, 12, 31), "female")
    assert id_number_facts(GOOD[:16] + "3" + id_check_digit(GOOD[:16] + "3")).sex == "male"


@pytest.mark.parametrize("text", ["", "123", GOOD[:17], "3101001949130700" + "20", "abc" * 6])
def test_other_texts_are_no_id_number(text):
    assert not check_id_number(text)


def test_a_birth_date_that_is_no_day_is_refused():
    body = "31010019490230002"
    assert not check_id_number(body + id_check_digit(body))


@given(DAYS, st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_every_slip_of_one_digit_is_found(born, sequence, place, offset):
    body = f"310100{born:%Y%m%d}{sequence:03d}"
    number = body + id_check_digit(body)
    assert check_id_number(number)
    wrong = "0123456789X"[
        ("0123456789X".index(number[place]) + offset) % (11 if place == 17 else 10)
    ]
    assert wrong == number[place] or not check_id_number(
        number[:place] + wrong + number[place + 1 :]
    )


def test_blanks_full_width_digits_and_fifteen_digits_are_understood():
    assert normal_id_number(" 110105 19491231 002x ") == "11010519491231002X"
    wide = "".join(chr(ord(c) + 0xFEE0) for c in "11010519491231002X")
    assert normal_id_number(wide) == "11010519491231002X"
    assert normal_id_number("110105491231002") == "11010519491231002X"


def test_numbers_are_masked():
    assert mask_id_number("11010519491231002X") == "110105********002X"
    assert mask_id_number("H1234567") == "******67"
    assert mask_id_number("7") == "7"


def test_credit_codes_are_checked():
    body = "91310000MA1K00000"
    good = body + credit_code_check(body)
    assert check_credit_code(good)
    assert check_credit_code(good.lower())
    assert not check_credit_code(good[:-1] + ("0" if good[-1] != "0" else "1"))
    assert not check_credit_code("I" * 18)
    assert not check_credit_code("1")


def test_receipt_numbers_survive_handwriting_and_tell_slips():
    number = receipt_number(date(2026, 11, 23))
    assert number.startswith("261123-")
    assert normal_receipt_number(number.lower().replace("-", " ")) == number
    assert normal_receipt_number("1") is None
    assert normal_receipt_number("!" * 14) is None


@given(st.integers(0, 13), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXY"))
def test_every_single_slip_in_a_receipt_number_is_found(place, other):
    plain = receipt_number(date(2026, 11, 23)).replace("-", "")
    changed = plain[:place] + other + plain[place + 1 :]
    assert (normal_receipt_number(changed) is not None) == (changed == plain)


def test_identifiers_sort_by_time():
    made = [uuid7() for _ in range(100)]
    assert made == sorted(made)
    assert {u.version for u in made} == {7}


@given(st.integers())
def test_a_number_of_an_error_page_survives_being_read_out(_run: int):
    number = error_number()
    assert len(number) == 9
    assert normal_error_number(number.lower().replace("0", "O").replace("1", "l")) == number
    assert normal_error_number(number.replace("-", " ")) == number


def test_a_slip_in_a_number_of_an_error_page_is_noticed():
    number = error_number()
    swapped = ("B" if number[0] != "B" else "C") + number[1:]
    assert normal_error_number(swapped) is None
    assert normal_error_number("") is None
    assert normal_error_number("U234-5678") is None
