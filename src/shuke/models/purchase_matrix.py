"""Purchase matrix: which customers have bought which products, and how many have bought both of two?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow.compute as pc

from shuke.lazy import pd
from shuke.models.holdout import HoldoutPurchases
from shuke.models.purchased_products import SEASON
from shuke.models.ranked_lists import Whole

#: With more rows than this, or more pairs of products in them, a part of the customers stands for all.
MOST_ROWS = 5_000_000
MOST_PAIRS = 200_000_000

#: So many customers are enough to try on which way of recommending is best, and so many products.
TESTERS, TRIED = 1000, 1000

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class PurchaseMatrix:
    """One row per customer and product, both by number, with the first and the last day, in days of 1970.

    `part` is the share of all rows that these are.
    """

    who: Whole
    product: Whole
    first: Whole
    last: Whole
    part: float = 1.0

    def only(self, rows: Any) -> PurchaseMatrix:
        return PurchaseMatrix(
            self.who[rows], self.product[rows], self.first[rows], self.last[rows], self.part
        )

    def matrix(self, customers: int, products: int) -> Any:
        """A row per customer and a column per product: 1 where the one bought the other; sparse."""
        from scipy.sparse import csr_matrix  # heavy, and only builds need it

        ones = np.ones(len(self.who), np.float32)
        return csr_matrix((ones, (self.who, self.product)), (customers, products))

    def gram(self, products: int) -> Any:
        """How many customers bought both of two products, in a square; of a part an estimate."""
        matrix = self.matrix(self.who.max(initial=-1) + 1, products)
        return (matrix.T @ matrix).toarray() / np.float32(self.part)


def together(pairs: ir.Table, assortment: pd.DataFrame) -> PurchaseMatrix:
    """Who has bought what of the shelf, whose first product has the number 0."""
    chosen = pairs.semi_join(ibis.memtable(assortment[["product_id"]]), "product_id")
    all_ = int(assortment.buyers.sum())
    some = _some(chosen) if all_ > MOST_ROWS else chosen
    rows = some.select("customer_id", "product_id", "first", "last").to_pyarrow()
    who, what = (rows[name].combine_chunks().dictionary_encode() for name in ("customer_id", "product_id"))
    # Numbered in the order of their ids, for the rows come as they like.
    numbers = np.empty(len(who.dictionary), np.int64)
    numbers[pc.sort_indices(who.dictionary).to_numpy()] = np.arange(len(numbers))
    products = pd.Index(assortment.product_id).get_indexer(what.dictionary.to_pylist())
    first, last = (rows[name].cast("int32").to_numpy().astype(np.int64) for name in ("first", "last"))
    held = PurchaseMatrix(numbers[who.indices.to_numpy()], products[what.indices.to_numpy()], first, last)
    return _few(held, all_)


def _some(pairs: ir.Table) -> ir.Table:
    """Those of the customers first in order, as many as are looked at; their ids are random."""
    each = pairs.group_by("customer_id").agg(n=pairs.count())
    so_far = ibis.window(order_by="customer_id", preceding=None, following=0)
    counted = each.mutate(rows=each.n.sum().over(so_far))
    return pairs.semi_join(counted.filter(counted.rows <= MOST_ROWS), "customer_id")


def _few(held: PurchaseMatrix, all_: int) -> PurchaseMatrix:
    """Without the customers last in order whose pairs of products are too many to count."""
    each = np.bincount(held.who)
    kept = held.only(held.who < np.searchsorted(np.cumsum(each * each), MOST_PAIRS, side="right"))
    return replace(kept, part=len(kept.who) / max(all_, 1))


def trial(held: PurchaseMatrix, *, as_of: date, products: int) -> HoldoutPurchases:
    """What is tried on: the time before the last fifth, at most 90 days, and what came new in it."""
    many, end = min(products, TRIED), (as_of - EPOCH).days
    few = held.only(held.product < many)
    cut = end - min(90, (end - few.first.min(initial=end)) // 5)
    fresh = few.first > cut
    testers = _testers(few.who, fresh)
    both = [few.only(testers[few.who] & side) for side in (~fresh, fresh)]
    ranks = np.cumsum(testers) - 1
    before, after = (replace(some, who=ranks[some.who]).matrix(testers.sum(), many) for some in both)
    known = few.only(~fresh)
    # What was bought again since is not known to have been bought before the cut: the first time counts.
    lately = np.where(known.last <= cut, known.last, known.first) > cut - SEASON
    popular = np.bincount(known.product[lately], minlength=many).astype(np.float32)
    return HoldoutPurchases(before, after.toarray(), known.gram(many), popular)


def _testers(who: Whole, fresh: Any) -> Any:
    """The customers first in order who have bought something, and then something new."""
    new, all_ = np.bincount(who, fresh), np.bincount(who)
    told = (new > 0) & (new < all_)
    return told & (np.cumsum(told) <= TESTERS)
