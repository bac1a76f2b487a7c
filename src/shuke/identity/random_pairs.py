"""Random pairs: which pairs show how often different customers agree by chance?"""

import math

import ibis
import ibis.expr.types as ir

#: So many pairs are drawn, of so many records: those of the least digests, each with those next to it.
DRAWN, AMONG = 40_000, 4_000


def drawn(records: ir.Table, count: int, *, pairs: int = DRAWN, among: int = AMONG) -> ir.Table:
    """Pairs of records as if drawn by lot, the same on every engine: `record_l` < `record_r`, each once.

    The two stand near each other in the order of their digests, which has nothing to do with what they
    say. Of few records, all pairs. `count` is how many records there are.
    """
    taken = min(count, among)
    following = min(taken - 1, math.ceil(pairs / taken)) if taken else 0
    by_lot = [records.record.hexdigest("md5"), records.record]
    placed = records.select("record", place=ibis.row_number().over(order_by=by_lot).cast("int64"))
    few = placed.filter(placed.place < taken)
    next_to = few.select(one="record", after="place")
    near = (next_to.after < few.place) & (few.place <= next_to.after + following)
    met = few.inner_join(next_to, [near])
    return met.select(record_l=ibis.least(met.one, met.record), record_r=ibis.greatest(met.one, met.record))
