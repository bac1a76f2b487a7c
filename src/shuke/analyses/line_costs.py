"""Line costs: what did the goods on each order line cost the company, and what was left of it?"""

import ibis
import ibis.expr.types as ir

from shuke.stats import rounded
from shuke.tables import Type

MONEY = Type.MONEY.ibis


def costed(lines: ir.Table, products: ir.Table) -> ir.Table:
    """The lines with `line_cost`: their own cost, or that of their product's pieces; null where neither is
    known.

    What comes back takes its cost back. A line's own cost stands in the line's currency and is converted at
    the rate at which its amount was; a product's stands in the project's.
    """
    each = products.group_by("product_id").agg(each=products.cost.max())
    told = lines.left_join(each, "product_id", rname="costed_{name}")
    stated, amount = told.stated_amount.cast("float64").nullif(0.0), told.amount.cast("float64")
    abroad = rounded(told.cost.abs().cast("float64") * amount / stated, 4).cast(MONEY)
    same = (told.stated_amount.isnull() | (told.stated_amount == told.amount)).fill_null(True)
    back = told.quantity < 0
    own = ibis.ifelse(same, told.cost.abs(), abroad)
    signed = ibis.ifelse(back, -own, own)
    pieces = (told.each.cast("decimal(19, 4)") * told.quantity.cast("decimal(19, 4)")).cast(MONEY)
    return told.select(*lines.columns, line_cost=ibis.coalesce(signed, pieces).cast(MONEY))


def earned(purchases: ir.Table, products: ir.Table) -> ir.Table:
    """What each line of a known customer brought: `amount`, and `margin` where its cost is known.

    `order` is the order of a sale of goods, or its day where it has no number; of other lines null.
    """
    lines = purchases.filter(purchases.customer_id.notnull() & (purchases.kind != "void"))
    told = costed(lines, products)
    sale = (told.kind == "goods") & ~told.is_return
    order = ibis.ifelse(sale, ibis.coalesce(told.order_id, told.day.cast(str)), ibis.null(str))
    margin = (told.amount - told.line_cost).cast(MONEY)
    return told.select("customer_id", "day", order=order, amount=told.amount, margin=margin)
