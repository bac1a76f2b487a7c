"""Ranking quality: how much of what customers wanted was in their lists, and how near the top?"""

from dataclasses import dataclass
from math import log2

import ibis.expr.types as ir


@dataclass(frozen=True)
class RankingQuality:
    """The means over `customers` of recall and of normalised discounted cumulative gain."""

    customers: int
    recall: float
    ndcg: float


def ranking_quality(lists: ir.Table, wanted: ir.Table, *, shown: int) -> RankingQuality:
    """What the first `shown` of each list hold of what its customer wanted.

    `lists` are customer_id, product_id, rank from 1; `wanted` customer_id, product_id; both without
    repeats. Customers who wanted nothing do not count; those without a list found nothing. Recall is over
    as much as could be shown; the gain of a product is 1 / log2(rank + 1), over that of the best list
    (Järvelin and Kekäläinen 2002).
    """
    seen = lists.filter(lists["rank"] <= shown).select("customer_id", "product_id", "rank")
    marked = wanted.left_join(seen, ["customer_id", "product_id"]).select(wanted, rank=seen["rank"])
    gain = 1.0 / (marked["rank"] + 1).cast("float64").log2()
    each = marked.group_by("customer_id").agg(
        wanted=marked.count(), hits=marked["rank"].count(), gain=gain.sum().fill_null(0.0)
    )
    # As many rows as there are sizes of what a customer wanted.
    sizes = each.group_by("wanted").agg(customers=each.count(), hits=each.hits.sum(), gain=each.gain.sum())
    rows = sizes.to_pandas()
    most = rows.wanted.clip(upper=shown)
    ideal = [sum(1 / log2(rank + 1) for rank in range(1, many + 1)) for many in most]
    customers = int(rows.customers.sum())
    return RankingQuality(
        customers,
        float((rows.hits / most).sum()) / max(customers, 1),
        float((rows.gain / ideal).sum()) / max(customers, 1),
    )
