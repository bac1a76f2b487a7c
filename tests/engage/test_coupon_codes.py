from hypothesis import given
from hypothesis import strategies as st

from shuke.engage import coupon_codes
from shuke.engage.coupon_codes import ALPHABET, digest, new_code, read


def test_a_code_is_read_however_it_is_typed():
    code = new_code()
    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    bare = code.replace("-", "")
    assert read(code) == read(f" {code.lower()} ") == read(code.replace("-", " ")) == read(bare) == bare
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in bare)
    assert read(wide) == bare


@given(st.data())
def test_one_slip_of_the_finger_is_seen(data):
    bare = new_code().replace("-", "")
    place = data.draw(st.integers(0, 11))
    other = data.draw(st.sampled_from(ALPHABET.replace(bare[place], "")))
    assert read(bare[:place] + other + bare[place + 1 :]) is None
    first = data.draw(st.integers(0, 9))
    swapped = bare[:first] + bare[first + 1] + bare[first] + bare[first + 2 :]
    assert swapped == bare or read(swapped) is None


@given(st.text(max_size=20))
def test_anything_else_is_no_code(text):
    assert read(text) is None or len(read(text) or "") == 12


def test_ten_thousand_codes_are_unlike_and_use_the_whole_alphabet():
    codes = {new_code() for _ in range(10_000)}
    assert len(codes) == 10_000
    assert {letter for code in codes for letter in code} == {*ALPHABET, "-"}


def test_a_digest_is_of_one_key():
    assert digest("A", b"1") == digest("A", b"1") != digest("A", b"2")
    assert coupon_codes.written("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
