from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, Tables

LANDED = ("order_items", "orders", "products", "stores", "exchange_rates")


def bought(
    desk: Tables, *, zone: str = "Asia/Shanghai", whose: str = "1", **rows: list[Row]
) -> dict[str, Row]:
    """The purchases by line id; the customer Anna holds the records `whose`."""
    landed = [desk.landed(name, rows.get(name)) for name in LANDED]
    made = desk.made(purchases, *landed, desk.identities(anna=whose), currency="CNY", zone=zone)
    return {row["line_id"]: row for row in desk.rows(made)}


def line(key: str, quantity: Any = 1, price: Any = 10, **further: Any) -> Row:
    told = {"key": key, "order_no": key, "product_id": "TEA", "quantity": quantity, "price": price}
    return {"ordered_at": "2026-03-01T04:00", "record_id": "1", **told, **further}


#: A till's lines, each named for what it shows, and what else was landed with them.
COLLECTED: Any = {
    "order_items": [
        line("sale", 3, "12.50", discount="2.50"),
        line("stated", 3, None, amount="10.00"),
        line("anonymous", record_id=None),
        line("stranger", record_id="77"),
        line("back", -2, "12.50", discount="1.00"),
        line("post", 1, 18, product_id="POST", product_name="Postage"),
        line("fee", 1, 5, product_id="X1", product_name="Bank Charges"),
        line("manual", 1, -3, product_id="m", product_name="Manual"),
        line("freight", 1, 8, product_id=None, product_name="运费"),
        line("told", 1, 8, product_id="POST", kind="goods"),
        line("closed", 4, 9, status="交易关闭"),
        line("closed order", 4, 9, order_no="O2", status="shipped"),
        line("dollars", 2, 100, currency="usd", ordered_at="2026-03-05T04:00"),
        line("no rate", 2, 100, currency="EUR"),
        line("too early", 1, 100, currency="USD", ordered_at="2026-02-01T04:00"),
        line("night", ordered_at="2026-02-28T16:00"),
        line("undated", ordered_at=None),
        line("silent", 1, None),
        line("described", order_no="O1", ordered_at=None, record_id=None, product_id="CUP"),
    ],
    "orders": [
        {"order_no": "O1", "ordered_at": "2026-03-03T04:00", "record_id": "1", "store_id": "S1",
         "channel": "web"},
        {"order_no": "O2", "status": "Cancelled", "total": 36},
        {"order_no": "O3", "key": "bare", "total": "59.90", "ordered_at": "2026-03-04T04:00",
         "record_id": "1"},
        {"order_no": "O4", "key": "bare refund", "total": "-20", "ordered_at": "2026-03-04T04:00"},
        {"order_no": "O5", "key": "no total"},
    ],
    "products": [{"product_id": "CUP", "name": "Cup, blue", "category": "Cups"}],
    "stores": [{"store_id": "S1", "country": "CN", "region": "浙江", "city": "杭州"}],
    "exchange_rates": [
        {"currency": "USD", "day": "2026-03-01", "rate": 7},
        {"currency": "usd", "day": "2026-03-04", "rate": "7.1000015"},
        {"currency": "USD", "day": "2026-03-06", "rate": 8},
    ],
}  # fmt: skip
#: amount, amount as stated, price
MONEY: dict[str, tuple[Any, Any, Any]] = {
    "sale": (35, 35, 12.5), "stated": (10, 10, "3.3333"), "anonymous": (10, 10, 10),
    "stranger": (10, 10, 10), "back": (-24, -24, 12.5), "post": (18, 18, 18), "fee": (5, 5, 5),
    "manual": (-3, -3, -3),
    "freight": (8, 8, 8), "told": (8, 8, 8), "closed": (0, 36, 9), "closed order": (0, 36, 9),
    "dollars": ("1420.0003", 200, 100), "no rate": (None, 200, 100), "too early": (None, 100, 100),
    "night": (10, 10, 10), "undated": (10, 10, 10), "silent": (None, None, None),
    "described": (10, 10, 10),
    "bare": ("59.9", "59.9", "59.9"), "bare refund": (-20, -20, 20),
}  # fmt: skip


def test_every_line_is_there_whoever_bought_it_and_whatever_it_is(engine):
    found = bought(engine, **COLLECTED)
    money = {key: (row["amount"], row["stated_amount"], row["price"]) for key, row in found.items()}
    assert money == {
        key: tuple(None if v is None else Decimal(str(v)) for v in told) for key, told in MONEY.items()
    }
    assert {key: row["kind"] for key, row in found.items() if row["kind"] != "goods"} == {
        "post": "shipping", "freight": "shipping", "fee": "fee", "manual": "adjustment", "closed": "void",
        "closed order": "void",
    }  # fmt: skip
    assert {key for key, row in found.items() if row["is_return"]} == {"back", "bare refund"}
    assert {key for key, row in found.items() if row["customer_id"] is None} == {
        "anonymous", "stranger", "bare refund"
    }  # fmt: skip
    assert (found["night"]["day"], found["night"]["month"]) == (date(2026, 3, 1), date(2026, 3, 1))
    assert (found["undated"]["day"], found["undated"]["month"]) == (None, None)
    described = found["described"]
    of_its_order = {
        "order_id": "till:O1", "day": date(2026, 3, 3), "customer_id": "anna", "store_id": "S1",
        "channel": "web",
    }  # fmt: skip
    of_its_store = {"country": "CN", "region": "浙江", "city": "杭州"}
    of_its_product = {"product_name": "Cup, blue", "category": "Cups"}
    assert described == described | of_its_order | of_its_store | of_its_product
    assert (found["dollars"]["currency"], found["sale"]["currency"]) == ("USD", "CNY")


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-02-28T15:59:59", "Asia/Shanghai", date(2026, 2, 28)),
        ("2026-02-28T16:00", "Asia/Shanghai", date(2026, 3, 1)),
        ("2026-03-01T04:59", "America/New_York", date(2026, 2, 28)),
        ("2026-07-01T03:59", "America/New_York", date(2026, 6, 30)),  # four hours behind in summer
    ],
)
def test_a_day_and_a_month_begin_at_midnight_in_the_projects_zone(duckdb, moment, zone, day):
    found = bought(duckdb, zone=zone, order_items=[line("a", ordered_at=moment)])["a"]
    assert (found["day"], found["month"]) == (day, day.replace(day=1))


SALES = [
    line("old", 2, 10, ordered_at="2026-01-01", order_no="S1"),
    line("new", 2, 10, ordered_at="2026-01-05", order_no="S2"),
    line("dear", 2, 12, ordered_at="2026-01-08", order_no="S3"),
    line("one", 1, 10, ordered_at="2026-01-09", order_no="S4"),
    line("other", 5, 10, ordered_at="2026-01-09", order_no="S5", product_id="CUP"),
    line("late", 2, 10, ordered_at="2026-03-01", order_no="S6"),
    line("void", 2, 10, ordered_at="2026-01-10", order_no="S7", status="cancelled"),
    line("hers", 2, 10, ordered_at="2026-01-10", order_no="S8", record_id="2"),
    line("nobody's", 3, 10, ordered_at="2026-01-11", order_no="S9", record_id=None),
]


def test_a_return_finds_the_line_that_it_takes_back(engine):
    returns = {
        "latest at its price": (line("", -2, 10), "new"),
        "price before date": (line("", -2, 12), "dear"),
        "latest when no price fits": (line("", -2, 11), "dear"),
        "a part of it": (line("", -1, 10), "one"),
        "more than was ever sold": (line("", -9, 10), None),
        "the order that it names": (line("", -2, 10, returns_order_no="S1"), "old"),
        "an order that nobody knows": (line("", -2, 10, returns_order_no="S99"), "new"),
        "a named order of nobody": (line("", -3, 10, returns_order_no="S9", record_id=None), "nobody's"),
        "nobody without a name": (line("", -1, 10, record_id=None), None),
        "in the order itself": (line("", -2, 12, order_no="S3"), "dear"),
    }
    back = [
        {**told, "key": why, "order_no": told["order_no"] or why, "ordered_at": "2026-02-01"}
        for why, (told, _) in returns.items()
    ]
    found = bought(engine, order_items=[*SALES, *back])
    assert {why: found[why]["original_line"] for why in returns} == {
        why: sale for why, (_, sale) in returns.items()
    }
    assert {found[row["key"]]["original_line"] for row in SALES} == {None}


def test_of_two_lines_alike_in_all_a_return_takes_the_one_of_the_lesser_id(duckdb):
    sales = [line(key, 1, 10, ordered_at="2026-01-01", order_no="S1") for key in ("b", "a", "c")]
    found = bought(duckdb, order_items=[*sales, line("back", -1, 10, ordered_at="2026-01-02")])
    assert found["back"]["original_line"] == "a"


def test_a_product_without_a_code_is_found_again_by_its_name(duckdb):
    sale = line("sale", product_id=None, product_name="Tea", ordered_at="2026-01-01")
    back = line("back", -1, product_id=None, product_name="Tea", ordered_at="2026-01-02")
    assert bought(duckdb, order_items=[sale, back])["back"]["original_line"] == "sale"


def test_two_customers_records_do_not_find_each_others_sales(duckdb):
    sale = line("sale", ordered_at="2026-01-01", record_id="2")
    back = line("back", -1, ordered_at="2026-01-02")
    assert bought(duckdb, order_items=[sale, back])["back"]["original_line"] is None
    assert bought(duckdb, order_items=[sale, back], whose="1 2")["back"]["original_line"] == "sale"


def test_a_company_says_itself_what_is_shipping(duckdb):
    landed = [
        duckdb.landed(name, [line("a", product_id="VERSAND")] if name == "order_items" else [])
        for name in LANDED
    ]
    made = duckdb.made(
        purchases, *landed, duckdb.identities(anna="1"), currency="CNY", zone="UTC", shipping=("versand",)
    )
    assert [row["kind"] for row in duckdb.rows(made)] == ["shipping"]


def test_an_orders_total_counts_once_where_no_line_says_an_amount(duckdb):
    found = bought(
        duckdb,
        order_items=[line("tea", 2, None, order_no="O1"), line("cup", 1, None, order_no="O1"),
                     line("priced", 1, 10, order_no="O2"), line("gift", 1, None, order_no="O2")],
        orders=[{"order_no": no, "key": f"all of {no}", "total": 36, "ordered_at": "2026-03-01T04:00"}
                for no in ("O1", "O2")],
    )  # fmt: skip
    told = {key: (row["quantity"], row["amount"]) for key, row in found.items()}
    assert told == {
        "tea": (2, None), "cup": (1, None), "all of O1": (0, 36), "priced": (1, 10), "gift": (1, None),
    }  # fmt: skip


def test_a_discount_may_be_a_share_of_the_price_of_the_line_or_of_all_lines_of_its_order(engine):
    found = bought(
        engine,
        order_items=[
            line("tenth", 2, "12.5", discount_rate="0.1"),
            line("back", -2, "12.5", discount_rate="0.1", discount=1),
            line("of the order", 1, 40, order_no="O1"),
            line("its own", 1, 40, order_no="O1", discount_rate="0.5"),
            line("stated", 1, 40, order_no="O1", amount=40),
        ],
        orders=[{"order_no": "O1", "discount_rate": "0.25"}],
    )
    told = {
        "tenth": ("22.5", "2.5"),
        "back": ("-21.5", "-3.5"),
        "of the order": (30, 10),
        "its own": (20, 20),
    }
    for name, (amount, discount) in told.items():
        assert (found[name]["amount"], found[name]["discount"]) == (
            Decimal(str(amount)),
            Decimal(str(discount)),
        ), name
    assert found["stated"]["amount"] == 40
