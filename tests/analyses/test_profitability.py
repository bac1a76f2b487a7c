"""What does each customer bring and cost, and does everything add up to the ledger?"""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.types as ir
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.cost_allocation import allocated
from shuke.analyses.cost_to_serve import cost_to_serve, dearest, shares
from shuke.analyses.profit_entries import UNKNOWN, profit_entries
from shuke.analyses.profitability import TO_SERVE, profitability, whale_curve, who_costs
from shuke.analyses.rfm import rfm
from shuke.dealings.expense_items import expense_items
from shuke.dealings.receivable_entries import receivable_entries
from shuke.languages import Language, speaking
from shuke.models.lifecycle import lifecycle
from shuke.segments.membership import segment_members
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF, NOON = date(2026, 6, 30), "2026-06-30T12:00"
WHO = {"anna": "A", "bert": "B", "cleo": "C"}


def entries(desk: Tables, lines: list[Row], **landed: Any) -> ir.Table:
    who = desk.identities(**WHO)
    rates = desk.landed("exchange_rates")
    told = {"as_of": AS_OF, "currency": "CNY"}
    items = desk.made(expense_items, desk.landed("expenses", landed.get("expenses")), rates, who, **told)
    owed = desk.made(
        receivable_entries, desk.landed("invoices", landed.get("invoices")),
        desk.landed("payments", landed.get("payments")), rates, who, currency="CNY", zone="UTC",
    )  # fmt: skip
    campaigns, touches, coupons, calls = (
        desk.landed(name, landed.get(name)) for name in ("campaigns", "touches", "coupons", "interactions")
    )
    return desk.made(
        profit_entries, written(desk, lines), desk.landed("products", landed.get("products")), items,
        campaigns, touches, coupons, calls, owed, who, zone="UTC", **told,
    )  # fmt: skip


def customers(desk: Tables, lines: list[Row], **landed: Any) -> dict[str, Row]:
    made = desk.made(profitability, entries(desk, lines, **landed))
    return {row["customer_id"]: row for row in desk.rows(made)}


def spent(amount: float, centre: str | None = None, **more: Any) -> Row:
    return {"at": "2026-06-01", "amount": amount, "cost_centre": centre, **more}


def test_each_customer_bears_what_is_recorded_and_their_part_of_the_rest(engine):
    lines = [
        sold("anna", "2026-06-01", 90, order_id="1", discount=10, cost=40),
        sold("anna", "2026-06-02", -30, order_id="2", product_id="tea"),
        sold("anna", "2026-06-02", 5, order_id="2", kind="shipping"),
        sold("bert", "2026-06-03", 50, order_id="3", product_id="tea"),
        sold(None, "2026-06-03", 20, order_id="4", cost=5),
        sold("bert", "2026-06-03", 999, kind="void"), sold("bert", "2025-06-30", 999),
    ]  # fmt: skip
    found = customers(
        engine, lines, products=[{"product_id": "tea", "cost": 20}],
        expenses=[
            spent(30, "Logistics"), spent(8, "Call centre"), spent(7, "Customer service", record_id="B"),
            spent(9, None, campaign_id="spring"), spent(4, "Advertising"), spent(1000, "Rent"),
            spent(11, "Interest paid"), spent(500, "Logistics", at="2025-06-30"),
        ],
        campaigns=[{"campaign_id": "spring", "cost": 77, "starts": "2026-05-01"},
                   {"campaign_id": "may", "cost": 6, "starts": "2026-05-01"}],
        touches=[{"touch_id": str(n), "record_id": who, "campaign_id": of, "group": arm, "at": "2026-05-02"}
                 for n, (who, of, arm) in enumerate([("A", "spring", None), ("A", "spring", "treated"),
                                                     ("B", "spring", None), ("C", "spring", "control")])],
        coupons=[{"coupon_code": "c", "record_id": "B", "campaign_id": "may", "issued": "2026-05-03"}],
        interactions=[{"interaction_id": str(n), "record_id": who, "at": "2026-06-09"}
                      for n, who in enumerate("AAAB")],
        invoices=[{"invoice_no": "1", "record_id": "B", "amount": 100, "issued": "2026-06-20"}],
    )  # fmt: skip
    anna, bert = found["anna"], found["bert"]
    figures = ("sales", "discounts", "returns", "charges", "revenue", "goods", *TO_SERVE)
    # The shipped orders are 1, 3 and 4; anonymous 4 keeps its part. Anna has 2 of the 3 messages of spring.
    assert [anna[name] for name in figures] == [100, 10, 30, 5, 65, 20, 6, 8, 10, 0, 0]
    assert [bert[name] for name in figures] == [50, 0, 0, 0, 50, 20, 9, 11, 10, 11, 0]
    assert (anna["contribution"], anna["cost_to_serve"], anna["rank"]) == (21, 24, 1)
    assert (bert["contribution"], bert["is_loss"], bert["so_far"]) == (-11, True, 10)
    assert bert["reason"] == "credit"
    assert "cleo" not in found  # held out, and bought nothing


def test_what_nobody_drove_is_shown_as_not_allocated(duckdb):
    lines = [sold("anna", "2026-06-01", 10, order_id="1"), sold(None, "2026-06-01", 10, order_id="2")]
    rows = duckdb.rows(entries(duckdb, lines, expenses=[
        spent(8, "Rent"), spent(5, "Call centre"), spent(3, None, campaign_id="silent"),
        spent(2, "Logistics"),
    ]))  # fmt: skip
    nobody = {(r["line"], r["basis"]): r["amount"] for r in rows if r["owner"] == UNKNOWN}
    assert nobody == {("other", "none"): -8, ("service", "none"): -5, ("marketing", "none"): -3,
                      ("logistics", "orders"): -1, ("sales", "recorded"): 10}  # fmt: skip


_MONEY = st.decimals(-10_000, 10_000, places=4)
_WHO = st.sampled_from(["A", "B", "C", "nobody", None])
_DAYS = st.integers(0, 30).map(lambda n: AS_OF - timedelta(days=n))
_LINES = st.builds(
    lambda who, amount, discount, cost, kind, order: sold(
        who, AS_OF, amount, discount=discount, cost=cost, kind=kind, order_id=order
    ),
    st.sampled_from(["anna", "bert", "cleo", None]), _MONEY, st.none() | st.decimals(0, 99, places=4),
    st.none() | st.decimals(0, 99, places=4), st.sampled_from(["goods", "goods", "shipping", "void"]),
    st.sampled_from(["1", "2", "3"]),
)  # fmt: skip
_EXPENSES = st.builds(
    lambda who, amount, centre, campaign: spent(amount, centre, record_id=who, campaign_id=campaign),
    _WHO, _MONEY, st.sampled_from(["Rent", "Call centre", "Freight", "Adverts", "Bad debt", None]),
    st.sampled_from(["spring", None, None]),
)  # fmt: skip


_BILLS = st.lists(st.tuples(_WHO, _MONEY, _DAYS), max_size=4)


@settings(max_examples=25)
@given(
    lines=st.lists(_LINES, max_size=12), expenses=st.lists(_EXPENSES, max_size=12),
    drivers=st.tuples(st.lists(_WHO, max_size=6), st.lists(_WHO, max_size=6), _BILLS),
)  # fmt: skip
def test_customers_and_what_is_not_allocated_add_up_to_the_ledger_to_the_last_digit(
    duckdb_engine, tmp_path_factory, lines, expenses, drivers
):
    desk, (calls, touched, bills) = Tables(duckdb_engine, tmp_path_factory.mktemp("ledger")), drivers
    table = entries(
        desk, lines, expenses=expenses, campaigns=[{"campaign_id": "may", "cost": 7, "starts": AS_OF}],
        interactions=[
            {"interaction_id": str(n), "record_id": who, "at": NOON} for n, who in enumerate(calls)
        ],
        touches=[{"touch_id": str(n), "record_id": who, "campaign_id": "spring", "at": NOON}
                 for n, who in enumerate(touched)],
        invoices=[{"invoice_no": str(n), "record_id": who, "amount": amount, "issued": day}
                  for n, (who, amount, day) in enumerate(bills)],
    )  # fmt: skip
    rows = desk.rows(table)
    counted = [line for line in lines if line["kind"] != "void"]
    cost = sum((line["cost"].copy_sign(line["quantity"]) for line in counted if line["cost"] is not None), 0)
    ledger = sum(line["amount"] for line in counted) - cost - sum(e["amount"] for e in expenses) - 7
    assert sum(row["amount"] for row in rows) == ledger
    nobody = sum(row["amount"] for row in rows if row["owner"] == UNKNOWN)
    known = desk.rows(desk.made(profitability, table))
    assert sum(row["contribution"] for row in known) + nobody == ledger
    assert all((row["reason"] is not None) == row["is_loss"] == (row["contribution"] < 0) for row in known)


@settings(max_examples=50)
@given(
    amount=st.decimals(-(10**13), 10**13, places=4),
    units=st.lists(st.integers(-3, 10**9), min_size=1, max_size=20),
)
def test_the_parts_of_a_cost_are_its_shares_and_add_up_to_it(duckdb_engine, tmp_path_factory, amount, units):
    duckdb = Tables(duckdb_engine, tmp_path_factory.mktemp("pool"))
    money = ibis.schema({"pool": "string", "amount": "decimal(18, 4)"})
    driven = ibis.schema({"pool": "string", "owner": "string", "units": "int64"})
    pools = duckdb.of(money, [{"pool": "p", "amount": amount}])
    rows = [{"pool": "p", "owner": f"{n:02}", "units": each} for n, each in enumerate(units)]
    parts = {row["owner"]: row["amount"] for row in duckdb.rows(allocated(pools, duckdb.of(driven, rows)))}
    total = sum(each for each in units if each > 0)
    assert sum(parts.values()) == (amount if total else 0)
    for row in rows:
        exact = float(amount) * row["units"] / total if row["units"] > 0 else 0.0
        assert abs(float(parts.get(row["owner"], Decimal(0))) - exact) <= 2e-4 + 1e-15 * abs(float(amount))


def test_refunds_beyond_revenue_are_a_loss_with_its_reason_and_one_customer_is_enough(duckdb):
    lines = [sold("anna", "2026-06-01", 10, cost=1), sold("anna", "2026-06-02", -30, cost=3)]
    (anna,) = customers(duckdb, lines).values()
    assert (anna["revenue"], anna["goods"], anna["contribution"]) == (-20, -2, -18)
    assert (anna["is_loss"], anna["so_far_share"], anna["margin"]) == (True, None, None)


def told(desk: Tables, lines: list[Row], **landed: Any) -> Any:
    table = desk.made(profitability, entries(desk, lines, **landed))
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        with speaking(language):
            whale_curve(table).to_dict()
    return who_costs(table, currency="CNY")


def test_the_sentence_says_who_costs_more_than_they_bring(duckdb):
    assert told(duckdb, []).en.startswith("Nobody bought anything")
    assert told(duckdb, [sold("anna", "2026-06-01", 10)]).en.startswith("No cost of goods is known")
    good = [sold("anna", "2026-06-01", 10, cost=4)]
    assert told(duckdb, good).en == "1 customers contribute CN¥6; nobody is served at a loss."
    bad = [*good, sold("bert", "2026-06-01", 10, cost=11)]
    assert told(duckdb, bad).en == (
        "1 of 2 customers (50%) are served at a loss and take CN¥1 away, most often by cost of goods; all "
        "together contribute CN¥5."
    )


def test_groups_of_customers_are_told_what_serving_them_costs(engine):
    lines = [sold("anna", "2026-06-01", 100, order_id="1", cost=10),
             sold("bert", "2026-06-02", 20, order_id="2", cost=10)]  # fmt: skip
    profits = engine.made(profitability, entries(engine, lines, expenses=[spent(30, "Freight")]))
    tiers = engine.derived(rfm, [{"customer_id": "anna", "tier": "champions"},
                                 {"customer_id": "bert", "tier": "new"}])  # fmt: skip
    standing = engine.derived(lifecycle, [{"customer_id": who, "status": "active"} for who in WHO])
    members = engine.derived(segment_members, [{"customer_id": "bert", "segment": "vip"},
                                               {"customer_id": "cleo", "segment": "vip"}])  # fmt: skip
    table = engine.made(cost_to_serve, profits, tiers, standing, members)
    rows = {(row["kind"], row["group"]): row for row in engine.rows(table)}
    assert rows["tier", "new"]["share"] == 0.75 and rows["tier", "new"]["each"] == 15
    assert (rows["status", "active"]["customers"], rows["status", "active"]["at_loss"]) == (2, 1)
    assert (rows["segment", "vip"]["customers"], rows["segment", "vip"]["cost_to_serve"]) == (1, 15)
    frame = table.to_pandas()
    with speaking("zh"):
        shares(frame).to_dict()
    assert dearest(frame).en == (
        "Serving customers of the tier “New” takes 75.0% of what they bring, of the tier “Champions” 15.0%."
    )
    assert dearest(frame.iloc[:0]).en.startswith("No cost of serving")
