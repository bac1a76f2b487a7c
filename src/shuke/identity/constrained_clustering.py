"""Constrained clustering: where is a cluster that violates a constraint split?

It is put together anew, by its strongest edges first, and an edge that would break a guard is left out:
so it is cut at its weakest edges, and the same way in whatever order they come.
"""

from collections.abc import Iterable
from typing import NamedTuple

from shuke.identity.guards import ClusterProfile, breaks, unlikely

#: Who says so: a person, an identifier, or the sum of the evidence.
DECIDED, CERTAIN, PROBABLE = 0, 1, 2


class Edge(NamedTuple):
    """Two records that something joins. Edges sort from the strongest to the weakest."""

    rank: int
    kinds: int  # how many kinds of identifiers agree, with its sign changed
    weight: float  # of the evidence, with its sign changed
    record_l: str
    record_r: str


def joined(edges: Iterable[Edge], profiles: dict[str, ClusterProfile], *, max_records: int) -> dict[str, str]:
    """The least record of the cluster of every record; `profiles`, one a record, are used up.

    Decisions are obeyed as they stand (see `verdicts`). Probable edges join at most `largest` records.
    """
    forest = _Forest(profiles)
    for edge in sorted(edges):
        forest.join(edge, max_records=max_records)
    return forest.labels()


class _Forest:
    """Union-find whose roots hold the profiles of their clusters."""

    def __init__(self, profiles: dict[str, ClusterProfile]) -> None:
        self.profiles = profiles
        self.above = {record: record for record in profiles}
        self.apart: set[tuple[str, str]] = set()  # roots that may not be joined, which does not change

    def join(self, edge: Edge, *, max_records: int) -> None:
        roots = self._root(edge.record_l), self._root(edge.record_r)
        if roots[0] == roots[1] or (min(roots), max(roots)) in self.apart:
            return
        # The smaller into the larger, so that no record is moved more than a few times.
        small, large = sorted(roots, key=lambda root: (len(self.profiles[root].records), root))
        one, other = self.profiles[small], self.profiles[large]
        weak = edge.rank == PROBABLE and (
            len(one.records) + len(other.records) > max_records or unlikely(one, other)
        )
        if edge.rank != DECIDED and (weak or breaks(one, other)):
            self.apart.add((min(roots), max(roots)))
            return
        self.above[small] = large
        other.take(self.profiles.pop(small))

    def labels(self) -> dict[str, str]:
        least: dict[str, str] = {}
        for record in sorted(self.above):
            least.setdefault(self._root(record), record)
        return {record: least[self._root(record)] for record in self.above}

    def _root(self, record: str) -> str:
        above = self.above
        while above[record] != record:
            above[record] = above[above[record]]
            record = above[record]
        return record
