from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shuke.dealings.orders import orders
from shuke.dealings.purchases import purchases
from shuke.dealings.statuses import dictionary
from tests.dealings.test_purchases import LANDED
from tests.engine_fixtures import Row, Tables

SAID = {
    "completed": (
        "paid", "Shipped", "交易成功", "买家已付款，等待卖家发货", "待发货", "没有申请退款",
        "退款关闭", "Refund declined",
        "Return requested",
        "退款中", "Awaiting fulfillment", "unfulfilled", "versendet", "livré", "entregado",
        "bezahlt", "支付成功", "已存入零钱", "未取消", "TRADE_SUCCESS", "発送済み",
    ),
    "refunded": (
        "refunded", "Refunded ", "退款成功", "已退款", "已全额退款",
        "已退貨", "erstattet", "remboursé", "reembolsado",
        "estornado", "返金済み", "charged back", "Returned",
    ),
    "partially_refunded": (
        "partially refunded", "Partial_Refund", "部分退款", "已退款(￥3.50)",
        "teilweise erstattet",
        "partiellement remboursé", "parcialmente reembolsado",
    ),
    "cancelled": (
        "cancelled", "Canceled", "Cancelled by customer", "交易关闭", "已取消", "voided",
        "作废",
        "storniert", "annulé",
        "cancelado", "anulada", "キャンセル", "expired",
    ),
    "failed": ("declined", "Payment failed", "unsuccessful", "支付失败", "abgelehnt", "refusé", "rechazado"),
    "draft": ("draft", "Draft order", "草稿", "entwurf", "brouillon"),
    "pending": (
        "unpaid", "pending payment", "on-hold", "待付款", "等待买家付款",
        "未支付", "ausstehend", "impayé", "no pagado",
        "WAIT_BUYER_PAY",
    ),
}  # fmt: skip
UNKNOWN = ("closed", "open", "net 30", "B", "7")


def test_a_status_means_one_thing_however_it_is_worded(engine: Tables) -> None:
    said = [{"status": word} for words in (*SAID.values(), UNKNOWN) for word in words]
    landed = engine.landed("orders", said)
    read = {row["word"]: row["state"] for row in engine.rows(dictionary(landed.status))}
    assert read == {word: state for state, words in SAID.items() for word in words} | dict.fromkeys(UNKNOWN)


def _made(desk: Tables, **rows: list[Row]) -> Any:
    landed = [desk.landed(name, rows.get(name)) for name in LANDED]
    made = desk.made(purchases, *landed, desk.identities(anna="1"), currency="GBP", zone="Europe/London")
    return desk.engine.checkpoint(made)


def _line(key: str, quantity: Any = 1, amount: Any = 50, **told: Any) -> Row:
    line = {"key": key, "order_no": key, "product_id": "P1", "quantity": quantity, "amount": amount}
    return {"ordered_at": "2026-01-05T10:00", "record_id": "1", **line, **told}


def test_nothing_that_is_no_sale_is_one_and_what_goes_back_brings_no_money(engine: Tables) -> None:
    states = {
        "refunded": "refunded",
        "by us": "Cancelled by customer",
        "back cn": "退款成功",
        "no": "declined",
    }
    landed: dict[str, list[Row]] = {
        "order_items": [
            _line("sale"), _line("free", 1, 0), _line("amount", 1, -50), _line("both", -1, -50),
            _line("pieces", -1, 50), _line("none", 0, -50), _line("priced", -2, None, price=25),
            *(_line(key) for key in states), _line("own", status="draft"), _line("sent", status="pending"),
            _line("says so", direction="back"), _line("elsewhere", direction="none"),
            _line("code", 1, -5, product_name="Discount"),
        ],
        "orders": [{"order_no": key, "status": said} for key, said in states.items()]
        + [{"order_no": "sent", "status": "paid"}],
    }  # fmt: skip
    made = engine.rows(_made(engine, **landed))
    told = {row["line_id"]: (row["kind"], row["is_return"], row["quantity"], row["amount"]) for row in made}
    back, void = ("goods", True), ("void", False)
    assert told == {
        key: (*kind, Decimal(pieces), Decimal(amount))
        for key, (kind, pieces, amount) in {
            "sale": (("goods", False), 1, 50), "free": (("goods", False), 1, 0), "amount": (back, -1, -50),
            "both": (back, -1, -50), "pieces": (back, -1, -50), "none": (back, 0, -50),
            "priced": (back, -2, -50), "refunded": (void, 1, 0), "by us": (void, 1, 0),
            "back cn": (void, 1, 0), "no": (void, 1, 0), "own": (void, 1, 0),
            "sent": (("goods", False), 1, 50), "says so": (back, -1, -50), "elsewhere": (void, 1, 0),
            "code": (("adjustment", False), 1, -5),
        }.items()
    }  # fmt: skip


def test_what_was_paid_back_of_an_order_is_a_return_on_its_day_and_all_of_it_leaves_no_sale(
    engine: Tables,
) -> None:
    landed: dict[str, list[Row]] = {
        "order_items": [
            _line("a1", order_no="A"), _line("a2", order_no="A", amount=30),
            _line("b1", order_no="B", refunded="12.50", refunded_at="2026-02-03T10:00"),
            _line("c1", order_no="C", refunded=50), _line("d1", order_no="D"), _line("e1", order_no="E"),
            _line("f1", order_no="F", status="部分退款"), _line("g1", order_no="G"),
        ],
        "orders": [
            {"order_no": "A", "refunded": -20, "refunded_at": "2026-03-01T10:00", "status": "refunded"},
            {"order_no": "D", "refunded": 55}, {"order_no": "E", "refunded": 0},
            {"order_no": "G", "status": "已退款(￥8.00)"},
            {"order_no": "H", "key": "bare", "total": 40, "refunded": 15, "ordered_at": "2026-01-05T10:00"},
        ],
    }  # fmt: skip
    made = _made(engine, **landed)
    told = {
        row["line_id"]: (row["kind"], row["is_return"], row["amount"], row["day"])
        for row in engine.rows(made)
    }
    sold, day = ("goods", False), date(2026, 1, 5)
    back = ("goods", True)
    assert told == {
        "a1": (*sold, 50, day), "a2": (*sold, 30, day), "till:A.refunded": (*back, -20, date(2026, 3, 1)),
        "b1": (*sold, 50, day), "b1.refunded": (*back, Decimal("-12.5"), date(2026, 2, 3)),
        "c1": ("void", False, 0, day), "d1": ("void", False, 0, day), "e1": (*sold, 50, day),
        "f1": (*sold, None, day), "g1": (*sold, 50, day), "till:G.refunded": (*back, -8, day),
        "bare": (*sold, 40, day), "till:H.refunded": (*back, -15, day),
    }  # fmt: skip
    kinds = {row["order_no"]: row["kind"] for row in engine.rows(engine.made(orders, made))}
    assert kinds == dict.fromkeys("ABEFGH", "sale") | {"C": "void", "D": "void"}


@pytest.mark.parametrize("status", ["refunded", "退款成功"])
def test_a_credit_note_is_not_taken_off_twice(engine: Tables, status: str) -> None:
    landed: dict[str, list[Row]] = {
        "order_items": [
            _line("sold", order_no="1"), _line("note", -1, -50, order_no="2", returns_order_no="1"),
            _line("within", order_no="3"), _line("within back", -1, -50, order_no="3"),
            _line("alone", -1, -50, order_no="4"),
        ],
        "orders": [{"order_no": n, "status": status} for n in "1234"],
    }  # fmt: skip
    made = engine.rows(_made(engine, **landed))
    amounts = {row["line_id"]: row["amount"] for row in made}
    assert amounts == {"sold": 50, "note": -50, "within": 0, "within back": 0, "alone": -50}


def test_a_return_that_names_its_order_is_of_that_orders_customer_and_shop(engine: Tables) -> None:
    back = {"direction": "back", "returns_order_no": "1", "record_id": None}
    landed: dict[str, list[Row]] = {
        "order_items": [_line("sold", order_no="1"), _line("back", 1, 20, order_no="R1", **back)],
        "orders": [
            {"order_no": "1", "record_id": "1", "store_id": "north", "ordered_at": "2026-01-05T10:00"},
            {"order_no": "R1", **back},
        ],
    }
    made = {row["line_id"]: row for row in engine.rows(_made(engine, **landed))}
    told = {n: made["back"][n] for n in ("customer_id", "store_id", "amount", "original_line")}
    expected = {"customer_id": made["sold"]["customer_id"], "store_id": "north", "amount": -20}
    assert told == {**expected, "original_line": "sold"}
    assert told["customer_id"] is not None


def test_a_sale_of_which_nobody_knows_how_much_was_paid_back_is_worth_nobody_knows_what(
    engine: Tables,
) -> None:
    landed: dict[str, list[Row]] = {
        "order_items": [
            _line("part", order_no="A", status="partially refunded"),
            _line("rest", order_no="A", status="paid"),
            _line("all 1", order_no="B"), _line("all 2", order_no="B"),
            _line("named", order_no="C", refunded=20), _line("other", order_no="C"),
            _line("sold", order_no="D"), _line("sent back", -1, order_no="D"),
            _line("answered", order_no="E"), _line("note", -1, order_no="F", returns_order_no="E"),
            _line("alone", order_no=None, status="部分退款"),
        ],
        "orders": [{"order_no": n, "status": "partially refunded"} for n in "BCDE"],
    }  # fmt: skip
    made = engine.rows(_made(engine, **landed))
    assert {row["line_id"] for row in made if row["amount"] is None} == {"part", "all 1", "all 2", "alone"}
    assert {row["amount"] for row in made if row["line_id"] in ("rest", "named", "sold", "answered")} == {50}
