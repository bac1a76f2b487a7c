"""Which plans are behind, and fall further behind, in a way that chance does not explain?"""

import json
from datetime import date, timedelta
from typing import Any

import ibis

from shuke.alerts.plan_progress import plan_progress
from shuke.alerts.planned_months import planned_months
from shuke.alerts.sales_progress import ended_below, sales_progress
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 15)


def progress(desk: Tables, plans: list[Row], lines: list[Row], *, as_of: date = AS_OF, **whose: str) -> Any:
    items = [{"key": f"{n:04}", "staff_id": line.get("staff_id")} for n, line in enumerate(lines)]
    bought = [{k: v for k, v in line.items() if k != "staff_id"} for line in lines]
    return desk.made(
        plan_progress, desk.landed("plans", plans), written(desk, bought), desk.landed("order_items", items),
        desk.landed("orders", []), desk.identities(**whose), as_of=as_of, currency="CNY",
    )  # fmt: skip


def warned(
    desk: Tables, table: Any, *, before: list[Row] | None = None, as_of: date = AS_OF
) -> dict[str, Row]:
    rows = desk.rows(
        desk.made(sales_progress, table, desk.derived(sales_progress, before or []), as_of=as_of)
    )
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in rows}


def plan(amount: float, period: str = "2026-06-01", **of: str) -> Row:
    return {"period": period, "amount": amount, **of}


def daily(amount: float, *, first: date = date(2026, 6, 1), days: int = 15, **more: Any) -> list[Row]:
    return [sold("anna", first + timedelta(days=n), amount, **more) for n in range(days)]


def test_who_is_behind_for_what_has_passed_and_falls_is_found_with_the_forecast(engine):
    lines = [
        *daily(10, store_id="S1", product_id="TEA"), *daily(6, store_id="S2", product_id="CUP"),
        *daily(0.5, store_id="S2", product_id="TEA", is_return=True),
    ]  # fmt: skip
    plans = [
        plan(300, store_id="S1"), plan(300, store_id="S2"), plan(400), plan(190, product_id="CUP"),
        plan(300, store_id="S1", product_id="CUP"), plan(9999, "2026-05-01", store_id="S1"),
    ]  # fmt: skip
    found = warned(engine, progress(engine, plans, lines))
    told = {who: (row["subject_kind"], row["severity"], row["at_stake"]) for who, row in found.items()}
    assert told == {
        "store:S2": ("store", "high", 105), "product:CUP store:S1": ("several", "high", 300),
    }  # fmt: skip
    evidence = found["store:S2"]["evidence"]
    assert (evidence["actual"], evidence["expected"], evidence["forecast"]) == (97.5, 150.0, 195.0)


def test_a_plan_of_a_customer_a_person_or_a_region_counts_their_sales_alone(duckdb):
    lines = [*daily(2, region="York", staff_id="ann"), *daily(8, region="Kent", staff_id="bob")]
    plans = [
        plan(300, record_id="a"), plan(300, region="York"), plan(100, region="Kent"),
        plan(300, staff_id="ann"), plan(100, staff_id="bob"), plan(300, record_id="gone"),
    ]  # fmt: skip
    rows = duckdb.rows(progress(duckdb, plans, lines, anna="a"), "subject", "actual")
    assert {row["subject"]: row["actual"] for row in rows} == {
        "anna": 150, "region:York": 30, "region:Kent": 120, "staff:ann": 30, "staff:bob": 120,
    }  # fmt: skip


def test_what_is_usual_by_a_day_is_read_off_the_same_month_of_earlier_years(duckdb):
    past = [*daily(1, first=date(2025, 6, 1)), *daily(3, first=date(2025, 6, 16))]
    [row] = duckdb.rows(progress(duckdb, [plan(300)], [*past, *daily(6)]))
    assert (row["elapsed"], row["expected"], row["forecast"], row["last_year"]) == (0.25, 75, 360, 60)
    [straight] = duckdb.rows(progress(duckdb, [plan(300)], [*past[:4], *daily(6)]))
    assert straight["elapsed"] == 0.5


def test_who_catches_up_is_not_warned_of_and_who_was_found_stays_until_they_have(duckdb):
    slow_then_fast = [*daily(1, days=8), *daily(16, first=date(2026, 6, 9), days=7)]
    table = progress(duckdb, [plan(300)], slow_then_fast)
    assert warned(duckdb, table) == {}
    before = [{"rule": "sales_progress", "subject": "company", "since": "2026-06-08"}]
    assert warned(duckdb, table, before=before)["company"]["since"] == date(2026, 6, 8)
    last_month = [{**before[0], "since": "2026-05-30"}]
    assert warned(duckdb, table, before=last_month) == {}
    made_up = progress(duckdb, [plan(300)], [*slow_then_fast, sold("anna", "2026-06-15", 25)])
    assert warned(duckdb, made_up, before=before) == {}


def test_a_few_large_sales_prove_nothing_until_the_month_is_over(duckdb):
    lines = [sold("anna", day, 60) for day in ("2026-06-01", "2026-06-11")]
    assert warned(duckdb, progress(duckdb, [plan(300)], lines)) == {}
    end = date(2026, 6, 30)
    assert set(warned(duckdb, progress(duckdb, [plan(300)], lines, as_of=end), as_of=end)) == {"company"}


def test_of_a_plan_that_landed_twice_the_newer_counts_and_parts_of_several_sources_add_up(duckdb):
    plans = [
        plan(100) | {"received_at": "2026-01-01"}, plan(200) | {"received_at": "2026-02-01"},
        plan(50) | {"source": "other"},
    ]  # fmt: skip
    [row] = duckdb.rows(progress(duckdb, plans, daily(1)))
    assert row["plan"] == 250


def test_an_alert_was_right_where_its_month_ended_below_the_plan(engine):
    def month(subject: str, first: str, planned: float | None, actual: float | None) -> Row:
        kind = "several" if " " in subject else subject.partition(":")[0]
        row = {"kind": "plans", "subject_kind": kind, "subject": subject, "month": first}
        return row | {"planned": planned, "actual": actual, "last_year": None}

    months = [
        month("store:S1", "2026-05-01", 100, 99.5), month("store:S2", "2026-05-01", 100, 100),
        month("store:S3", "2026-05-01", 100, None), month("store:S4", "2026-05-01", None, 7),
        month("store:S1", "2026-06-01", 100, 10), month("store:S5 product:TEA", "2026-05-01", 100, None),
        month("store:S2", "2026-05-01", 300, 100) | {"kind": "budgets"},
    ]  # fmt: skip
    opened = [
        ("store:S1", "2026-05-20"), ("store:S2", "2026-05-20"), ("store:S3", "2026-05-02"),
        ("store:S4", "2026-05-20"), ("store:S1", "2026-06-10"), ("store:S5 product:TEA", "2026-05-31"),
    ]  # fmt: skip
    openings = engine.of(
        ibis.schema({"subject": "string", "opened": "date"}),
        [{"subject": who, "opened": date.fromisoformat(day)} for who, day in opened],
    )
    table = engine.derived(planned_months, months)
    found = engine.rows(ended_below(openings, table, until=date(2026, 6, 29)))
    right = {(row["subject"], f"{row['opened']}"): row["right"] for row in found}
    assert right == dict(zip(opened, (True, False, True, None, None, None), strict=True))
    later = engine.rows(ended_below(openings, table, until=date(2026, 6, 30)))
    assert [row["right"] for row in later if row["opened"] == date(2026, 6, 10)] == [True]
