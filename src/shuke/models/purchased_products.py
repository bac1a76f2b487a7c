"""Purchased products: which products has each customer bought, and which of them may be offered to anyone?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.lazy import pd

#: What is bought within so many days is popular now.
SEASON = 60

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


def repeated(pairs: ir.Table, *, as_of: date) -> ir.Table:
    """Each product's `buyers`, those `lately`, the day it was `last` sold, and who bought it `again`.

    `lately` are those of the last 60 days. `again` is the share of buyers who bought it on a second day, or
    zero where too few have bought it to tell, or too few bought it again.
    """
    back = (pairs.last > pairs.first).sum()
    season = (pairs.last > as_of - timedelta(days=SEASON)).sum()
    sold = pairs.group_by("product_id").agg(
        buyers=pairs.count(), lately=season, back=back, last=pairs.last.max()
    )
    share = sold.back / sold.buyers
    often = (sold.buyers >= FEWEST) & (share >= AGAIN)
    return sold.select("product_id", "buyers", "lately", "last", again=ibis.ifelse(often, share, 0.0))


def assortment(purchases: ir.Table, pairs: ir.Table, listed: ir.Table, *, as_of: date) -> pd.DataFrame:
    """Every product that was bought, as `pairs` tell, most bought first, with what is known of it.

    `product_id`, `product_name`, `category`, `buyers`, `lately` (those of the season), `again`, `on_sale`.
    Not on sale is what the list of products says is withdrawn or not launched yet, and what nobody has
    bought for a year.
    """
    sold = repeated(pairs, as_of=as_of).left_join(names(purchases), "product_id")
    gone = listed.filter((listed.withdrawn_on <= as_of) | (listed.launched > as_of)).select("product_id")
    known = sold.drop("product_id_right").to_pandas()
    stale = pd.Timestamp(as_of) - pd.to_datetime(known["last"]) >= pd.Timedelta(days=UNSOLD)
    told = known.assign(on_sale=~stale & ~known.product_id.isin(gone.to_pandas().product_id))
    return told.sort_values(["buyers", "product_id"], ascending=[False, True], ignore_index=True)


def is_suppressed(product: str, category: str, suppressed: tuple[str, ...]) -> bool:
    """Whether a product is one of those that a company wants nobody to be offered, or in such a category."""
    return any(
        unwanted in (product, category) or category.startswith(unwanted + " > ") for unwanted in suppressed
    )
