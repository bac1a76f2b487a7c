"""Where is more spent than the budget holds, or than sales carry?"""

import json
from datetime import date, timedelta
from typing import Any

from shuke.alerts.expense import expense
from shuke.alerts.spending import spending
from shuke.dealings.expense_items import expense_items
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 15)
JUNE = date(2026, 6, 1)


def spent(
    desk: Tables, expenses: list[Row], budgets: list[Row], lines: list[Row] | None = None, **whose: str
) -> Any:
    rates = [{"currency": "EUR", "day": "2026-01-01", "rate": 8}]
    who, told = desk.identities(**whose), {"as_of": AS_OF, "currency": "CNY"}
    landed = desk.landed("expenses", expenses), desk.landed("exchange_rates", rates)
    items = desk.made(expense_items, *landed, who, **told)
    return desk.made(
        spending, items, desk.landed("budgets", budgets), written(desk, lines or []), who, **told
    )  # fmt: skip


def warned(desk: Tables, table: Any, before: list[Row] | None = None) -> dict[str, Row]:
    rows = desk.rows(desk.made(expense, table, desk.derived(expense, before or []), as_of=AS_OF))
    return {row["subject"]: row | {"evidence": json.loads(row["evidence"])} for row in rows}


def costs(
    amount: float, centre: str = "ads", *, first: date = JUNE, days: int = 15, step: int = 1, **more: Any
) -> list[Row]:
    whose = {"cost_centre": centre, **more}
    return [{"at": first + timedelta(days=n), "amount": amount, **whose} for n in range(0, days, step)]


def budget(amount: float, centre: str | None = "ads", **more: str) -> Row:
    return {"period": "2026-06-01", "cost_centre": centre, "amount": amount, **more}


def test_what_is_spent_beyond_the_budget_or_will_be_is_found(engine):
    table = spent(
        engine,
        [*costs(10), *costs(30, "fairs"), *costs(10, "calm"), *costs(9, "abroad", currency="EUR")],
        [budget(200), budget(400, "fairs"), budget(320, "calm"), budget(2000, "abroad")],
    )  # fmt: skip
    found = warned(engine, table)
    assert {who: (row["severity"], row["at_stake"]) for who, row in found.items()} == {
        "cost_centre:ads": ("medium", 90), "cost_centre:fairs": ("high", 470),
    }  # fmt: skip
    assert found["cost_centre:ads"]["evidence"]["projected"] == 290.0


def test_one_large_item_is_no_pace_and_few_items_prove_nothing(duckdb):
    rent = [{"at": "2026-06-01", "amount": 5000, "cost_centre": "shop"}]
    table = spent(duckdb, [*rent, *costs(1, "shop"), *costs(40, days=2)], [budget(5040, "shop"), budget(100)])
    assert warned(duckdb, table) == {}


def test_budgets_of_campaigns_and_customers_count_theirs(duckdb):
    table = spent(
        duckdb, [*costs(5, campaign_id="K1", record_id="a"), *costs(5, campaign_id="K2")],
        [budget(50, None, campaign_id="K1"), budget(60, None, record_id="a"), budget(500)], anna="a",
    )  # fmt: skip
    rows = {row["subject"]: row["spent"] for row in duckdb.rows(table) if row["budget"] is not None}
    assert rows == {"campaign:K1": 75, "anna": 75, "cost_centre:ads": 150}
    assert {who: row["subject_kind"] for who, row in warned(duckdb, table).items()} == {
        "campaign:K1": "campaign", "anna": "customer"
    }  # fmt: skip


BEFORE, RECENT = date(2025, 12, 18), date(2026, 3, 18)


def test_spending_that_climbs_faster_than_sales_is_found_and_a_large_item_is_none(duckdb):
    lines = [sold("anna", BEFORE + timedelta(days=n), 10 if n < 91 else 12) for n in range(180)]
    told = [
        *costs(10, first=BEFORE, days=88), *costs(18, first=RECENT, days=88),
        *costs(10, "calm", first=BEFORE, days=88), *costs(12, "calm", first=RECENT, days=88),
        *costs(10, "shop", first=BEFORE, days=88), *costs(10, "shop", first=RECENT, days=88),
        {"at": "2026-05-02", "amount": 9000, "cost_centre": "shop"},
        *costs(1, "small", first=BEFORE, days=20, step=5), *costs(9, "small", first=RECENT, days=20, step=5),
    ]  # fmt: skip
    found = warned(duckdb, spent(duckdb, told, [], lines))
    assert set(found) == {"cost_centre:ads"}
    evidence = found["cost_centre:ads"]["evidence"]
    assert (evidence["growth_percent"], evidence["sales_percent"]) == (80, 22)


def test_what_was_found_stays_while_the_month_is_to_end_above_the_budget(duckdb):
    table = spent(duckdb, costs(10), [budget(280)])
    before = [{"rule": "expense", "subject": "cost_centre:ads", "since": "2026-06-05"}]
    assert warned(duckdb, table) == {}
    assert warned(duckdb, table, before)["cost_centre:ads"]["since"] == date(2026, 6, 5)
    assert warned(duckdb, spent(duckdb, costs(10), [budget(300)]), before) == {}
