"""Cluster conflicts: which clusters may violate a constraint, and what do their records say?

Most clusters break none and never leave the engine; the few that may are read into memory.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir

from shuke.identity.constrained_clustering import PROBABLE
from shuke.identity.contradictions import beside, contradictory
from shuke.identity.guards import ClusterProfile
from shuke.identity.verdicts import Mark
from shuke.tables.derived import Checkpoint

#: In larger clusters not every two records are held against each other, but those that were compared.
_HELD = 100

#: What two records must differ in to contradict each other (see `contradictory`).
_DIFFERING = ("kind", "generation", "birth_date", "given")

_WITHIN = ("cluster", "record_l", "record_r")

#: No pair speaks more loudly than this for or against two clusters, in bits.
_LOUDEST = 10.0


class ClusterEvidence(NamedTuple):
    """What is said of records and of pairs of them."""

    normalised_records: ir.Table
    identifiers: ir.Table
    pairs: ir.Table


class Conflicts(NamedTuple):
    """Pairs of records within clusters: those in conflict, and the bits of those that were compared."""

    conflicts: ir.Table  # cluster, record_l, record_r
    odds: ir.Table  # cluster, record_l, record_r, bits


def against(clustered: ir.Table, said: ClusterEvidence, *, checkpoint: Checkpoint) -> Conflicts:
    """What speaks against clusters; `clustered` has `record` and `cluster`."""
    sized = clustered.mutate(size=clustered.count().over(group_by="cluster"))
    left = clustered.select(record_l="record", cluster="cluster")
    compared = said.pairs.join(left, "record_l").join(
        clustered.select(record_r="record", cluster="cluster"), ["record_r", "cluster"]
    )
    odds = checkpoint(compared.select(*_WITHIN, "apart", bits=_bits(compared.probability).round(3)))
    held = sized.filter(sized.size <= _HELD).drop("size")
    mixed = checkpoint(held.semi_join(_mixed(held, said.normalised_records), "cluster"))
    own = said.normalised_records.semi_join(mixed, "record")
    told = beside(_pairs(mixed), own)
    found = ibis.union(
        told.filter(contradictory(told)).select(*_WITHIN),
        _residents(held, said.identifiers),
        odds.filter(odds.apart).select(*_WITHIN),
        distinct=True,
    )
    return Conflicts(checkpoint(found), odds.drop("apart"))


def _mixed(clustered: ir.Table, normalised_records: ir.Table) -> ir.Table:
    """The clusters whose records differ in something by which two can contradict each other; few do."""
    said = clustered.join(normalised_records.select("record", *_DIFFERING), "record")
    ends = said.group_by("cluster").agg(
        **{f"{name}_least": said[name].min() for name in _DIFFERING},
        **{f"{name}_most": said[name].max() for name in _DIFFERING},
    )
    differ = ibis.or_(*(ends[f"{name}_least"] != ends[f"{name}_most"] for name in _DIFFERING))
    return ends.filter(differ).select("cluster")


def _pairs(clustered: ir.Table) -> ir.Table:
    """Every two records of one cluster."""
    left, right = (clustered.select("cluster", **{end: "record"}) for end in ("record_l", "record_r"))
    return left.join(right, ["cluster", left.record_l < right.record_r]).select(*_WITHIN)


def _bits(probability: ir.FloatingValue) -> ir.FloatingValue:
    most = 1 - 2.0**-_LOUDEST
    sure = probability.clip(1 - most, most)
    return (sure / (1 - sure)).log2()


def suspects(found: Conflicts, clustered: ir.Table, edges: ir.Table, *, max_records: int) -> ir.Table:
    """The clusters that may break a guard: `cluster`. A few of them may turn out to break none."""
    sizes = clustered.group_by("cluster").agg(records=clustered.count())
    probable = edges.filter(edges.rank == PROBABLE).select(record="record_l")
    by_likeness = clustered.semi_join(probable, "record").select("cluster")
    large = sizes.filter(sizes.records > max_records).semi_join(by_likeness, "cluster")
    doubted = found.odds.filter(found.odds.bits < 0).semi_join(by_likeness, "cluster")
    parts = (large, found.conflicts, doubted)
    return ibis.union(*(part.select("cluster") for part in parts), distinct=True)


def _residents(clustered: ir.Table, identifiers: ir.Table) -> ir.Table:
    """The pairs with two residents' numbers, of a kind whose check digit rejects a slip."""
    own = identifiers.filter(identifiers.kind == "resident_id")
    numbers = own.group_by("record").agg(number=own.value.min())
    told = clustered.join(numbers, "record")
    left, right = (
        told.select("cluster", **{f"{n}_{side}": n for n in ("record", "number")}) for side in "lr"
    )
    other = [left.record_l < right.record_r, left.number_l != right.number_r]
    return left.join(right, ["cluster", *other]).select(*_WITHIN)


def profiles(
    records: ir.Table, found: Conflicts, marks: Iterable[tuple[str, Mark]]
) -> dict[str, ClusterProfile]:
    """The profile of each of a few records."""
    made = {row["record"]: ClusterProfile(records={row["record"]}) for row in rows(records.select("record"))}
    known = records.select(record_l="record")
    for row in rows(found.conflicts.semi_join(known, "record_l")):
        made[row["record_l"]].conflicts.add(row["record_r"])
        made[row["record_r"]].conflicts.add(row["record_l"])
    for row in rows(found.odds.semi_join(known, "record_l")):
        one, other = row["record_l"], row["record_r"]
        made[one].odds.setdefault(one, {})[other] = row["bits"]
        made[other].odds.setdefault(other, {})[one] = row["bits"]
    for record, mark in marks:
        if record in made:
            made[record].marks.add(mark)
    return made


def rows(table: ir.Table) -> list[dict[str, Any]]:
    """The rows of a small table."""
    found: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return found
