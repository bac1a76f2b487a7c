"""Frequent sets: which things lie together in how many baskets?

Level by level, after Apriori (Agrawal and Srikant 1994): a set can only be frequent if all but its last
thing are, so the baskets of the frequent sets are looked through for one thing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.lazy import pd
from shuke.tables.derived import Checkpoint

Counts = Mapping[tuple[int, ...], int]
"""The numbers of the things on the shelf, ascending -> in how many baskets all of them lie."""


#: Of more lines, so many are looked at at a time: those of a part of the baskets.
AT_ONCE = 4_000_000


def in_parts(lines: ir.Table, many: int) -> list[ir.Table]:
    """The lines, `many` of them, by parts of their baskets that are small enough to be looked at at once."""
    parts = many // AT_ONCE + 1
    part = (lines.basket.hash() % parts).abs()
    return [lines] if parts == 1 else [lines.filter(part == n) for n in range(parts)]


def summed(parts: Iterable[ir.Table], *by: str, checkpoint: Checkpoint) -> ir.Table:
    """In how many baskets each thing or set lies: the `baskets` that were counted in each part, together."""
    counted = ibis.union(*map(checkpoint, parts))
    return counted.group_by(*by).agg(baskets=counted.baskets.sum())


def frequent_sets(
    parts: Sequence[ir.Table], assortment: pd.DataFrame, *, enough: int, largest: int, checkpoint: Checkpoint
) -> Counts:
    """The sets of two to `largest` things of one level that lie together in at least `enough` baskets.

    `parts` have `basket`, `level`, `item`, every basket in one of them; `assortment` has the frequent things
    by `level` and `item`, which are numbered by their place in it, with their own `baskets`, which stand in
    the result as well.
    """
    found: dict[tuple[int, ...], int] = {(n,): int(count) for n, count in enumerate(assortment.baskets)}
    if len(found) < 2:
        return found
    numbers = ibis.memtable(assortment[["level", "item"]].assign(n=np.arange(len(assortment))))
    lying = (part.inner_join(numbers, ["level", "item"]).select("basket", "level", "n") for part in parts)
    things = [checkpoint(each.distinct()) for each in lying]
    held, known = [part.select("basket", "level", "n", s="n") for part in things], list(found)
    for size in range(2, largest + 1):
        grown = [_grown(*each) for each in zip(held, things, strict=True)]
        sizes = (each.group_by("s", "n").agg(baskets=each.count()) for each in grown)
        counted = summed(sizes, "s", "n", checkpoint=checkpoint)
        often = counted.filter(counted.baskets >= enough).to_pandas()
        more = often.sort_values(["s", "n"], ignore_index=True)
        known = [(*known[s], n) for s, n in zip(more.s, more.n, strict=True)]
        found |= dict(zip(known, map(int, more.baskets), strict=True))
        if size == largest or more.empty:
            break
        renumbered = ibis.memtable(more[["s", "n"]].assign(t=np.arange(len(more))))
        kept = (each.inner_join(renumbered, ["s", "n"]) for each in grown)
        held = [checkpoint(each.select("basket", "level", "n", s="t")) for each in kept]
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
