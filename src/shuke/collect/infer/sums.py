"""Sums: does what the rows come to show whether a figure is a share of the price, or an amount of money?

2 × 100.00, discount 0.15, amount 170.00     a share: 200 less 15 % of it
2 × 100.00, discount 0.15, amount 199.85     an amount
"""

from collections.abc import Mapping
from typing import Literal

import ibis
import ibis.expr.types as ir

from shuke.collect.mapping import Reading
from shuke.collect.values import numbers
from shuke.collect.values.folding import folded

#: A share (0.15), one in hundredths (15), what remains to be paid (0.85), or an amount of money.
Figure = Literal["share", "percent", "paid", "amount"]

#: Of the rows that can tell, so many must agree; the others are rounded or mended by hand.
_MOST = 0.95
#: What rounding does to a sum.
_CENT = 0.011
#: A rate without its sign is short, and a company has few of them.
_LIKE_A_RATE, _RATES = r"^\d{1,2}(?:[.,]\d)?$", 3

_WHOLE = ("order_items.amount", "orders.total", "order_items.price")


def shown(rows: ir.Table, readings: Mapping[str, Reading], header: str, *, tax: bool) -> Figure | None:
    """What the figures of a discount or a tax must be for the lines to come to what they say; None where
    nothing tells, or several would do."""
    told = {target: one for one, reading in readings.items() for target in reading.to}
    full, whole = _full(rows, readings, told), _of(rows, readings, told, "order_items.amount")
    figure = _figure(rows, readings, header)
    if whole is None:
        return None
    if full is not None and (found := _by_sum(rows, full, figure, whole, tax=tax)):
        return found
    return "amount" if tax and _grows(rows, figure, whole) else None


def is_like_rates(rows: ir.Table, readings: Mapping[str, Reading], header: str) -> bool:
    """Whether a few short numbers stand beside many sums: a tax of 20 on each of them is hardly money."""
    told = {target: one for one, reading in readings.items() for target in reading.to}
    base = next((told[target] for target in _WHOLE if target in told), None)
    if base is None:
        return False
    text = folded(rows[header])
    said = text.re_search("[1-9]").fill_null(False)
    counted = rows.agg(
        all=(text.re_search(_LIKE_A_RATE) | ~said).fill_null(True).all(),
        rates=text.nunique(where=said),
        sums=rows[base].nunique(where=said),
    )
    found = counted.to_pyarrow().to_pylist()[0]
    return bool(found["all"]) and 0 < int(found["rates"] or 0) <= _RATES and found["sums"] > found["rates"]


def _by_sum(rows: ir.Table, full: ir.Value, figure: ir.Value, whole: ir.Value, *, tax: bool) -> Figure | None:
    # Named before they are counted: what an expression holds four times over is written and planned so often.
    read = rows.select(full=full, figure=figure, whole=whole)
    told = read.filter((read.figure != 0) & read.full.notnull() & read.whole.notnull())
    sign = 1 if tax else -1
    sums: dict[Figure, ir.Value] = {
        "share": told.full * (1 + sign * told.figure),
        "percent": told.full * (1 + sign * told.figure / 100),
        "amount": told.full + sign * told.figure,
    }
    if not tax:
        sums["paid"] = told.full * told.figure
    fits = {name: ((value - told.whole).abs() <= _CENT).sum() for name, value in sums.items()}
    counted = told.agg(rows=told.count(), **fits).to_pyarrow().to_pylist()[0]
    enough = _MOST * int(counted["rows"] or 0)
    able = [name for name in sums if enough and int(counted[name] or 0) >= enough]
    return able[0] if len(able) == 1 else None


def _grows(rows: ir.Table, figure: ir.Value, whole: ir.Value) -> bool:
    """Whether a tax is more on dearer lines, in one proportion: that of an amount."""
    pairs = rows.select(figure=figure, whole=whole).filter(lambda t: (t.figure != 0) & t.whole.notnull())
    rate = pairs.figure.sum() / pairs.whole.sum()
    near = pairs.mutate(rate=rate.over(ibis.window())).mutate(
        near=lambda t: (t.figure - t.whole * t.rate).abs() <= _CENT
    )
    counted = near.agg(rows=near.count(), near=near.near.sum(), figures=near.figure.nunique())
    found = counted.to_pyarrow().to_pylist()[0]
    return int(found["figures"]) > 1 and int(found["near"] or 0) >= _MOST * int(found["rows"])


def _full(rows: ir.Table, readings: Mapping[str, Reading], told: Mapping[str, str]) -> ir.Value | None:
    price = _of(rows, readings, told, "order_items.price")
    quantity = _of(rows, readings, told, "order_items.quantity")
    return price if quantity is None or price is None else price * quantity


def _of(
    rows: ir.Table, readings: Mapping[str, Reading], told: Mapping[str, str], target: str
) -> ir.Value | None:
    return _figure(rows, readings, told[target]) if target in told else None


def _figure(rows: ir.Table, readings: Mapping[str, Reading], header: str) -> ir.Value:
    return numbers.exact(rows[header], readings[header].decimal).cast("float64")
