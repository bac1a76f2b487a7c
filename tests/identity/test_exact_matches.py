"""Which identifiers make two records one customer."""

import pytest

from shuke.identity.exact_matches import exact_matches
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, IDENTIFIERS, held, person


def linked(desk: Tables, identifiers: list[Row], people: list[Row] | None = None) -> list[tuple[str, ...]]:
    said = desk.of(COMPARABLES, people or [])
    made = desk.made(exact_matches, desk.of(IDENTIFIERS, identifiers), said)
    return [(row["record_l"], row["record_r"], row["kind"]) for row in desk.rows(made)]


def one_phone(desk: Tables, one: Row, other: Row, kind: str = "phone") -> bool:
    """Whether a phone makes these two one customer."""
    return bool(linked(desk, [held(r["record"], kind, "861") for r in (one, other)], [one, other]))


def test_records_that_share_what_identifies_are_paired_once_for_each_of_it(engine):
    told = [held(r, "member_no", "7", records=3) for r in "cab"]
    told += [held(r, "openid", "x", scope="app") for r in "ab"]
    told += [held("c", "openid", "x", scope="other"), held("d", "member_no", "8")]
    told += [held(r, "device_id", "z", identifies=False) for r in "ad"]
    assert linked(engine, told) == [
        ("a", "b", "member_no"), ("a", "b", "openid"), ("a", "c", "member_no"), ("b", "c", "member_no"),
    ]  # fmt: skip


def test_a_number_that_went_to_somebody_else_links_nobody(engine):
    def when(start: str | None, end: str | None) -> Row:
        return {"valid_from": start, "valid_until": end}

    told = [
        held("a", "member_no", "7", **when(None, "2020-05-01")),
        held("b", "member_no", "7", **when("2020-05-01", "2021-01-01")),
        held("c", "member_no", "7", **when("2022-01-01", None)),
        held("d", "member_no", "7"),
    ]
    assert [(left, right) for left, right, _ in linked(engine, told)] == [
        ("a", "b"), ("a", "d"), ("b", "d"), ("c", "d")
    ]  # fmt: skip


ONE_PERSON = [
    ("ann lee", "ann lee"), ("ann lee", ""), ("", ""), ("wei zhang", "zhang wei"),
    ("ann lee", "ann m lee"),
]  # fmt: skip
#: More than a phone must say whether these are one.
NEARLY = [
    ("ann lee", "a lee"), ("jon lee", "john lee"), ("ann lee", "ann"), ("catherine lee", "katherina lee"),
    ("ann m lee", "ann p lee"), ("j lee", "lee"),
]  # fmt: skip
TWO_PEOPLE = [
    ("ann lee", "bob lee"), ("ann lee", "ann brown"), ("tim lee", "jim lee"), ("ann lee", "bob"),
    ("catherine lee", "josephine lee"), ("jordan lee", "morgan lee"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ONE_PERSON)
def test_a_phone_links_those_whose_names_can_be_one_persons(duckdb, one, other):
    assert one_phone(duckdb, person("a", one), person("b", other))


@pytest.mark.parametrize(("one", "other"), [*TWO_PEOPLE, *NEARLY])
def test_a_household_that_shares_a_phone_or_an_email_is_not_one_customer(duckdb, one, other):
    assert not one_phone(duckdb, person("a", one), person("b", other))
    assert not one_phone(duckdb, person("b", one), person("a", other), kind="email")
    assert one_phone(duckdb, person("a", one), person("b", other), kind="member_no")


def test_names_in_characters_are_held_against_each_other_character_by_character(engine):
    def chinese(record: str, hanzi: str, given: str, family: str = "wang") -> Row:
        return person(record, f"{given} {family}") | {"name": hanzi, "hanzi": hanzi}

    named = {
        "1": chinese("1", "王丽", "li"), "2": chinese("2", "王林", "lin"), "3": chinese("3", "王莉", "li"),
        "4": chinese("4", "王晓敏", "xiaomin"), "5": chinese("5", "王晓明", "xiaoming"),
        "6": chinese("6", "王筱民", "xiaoming"), "7": chinese("7", "王小旻", "xiaomin"),
    }  # fmt: skip
    told = [held(r, "phone", "861") for r in named]
    pairs = {(left, right) for left, right, _ in linked(engine, told, list(named.values()))}
    assert pairs == {("1", "3"), ("4", "7"), ("5", "6")}


def test_a_person_and_an_organisation_are_not_linked_by_a_contact(duckdb):
    firm = person("b", "ann lee", kind="organisation")
    assert not one_phone(duckdb, person("a", "ann lee"), firm)
    assert one_phone(duckdb, person("a", "ann lee", kind=None), firm)
    assert one_phone(duckdb, person("a", "ann lee"), firm, kind="member_no")


def test_very_long_names_and_records_of_whom_nothing_is_known_do_no_harm(duckdb):
    long = person("a", "x" * 10_000 + " lee")
    assert one_phone(duckdb, long, person("b", "x" * 10_000 + " lee"))
    assert linked(duckdb, [held("a", "phone", "861"), held("b", "phone", "861")]) == [("a", "b", "phone")]


def test_a_households_phone_links_nobody_who_gives_no_name(engine):
    people = [person("a", "ann lee"), person("b", "bob lee"), person("c", "ann lee"), person("d", "")]
    assert linked(engine, [held(r, "phone", "861") for r in "abcd"], people) == [("a", "c", "phone")]


def test_a_mailbox_that_an_office_reads_links_nobody(engine):
    people = [person("a", "ann lee"), person("b", "ann lee"), person("c", "")]
    for value in ("info@x.org", "no-reply@x.org", "kefu@x.org"):
        assert linked(engine, [held(r, "email", value) for r in "abc"], people) == []
    assert len(linked(engine, [held(r, "email", "infos.lee@x.org") for r in "abc"], people)) == 3


def test_neither_sex_nor_birth_date_nor_generation_may_differ(duckdb):
    for said in ({"gender": "male"}, {"birth_date": "1999-09-09"}, {"generation": "jr"}):
        other = {"gender": "female", "birth_date": "1960-01-01", "generation": "sr"}
        one = person("a", "pat lee", **said)
        assert one_phone(duckdb, one, person("b", "pat lee"))
        assert not one_phone(duckdb, one, person("b", "pat lee", **{k: other[k] for k in said}))


def test_a_switchboard_does_not_make_one_of_two_firms(duckdb):
    def firm(record: str, name: str) -> Row:
        return person(record, kind="organisation", organisation=name, name=name)

    assert not one_phone(duckdb, firm("a", "bistro napoli"), firm("b", "mikado sushi"))
    assert one_phone(duckdb, firm("a", "mikado sushi"), firm("b", "mikado sushi bar"))
