"""Worth: what did each customer spend in a year?"""

from datetime import date, timedelta

import ibis.expr.types as ir


def in_year(purchases: ir.Table, as_of: date) -> ir.Table:
    """`customer_id` and `spent`: goods less returns, in the year before a day and on it."""
    goods = purchases.filter((purchases.kind == "goods") & purchases.customer_id.notnull())
    year = goods.filter(goods.day.between(as_of - timedelta(days=364), as_of))
    return year.group_by("customer_id").agg(spent=year.amount.sum())
