"""Launches: which products are new, since when, and who has tried and taken them again?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.lazy import pd

#: What is first sold this soon after the first sale of all may have been on sale long before.
UNSEEN = timedelta(days=90)


def sold(purchases: ir.Table, as_of: date) -> ir.Table:
    """Lines of goods sold to customers who are known."""
    known = purchases.filter(purchases.customer_id.notnull() & (purchases.kind == "goods"))
    return known.filter(~known.is_return & (known.day <= as_of) & known.product_id.notnull())


def launches(
    goods: ir.Table, products: ir.Table, *, as_of: date, max_products: int, earlier: int
) -> pd.DataFrame:
    """The `most` tried products of the last twelve months, and the `earlier` latest before these.

    `product_id`, `product_name`, `launched`, `is_new`. A product is launched on the day that is stated of it,
    else on its first sale, where that is 90 days or more after the first sale of all.
    """
    began = goods.group_by("product_id").agg(
        first=goods.day.min(), product_name=goods.product_name.max(), triers=goods.customer_id.nunique()
    )
    stated = products.filter(products.launched.notnull()).select("product_id", "launched")
    frame = began.left_join(stated, "product_id").drop("product_id_right").to_pandas()
    if frame.empty:
        return frame.assign(is_new=False)
    first, told = pd.to_datetime(frame["first"]), pd.to_datetime(frame.launched)
    opened = first.min()
    launched = told.where(told.notna(), first.where(first >= opened + UNSEEN))
    seen = frame.assign(launched=launched, product_name=frame.product_name.fillna(frame.product_id))
    seen = seen[(launched >= opened) & (launched <= pd.Timestamp(as_of))]
    is_new = seen.launched > pd.Timestamp(as_of) - pd.DateOffset(months=12)
    new = seen[is_new].sort_values(["triers", "product_id"], ascending=[False, True]).head(max_products)
    old = seen[~is_new].sort_values(["launched", "product_id"], ascending=[False, True]).head(earlier)
    both = pd.concat([new.assign(is_new=True), old.assign(is_new=False)], ignore_index=True)
    return both[["product_id", "product_name", "launched", "is_new"]]


def steps(goods: ir.Table, launched: pd.DataFrame) -> ir.Table:
    """One row per customer and launched product: the day of the first purchase, and of the next, if any."""
    schema = {"product_id": "string", "launched": "date"}
    days = launched.assign(launched=pd.to_datetime(launched.launched).dt.date)[list(schema)]
    chosen = goods.inner_join(ibis.memtable(days, schema=schema), "product_id")
    daily = chosen.select("customer_id", "product_id", "launched", "day").distinct()
    order = ibis.window(group_by=["customer_id", "product_id"], order_by="day")
    nth = daily.mutate(nth=ibis.row_number().over(order))
    return nth.group_by("customer_id", "product_id", "launched").agg(
        first=nth.day.min(), second=nth.day.min(where=nth.nth == 1)
    )
