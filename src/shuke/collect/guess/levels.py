"""Levels: does an amount on a line belong to the line, or to its order?

An export of lines repeats what belongs to the order on each of its lines, or writes it on the first alone.
An amount that differs between the lines of an order is the line's.
"""

from collections.abc import Container, Mapping
from dataclasses import replace

import ibis.expr.types as ir

from shuke.collect.mapping import FURTHER, Reading
from shuke.collect.values.folding import blank
from shuke.languages import Text

#: What an order's amount is called on a line.
_ON_A_LINE = {
    "orders.total": "order_items.amount",
    "orders.discount": "order_items.discount",
    "orders.tax": "order_items.tax",
    "orders.refunded": "order_items.refunded",
}

#: What is said of a line, where it turns out to be said of its order.
_OF_AN_ORDER = {on_a_line: of_an_order for of_an_order, on_a_line in _ON_A_LINE.items()} | {
    "order_items.discount_rate": "orders.discount_rate",
    "order_items.tax_rate": "orders.tax_rate",
    "order_items.price": FURTHER,
    "order_items.cost": FURTHER,
    "order_items.quantity": FURTHER,
}

#: In how large a part of the orders with several lines an amount may differ by mistake.
_MISTAKES = 0.05


def of_the_order(target: str) -> str:
    """What a column says that tells of an order and not of one of its lines, where it might say this."""
    return _OF_AN_ORDER.get(target, target)


def of_the_line(target: str) -> str:
    """What a column that might say it of an order says where no order has a number."""
    return _ON_A_LINE.get(target, target)


def levelled(rows: ir.Table, readings: Mapping[str, Reading], whole: Container[str]) -> dict[str, Reading]:
    """The readings of a file of order lines, with each amount on the level that its values show.

    The columns in `whole` tell of orders, whatever their values show.
    """
    told = {target: header for header, reading in readings.items() for target in reading.to}
    order = told.get("orders.order_no")
    doubtful = {a: b for a, b in _ON_A_LINE.items() if a in told and b not in told and told[a] not in whole}
    if not doubtful:
        return dict(readings)
    alone = "order_items.price" not in told  # nothing else says what the line is worth
    moved = {
        told[a]: (a, b)
        for a, b in doubtful.items()
        if order is None or _differs(rows, told[a], order, alone=alone and a == "orders.total")
    }
    return {
        header: _moved(reading, *moved[header]) if header in moved else reading
        for header, reading in readings.items()
    }


def _differs(rows: ir.Table, amount: str, order: str, *, alone: bool) -> bool:
    """Whether an amount differs between the lines of an order; where no order has several lines, whether it
    is `alone` in saying what a line is worth."""
    said = rows.filter(~blank(rows[amount]) & ~blank(rows[order]))
    orders = said.group_by(order).agg(lines=said.count(), amounts=said[amount].nunique())
    several = orders.filter(orders.lines > 1)
    counted = (
        several.agg(orders=several.count(), differ=(several.amounts > 1).sum()).to_pyarrow().to_pylist()[0]
    )
    if not counted["orders"]:
        return alone
    return bool((counted["differ"] or 0) > _MISTAKES * counted["orders"])


def _moved(reading: Reading, at_order: str, at_line: str) -> Reading:
    return replace(
        reading,
        to=tuple(at_line if target == at_order else target for target in reading.to),
        why=Text("differs between the lines of an order", "同一订单各行的值不同"),
    )
