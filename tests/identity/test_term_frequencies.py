"""How many bear what a record says of whom it is of."""

import pytest

from shuke.identity.comparisons import COMPARISONS
from shuke.identity.population import FAMILY
from shuke.identity.term_frequencies import FEATURES, PEOPLE, term_frequencies
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, person


def borne(desk: Tables, *records: Row) -> dict[str, Row]:
    return {
        row["record"]: row
        for row in desk.rows(desk.made(term_frequencies, desk.of(COMPARABLES, list(records))))
    }


def test_a_home_a_birth_date_and_a_name_are_borne_by_the_records_that_say_them(engine):
    told = borne(
        engine,
        person("a", "ann okoro", birth_date="1985-03-02", street="mill lane", house="1"),
        person("b", "bob okoro", birth_date="1985-03-02", street="mill lane", house="1"),
        person("c", "cem okoro", birth_date="1990-01-01", street="mill lane", house="2"),
    )
    assert [told[record]["family"] for record in "abc"] == [3, 3, 3]
    assert [told[record]["birth_date"] for record in "abc"] == [2, 2, None]
    assert [told[record]["home"] for record in "abc"] == [2, 2, None]


def test_a_common_family_name_is_borne_by_the_population_as_well(engine):
    told = borne(engine, person("a", "ann smith"), person("b", "bob smith"))
    assert told["a"]["family"] == pytest.approx(2 + FAMILY["smith"] * PEOPLE, abs=0.05)


def test_of_a_phone_the_names_are_counted_and_not_the_records(engine):
    same = {"phone": "447700900123"}
    told = borne(
        engine,
        person("a", "ann okoro", **same),
        person("b", "ann okoro", **same),
        person("c", "bob lee", **same),
    )
    assert told["a"]["phone"] == 2


def test_of_one_name_and_one_phone_there_are_but_the_two_that_are_compared(engine):
    """Three records of one customer make her name no common one; who says nothing may be another."""
    same = {"phone": "447700900123"}
    told = borne(
        engine,
        *(person(record, "ann okoro", **same) for record in "abc"),
        *(person(record, "bob okoro", **same) for record in "de"),
        person("f", "bob okoro"),
        person("g", "bob okoro"),
        person("h", "cem okoro", **same),
        person("i", "cem okoro", phone="447700900124"),
        person("j", "cem okoro"),
    )
    assert [told[record]["name"] for record in "adh"] == [2, 3, 3]


def test_namesakes_are_as_many_as_the_parts_of_a_name_come_together_by_chance(duckdb):
    told = borne(
        duckdb,
        person("a", "ann okoro"),
        person("b", "ann okoro"),
        person("c", "ann lim"),
        person("d", "bo lim"),
    )
    assert told["a"]["namesakes"] == pytest.approx(4 * (2 / 204) * (3 / 204))


def test_who_shares_nothing_and_who_is_nobody_have_no_row(duckdb):
    told = borne(
        duckdb, person("a", "ann okoro", phone="1"), person("b", phone="1"), person("c", "bob lee", phone="2")
    )
    assert told == {}


def test_all_that_a_comparison_counts_the_rarity_of_is_counted():
    levels = (level for kind in COMPARISONS.values() for c in kind for level in c.levels)
    assert {level.rare for level in levels if level.rare} == set(FEATURES)
