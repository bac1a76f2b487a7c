"""Contradictions: what no slip of the pen explains keeps two records apart, and nothing else does."""

from datetime import date

import pytest

from shuke.identity.contradictions import beside, contradictory
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, ENDS, person

BORN = date(1985, 3, 2)


def apart(desk: Tables, one: Row, other: Row) -> bool:
    records = desk.of(COMPARABLES, [one | {"record": "a"}, other | {"record": "b"}])
    ends = desk.of(ENDS, [{"record_l": "a", "record_r": "b"}, {"record_l": "b", "record_r": "a"}])
    met = beside(ends, records)
    there, back = desk.rows(met.select(apart=contradictory(met)))
    assert there == back
    return bool(there["apart"])


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("mark lee", "mary lee", True), ("john lee", "jane lee", True), ("ann lee", "anm lee", False),
        ("j lee", "jane lee", False), ("ann lee", "lee ann", False), ("ann lee", "ann brown", False),
        ("ann lee", "annmarie lee", False), ("xavio lee", "borin lee", True), ("ann lee", "", False),
    ],
)  # fmt: skip
def test_two_given_names_are_two_people(duckdb, one, other, found):
    assert apart(duckdb, person("a", one), person("b", other)) is found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("王丽", "li"), ("王林", "lin"), True), (("王丽", "li"), ("王莉", "li"), False),
        (("王晓敏", "xiaomin"), ("王晓明", "xiaoming"), False),
        (("王小红", "xiaohong"), ("王海燕", "haiyan"), True),
    ],
)  # fmt: skip
def test_names_in_characters_are_held_against_each_other_character_by_character(engine, one, other, found):
    left, right = (
        person(r, f"{given} wang") | {"name": hanzi, "hanzi": hanzi}
        for r, (hanzi, given) in (("a", one), ("b", other))
    )
    assert apart(engine, left, right) is found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (date(1985, 2, 3), False), (date(1985, 3, 12), False), (date(1958, 3, 2), False),
        (date(1995, 4, 5), False), (date(1959, 11, 19), True), (date(2010, 3, 19), True), (BORN, False),
        (date(1987, 11, 19), False),
    ],
)  # fmt: skip
def test_two_birth_dates_are_two_people_unless_a_slip_makes_one_of_the_other(engine, other, found):
    assert apart(engine, person("a", birth_date=BORN), person("b", birth_date=other)) is found


@pytest.mark.parametrize("years", [0, 100, 200])
def test_it_does_not_matter_in_which_century_people_are_born(duckdb, years):
    one, other = date(1985 - years, 3, 2), date(1959 - years, 11, 19)
    assert apart(duckdb, person("a", birth_date=one), person("b", birth_date=other))


def test_father_and_son_of_one_name_are_two_and_so_are_a_person_and_a_firm(engine):
    senior, junior = (person(r, "john lee", generation=g) for r, g in (("a", "sr"), ("b", "jr")))
    assert apart(engine, senior, junior)
    assert not apart(engine, senior, person("b", "john lee"))
    assert apart(engine, senior, person("b", "john lee", kind="organisation"))


def test_of_one_identity_number_or_mailbox_it_takes_both_name_and_birth_date(duckdb):
    for shared in ({"national_id": "x1"}, {"email": "lee@x.org"}):
        one = person("a", "mark lee", birth_date=BORN, **shared)
        assert not apart(duckdb, one, person("b", "mark lee", birth_date=date(1959, 11, 19), **shared))
        assert not apart(duckdb, one, person("b", "mary lee", **shared))
        assert apart(duckdb, one, person("b", "mary lee", birth_date=date(1959, 11, 19), **shared))


def test_a_child_has_the_number_of_a_parent_and_a_couple_one_mailbox(duckdb):
    one, soon = person("a", "mark lee", birth_date=BORN), date(1981, 11, 19)
    assert not apart(
        duckdb, one | {"national_id": "x1"}, person("b", "mary lee", birth_date=soon, national_id="x1")
    )
    assert apart(
        duckdb, one | {"email": "lee@x.org"}, person("b", "mary lee", birth_date=soon, email="lee@x.org")
    )


def test_two_given_names_of_one_birth_date_are_weighed_and_no_contradiction(duckdb):
    one = person("a", "mark lee", birth_date=BORN)
    assert not apart(duckdb, one, person("b", "mary lee", birth_date=BORN))
    assert apart(duckdb, one, person("b", "mary lee"))
