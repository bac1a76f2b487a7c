"""Each trigger on a handful of rows: on which occasions it goes off, and for whom it is still so."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from shuke.engage.trigger import triggers

DAY = date(2026, 3, 1)

Rows = tuple[str, list[tuple[Any, ...]]]

LIFE = "customer_id: string, status: string, since: date, last_day: date, contract_ends: date"
MOVED = "segment: string, customer_id: string, change: string, cause: string, day: date"
MEMBERS = "segment: string, customer_id: string"
OPENINGS = "rule: string, customer_id: string, day: date, is_open: boolean"
BORN = "customer_id: string, kind: string, birth_date: date"
REPLACED = (
    "customer_id: string, level: string, item: string, category: string, last_day: date, earliest_on: date, "
    "status: string"
)


def tables(told: Mapping[str, Rows]) -> Any:
    def table(name: str) -> ir.Table:
        columns, rows = told[name]
        schema = dict(part.split(": ") for part in columns.split(", "))
        named = [dict(zip(schema, row, strict=True)) for row in rows]
        return ibis.memtable(named, schema=schema)

    return table


def went_off(name: str, told: Mapping[str, Rows], as_of: date = DAY, **answers: Any) -> set[tuple[Any, ...]]:
    rows = triggers()[name].occasions(tables(told), answers, as_of=as_of, zone="UTC").to_pyarrow().to_pylist()
    return {(row["customer_id"], row["occasion"], row["day"]) for row in rows}


def lasting(name: str, told: Mapping[str, Rows], **answers: Any) -> set[str]:
    found = triggers()[name].lasting(tables(told), answers, as_of=DAY, zone="UTC")
    assert found is not None
    return {":".join(map(str, row.values())) for row in found.to_pyarrow().to_pylist()}


def test_due_to_buy_goes_off_once_for_each_last_purchase_and_lasts_until_the_next():
    rows = [
        ("A", "due", DAY, date(2026, 2, 1), None), ("B", "active", DAY, date(2026, 2, 9), None),
        ("C", "overdue", date(2026, 1, 1), date(2025, 9, 1), None),
    ]  # fmt: skip
    told = {"lifecycle": (LIFE, rows)}
    assert went_off("due_to_buy", told) == {("A", "2026-02-01", DAY)}
    assert lasting("due_to_buy", told) == {"A:2026-02-01", "C:2025-09-01"}


@pytest.mark.parametrize(("name", "change"), [("segment_entered", "entry"), ("segment_left", "exit")])
def test_a_segment_is_entered_and_left_by_customers_alone(name: str, change: str):
    other = {"entry": "exit", "exit": "entry"}[change]
    rows = [
        ("vip", "A", change, "customer", DAY), ("vip", "B", change, "definition", DAY),
        ("vip", "C", other, "customer", DAY), ("new", "D", change, "customer", DAY),
    ]  # fmt: skip
    told: dict[str, Rows] = {
        "segment_changes": (MOVED, rows), "segment_members": (MEMBERS, [("vip", "A"), ("new", "D")]),
        "customers": (BORN, [("A", "person", None), ("D", "person", None)]),
    }  # fmt: skip
    assert went_off(name, told, segment="vip") == {("A", "2026-03-01", DAY)}
    assert lasting(name, told, segment="vip") == ({"A"} if change == "entry" else {"D"})


def test_an_alert_goes_off_when_it_is_opened_and_lasts_while_it_stands():
    rows = [("credit", "A", DAY, True), ("credit", "B", DAY, False), ("lapsing", "C", DAY, True)]
    told = {"alert_openings": (OPENINGS, rows)}
    assert {row[0] for row in went_off("alert_opened", told, rule="credit")} == {"A", "B"}
    assert lasting("alert_opened", told, rule="credit") == {"A"}


def test_a_birthday_comes_every_year_and_that_of_29_february_on_the_28th():
    rows = [
        ("A", "person", date(1990, 3, 1)), ("B", "person", date(1992, 2, 29)), ("C", "person", None),
        ("D", "organisation", date(1990, 3, 1)), ("E", "person", date(1990, 3, 4)),
    ]  # fmt: skip
    told = {"customers": (BORN, rows)}
    assert went_off("birthday", told) >= {("A", "2026-03-01", DAY), ("B", "2026-02-28", date(2026, 2, 28))}
    assert not {"C", "D", "E"} & {row[0] for row in went_off("birthday", told)}
    assert ("E", "2026-03-04", DAY) in went_off("birthday", told, days_before=3)
    leap = went_off("birthday", told, as_of=date(2028, 3, 1))
    assert ("B", "2028-02-29", date(2028, 2, 29)) in leap


def test_a_birthday_in_january_is_told_in_december():
    told = {"customers": (BORN, [("A", "person", date(1990, 1, 2))])}
    found = went_off("birthday", told, as_of=date(2026, 12, 30), days_before=3)
    assert ("A", "2027-01-02", date(2026, 12, 30)) in found


def test_a_contract_goes_off_so_many_days_before_it_ends_and_is_over_once_it_is_renewed():
    rows = [
        ("A", "contract", DAY, None, date(2026, 3, 31)), ("B", "contract", DAY, None, None),
        ("C", "lost", DAY, None, date(2026, 3, 31)),
    ]  # fmt: skip
    told = {"lifecycle": (LIFE, rows)}
    assert went_off("contract_near_end", told, days_before=30) == {("A", "2026-03-31", DAY)}
    renewed = {"lifecycle": (LIFE, [("A", "contract", DAY, None, date(2027, 3, 31))])}
    assert "A:2026-03-31" in lasting("contract_near_end", told)
    assert "A:2026-03-31" not in lasting("contract_near_end", renewed)


def test_a_product_is_to_be_replaced_once_for_each_time_that_it_was_bought():
    bought = date(2024, 3, 1)
    rows = [
        ("A", "product", "FILTER", "Filters", bought, DAY, "due"),
        ("A", "category", "Filters", "Filters", bought, DAY, "due"),
        ("B", "product", "POT", "Pots", bought, DAY, "overdue"),
        ("C", "product", "POT", "Pots", bought, DAY, "later"),
    ]
    told = {"replacements": (REPLACED, rows)}
    every = {("A", "FILTER:2024-03-01", DAY), ("B", "POT:2024-03-01", DAY)}
    assert went_off("product_to_be_replaced", told) == every
    assert went_off("product_to_be_replaced", told, category="Pots") == {("B", "POT:2024-03-01", DAY)}
    assert lasting("product_to_be_replaced", told, category="Pots") == {"B:POT:2024-03-01"}
