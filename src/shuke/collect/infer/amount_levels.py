"""Amount levels: does an amount on a line belong to the line, or to its order?

An export of lines repeats what belongs to the order on each of its lines, or writes it on the first alone.
An amount that differs between the lines of an order is the line's.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

import ibis
import ibis.expr.types as ir

from shuke.collect import mapping
from shuke.collect.infer.ambiguities import Ambiguity, Answer
from shuke.collect.infer.evidence import Shapes
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

#: What a line comes to, and how many orders must show that it is what the order does.
_LINE, _FEW = "order_items.amount", 3

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


def repeated(
    rows: ir.Table, readings: Mapping[str, Reading], seen: Mapping[str, Shapes], free: Container[str]
) -> tuple[dict[str, Reading], list[Ambiguity]]:
    """The readings of a file of order lines in which an amount that is the same on every line of an order,
    where what else is counted differs, is the order's; asked where there are few such orders. Beside another
    total of the order, such as that with its postage, it is that of its goods, and says nothing of a line."""
    told = {target: header for header, reading in readings.items() for target in reading.to}
    order, amount = told.get("orders.order_no"), told.get(_LINE)
    if order is None or amount is None or amount not in free:
        return dict(readings), []
    others = [h for h, shapes in seen.items() if h not in (order, amount) and shapes.mostly("number")]
    alike, different = _several(rows, order, amount, others)
    if not alike or different > _MISTAKES * alike:
        return dict(readings), []
    moved = replace(
        _moved(readings[amount], _LINE, FURTHER if "orders.total" in told else "orders.total"),
        why=Text("the same on each line of an order", "同一订单各行相同"),
    )
    if alike >= _FEW:
        return dict(readings) | {amount: moved}, []
    return dict(readings), [_whose(amount, readings[amount], moved)]


def _several(rows: ir.Table, order: str, amount: str, others: Sequence[str]) -> tuple[int, int]:
    """Of the orders with several lines, of which something else is different: of how many the amount is the
    same on each line, and of how many not."""
    said = rows.filter(~blank(rows[amount]) & ~blank(rows[order]))
    counted = said.group_by(order).agg(
        lines=said.count(),
        amounts=said[amount].nunique(),
        **{f"o{n}": said[h].nunique() for n, h in enumerate(others)},
    )
    several = counted.filter(counted.lines > 1)
    differ = ibis.or_(*(several[f"o{n}"] > 1 for n in range(len(others)))) if others else ibis.literal(False)
    told = several.filter(differ)
    found = (
        told.agg(alike=(told.amounts == 1).sum(), different=(told.amounts > 1).sum())
        .to_pyarrow()
        .to_pylist()[0]
    )
    return int(found["alike"] or 0), int(found["different"] or 0)


def _whose(header: str, line: Reading, order: Reading) -> Ambiguity:
    question = Text(
        "The same stands on each line of an order. Is it what the whole order comes to, or each line?",
        "同一订单各行的值相同。是整单金额，还是每行各有的金额？",
    )
    ways = ((Text("of the whole order", "整单金额"), order), (Text("of each line", "每行金额"), line))
    return Ambiguity(
        header,
        question,
        tuple(Answer(says, replace(r, sure=True), mapping.line(header, r)) for says, r in ways),
    )


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
