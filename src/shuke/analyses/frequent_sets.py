"""Frequent sets: which things lie together in how many baskets?

Level by level, after Apriori (Agrawal and Srikant 1994): a set can only be frequent if all but its last
thing are, so the baskets of the frequent sets are looked through for one thing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.lazy import pd
from shuke.tables.derived import Checkpoint

Counts = Mapping[tuple[int, ...], int]
"""The numbers of the things on the shelf, ascending -> in how many baskets all of them lie."""


def frequent_sets(
    lines: ir.Table, assortment: pd.DataFrame, *, enough: int, largest: int, checkpoint: Checkpoint
) -> Counts:
    """The sets of two to `largest` things of one level that lie together in at least `enough` baskets.

    `lines` has `basket`, `level`, `item`, each once; `shelf` has the frequent things by `level` and `item`,
    which are numbered by their place in it, with their own `baskets`, which stand in the result as well.
    """
    numbers = ibis.memtable(assortment[["level", "item"]].assign(n=np.arange(len(assortment))))
    things = checkpoint(lines.inner_join(numbers, ["level", "item"]).select("basket", "level", "n"))
    found: dict[tuple[int, ...], int] = {(n,): int(count) for n, count in enumerate(assortment.baskets)}
    if len(found) < 2:
        return found
    held, known = things.select("basket", "level", "n", s="n"), list(found)
    for size in range(2, largest + 1):
        grown = _grown(held, things)
        counted = grown.group_by("s", "n").agg(both=grown.count())
        more = counted.filter(counted.both >= enough).to_pandas().sort_values(["s", "n"], ignore_index=True)
        known = [(*known[s], n) for s, n in zip(more.s, more.n, strict=True)]
        found |= dict(zip(known, map(int, more.both), strict=True))
        if size == largest or more.empty:
            break
        renumbered = ibis.memtable(more[["s", "n"]].assign(t=np.arange(len(more))))
        held = checkpoint(grown.inner_join(renumbered, ["s", "n"]).select("basket", "level", "n", s="t"))
    return found


def _grown(held: ir.Table, things: ir.Table) -> ir.Table:
    """For each basket and set in it, each thing in it beyond the set's last: `basket`, `level`, `s`, `n`."""
    beside = things.view().select("basket", "level", m="n")
    both = held.inner_join(beside, ["basket", "level", held.n < beside.m])
    return both.select("basket", "level", "s", n="m")


def rule_splits(sets: Counts) -> Iterator[pd.DataFrame]:
    """The rules of the sets, each thing once behind the others: `x`, `y`, `both`, `before`.

    One frame for each number of things in front; `before` is in how many baskets those lie.
    """
    for size in range(2, max(map(len, sets)) + 1):
        rules = [
            (one[:n] + one[n + 1 :], thing, both)
            for one, both in sets.items()
            if len(one) == size
            for n, thing in enumerate(one)
        ]
        frame = pd.DataFrame(rules, columns=["x", "y", "both"])
        yield frame.assign(before=[sets[x] for x in frame.x])
