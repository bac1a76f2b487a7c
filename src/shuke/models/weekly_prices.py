"""Weekly prices: what was asked, paid and sold of each product in each week?

Expressions over purchases, down to the sums that a line is fitted from.
"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

#: What is known of a product's week, in logarithms but for the discount: the first is the price, the last
#: the quantity.
VARIABLES = ("paid", "discount", "listed", "market", "sold")


def weekly_prices(purchases: ir.Table, until: date) -> ir.Table:
    """One row per product and whole week up to `until` with a sale.

    `pieces` sold; of its lines the means of `paid` and `listed`, logarithms of what a piece cost with and
    without its discount, and of `discount` as a share of the full price; `market` is the logarithm of the
    pieces of all other goods that week (at least one).
    """
    sold = _sold(purchases, until)
    amount, pieces = sold.amount.cast("float64"), sold.quantity.cast("float64")
    full = amount + ibis.greatest(sold.discount.fill_null(0).cast("float64"), 0.0)
    lines = sold.mutate(paid=(amount / pieces).ln(), listed=(full / pieces).ln(), discount=1 - amount / full)
    weekly = lines.group_by("item", "week").agg(
        name=lines.product_name.max(), category=lines.category.max(), pieces=lines.quantity.sum(),
        paid=lines.paid.mean(), listed=lines.listed.mean(), discount=lines.discount.mean(),
    )  # fmt: skip
    others = weekly.pieces.sum().over(ibis.window(group_by="week")) - weekly.pieces
    return weekly.mutate(market=ibis.greatest(others.cast("float64"), 1.0).ln())


def panel(weeks: ir.Table, purchases: ir.Table, motives: ir.Table, *, as_of: date, split: date) -> ir.Table:
    """The variables of each product's weeks: of all buyers (segment '') and of those of each motive.

    The prices are those of all buyers, so that what a segment pays is no part of its own response.
    """
    sold = _sold(purchases, as_of).inner_join(motives.select("customer_id", "motive"), "customer_id")
    parts = sold.group_by(segment=sold.motive, item=sold.item, week=sold.week).agg(bought=sold.quantity.sum())
    shared = ("item", "week", "paid", "discount", "listed", "market")
    whole = weeks.select(*shared, segment=ibis.literal(""), bought=weeks.pieces)
    split_up = parts.inner_join(weeks, ["item", "week"]).select(*shared, "segment", "bought")
    both = whole.union(split_up)
    return both.mutate(sold=both.bought.cast("float64").ln(), later=both.week > split)


def sums(panel: ir.Table) -> ir.Table:
    """By segment, product, and before or after the split: n, and the sums of each variable and each two."""
    products = {
        f"{a}_{b}": (panel[a] * panel[b]).sum() for i, a in enumerate(VARIABLES) for b in VARIABLES[i:]
    }
    each = {name: panel[name].sum() for name in VARIABLES}
    return panel.group_by("segment", "item", "later").agg(n=panel.count(), **each, **products)


def _sold(purchases: ir.Table, until: date) -> ir.Table:
    """Lines of goods sold for money, in whole weeks."""
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.quantity > 0))
    paid = goods.filter((goods.amount > 0) & (goods.day <= until))
    dated = paid.mutate(week=paid.day.truncate("W"), item=ibis.coalesce(paid.product_id, paid.product_name))
    return dated.filter(dated.item.notnull() & (dated.week <= until - timedelta(days=6)))
