"""Purchases written down in a line each, and invented ones."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import ibis.expr.types as ir
from hypothesis import strategies as st

from shuke.dealings.purchases import purchases
from tests.engine_fixtures import Row, Tables

FIRST = date(2025, 1, 1)


def sold(customer: str | None, day: str | date | None, amount: Any, **further: Any) -> Row:
    """A line of goods; one of a negative amount is a return."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return {
        "customer_id": customer, "day": when, "month": when and when.replace(day=1), "amount": amount,
        "stated_amount": amount, "quantity": -1 if amount and Decimal(str(amount)) < 0 else 1,
        "kind": "goods", "is_return": bool(amount and Decimal(str(amount)) < 0), **further,
    }  # fmt: skip


def written(desk: Tables, rows: list[Row]) -> ir.Table:
    """The purchases, numbered as they stand."""
    return desk.derived(purchases, [{"line_id": f"{n:04}", **row} for n, row in enumerate(rows)])


#: Any purchases of a few customers over some three months, with and without order numbers.
PURCHASES = st.lists(
    st.builds(
        lambda who, days, pence, order, kind: sold(
            who,
            None if days is None else FIRST + timedelta(days=days),
            None if pence is None else Decimal(pence) / 100,
            order_id=order,
            kind=kind,
        ),
        st.sampled_from(["anna", "bert", "cleo", "dora", None]),
        st.none() | st.integers(0, 100),
        st.none() | st.integers(-2000, 5000),
        st.none() | st.sampled_from(["1", "2", "3", "4"]),
        st.sampled_from(["goods", "goods", "goods", "shipping", "void"]),
    ),
    max_size=30,
)
