"""Candidates: whoever has something telling in common is compared, and nobody else."""

import ibis

from shuke.identity.blocking import RULES, candidates, keys
from shuke.identity.oversized_blocks import oversized_blocks
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, IDENTIFIERS, held, person

ANN = person("a", "ann lee", birth_date="1985-03-02")


def met(
    desk: Tables,
    people: list[Row],
    said: list[Row] | None = None,
    *,
    stale: str | None = None,
    max_records: int = 50,
) -> list[str]:
    """The pairs that are compared, "ab" for records a and b; of `stale` ones alone where they are named."""
    records, known = desk.of(COMPARABLES, people), desk.of(IDENTIFIERS, said or [])
    crowded = desk.made(oversized_blocks, records, known, max_records=max_records)
    open_ones = desk.checkpoint(keys(records, known).anti_join(crowded, ["rule", "key"]))
    named = [{"record": record} for record in stale or ""]
    fresh = None if stale is None else desk.of(ibis.schema({"record": "string"}), named)
    return [row["record_l"] + row["record_r"] for row in desk.rows(candidates(open_ones, fresh))]


def rules(desk: Tables, people: list[Row], said: list[Row] | None = None) -> set[str]:
    made = keys(desk.of(COMPARABLES, people), desk.of(IDENTIFIERS, said or []))
    return {row["rule"] for row in desk.rows(made)}


def test_two_who_share_several_keys_are_one_pair(engine):
    assert met(engine, [ANN, ANN | {"record": "b"}]) == ["ab"]


def test_who_shares_no_key_is_not_compared(duckdb):
    assert met(duckdb, [ANN, person("b", "bob ray", birth_date="1985-03-03")]) == []


def test_an_identifier_brings_together_whom_no_other_key_does_even_a_weak_one(duckdb):
    others = [person("b", "bob ray"), person("c", "cy orr")]
    said = [held(r, "fax", "441130000001", identifies=False) for r in "ac"]
    assert met(duckdb, [ANN, *others], said) == ["ac"]


def test_a_person_and_an_organisation_are_not_compared(duckdb):
    firm = {"record": "b", "kind": "organisation", "organisation": "lee"}
    assert met(duckdb, [ANN, firm], [held(r, "phone", "447700900123") for r in "ab"]) == []


def test_of_whom_nothing_tells_what_they_are_nobody_compares_anything(duckdb):
    unknown = [person(r, postcode="ls1", street="mill lane", house="1") for r in "ab"]
    assert met(duckdb, unknown, [held(r, "phone", "447700900123") for r in "ab"]) == []


def test_a_key_that_too_many_hold_compares_nobody(duckdb):
    four = [person(r, "ann lee") for r in "abcd"]
    assert len(met(duckdb, four, max_records=4)) == 6
    assert met(duckdb, four, max_records=3) == []
    crowded = duckdb.made(
        oversized_blocks, duckdb.of(COMPARABLES, four), duckdb.of(IDENTIFIERS, []), max_records=3
    )  # fmt: skip
    assert {"rule": "person:sound", "key": "ann lee", "records": 4} in duckdb.rows(crowded)
    assert {row["records"] for row in duckdb.rows(crowded)} == {4}


def test_one_birth_date_is_worth_comparing_only_where_few_are_born_on_it(duckdb):
    def born(many):
        given = ["ann", "bob", "cleo", "dan", "eve", "fay", "gus", "hal", "ivy", "jo"]
        return [
            person(r, f"{g} {r * 5}", birth_date="1985-03-02")
            for r, g in zip("abcdefghij"[:many], given, strict=False)
        ]

    assert len(met(duckdb, born(8), max_records=50)) == 28
    assert met(duckdb, born(9), max_records=50) == []


def test_an_e_mail_brings_those_together_who_differ_behind_the_at_sign(duckdb):
    one, other = person("a", "ann lee", email="lee.a9@x.org"), person("b", "bo day", email="lee.a9@y.org")
    assert met(duckdb, [one, other]) == ["ab"]
    assert met(duckdb, [one | {"email": "lee@x.org"}, other | {"email": "lee@y.org"}]) == []


def test_where_one_key_is_crowded_another_still_brings_two_together(duckdb):
    four = [person(r, "ann lee") for r in "abcd"]
    four[1]["postcode"] = four[3]["postcode"] = "ls1"
    assert met(duckdb, four, max_records=3) == ["bd"]


def test_only_the_columns_that_say_something_make_rules(duckdb):
    alike = {"person:sound", "person:family+given:2+gender?", "person:given+family:2+city?"}
    assert rules(duckdb, [person("a", "ann lee")]) == alike
    assert rules(duckdb, [person("a", "ann lee", city="leeds", gender="female")]) == alike | {
        "person:sound+city"
    }
    assert rules(duckdb, [person("a")], [held("a", "email", "ann@x.org")]) == set()


def test_with_everything_said_every_rule_counts(duckdb):
    whole = ANN | {
        "city": "leeds", "postcode": "ls1", "street": "mill lane", "house": "1", "gender": "female",
        "organisation": "mill tea", "email": "ann.lee@x.org",
    }  # fmt: skip
    found = rules(duckdb, [whole, whole | {"record": "b", "kind": "organisation"}])
    assert found == {f"{kind}:{'+'.join(rule)}" for kind, every in RULES.items() for rule in every}


def test_only_pairs_with_a_stale_record_are_compared_again(duckdb):
    three = [person(r, "ann lee") for r in "abc"]
    assert met(duckdb, three, stale="b") == ["ab", "bc"]
    assert met(duckdb, three, stale="") == []
