"""What was spent on whom, does it add up to the ledger, and what stands beside it?"""

from datetime import date
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.alerts.planned_months import planned_months
from shuke.analyses.campaign_results import campaign_results
from shuke.analyses.expenses import BY, COMPANY, NONE, beside_budgets, expenses, spent_and_brought
from shuke.analyses.profit_entries import LINES, profit_entries
from shuke.dealings.expense_items import ACTIVITIES, expense_items
from shuke.dealings.receivable_entries import receivable_entries
from shuke.languages import Language, speaking
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 15)
WHO = {"anna": "A", "bert": "B"}
TOLD = {"as_of": AS_OF, "currency": "CNY"}


def items(desk: Tables, rows: list[Row]) -> ir.Table:
    landed = desk.landed("expenses", rows)
    return desk.made(expense_items, landed, desk.landed("exchange_rates"), desk.identities(**WHO), **TOLD)


def analysed(desk: Tables, costs: list[Row], lines: list[Row] | None = None, **landed: Any) -> ir.Table:
    spent, who = items(desk, costs), desk.identities(**WHO)
    bought = written(desk, lines or [])
    planned = desk.made(
        planned_months, desk.landed("plans"), desk.landed("budgets", landed.get("budgets")), spent, bought,
        desk.landed("order_items", landed.get("order_items")), desk.landed("orders"), who, **TOLD,
    )  # fmt: skip
    results = desk.derived(campaign_results, landed.get("results", []))
    campaigns, staff = (desk.landed(name, landed.get(name)) for name in ("campaigns", "staff"))
    return desk.made(expenses, spent, planned, bought, results, campaigns, staff, as_of=AS_OF)


def by_subject(desk: Tables, table: ir.Table) -> dict[tuple[str, str], Row]:
    return {(row["kind"], row["subject"]): row for row in desk.rows(table)}


def spent(amount: Any, day: str | date = "2026-06-01", **of: Any) -> Row:
    return {"at": day, "amount": amount, **of}


def test_what_is_spent_stands_beside_its_budget_and_what_it_brought(engine):
    costs = [
        spent(300, cost_centre="Sales", staff_id="S1"), spent(100, "2026-05-31", cost_centre="Sales"),
        spent(40, "2025-07-01", cost_centre="Sales"), spent(7, "2025-06-30", cost_centre="Sales"),
        spent(5, "2025-06-15", cost_centre="Sales"), spent(50, campaign_id="spring"),
        spent(20, record_id="A"),
        spent(9, currency="ZAR", cost_centre="Sales"), spent(1000, "2026-06-16", cost_centre="Sales"),
    ]  # fmt: skip
    lines = [
        sold("anna", "2026-06-01", 90, order_id="till:1"), sold("anna", "2026-06-02", -30, order_id="till:1"),
        sold(None, "2025-07-01", 40), sold("anna", "2025-06-30", 999),
        sold("anna", "2026-06-02", 5, kind="shipping"),
    ]  # fmt: skip
    table = analysed(
        engine, costs, lines,
        budgets=[{"period": "2026-06-01", "amount": 400, "cost_centre": "Sales"},
                 {"period": "2026-05-01", "amount": 80, "cost_centre": "Sales"},
                 {"period": "2026-05-01", "amount": 60, "campaign_id": "autumn"},
                 {"period": "2025-05-01", "amount": 9999, "cost_centre": "Sales"}],
        campaigns=[{"campaign_id": "spring", "name": "Spring", "cost": 500, "starts": "2026-06-01"},
                   {"campaign_id": "may", "cost": 6, "starts": "2026-05-01"}],
        results=[{"source": "till", "campaign_id": "spring", "metric": metric, "total": 120.0,
                  "total_low": 20.0, "total_high": 220.0} for metric in ("revenue", "margin")],
        order_items=[{"key": "0000", "staff_id": "S1"}, {"key": "0002", "staff_id": "S1"}],
        staff=[{"staff_id": "S1", "department": "Sales"}],
    )  # fmt: skip
    found = by_subject(engine, table)
    sales = found["cost_centre", "Sales"]
    assert (sales["spent"], sales["items"], sales["unconverted"], sales["last_year"]) == (440, 3, 1, 5)
    # Half of June has passed: 200 of its 400, and the 80 of May; July 2025 had no budget.
    assert (sales["budget"], sales["spent_of_budget"], sales["over"]) == (280, 400, 120)
    assert (sales["sales"], sales["known_by"]) == (130, "department")
    spring = found["campaign", "spring"]
    assert (spring["spent"], spring["sales"], spring["sales_low"], spring["known_by"]) == (
        50,
        120,
        20,
        "lift",
    )
    assert (spring["campaign_name"], spring["per_spent"]) == ("Spring", 2.4)
    assert (found["campaign", "may"]["spent"], found["campaign", "autumn"]["budget"]) == (6, 60)
    anna = found["customer", "anna"]
    assert (anna["spent"], anna["sales"], anna["customer_id"], anna["known_by"]) == (20, 60, "anna", "bought")
    assert (found["staff", "S1"]["spent"], found["staff", "S1"]["sales"]) == (300, 130)
    company = found[COMPANY, COMPANY]
    assert (company["spent"], company["sales"], company["last_year"]) == (516, 100, 5)
    assert found["customer", NONE]["customer_id"] is None
    assert found["staff", NONE]["spent"] == 516 - 300


_COSTS = st.builds(
    spent,
    st.decimals(-10_000, 10_000, places=4), st.dates(date(2025, 5, 1), AS_OF),
    record_id=st.sampled_from(["A", "B", "nobody", None]), campaign_id=st.sampled_from(["spring", None]),
    cost_centre=st.sampled_from(["Rent", "Adverts", None]), staff_id=st.sampled_from(["S1", None]),
)  # fmt: skip


@settings(max_examples=25)
@given(costs=st.lists(_COSTS, max_size=15), own=st.none() | st.decimals(0, 999, places=4))
def test_each_way_to_tell_expenses_apart_adds_up_to_the_ledger_to_the_last_digit(
    duckdb_engine, tmp_path_factory, costs, own
):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("costs"))
    campaigns = [{"campaign_id": "may", "cost": own, "starts": "2026-05-01"}]
    rows = desk.rows(analysed(desk, costs, campaigns=campaigns))
    ledger = sum((c["amount"] for c in costs if c["at"] >= date(2025, 7, 1)), own or Decimal(0))
    for kind in (*BY, COMPANY):
        assert sum(row["spent"] for row in rows if row["kind"] == kind) == ledger
    who = desk.identities(**WHO)
    calls, touches, coupons, products = (
        desk.landed(name) for name in ("interactions", "touches", "coupons", "products")
    )
    owed = desk.derived(receivable_entries, [])
    days = (AS_OF - date(2025, 7, 1)).days + 1
    entries = desk.made(
        profit_entries, written(desk, []), products, items(desk, costs), desk.landed("campaigns", campaigns),
        touches, coupons, calls, owed, who, zone="UTC", days=days, **TOLD,
    )  # fmt: skip
    assert ACTIVITIES.keys() < LINES.keys()
    assert -sum(row["amount"] for row in desk.rows(entries)) == ledger


def told(table: ir.Table) -> Any:
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        with speaking(language):
            beside_budgets(table).to_dict()
    return spent_and_brought(table, currency="CNY")


def test_the_sentence_says_who_spends_beyond_their_budget(duckdb):
    assert told(analysed(duckdb, [])).en.startswith("Nothing was spent in these months")
    rent = spent(300, cost_centre="Rent")
    assert told(analysed(duckdb, [rent])).en.endswith("no department has a budget to hold it against.")
    budget = {"period": "2026-06-01", "cost_centre": "Rent", "amount": 400}
    assert told(analysed(duckdb, [rent], budgets=[budget])).en == (
        "CN¥300 was spent; above budget: 1 of 1 departments, Rent most, by CN¥100."
    )
    assert told(analysed(duckdb, [rent], budgets=[budget | {"amount": 900}])).zh == (
        "共支出 ¥300；1 个部门均未超预算。"
    )
