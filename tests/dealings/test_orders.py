from datetime import date
from decimal import Decimal
from typing import Any

from shuke.dealings.orders import orders
from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, at


def line(number: str, line_id: str, quantity: int, amount: Any, **further: Any) -> Row:
    told = {
        "order_id": f"till:{number}",
        "source": "till",
        "order_no": number,
        "line_id": line_id,
        "kind": "goods",
    }
    day = {"ordered_at": "2026-03-01T10:00", "day": "2026-03-01", "month": "2026-03-01"}
    return {**told, **day, "quantity": quantity, "amount": amount, "is_return": quantity < 0, **further}


def test_an_order_sums_its_lines_and_takes_the_rest_from_its_first(engine):
    lines = [
        line("1", "b", 2, 20, customer_id="bert", ordered_at="2026-03-01T10:05", store_id="S1"),
        line("1", "a", 1, 5, customer_id="anna", city="Leeds"),
        line("1", "c", -1, -10, customer_id="bert", ordered_at="2026-03-01T10:09", city="York"),
        line("2", "d", -1, -10),
        line("2", "e", 1, 3, kind="shipping"),
        line("3", "f", -1, -3, kind="fee"),
        line("4", "g", 1, 0, kind="void"),
        line("", "h", 1, 7, order_id=None),
    ]
    found = {
        row["order_no"]: row for row in engine.rows(engine.made(orders, engine.derived(purchases, lines)))
    }
    assert set(found) == {"1", "2", "3", "4"}
    assert {number: row["kind"] for number, row in found.items()} == {
        "1": "sale", "2": "return", "3": "adjustment", "4": "void"
    }  # fmt: skip
    first = found["1"]
    assert [first[n] for n in ("lines", "quantity", "amount")] == [3, Decimal(2), Decimal(15)]
    assert [first[n] for n in ("customer_id", "store_id", "city", "region")] == ["anna", "S1", "Leeds", None]
    assert (first["ordered_at"], first["day"]) == (at("2026-03-01T10:00"), date(2026, 3, 1))
