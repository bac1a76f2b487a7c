from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from shuke.analyses.monthly_sales import last_whole_month, monthly_sales, trend
from tests.analyses.selling import PURCHASES, sold, written
from tests.engine_fixtures import Row, Tables, close


def monthly(desk: Tables, rows: list[Row], country: str = "CN") -> dict[str, Row]:
    found = desk.rows(desk.made(monthly_sales, written(desk, rows), country=country))
    return {f"{row['month']:%Y-%m}": row for row in found}


def test_a_month_says_what_was_sold_and_sets_a_month_and_a_year_ago_beside_it(engine):
    found = monthly(
        engine,
        [
            sold("anna", "2025-02-10", 100, order_id="1"), sold("bert", "2025-02-11", "60.50", order_id="2"),
            sold("anna", "2025-02-12", 5, order_id="2", kind="shipping"),
            sold("anna", "2025-02-28", "-15.50", order_id="3"), sold("cleo", "2025-02-28", 10, order_id="3"),
            sold("dora", "2025-02-27", -50, order_id="4"), sold(None, "2025-02-26", 40),
            sold("emil", "2025-02-26", 0, order_id="9", kind="void"),
            sold("anna", "2025-02-26", None, stated_amount=7), sold("anna", "2025-02-26", None),
            sold("anna", "2025-03-01", 75, order_id="5"),
            sold("anna", "2026-02-01", 300, order_id="6"), sold("fred", "2026-01-01", -1, order_id="7"),
            sold("gina", "2026-04-01", 0, order_id="8", kind="void"), sold("gina", None, 9),
        ],
    )  # fmt: skip
    assert set(found) == {"2025-02", "2025-03", "2026-01", "2026-02"}
    first = {c: found["2025-02"][c] for c in ("gross", "returns", "net")}
    assert first == {"gross": Decimal("215.50"), "returns": Decimal("-65.50"), "net": Decimal(150)}
    counts = ("orders", "return_orders", "customers", "lines", "unconverted")
    assert [found["2025-02"][c] for c in counts] == [4, 1, 4, 9, 1]
    assert [found["2026-01"][c] for c in counts] == [1, 1, 1, 1, 0]
    march, february = found["2025-03"], found["2026-02"]
    assert (march["net_month_before"], march["net_year_before"]) == (Decimal(150), None)
    assert close(march["change_on_month"], -0.5) and march["change_on_year"] is None
    assert (february["net_month_before"], february["net_year_before"]) == (Decimal(-1), Decimal(150))
    # What was lost a month ago makes no base to compare with.
    assert february["change_on_month"] is None and close(february["change_on_year"], 1.0)
    # New Year moved from 29 January 2025 to 17 February 2026.
    assert {month: row["spring_festival"] for month, row in found.items()} == {
        "2025-02": date(2025, 1, 29), "2025-03": None, "2026-01": date(2026, 2, 17),
        "2026-02": date(2026, 2, 17),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("month", "feast"),
    [
        ("2022-02", None),  # 1 February, a year before 12 February
        ("2023-01", "2023-01-22"), ("2023-02", "2023-01-22"),
        ("2024-01", "2024-02-10"), ("2024-02", "2024-02-10"),
        ("2025-01", "2025-01-29"), ("2026-02", "2026-02-17"), ("2027-02", None), ("2024-03", None),
    ],
)  # fmt: skip
def test_the_spring_festival_is_said_where_it_left_a_month_or_came_into_one(duckdb, month, feast):
    found = monthly(duckdb, [sold("anna", f"{month}-05", 10)])[month]["spring_festival"]
    assert found == (feast and date.fromisoformat(feast))


def test_where_nobody_keeps_the_spring_festival_it_is_not_spoken_of(duckdb):
    assert (
        monthly(duckdb, [sold("anna", "2024-02-05", 10)], country="GB")["2024-02"]["spring_festival"] is None
    )


@settings(max_examples=40)
@given(PURCHASES)
def test_monthly_sales_are_what_adding_up_by_hand_gives(duckdb_engine, tmp_path_factory, rows):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("months"))
    expected = _by_hand(rows)
    found = monthly(desk, rows)
    assert {month: {name: row[name] for name in expected[month]} for month, row in found.items()} == expected


def _by_hand(rows: list[Row]) -> dict[str, dict[str, Any]]:
    months: dict[str, list[Row]] = {}
    for row in rows:
        if row["day"] and row["kind"] != "void":
            months.setdefault(f"{row['day']:%Y-%m}", []).append(row)
    return {month: _month(lines) for month, lines in months.items()}


def _month(lines: list[Row]) -> dict[str, Any]:
    def total(chosen: list[Row]) -> Decimal:
        return sum((row["amount"] or Decimal(0) for row in chosen), Decimal(0))

    orders = {row["order_id"] for row in lines} - {None}
    back = [row for row in lines if row["is_return"]]
    return {
        "gross": total([row for row in lines if not row["is_return"]]),
        "returns": total(back),
        "net": total(lines),
        "orders": len(orders),
        "return_orders": sum(
            all(r["is_return"] for r in lines if r["order_id"] == order) for order in orders
        ),
        "customers": len({row["customer_id"] for row in lines} - {None}),
        "lines": len(lines),
    }


def test_the_sentence_speaks_of_a_whole_month_and_names_the_feast_that_moved(duckdb):
    rows = [sold("anna", day, amount) for day, amount in (
        ("2023-02-05", 100), ("2024-01-05", 200), ("2024-02-05", 150), ("2024-03-01", 3)
    )]  # fmt: skip
    frame = duckdb.made(monthly_sales, written(duckdb, rows)).to_pandas()
    assert last_whole_month(frame).en == (
        "February 2024, the last whole month, brought 150, −25.0% on the month before, +50.0% on the year "
        "before, Spring Festival fell on 10 February."
    )
    assert "春节为 2月10日" in last_whole_month(frame).zh
    assert len(trend(frame).to_dict()["layer"]) == 2
    one = duckdb.made(monthly_sales, written(duckdb, rows[:1])).to_pandas()
    assert last_whole_month(one).en == "Only one month has sales yet."
