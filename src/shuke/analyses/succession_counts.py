"""Succession counts: how many customers had one item first and another on a later day, and how much later?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from shuke.lazy import pd

Whole = NDArray[np.int64]

#: So many pairs are counted at a time.
AT_ONCE = 4_000_000

#: No two days are so far apart.
FAR = 1_000_000


@dataclass(frozen=True)
class FirstOccurrences:
    """When each customer first had each item, all by number and in order, and whether they came again."""

    who: Whole
    item: Whole
    day: Whole
    again: Any

    @classmethod
    def of(cls, rows: pa.Table, items: pd.Index) -> FirstOccurrences:
        """Rows of customer_id, item, start and last; those of other items are left out."""
        who, what = (rows[name].combine_chunks().dictionary_encode() for name in ("customer_id", "item"))
        item = items.get_indexer(what.dictionary.to_pylist())[what.indices.to_numpy()]
        start, last = (rows[name].cast("int32").to_numpy().astype(np.int64) for name in ("start", "last"))
        kept = np.flatnonzero(item >= 0)
        order = kept[np.lexsort((item[kept], start[kept], who.indices.to_numpy()[kept]))]
        return cls(who.indices.to_numpy()[order], item[order], start[order], (last > start)[order])

    def pairs(self, within: int) -> Iterator[tuple[Whole, Whole]]:
        """Rows of one customer of which the second is of a later day, by at most `within`."""
        moment = self.who.astype(np.int64) * FAR + self.day
        start = np.searchsorted(moment, moment, side="right")
        many = np.searchsorted(moment, moment + min(within, FAR // 2), side="right") - start
        total = np.cumsum(many)
        cuts: list[int] = np.searchsorted(total, np.arange(0, total[-1:].sum(), AT_ONCE)).tolist()
        for a, b in pairwise([*cuts, len(total)]):
            one = np.repeat(np.arange(a, b), many[a:b])
            nth = np.arange(len(one)) - np.repeat(total[a:b] - many[a:b] - (total[a] - many[a]), many[a:b])
            yield one, start[one] + nth


def counted(firsts: FirstOccurrences, items: int, within: int) -> tuple[Whole, Whole]:
    """How many had the first item of each pair and the second on a later day; and at most `within` later."""
    later, soon = np.zeros(items * items, np.int64), np.zeros(items * items, np.int64)
    for one, other in firsts.pairs(FAR):
        pair = firsts.item[one] * items + firsts.item[other]
        np.add.at(later, pair, 1)
        np.add.at(soon, pair[firsts.day[other] - firsts.day[one] <= within], 1)
    return later.reshape(items, items), soon.reshape(items, items)


def both(firsts: FirstOccurrences, items: int) -> Whole:
    """How many had both items of each pair, and came again after the first."""
    from scipy.sparse import csr_matrix  # heavy, and only builds need it

    shape = (int(firsts.who.max(initial=-1)) + 1, items)
    had = csr_matrix((np.ones(len(firsts.who), np.int64), (firsts.who, firsts.item)), shape)
    again = csr_matrix((firsts.again.astype(np.int64), (firsts.who, firsts.item)), shape)
    counts: Whole = (again.T @ had).toarray()
    return counts


def lags(firsts: FirstOccurrences, wanted: Whole, within: int) -> pd.DataFrame:
    """The days between of those who followed: `pair`, the number of the pair in `wanted`, and `lag`."""
    found = []
    for one, other in firsts.pairs(within):
        pair = wanted[firsts.item[one], firsts.item[other]]
        shown = pair >= 0
        lag = firsts.day[other[shown]] - firsts.day[one[shown]]
        found.append(pd.DataFrame({"pair": pair[shown], "lag": lag}))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame({"pair": [], "lag": []})
