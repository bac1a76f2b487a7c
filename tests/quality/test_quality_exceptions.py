"""Is every impossible, absent or doubled value found, and no other?"""

from datetime import date
from typing import Any

import pytest

from shuke.identity.identifiers import identifiers
from shuke.quality.quality_exceptions import quality_exceptions
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def exceptions(desk: Tables, who: Any, **landed: list[Row]) -> list[Row]:
    names = ("people", "identifiers", "order_items", "products")
    tables = {name: desk.landed(name, landed.get(name)) for name in names}
    known = desk.of(identifiers.schema, [])
    if landed.get("identifiers"):
        known = desk.made(identifiers, tables["identifiers"], country="GB")
    made = desk.made(quality_exceptions, *tables.values(), known, who, as_of=AS_OF, country="GB")
    return desk.rows(made)


def whose(desk: Tables, **customers: str) -> Any:
    """Identities with what a build adds to them: how many records a customer has."""
    plain = desk.identities(**customers)
    sizes = plain.group_by("customer_id").agg(records=plain.count())
    return plain.inner_join(sizes, "customer_id")


def test_an_impossible_value_is_named_by_its_record_and_its_reason(engine):
    people: list[Row] = [
        {"record_id": "1", "name": "Ann", "birth_date": "1985-03-02", "postcode": "LS1 4DY", "age": 41},
        {"record_id": "2", "name": "4711", "birth_date": "1900-01-01", "postcode": "12", "age": 150},
        {"record_id": "3", "name": "张伟", "birth_date": "2027-01-01", "postcode": "310000", "country": "CN"},
        {
            "record_id": "4",
            "gender": "x",
            "children": -1,
            "since": "1970-01-01",
            "country": "DE",
            "postcode": "1234",
        },
    ]
    found = exceptions(engine, whose(engine, ann="1", bob="2", wei="3"), people=people)
    assert {(r["record"], r["attribute"]): r["reason"] for r in found} == {
        ("till:2", "name"): "no_letters", ("till:2", "birth_date"): "impossible_day",
        ("till:2", "postcode"): "wrong_form", ("till:2", "age"): "out_of_range",
        ("till:3", "birth_date"): "impossible_day", ("till:4", "gender"): "unknown_word",
        ("till:4", "children"): "out_of_range", ("till:4", "since"): "impossible_day",
        ("till:4", "postcode"): "wrong_form",
    }  # fmt: skip
    assert {r["customer_id"] for r in found if r["record"] == "till:2"} == {"bob"}
    assert {r["dimension"] for r in found} == {"validity"}


def test_goods_cannot_cost_less_than_nothing(engine):
    lines: list[Row] = [
        {"price": 5, "quantity": -1},
        {"price": -5, "quantity": 1},
        {"price": None, "quantity": 0},
    ]
    goods = [{"product_id": "A", "list_price": 0, "cost": -1}]
    found = exceptions(engine, whose(engine, ann="1"), order_items=lines, products=goods)
    assert {(r["record"], r["attribute"], r["reason"]) for r in found} == {
        ("order_items-3", "price", "below_nought"), ("order_items-4", "quantity", "nought"),
        ("products-2", "cost", "below_nought"),
    }  # fmt: skip


def test_who_lacks_an_identifier_that_the_source_gives_is_found(engine):
    people = [{"record_id": n} for n in "123"] + [{"source": "web", "record_id": "1"}]
    given = [
        {"record_id": "1", "kind": "email", "value": "ann@example.com"},
        {"record_id": "2", "kind": "email", "value": "nobody"},
    ]
    found = exceptions(engine, whose(engine, ann="1", bob="2", col="3"), people=people, identifiers=given)
    assert {(r["record"], r["dimension"]) for r in found} == {
        ("till:3", "completeness"), ("till:2", "validity"),
    }, "the web shop gives no e-mail at all, and is not asked for one"  # fmt: skip


def test_who_stands_twice_in_a_source_or_shares_a_number_with_a_stranger_is_found(engine):
    people = [{"record_id": n} for n in "1234"]
    given = [{"record_id": n, "kind": "phone", "value": "07700 900123"} for n in "13"]
    given += [
        {"record_id": "4", "kind": "device_id", "value": "d1"},
        {"record_id": "1", "kind": "device_id", "value": "d1"},
    ]
    who = whose(engine, ann="1 2 web:1", col="3", dan="4")
    found = [
        r for r in exceptions(engine, who, people=people, identifiers=given) if r["dimension"] == "uniqueness"
    ]
    assert {(r["record"], r["attribute"], r["reason"]) for r in found} == {
        ("till:1", "record", "duplicate"), ("till:2", "record", "duplicate"),
        ("till:1", "phone", "shared"), ("till:3", "phone", "shared"),
    }, "a household shares a device; records of the past or of another day do not count"  # fmt: skip


@pytest.mark.parametrize(
    ("country", "postcode", "holds"),
    [("US", "90210-1234", True), ("US", "9021", False), ("GB", "sw1a 1aa", True), ("GB", "123", False),
     ("CA", "K1A 0B1", True), ("JP", "100-0001", True), ("BR", "01310-100", True), ("BR", "?", False)],
)  # fmt: skip
def test_a_postcode_has_the_form_of_its_country(duckdb, country, postcode, holds):
    people = [{"record_id": "1", "country": country, "postcode": postcode}]
    assert (not exceptions(duckdb, whose(duckdb, ann="1"), people=people)) is holds


@pytest.mark.parametrize(
    ("kind", "value", "holds"),
    [("email", "info@example.com", True), ("email", "a@b", False), ("email", "a***@b.com", False),
     ("phone", "400 820 8820", True), ("phone", "95588", True), ("phone", "138****9000", False),
     ("phone", "00000000", False), ("phone", "（０７７００）９００１２３", True), ("member_no", "M 1", True),
     ("member_no", "000000", False)],
)  # fmt: skip
def test_a_contact_of_nobody_in_particular_is_valid_and_a_masked_one_is_not(duckdb, kind, value, holds):
    told = [{"record_id": "1", "kind": kind, "value": value}]
    found = exceptions(duckdb, whose(duckdb, ann="1"), people=[{"record_id": "1"}], identifiers=told)
    assert (not found) is holds
