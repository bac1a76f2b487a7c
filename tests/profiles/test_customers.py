from datetime import date

from shuke.profiles.customers import customers
from shuke.profiles.facts import facts
from tests.engine_fixtures import Row, Tables, at


def golden(desk: Tables, *said: tuple[str, str, str], **whose: str) -> dict[str, Row]:
    """The golden records by customer; `said` are (customer, attribute, value) that win."""
    won = [
        {"customer_id": customer, "record": "till:1", "attribute": attribute, "value": value, "wins": True,
         "collected_at": "2025-03-01", "first_at": "2024-03-01", "received_at": "2026-01-01"}
        for customer, attribute, value in said
    ]  # fmt: skip
    records = [
        number if ":" in number else f"till:{number}" for ns in whose.values() for number in ns.split()
    ]
    known = [dict(zip(("source", "record_id"), record.split(":"), strict=True)) for record in records]
    people = desk.landed("people", known)
    made = desk.made(customers, people, desk.identities(**whose), desk.derived(facts, won))
    return {row["customer_id"]: row for row in desk.rows(made)}


def test_a_golden_record_holds_the_winning_facts_in_their_types(engine):
    found = golden(
        engine, ("anna", "name", "Ann Lee"), ("anna", "birth_date", "1985-03-02"), ("anna", "phone", "0123"),
        ("firm", "organisation", "张记茶行"), ("boss", "organisation", "Tea Ltd"),
        ("boss", "name", "Bo Ross"),
        ("said", "kind", "organisation"), ("zhang", "family_name", "欧阳"), ("zhang", "given_name", "伟"),
        ("lee", "family_name", "Lee"), ("lee", "given_name", "Sue"),
        anna="1 2 web:3", firm="4", boss="5", said="6", zhang="7", lee="8", nobody="9",
    )  # fmt: skip
    assert set(found) == {"anna", "firm", "boss", "said", "zhang", "lee", "nobody"}
    anna = found["anna"]
    assert (anna["name"], anna["birth_date"], anna["phone"]) == ("Ann Lee", date(1985, 3, 2), "0123")
    assert (anna["records"], anna["sources"]) == (3, 2)
    assert (anna["first_seen"], anna["last_seen"]) == (at("2024-03-01"), at("2025-03-01"))
    assert {name: row["kind"] for name, row in found.items()} == {
        "anna": "person", "firm": "organisation", "boss": "person", "said": "organisation", "zhang": "person",
        "lee": "person", "nobody": "person",
    }  # fmt: skip
    assert (found["zhang"]["name"], found["lee"]["name"]) == ("欧阳伟", "Sue Lee")
    assert (found["nobody"]["name"], found["nobody"]["first_seen"]) == (None, None)


def test_a_name_is_as_whole_as_its_parts(duckdb):
    found = golden(
        duckdb, ("a", "family_name", "Lee"), ("b", "given_name", "Sue"), ("c", "name", "Dr Cy"),
        ("c", "given_name", "Cyril"), ("c", "family_name", "Day"), a="1", b="2", c="3",
    )  # fmt: skip
    assert [found[c]["name"] for c in "abc"] == ["Lee", "Sue", "Dr Cy"]
