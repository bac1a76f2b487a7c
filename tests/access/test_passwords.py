"""Passwords: kept so that nobody can read them, us included."""

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from shuke.access.passwords import (
    MAX_LENGTH,
    check_strength,
    hash_password,
    is_outdated,
    matches,
    one_time_password,
)
from shuke.errors import WrongCall


def test_two_hashes_of_one_password_are_never_equal():
    first, second = hash_password("correct horse battery"), hash_password("correct horse battery")
    assert first != second
    assert matches("correct horse battery", first)
    assert matches("correct horse battery", second)
    assert "correct" not in first


def test_another_password_does_not_match():
    assert not matches("Correct horse battery", hash_password("correct horse battery"))


def test_nothing_matches_where_there_is_no_hash():
    assert not matches("", None)
    assert not matches("anything", None)


def test_an_accent_matches_however_the_keyboard_composes_it():
    assert matches("cafe\u0301 au lait", hash_password("caf\u00e9 au lait"))


def test_an_endless_password_is_not_even_hashed():
    assert not matches("x" * (MAX_LENGTH + 1), "no hash at all, so looking at it would raise")


def test_a_hash_of_weaker_parameters_is_outdated():
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=1024).hash("correct horse battery"))
    assert not is_outdated(hash_password("correct horse battery"))


def test_one_time_passwords_differ_and_hold_no_ambiguous_letter():
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("ilo01")
    for password in made:
        check_strength(password, "lin")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "x" * 9,
        "aaaaaaaaaaaaaaa",
        "121212121212",
        "Lin.Wei2026!",
        "ab" * 600,
        "Password123!",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "P@ssw0rd2026",
        "iloveyou123",
        "长城长城长城长城长城",
    ],
)
def test_weak_passwords_are_refused(password: str):
    with pytest.raises(WrongCall):
        check_strength(password, "lin.wei")


@given(st.text(max_size=200))
def test_any_characters_are_welcome(further: str):
    check_strength(f"correct horse battery{further}", "somebody-else-altogether")
