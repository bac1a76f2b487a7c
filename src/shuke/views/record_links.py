"""Record links: what links two records, and by which path is a third one reached?"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import product
from typing import Any, Literal

import ibis.expr.types as ir

from shuke.app import Opened, Project
from shuke.builds import stewardship
from shuke.builds.stewardship import Decision
from shuke.languages import Text
from shuke.tables import IDENTIFIERS
from shuke.views.identity import in_force, stands


@dataclass(frozen=True)
class RecordLink:
    """What holds two records together: a decision, an identifier that both have, or their likeness."""

    record_l: str
    record_r: str
    by: Literal["decision", "identifier", "likeness"]
    title: Text | None = None  # of an identifier
    decision: int | None = None
    weight: float | None = None
    probability: float = 1.0

    @property
    def ends(self) -> frozenset[str]:
        return frozenset((self.record_l, self.record_r))


def bonds(project: Project, opened: Opened, customers: list[str]) -> tuple[RecordLink, ...]:
    """Whatever joins two records of these customers, or might."""
    known = opened.table("identities")
    records = known.filter(known.customer_id.isin(customers)).select("record")
    found = [*_links(opened, records), *_pairs(opened, records)]
    inside = set(records.to_pyarrow()["record"].to_pylist())
    for decision in obeyed(project, opened):
        if decision.verb == "same":
            met = [two for two in product(decision.left, decision.right) if inside.issuperset(two)]
            found += [RecordLink(min(two), max(two), "decision", decision=decision.number) for two in met]
    return tuple(found)


def path(bonds: Iterable[RecordLink], start: str, goal: str) -> tuple[RecordLink, ...]:
    """The way from one record to another by the fewest bonds; of ways as short, the one of the surest."""
    near: dict[str, list[tuple[str, RecordLink]]] = {}
    for bond in bonds:
        near.setdefault(bond.record_l, []).append((bond.record_r, bond))
        near.setdefault(bond.record_r, []).append((bond.record_l, bond))
    tried = 0
    reached: list[tuple[int, float, int, str, tuple[RecordLink, ...]]] = [(0, 0.0, tried, start, ())]
    seen: set[str] = set()
    while reached:
        steps, doubt, _, here, way = heappop(reached)
        if here == goal:
            return way
        if here in seen:
            continue
        seen.add(here)
        for there, bond in near.get(here, ()):
            tried += 1  # bonds themselves have no order
            heappush(reached, (steps + 1, doubt + 1 - bond.probability, tried, there, (*way, bond)))
    return ()


def obeyed(project: Project, opened: Opened) -> list[Decision]:
    known = in_force(opened)
    return [d for d in stewardship.decisions(project.operations) if d.number in known]


def _links(opened: Opened, records: ir.Table) -> list[RecordLink]:
    links = stands(opened, "exact_matches", "record_l", "record_r")
    if links is None:
        return []
    rows = _within(links.select("record_l", "record_r", "kind").distinct(), records)
    return [RecordLink(r["record_l"], r["record_r"], "identifier", title=_title(r["kind"])) for r in rows]


def _pairs(opened: Opened, records: ir.Table) -> list[RecordLink]:
    scored = stands(opened, "scored_pairs", "record_l", "record_r")
    if scored is None:
        return []
    rows = _within(scored.select("record_l", "record_r", "weight", "probability"), records)
    return [RecordLink(by="likeness", **row) for row in rows]


def _within(edges: ir.Table, records: ir.Table) -> list[dict[str, Any]]:
    both = edges.filter(edges.record_l.isin(records.record) & edges.record_r.isin(records.record))
    rows: list[dict[str, Any]] = both.order_by(both.columns).to_pyarrow().to_pylist()
    return rows


def _title(kind: str) -> Text:
    return IDENTIFIERS[kind].title if kind in IDENTIFIERS else Text(kind, kind)
