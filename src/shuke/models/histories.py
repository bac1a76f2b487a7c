"""Histories: how often has each customer bought, since when, how lately, and for how much?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.lazy import pd
from shuke.models.likelihood import Floats, total


@dataclass(frozen=True)
class PurchaseHistories:
    """Customers alike in all that a model of buying looks at, with how many they are.

    `frequency` counts the repeat purchases; `recency` is the time from the first to the last, 0 where
    there was but one; `age` from the first until now.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    customers: Floats

    @property
    def size(self) -> float:
        return float(self.customers.sum())

    @property
    def repeaters(self) -> float:
        return float(self.customers[self.frequency > 0].sum())

    @property
    def mean_gap(self) -> float:
        """Between two purchases of those who came back; 1 where nobody did."""
        times = total(self.customers, self.frequency)
        return total(self.customers, self.recency) / times if times else 1.0

    def coarser(self, span: float) -> PurchaseHistories:
        """Those within one `span` of recency and of age taken together, at their means."""
        steps = np.stack([self.frequency, self.recency // span, self.age // span], axis=1)
        _, first, which = np.unique(steps, axis=0, return_index=True, return_inverse=True)
        counts = np.bincount(which, weights=self.customers).astype(np.float64)
        recency, age = (
            np.bincount(which, weights=self.customers * times) / counts for times in (self.recency, self.age)
        )
        return PurchaseHistories(self.frequency[first], recency, age, counts)


def buying_days(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """One row per known customer and day with goods sold or returned: `sold`, and the net `amount`."""
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & (purchases.day <= as_of)
    )
    return goods.group_by("customer_id", "day").agg(
        sold=(~goods.is_return).any(), amount=goods.amount.sum().fill_null(0)
    )


def histories(purchases: ir.Table, *, as_of: date, cut: date) -> ir.Table:
    """One row per known customer to whom goods were sold by `as_of`.

    `first_day` and `last_day`, the `days` on which they bought, and what was `spent` net of returns, on all
    days and `again`, after the first; `days_then` and `last_then` know the earlier `cut` alone.
    """
    days = buying_days(purchases, as_of=as_of)
    then = days.sold & (days.day <= cut)
    figures = days.group_by("customer_id").agg(
        first_day=days.day.min(where=days.sold),
        last_day=days.day.max(where=days.sold),
        days=days.sold.sum(),
        spent=days.amount.sum(),
        first_spent=days.amount.argmin(days.day, where=days.sold),
        days_then=then.sum(),
        last_then=days.day.max(where=then),
    )
    again = figures.spent - figures.first_spent
    return figures.filter(figures.days > 0).mutate(again=again).drop("first_spent")


def binned(seen: ir.Table, *, last: str, days: str, until: date, grain: int) -> ir.Table:
    """Histories with `frequency`, and with `recency` and `age` in whole spans of `grain` days."""
    return seen.mutate(
        frequency=seen[days] - 1,
        recency=seen[last].delta(seen.first_day, unit="day") // grain,
        age=ibis.literal(until).delta(seen.first_day, unit="day") // grain,
    )


def grouped(frame: pd.DataFrame, *, grain: int) -> PurchaseHistories:
    """The groups of counted bins, each in the middle of its spans; in days."""
    middle = (grain - 1) / 2
    x, recency, age = (frame[name].to_numpy(np.float64) for name in ("frequency", "recency", "age"))
    return PurchaseHistories(
        x, np.where(x > 0, recency * grain + middle, 0.0), age * grain + middle,
        frame.customers.to_numpy(np.float64),
    )  # fmt: skip


def grain(customers: int) -> int:
    """How many days count as one when so many customers are grouped.

    By weeks the groups stay some ten thousands however many customers there are, and the likelihood of a
    million loses less than one.
    """
    return 1 if customers <= 3_000 else 7
