from datetime import date
from typing import Any

from shuke.analyses.departures import departures
from shuke.analyses.loss import loss, lost_lately, monthly_loss
from tests.engine_fixtures import Row, Tables, close

TODAY = date(2026, 4, 10)


def customer(number: int, first: str, lost_on: str | None = None, spent: Any = 10) -> Row:
    return {
        "customer_id": f"c{number}", "first_day": first, "lost_on": lost_on, "lost": lost_on is not None,
        "spent": spent,
    }  # fmt: skip


def months(desk: Tables, rows: list[Row], as_of: date = TODAY) -> dict[str, Row]:
    found = desk.rows(desk.made(loss, desk.derived(departures, rows), as_of=as_of))
    return {f"{row['month']:%Y-%m}": row for row in found}


def test_a_customer_is_lost_in_the_month_in_which_they_are_given_up(engine):
    rows = [
        *(customer(n, "2025-12-05") for n in range(6)),
        customer(6, "2025-12-31", "2026-02-28", spent=30), customer(7, "2025-12-31", "2026-02-01", spent=12),
        customer(8, "2026-02-02", "2026-04-01"),
    ]  # fmt: skip
    found = months(engine, rows)
    names = ("customers", "gained", "lost", "whole")
    assert {month: tuple(row[name] for name in names) for month, row in found.items()} == {
        "2025-12": (0, 8, 0, True), "2026-01": (8, 0, 0, True), "2026-02": (8, 1, 2, True),
        "2026-03": (7, 0, 0, True), "2026-04": (7, 0, 1, False),
    }  # fmt: skip
    assert found["2025-12"]["rate"] is None and found["2025-12"]["low"] is None
    assert close(found["2026-02"]["rate"], 0.25) and found["2026-02"]["spent_by_lost"] == 42
    # Wilson's interval of 2 in 8
    assert close(found["2026-02"]["low"], 0.07147616067774) or abs(found["2026-02"]["low"] - 0.0715) < 1e-4
    assert abs(found["2026-02"]["high"] - 0.5907) < 1e-4


def test_a_month_is_whole_on_its_last_day(duckdb):
    rows = [customer(1, "2026-03-01")]
    assert months(duckdb, rows, date(2026, 3, 31))["2026-03"]["whole"]
    assert not months(duckdb, rows, date(2026, 3, 30))["2026-03"]["whole"]


def test_the_sentence_speaks_of_the_last_whole_month(duckdb):
    rows = [*(customer(n, "2025-12-05") for n in range(18)), customer(30, "2025-12-05", "2026-02-02")]
    rows += [customer(40, "2025-12-05", "2026-03-02"), customer(50, "2025-12-31", "2026-04-02")]
    frame = duckdb.made(loss, duckdb.derived(departures, rows), as_of=TODAY).to_pandas()
    assert lost_lately(frame).en == (
        "In March 2026, 1 of 20 customers were lost: 5.0% (between 0.9% and 23.6%); 4.8% in the month before."
    )
    assert "2026年3月" in lost_lately(frame).zh
    assert monthly_loss(frame).to_dict()["layer"]


def test_a_fresh_shop_has_lost_nobody(duckdb):
    empty = duckdb.made(loss, duckdb.derived(departures, []), as_of=TODAY)
    assert duckdb.rows(empty) == []
    assert lost_lately(empty.to_pandas()).en.startswith("Too early to tell")
