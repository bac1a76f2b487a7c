"""Peers: which customers were alike as a period began, by when, how often and for how much they had bought?

`contact_effect` and `crm_effect` compare within the cells that are told here.
"""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.types as ir

#: Days since the last purchase, and days with a purchase in a year, up to which customers are alike.
_RECENCIES, _FREQUENCIES = (30, 90, 180, 365), (0, 1, 2, 3, 5, 8, 12)

CELL = ("recency", "frequency", "fifth")


def peers(days: ir.Table, calendar: ir.Table, **outcomes: Any) -> ir.Table:
    """Each customer who had bought before a period of `calendar` began, with the cell of those alike.

    `days` has one row per `customer_id` and `day` with what was `spent`, `calendar` one per period: its first
    day `starts`, and what else is asked of it; or one per period and `customer_id`, where not everybody is
    looked at in every period. A row of `days` beside a period has its `age` in days before
    the period, from which `outcomes` are aggregated. Alike are customers of one `recency` (days since the
    last purchase: to 30, 90, 180, 365 or more), `frequency` (days with a purchase in the year before: 0, 1,
    2, 3, to 5, 8, 12, more) and `fifth` by what was spent in it, of equals by their ids.
    """
    by_customer = "customer_id" in calendar.columns
    seen = days.inner_join(calendar, "customer_id") if by_customer else days.cross_join(calendar)
    aged = seen.mutate(age=seen.starts.delta(seen.day, unit="day"))
    year = aged.age.between(1, 365)
    keys = dict.fromkeys([*calendar.columns, "customer_id"])
    known = aged.group_by(*keys).agg(
        last=aged.age.min(where=aged.age > 0), times=year.sum(),
        spent=aged.spent.sum(where=year).fill_null(0), **{n: of(aged) for n, of in outcomes.items()},
    )  # fmt: skip
    there = known.filter(known["last"].notnull())
    by_spending = ibis.window(group_by="starts", order_by=[there.spent, there.customer_id])
    whole = there.count().over(ibis.window(group_by="starts"))
    return there.mutate(
        recency=ibis.cases(*((there["last"] <= n, n) for n in _RECENCIES), else_=999),
        frequency=ibis.cases(*((there.times <= n, n) for n in _FREQUENCIES), else_=99),
        fifth=ibis.row_number().over(by_spending) * 5 // whole,
    )
