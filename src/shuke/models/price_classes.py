"""Price classes: does a customer buy the cheap, the usual or the dear kind of an item?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.models.item_signals import named_items

CLASSES: dict[str, Text] = {
    "low": Text("low", "低价位"), "middle": Text("middle", "中价位"), "high": Text("high", "高价位"),
}  # fmt: skip


def classes(purchases: ir.Table, items: Sequence[str], item: str, *, as_of: date) -> ir.Table:
    """`price_class` of customers and items: a third of the prices at which the item's lines were sold.

    Of who bought it that of their lines on the average, of others that of all their lines of other items.
    One row per customer who bought anything with a price, and item of `items`.
    """
    lines = named_items(purchases, item=item, as_of=as_of)
    each = lines.mutate(each=lines.amount.cast("float64") / lines.quantity.cast("float64").nullif(0))
    sold = each.filter(each.each > 0)
    ends = sold.group_by("item").agg(low=sold.each.quantile(1 / 3), high=sold.each.quantile(2 / 3))
    placed = sold.inner_join(ends, "item")
    third = ibis.cases((placed.each <= placed.low, 0), (placed.each <= placed.high, 1), else_=2)
    graded = placed.select("customer_id", "item", third=third)
    overall = graded.group_by("customer_id").agg(all_third=graded.third.mean())
    here = graded.filter(graded["item"].isin(list(items)))
    own = here.group_by("customer_id", "item").agg(third=here.third.mean())
    asked = ibis.memtable([{"item": name} for name in items], schema={"item": "string"})
    grid = overall.cross_join(asked).left_join(own, ["customer_id", "item"])
    mean = ibis.coalesce(grid.third, grid.all_third)
    kind = ibis.cases((mean < 2 / 3, "low"), (mean <= 4 / 3, "middle"), else_="high")
    return grid.select("customer_id", "item", price_class=kind)
