"""Evaluation: how well do customers agree with a truth about who is who, and where do they not?

Everything is counted from how many records of each true cluster stand in each customer: n records are
n (n - 1) / 2 pairs. No pair is ever written down but those that something linked or compared.

A table `judged` has one row per record: `record`, `source`, `cluster` (the truth), `customer` (the build).
"""

from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True)
class Agreement:
    """Of what the build says and of what the truth says, how much is in both?"""

    said: int
    true: int
    right: int  # in both
    precision: float  # of what is said; 1 where nothing is
    recall: float  # of what is true; 1 where nothing is
    f1: float

    @classmethod
    def of(cls, said: int, true: int, right: int) -> "Agreement":
        return cls(
            said=said,
            true=true,
            right=right,
            precision=right / said if said else 1.0,
            recall=right / true if true else 1.0,
            f1=2 * right / (said + true) if said + true else 1.0,
        )


def pairs(judged: ir.Table) -> Agreement:
    """Pairs of records of one customer, against pairs of records of one true cluster."""
    said, true, right = (_pairs(judged, by) for by in (["customer"], ["cluster"], ["customer", "cluster"]))
    return Agreement.of(said, true, right)


def clusters(judged: ir.Table) -> Agreement:
    """Customers against true clusters, those of one record among them; right is what is exactly one."""
    shared = judged.group_by("customer", "cluster").agg(n=judged.count())
    customers = judged.group_by("customer").agg(held=judged.count())
    true = judged.group_by("cluster").agg(meant=judged.count())
    whole = shared.join(customers, "customer").join(true, "cluster")
    right = whole.filter((whole.n == whole.held) & (whole.n == whole.meant))
    return Agreement.of(*(int(t.count().to_pyarrow().as_py()) for t in (customers, true, right)))


def by_sources(judged: ir.Table) -> ir.Table:
    """The false and the missed pairs between each two sources.

    One row per `source_l`, `source_r`, in the order of the alphabet, that has any: `false`, `missed`.
    """
    said, true, right = (
        _pairs_of_sources(judged, by) for by in (["customer"], ["cluster"], ["customer", "cluster"])
    )
    signed = [
        said.mutate(false=said.pairs, missed=ibis.literal(0, "int64")),
        true.mutate(false=ibis.literal(0, "int64"), missed=true.pairs),
        right.mutate(false=-right.pairs, missed=-right.pairs),
    ]
    everything = reduce(lambda one, other: one.union(other), signed)
    counted = everything.group_by("source_l", "source_r").agg(
        false=everything.false.sum(), missed=everything.missed.sum()
    )
    return counted.filter((counted.false > 0) | (counted.missed > 0))


def by_cause(judged: ir.Table, edges: ir.Table) -> ir.Table:
    """The false and the missed pairs that something linked or compared, by what did.

    `edges` has rows of `record_l`, `record_r`, `cause`, `weight`; of several between two records the least
    cause counts. One row per `error` ("false", "missed") and `cause`: `pairs`.
    """
    one = edges.group_by("record_l", "record_r").agg(cause=edges.cause.min())
    errors = _errors(judged, one)
    return errors.group_by("error", "cause").agg(pairs=errors.count())


def examples(judged: ir.Table, *, at_most: int) -> ir.Table:
    """Some false and missed pairs: of a customer or cluster in parts, one record of each of two parts.

    Rows of `error`, `record_l`, `record_r`; at most `at_most` of each error, those of least name.
    """
    parts = judged.group_by("customer", "cluster").agg(record=judged.record.min())
    found = [
        _torn(parts, by).mutate(error=ibis.literal(error)).order_by("record_l", "record_r").limit(at_most)
        for error, by in (("false", "customer"), ("missed", "cluster"))
    ]
    return found[0].union(found[1]).select("error", "record_l", "record_r")


def _pairs(judged: ir.Table, by: list[str]) -> int:
    sizes = judged.group_by(by).agg(n=judged.count())
    found = sizes.agg(pairs=_choose(sizes.n).sum().fill_null(0)).to_pyarrow()
    return int(found["pairs"][0].as_py())


def _pairs_of_sources(judged: ir.Table, by: list[str]) -> ir.Table:
    """How many pairs of records that agree in `by` there are between each two sources."""
    sizes = judged.group_by([*by, "source"]).agg(n=judged.count())
    other = sizes.view()
    met = sizes.join(other, [sizes[name] == other[name] for name in by], rname="{name}_other")
    ordered = met.filter(met.source <= met.source_other)
    each = ordered.select(
        source_l="source",
        source_r="source_other",
        pairs=ibis.ifelse(
            ordered.source == ordered.source_other, _choose(ordered.n), ordered.n * ordered.n_other
        ),
    )
    return each.group_by("source_l", "source_r").agg(pairs=each.pairs.sum().cast("int64"))


def _choose(n: ir.IntegerValue) -> ir.IntegerValue:
    return (n * (n - 1) // 2).cast("int64")


def _errors(judged: ir.Table, edges: ir.Table) -> ir.Table:
    """The edges that join what is apart in truth, or part what is one."""
    left = judged.select(record_l="record", customer_l="customer", cluster_l="cluster")
    right = judged.select(record_r="record", customer_r="customer", cluster_r="cluster")
    met = edges.join(left, "record_l").join(right, "record_r")
    together, one = met.customer_l == met.customer_r, met.cluster_l == met.cluster_r
    wrong = met.filter(together != one)
    return wrong.mutate(error=ibis.ifelse(wrong.customer_l == wrong.customer_r, "false", "missed"))


def _torn(parts: ir.Table, by: str) -> ir.Table:
    """Pairs across the parts of what agrees in `by`: the least record with one of each other part."""
    first = parts.group_by(by).agg(least=parts.record.min())
    met = parts.join(first, by)
    return met.filter(met.record != met.least).select(record_l="least", record_r="record")
