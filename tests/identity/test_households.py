"""Who lives together."""

from shuke.identity.households import households
from tests.engine_fixtures import Row, Tables
from tests.identity.evidence import COMPARABLES, IDENTIFIERS, held, person

HOME = {"street": "mill lane", "house": "1", "city": "leeds"}


def together(
    desk: Tables,
    people: list[Row],
    *,
    customers: dict[str, str] | None = None,
    contacts: list[Row] | None = None,
    relations: list[Row] | None = None,
) -> list[tuple[str, str]]:
    """(customers, by what: a address, c contact, r relation) of every household; one record a customer."""
    own = {p["record"].removeprefix("till:"): p["record"] for p in people}
    made = desk.made(
        households, desk.identities(**(customers or own)), desk.of(COMPARABLES, people),
        desk.of(IDENTIFIERS, contacts or []), desk.landed("relations", relations), max_size=3,
    )  # fmt: skip
    homes: dict[str, list[str]] = {}
    why: dict[str, str] = {}
    for row in desk.rows(made):
        homes.setdefault(row["household_id"], []).append(row["customer_id"])
        said = "".join(how[3] for how in ("by_address", "by_contact", "by_relation") if row[how])
        why[row["household_id"]] = "".join(sorted({*why.get(row["household_id"], ""), *said}))
        assert row["household_id"][0] == "H"
    return sorted(("".join(sorted(names)), why[home]) for home, names in homes.items())


def test_a_family_at_one_address_is_a_household(engine):
    people = [
        person("till:a", "ann lee", **HOME), person("till:b", "bob lee", **HOME),
        person("till:c", "cem kaya", **HOME), person("till:d", "dan lee", **HOME | {"house": "2"}),
        person("till:e", "eve lee", **HOME | {"city": None}), person("till:f", "flo lee"),
    ]  # fmt: skip
    assert together(engine, people) == [("ab", "a")]


def test_a_shared_phone_and_a_relation_make_a_household_and_the_flags_say_which(engine):
    people = [person(f"till:{r}") for r in "abcd"]
    contacts = [held(f"till:{r}", "phone", "861") for r in "ab"]
    contacts += [held("till:c", "phone", "861", identifies=False), held("till:d", "member_no", "861")]
    assert together(engine, people, contacts=contacts) == [("ab", "c")]
    told = [
        {"record_id": "b", "kind": "household", "other_record_id": "c"},
        {"record_id": "a", "kind": "referral", "other_record_id": "d"},
    ]
    assert together(engine, people, contacts=contacts, relations=told) == [("abc", "cr")]


def test_what_too_many_share_makes_no_household_and_neither_does_an_organisation(duckdb):
    crowd = [person(f"till:{r}", f"{r}nn lee", **HOME) for r in "abcd"]
    assert together(duckdb, crowd) == []
    firm = [person("till:a", "ann lee", **HOME), person("till:b", "bob lee", kind="organisation", **HOME)]
    assert together(duckdb, firm) == []


def test_records_of_one_customer_are_no_household(duckdb):
    people = [person("till:a", "ann lee", **HOME), person("till:b", "a lee", **HOME)]
    assert together(duckdb, people, customers={"A": "till:a till:b"}) == []
