"""Bought: which products has each customer bought, and which of them may be offered to anyone?"""

from datetime import date

import ibis
import ibis.expr.types as ir

#: A product that nobody has bought for so many days is out of range, whatever the list says.
UNSOLD = 365

#: What people buy again and again: so many of its buyers have, and it has so many buyers at least.
AGAIN = 0.3
FEWEST = 10


def bought(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """One row per customer and product: the `first` and the `last` day on which it was bought.

    Goods sold to known customers up to and on `as_of`; a product without a code goes by its name.
    """
    sold = purchases.filter(
        purchases.customer_id.notnull()
        & (purchases.kind == "goods")
        & ~purchases.is_return
        & (purchases.day <= as_of)
    )
    named = sold.mutate(product_id=ibis.coalesce(sold.product_id, sold.product_name))
    known = named.filter(named.product_id.notnull())
    return known.group_by("customer_id", "product_id").agg(first=known.day.min(), last=known.day.max())


def names(purchases: ir.Table) -> ir.Table:
    """`product_name` and `category` of each product that was ever sold."""
    keyed = purchases.mutate(product_id=ibis.coalesce(purchases.product_id, purchases.product_name))
    known = keyed.filter(keyed.product_id.notnull())
    return known.group_by("product_id").agg(
        product_name=ibis.coalesce(known.product_name.max(), known.product_id.max()),
        category=known.category.max(),
    )


def repeated(pairs: ir.Table) -> ir.Table:
    """Each product's `buyers`, the day it was `last` sold, and the share of buyers who bought it `again`.

    `again` is zero where too few have bought it to tell, or too few bought it again.
    """
    back = (pairs.last > pairs.first).sum()
    sold = pairs.group_by("product_id").agg(buyers=pairs.count(), back=back, last=pairs.last.max())
    share = sold.back / sold.buyers
    often = (sold.buyers >= FEWEST) & (share >= AGAIN)
    return sold.select("product_id", "buyers", "last", again=ibis.ifelse(often, share, 0.0))


def offered(pairs: ir.Table, products: ir.Table, *, as_of: date) -> ir.Table:
    """The products of `repeated` that are sold today.

    Left out is what the list of products says is withdrawn or not launched yet, and what nobody has
    bought for a year.
    """
    sold = repeated(pairs)
    gone = products.filter((products.withdrawn_on <= as_of) | (products.launched > as_of))
    lately = sold.filter(ibis.literal(as_of).delta(sold.last, unit="day") < UNSOLD)
    return lately.anti_join(gone, "product_id")
