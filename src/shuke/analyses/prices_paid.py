"""Prices paid: who takes what is reduced, more often than it is on offer, and who takes the dear things?

Pure functions of order lines; `motives` reads a customer's prices through them.
"""

import ibis
import ibis.expr.types as ir

from shuke.tables.derived import Checkpoint

#: Lines of the average offer that are added to a day and a category with few lines.
FEW = 20
#: Lines bought as everybody buys them that are added to each customer's own.
OWN = 2


def discount_dependence(sold: ir.Table, *, checkpoint: Checkpoint, well_below: float = 0.9) -> ir.Table:
    """How much more often a customer buys at a reduced price than what was on offer would make them.

    One row per customer of `sold`, lines of goods shaped as purchases: `lines`, `reduced` of them at a
    reduced price, `expected` so many if they took reductions as they came, `dependence` = (reduced + 2) /
    (expected + 2), which is 1 for the average and stays near it for who has bought little. See `marked`.
    """
    lines = marked(sold, checkpoint=checkpoint, well_below=well_below)
    figures = lines.group_by("customer_id").agg(
        lines=lines.count(), reduced=lines.reduced.sum(), expected=lines.offered.sum()
    )
    return figures.mutate(dependence=(figures.reduced + OWN) / (figures.expected + OWN))


def marked(sold: ir.Table, *, checkpoint: Checkpoint, well_below: float = 0.9) -> ir.Table:
    """Each line with how its price stands: `reduced`, `offered`, `band`.

    `reduced` is 1 for a line with a discount, or whose price paid is below `well_below` of its product's
    usual one, the median. `offered` is how often lines of that day and of that category are reduced: the
    product of the two rates over that of all lines, each rate with 20 average lines added; at most 1.
    `band` is where the product's usual price stands among all lines of its category, from 0, the
    cheapest, to 1, the dearest; ½ in a category of one price, and where no category is known.
    """
    lines = sold.select(
        "customer_id", "day", category=sold.category.fill_null(""), discount=sold.discount.fill_null(0),
        item=ibis.coalesce(sold.product_id, sold.product_name, ""),
        paid=sold.amount.cast("float64") / sold.quantity.cast("float64").nullif(0),
    )  # fmt: skip
    bands = _bands(lines, checkpoint=checkpoint)
    joined = lines.left_join(bands, "item")
    low = (joined.discount > 0) | (joined.paid < well_below * joined.usual).fill_null(False)
    told = checkpoint(
        joined.select("customer_id", "day", "category", "item", "band", reduced=low.cast("int64"))
    )
    overall = told.aggregate(rate=told.reduced.mean().fill_null(0.0))
    days, categories = (_rates(told, overall, by) for by in ("day", "category"))
    placed = told.left_join(days, "day").left_join(categories, "category").cross_join(overall)
    usual = (placed.by_day * placed.by_category / placed.rate.nullif(0)).fill_null(0.0)
    return placed.select("customer_id", "category", "item", "band", "reduced", offered=ibis.least(usual, 1.0))


def _bands(lines: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Per item its usual price, and the middle of its ranks by that among the lines of its category."""
    items = checkpoint(
        lines.group_by("item").agg(
            category=lines.category.max(), lines=lines.count(), usual=lines.paid.median()
        )
    )
    within = {"group_by": "category", "following": 0}
    cheaper = items.lines.sum().over(ibis.range_window(order_by=items.usual, **within))
    dearer = items.lines.sum().over(ibis.range_window(order_by=items.usual.desc(), **within))
    every = items.lines.sum().over(ibis.window(group_by="category"))
    known = (items.category != "") & items.usual.notnull()
    return items.select(
        "item", "usual", band=ibis.ifelse(known, 0.5 + (cheaper - dearer) / (2.0 * every), 0.5)
    )


def _rates(lines: ir.Table, overall: ir.Table, by: str) -> ir.Table:
    counted = lines.group_by(by).agg(reduced=lines.reduced.sum(), lines=lines.count()).cross_join(overall)
    rate = (counted.reduced + FEW * counted.rate) / (counted.lines + FEW)
    return counted.select(by, **{f"by_{by}": rate})
