"""Goods sold: which products and which categories lie in each basket, and in whose?"""

from datetime import date

import ibis
import ibis.expr.types as ir

PRODUCT, CATEGORY = "product", "category"


def goods_sold(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """Lines of goods sold up to and on `as_of`; a product without a code goes by its name.

    `basket` is the order, or what a known customer bought on a day where lines have no order number.
    """
    sold = purchases.filter((purchases.kind == "goods") & ~purchases.is_return & (purchases.day <= as_of))
    return sold.mutate(
        product_id=ibis.coalesce(sold.product_id, sold.product_name),
        basket=ibis.coalesce(sold.order_id, sold.customer_id + " " + sold.day.cast(str)),
    )


def by_level(sold: ir.Table, *keys: str) -> ir.Table:
    """The lines twice: as `item` once the product and once the category, with `level` and `name`."""
    products = sold.filter(sold.product_id.notnull()).select(
        *keys,
        level=ibis.literal(PRODUCT),
        item="product_id",
        name=ibis.coalesce(sold.product_name, sold.product_id),
    )
    categories = sold.filter(sold.category.notnull()).select(
        *keys, level=ibis.literal(CATEGORY), item="category", name="category"
    )
    return products.union(categories)
