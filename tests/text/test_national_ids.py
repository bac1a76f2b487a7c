"""A resident's number is known by its check digit, tells three things, and is kept under a key."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from shuke.text import national_ids

NUMBER = "11010519491231002X"


def _number(place: str, day: date, order: int) -> str:
    body = f"{place}{day:%Y%m%d}{order:03}"
    return body + str(ric.calc_check_digit(body + "0"))


NUMBERS = st.builds(
    _number,
    st.sampled_from(["110105", "440305", "310101", "650104"]),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.integers(0, 999),
)


@pytest.mark.parametrize(
    "written", [NUMBER, NUMBER.lower(), "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_number_has_one_form(written):
    assert national_ids.resident(written) == NUMBER


@pytest.mark.parametrize(
    "written",
    [
        "110105194912310021", "11010519491331002X", "99010519491231002X", "1101051949", "E1234567", "",
        "110105491331002",
    ],
)  # fmt: skip
def test_what_is_no_number_of_a_resident_has_none(written):
    assert national_ids.resident(written) is None


def test_it_tells_birth_date_sex_and_province():
    assert national_ids.decoded(NUMBER) == national_ids.NationalIdFacts(
        date(1949, 12, 31), "female", "北京市"
    )


@given(NUMBERS.filter(lambda number: number[6:8] == "19"))
def test_the_fifteen_digits_of_old_are_the_same_number(number):
    assert national_ids.resident(number[:6] + number[8:17]) == number


@given(NUMBERS, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number, place, off):
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    assert national_ids.resident(wrong) is None


@given(NUMBERS, NUMBERS)
def test_digests_are_equal_when_the_numbers_are_and_under_one_key_only(one, other):
    assert (national_ids.keyed(one, b"k") == national_ids.keyed(other, b"k")) is (one == other)
    assert national_ids.keyed(one, b"k") != national_ids.keyed(one, b"another")
    assert one not in national_ids.keyed(one, b"k")
