"""Verdicts: which decisions of people hold, and what do they ask of the clusters?"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Mark = tuple[int, str]
"""A decision that keeps two sides apart, and on which of them a record stands: `left` or `right`."""

OTHER_SIDE = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Verdict:
    """A decision and the records that it names, of those that there are."""

    number: int
    verb: str  # same, different, split
    left: tuple[str, ...]
    right: tuple[str, ...]

    @property
    def joins(self) -> tuple[tuple[str, ...], ...]:
        """Records that it makes one customer."""
        return {"same": (self.left + self.right,), "split": (self.left, self.right)}.get(self.verb, ())

    @property
    def parts(self) -> bool:
        return self.verb != "same"


def verdicts(rows: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """The decisions in rows of `landed_decisions`, newest first."""
    sides: dict[tuple[int, str], dict[str, list[str]]] = defaultdict(lambda: {"left": [], "right": []})
    for row in rows:
        sides[row["decision"], row["verb"]][row["side"]].append(row["record"])
    return [
        Verdict(number, verb, tuple(sorted(named["left"])), tuple(sorted(named["right"])))
        for (number, verb), named in sorted(sides.items(), reverse=True)
    ]


def standing(newest_first: Iterable[Verdict]) -> list[Verdict]:
    """Those that hold: one that contradicts newer ones, taken together, is void."""
    ground = _Ground()
    return [verdict for verdict in newest_first if ground.takes(verdict)]


def together(held: Iterable[Verdict]) -> Iterator[tuple[str, str]]:
    """The pairs of records that are one customer because somebody says so."""
    for verdict in held:
        for records in verdict.joins:
            yield from ((records[0], other) for other in records[1:])


def marks(held: Iterable[Verdict]) -> Iterator[tuple[str, Mark]]:
    """Which record stands on which side of what somebody keeps apart."""
    for verdict in held:
        if verdict.parts:
            yield from ((record, (verdict.number, "left")) for record in verdict.left)
            yield from ((record, (verdict.number, "right")) for record in verdict.right)


@dataclass
class _Ground:
    """What newer decisions have settled: records joined under one root, with the marks of all of them."""

    above: dict[str, str] = field(default_factory=dict)
    marks: dict[str, set[Mark]] = field(default_factory=dict)

    def takes(self, verdict: Verdict) -> bool:
        """Settle what a decision says, unless it contradicts what is settled."""
        joined = [{self._root(record) for record in records} for records in verdict.joins]
        sides = [{self._root(record) for record in side} for side in (verdict.left, verdict.right)]
        if any(self._is_parted(roots) for roots in joined) or (verdict.parts and sides[0] & sides[1]):
            return False
        for roots in joined:
            self._join(sorted(roots))
        for record, mark in marks([verdict]):
            self.marks.setdefault(self._root(record), set()).add(mark)
        return True

    def _root(self, record: str) -> str:
        while (above := self.above.get(record, record)) != record:
            record = above
        return record

    def _is_parted(self, roots: Iterable[str]) -> bool:
        held: set[Mark] = set().union(*(self.marks.get(root, set()) for root in roots))
        return any((number, OTHER_SIDE[side]) in held for number, side in held)

    def _join(self, roots: list[str]) -> None:
        for root in roots[1:]:
            self.above[root] = roots[0]
            self.marks.setdefault(roots[0], set()).update(self.marks.pop(root, set()))
