"""Successions: which category do people come to only after another, more often than chance would have it?"""

from __future__ import annotations

from datetime import date
from math import erfc, sqrt

import ibis
import ibis.expr.types as ir

from shuke.lazy import pd
from shuke.tables.derived import Checkpoint

#: Categories with the most buyers; pairs of rarer ones tell nothing.
BROADEST = 100
#: Customers with both categories that a pair needs before it is tested.
ENOUGH = 30


def beginnings(goods: ir.Table, checkpoint: Checkpoint) -> ir.Table:
    """When each customer first bought of each category, and on how many days they did."""
    shelved = goods.filter(goods.category.notnull())
    return checkpoint(
        shelved.group_by("customer_id", "category").agg(
            first=shelved.day.min(), days=shelved.day.nunique().cast("float64")
        )
    )


def successions(begun: ir.Table, *, gap_days: int, lead: float, false_share: float = 0.05) -> pd.DataFrame:
    """Pairs of categories of which the one comes after the other, beyond chance and after `gap_days`.

    One row per pair: `sign`, `wanted`, `after` and `until` (quartiles of the days between the two first
    purchases), `share` (of all who bought `sign` and had not bought `wanted` before, those who did later).

    Were the order of a customer's purchases chance, the first of a days of A and b days of B would be of A
    in a / (a + b) of all orders. The number of customers who began with A is held against the sum of these
    (normal approximation, one-sided), over customers who came when both categories were on sale already,
    and of all pairs tried at most `false_share` are expected to be false (Benjamini and Hochberg 1995). Of a
    great many customers the least lead is sure: it must be `lead` times what chance would give.
    """
    owners = begun.group_by("category").agg(owners=begun.count()).to_pandas().set_index("category").owners
    if len(owners) < 2 or owners.max() < ENOUGH:
        return pd.DataFrame(columns=["sign", "wanted", "after", "until", "share"])
    pairs = _pairs(begun).to_pandas()
    tried = pairs[(pairs.first_then + pairs.other_way >= ENOUGH) & (pairs.variance > 0)]
    z = (tried.first_then - tried.expected) / tried.variance**0.5
    sure = tried.assign(p=[erfc(x / sqrt(2)) / 2 for x in z])
    clear = (sure.first_then >= lead * sure.expected) & (sure.middle >= gap_days)
    found = sure[discovered(sure.p, false_share) & clear]
    able = found.sign.map(owners).astype(float) - found.all_other_way
    return found.assign(share=found.all_first_then / able)[["sign", "wanted", "after", "until", "share"]]


def _pairs(begun: ir.Table) -> ir.Table:
    """For each pair of categories: how many began with which, and how many would by chance.

    Customers of whom all that matters is the same are counted first: there are hundreds of millions of pairs
    of a customer's categories, and quartiles and sums of floats would keep each of them in memory.
    """
    met, keys = _met(begun), ["sign", "wanted"]
    then = met.lag > 0
    later = met.filter(then)
    alike = met.group_by(*keys, "days_a", "days_b", "fair").agg(
        first_then=then.sum(), other_way=(~then).sum()
    )
    chance, n = alike.days_a / (alike.days_a + alike.days_b), alike.first_then + alike.other_way
    fair = alike.group_by(*keys).agg(
        first_then=alike.first_then.sum(where=alike.fair).fill_null(0),
        other_way=alike.other_way.sum(where=alike.fair).fill_null(0),
        expected=(chance * n).sum(where=alike.fair),
        variance=(chance * (1 - chance) * n).sum(where=alike.fair),
        all_first_then=alike.first_then.sum(), all_other_way=alike.other_way.sum(),
    )  # fmt: skip
    waits = later.group_by(*keys, "lag").agg(n=later.count())
    return fair.left_join(_quartiles(waits, keys), keys).drop("sign_right", "wanted_right")


def _met(begun: ir.Table) -> ir.Table:
    """Each customer's pairs of categories, and how many days after the one (`sign`) the other came."""
    sizes = begun.group_by("category").agg(start=begun["first"].min(), owners=begun.count())
    most = sizes.order_by([sizes.owners.desc(), sizes.category]).limit(BROADEST)
    came = begun.group_by("customer_id").agg(came=begun["first"].min())
    told = begun.inner_join(most.select("category", "start"), "category").inner_join(came, "customer_id")
    a = told.select("customer_id", "came", sign="category", first_a="first", days_a="days", start_a="start")
    b = told.view().select("customer_id", wanted="category", first_b="first", days_b="days", start_b="start")
    both = a.inner_join(b, "customer_id").filter(lambda t: (t.sign != t.wanted) & (t.first_a != t.first_b))
    return both.select(
        "sign", "wanted", "days_a", "days_b", lag=both.first_b.delta(both.first_a, unit="day"),
        fair=(both.came >= both.start_a) & (both.came >= both.start_b),
    )  # fmt: skip


def _quartiles(counted: ir.Table, keys: list[str]) -> ir.Table:
    """The quartiles of `lag`, of which there are `n` each, interpolated between the two nearest."""
    through = counted.n.sum().over(ibis.cumulative_window(group_by=keys, order_by="lag"))
    total = counted.n.sum().over(ibis.window(group_by=keys))
    running = counted.mutate(through=through, total=total)
    ends: dict[str, ir.Value] = {}
    for name, share in {"after": 0.25, "middle": 0.5, "until": 0.75}.items():
        place = (running.total - 1) * share
        low = running.lag.min(where=running.through > place.floor())
        high = running.lag.min(where=running.through > place.ceil())
        ends[name] = low + (high - low) * (place - place.floor()).max()
    return running.group_by(*keys).agg(**ends)


def discovered(p: pd.Series, false_share: float) -> pd.Series:
    """Which of many findings hold, so that at most `false_share` of them are false."""
    ranked = p.sort_values()
    held = ranked <= false_share * pd.Series(range(1, len(p) + 1), index=ranked.index) / max(len(p), 1)
    last = ranked[held].max() if held.any() else -1.0
    return p <= last


def awaited(begun: ir.Table, found: pd.DataFrame, *, as_of: date) -> ir.Table:
    """Who began with the one of a pair as long ago as people take to the other, and has none of it."""
    schema = {"sign": "string", "wanted": "string", "after": "int64", "until": "int64", "share": "float64"}
    rounded = found.assign(after=found.after.astype("int64"), until=found.until.astype("int64"))
    pairs = ibis.memtable(rounded[list(schema)].reset_index(drop=True), schema=schema)
    owed = begun.inner_join(pairs, begun.category == pairs.sign)
    waited = ibis.literal(as_of).delta(owed["first"], unit="day")
    # Who has let twice the usual time pass will hardly come to it any more.
    open_ = owed.filter((waited >= owed.after) & (waited <= 2 * owed.until))
    owned = begun.select("customer_id", wanted="category")
    return open_.anti_join(owned, ["customer_id", "wanted"])
