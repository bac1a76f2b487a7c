"""Product to be replaced: who should be buying anew what they bought before?"""

import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("A product is to be replaced", "商品应更换"),
    about=Text(
        "What they bought has come to the end of its usual life; of one category where that is named.",
        "所购商品已到通常的更换时间；可限定类别。"),
)  # fmt: skip
def product_to_be_replaced(replacements: ir.Table, *, category: str = "") -> ir.Table:
    """One occasion for each product and the day on which it was last bought."""
    rows = _products(replacements, category)
    due = rows.filter(rows.status.isin(["due", "overdue"]))
    return due.select("customer_id", "occasion", day=due.earliest_on)


@product_to_be_replaced.still
def _still(replacements: ir.Table, *, category: str = "") -> ir.Table:
    rows = _products(replacements, category)
    return rows.filter(rows.status.isin(["due", "overdue"])).select("customer_id", "occasion")


def _products(replacements: ir.Table, category: str) -> ir.Table:
    rows = replacements.filter(replacements.level == "product")
    chosen = rows.filter(rows.category == category) if category else rows
    return chosen.mutate(occasion=chosen["item"] + ":" + chosen.last_day.cast("string"))
