"""Crosstab: which columns of a sheet hold one figure of each day, parted by store, by product or the like?

Date  | North | South        Date  | store | amount
5 Jan |   100 |    80        5 Jan | North |    100
                             5 Jan | South |     80

Nothing about a heading such as `North` says what it names, so that is asked; where nothing else in a row is a
figure, and each row has a day, the columns that nobody knows are the figures of that day.
"""

from collections.abc import Sequence

from shuke.collect.infer.headers import generics, meanings
from shuke.collect.shapes import months
from shuke.collect.shapes.sample import (
    SheetSample,
    figure,
    is_amount,
    is_moment,
    is_order,
    is_somebody,
    meant,
)
from shuke.collect.shapes.shape import Melt
from shuke.collect.shapes.wide import belonging, described_by, period, unit, unmeasured, valued, year_column
from shuke.collect.sheets import Sheet
from shuke.collect.values import currency_words

#: Fewer columns part nothing.
_FEWEST = 2
#: How many of the cells of a figure are figures.
_NUMBERS = 0.8
#: In how many of the rows a sum comes to what it sums.
_ADDED = 0.9
_CENT = 0.005
#: What a heading means that may stand over a figure all the same: a shop called Shop, drinks called Drinks.
_DIMENSIONS = {"stores.store_id", "products.name", "products.category", "orders.channel", "orders.payment"}


def recognise(look: SheetSample, sheet: Sheet) -> tuple[Melt, bool] | None:
    """The parts of a figure, and whether it is sure that they are amounts; None where a sheet has none."""
    days = when(look)
    figures = [c for c in range(len(look.columns)) if c not in days and _is_figure(look, c)]
    columns = [c for c in figures if _is_part(look.columns[c])]
    sums = [c for c in figures if c not in columns]
    if not days or len(columns) < _FEWEST or any(not adds_up(look, c, columns) for c in sums):
        return None
    rest = [n for c, n in enumerate(look.columns) if c not in (*days, *figures)]
    ordered = any(map(is_order, rest))
    if any(map(is_amount, rest)) or (any(map(is_somebody, rest)) and not sums and not ordered):
        return None
    names = tuple(look.columns[c] for c in columns)
    if unit(names) is None and any(map(currency_words.in_header, names)):
        return None  # each in a currency of its own
    told = described_by(sheet, look.columns)
    value, sure = valued(look, names, told)
    named = tuple(look.columns[c] for c in sums)
    return Melt(names, "store", value, None, named, belonging(told) or "order_items"), sure


def parts(look: SheetSample) -> list[int]:
    """The columns of figures of which nothing else is known."""
    return [c for c, name in enumerate(look.columns) if _is_figure(look, c) and _is_part(name)]


def when(look: SheetSample) -> list[int]:
    """The columns that say on which day, or in which month, the figures of a row were."""
    days = [c for c, name in enumerate(look.columns) if is_moment(name) and look.mostly(c, "date")]
    return days or [c for c in range(len(look.columns)) if months.is_of_months(look, c)]


def _is_figure(look: SheetSample, column: int) -> bool:
    """Whether a column holds numbers that are no codes."""
    name = look.columns[column]
    coded = (
        is_order(name)
        or name == year_column(look)
        or any(target.split(".")[0] == "identifiers" for target in meant(name))
    )
    return look.mostly(column, "number", share=_NUMBERS) and not coded and not _is_number_of(name)


def _is_number_of(name: str) -> bool:
    """Whether a heading is that of a code: of a customer, a product or an employee."""
    coded = {"people.record_id", "products.product_id", "staff.staff_id", "order_items.line_id"}
    return bool(meant(name) & coded) or "key" in generics(name)


def _is_part(name: str) -> bool:
    """Whether nothing is known of a column but that it holds figures."""
    bare = unmeasured(name)
    known = {meaning.target for meaning in meanings(bare)} - _DIMENSIONS
    return bool(bare) and not known and not generics(bare) and period(bare) is None


def adds_up(look: SheetSample, column: int, parts: Sequence[int]) -> bool:
    """Whether a column is the sum of the parts."""
    told = [
        (figure(look.cells[column][row]), sum(figure(look.cells[c][row]) for c in parts))
        for row in range(look.height)
        if look.filled[column][row]
    ]
    return sum(abs(whole - summed) < _CENT for whole, summed in told) >= _ADDED * len(told)
