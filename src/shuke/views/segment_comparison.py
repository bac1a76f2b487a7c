"""Segment comparison: what sets the customers of one segment apart from others?

Each attribute is one test: of a figure whether its mean differs (Welch), of a word whether its share does,
both by the normal distribution. Many are made at once, so that q, the share of chance among what is shown, is
held down (Benjamini and Hochberg 1995). How large a difference is, its effect says: Cohen's d of a figure (in
standard deviations), h of a share.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, erfc, sqrt
from typing import Any, Literal

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.access.roles import Capability
from shuke.analyses.false_discoveries import corrected
from shuke.app import Opened, Project
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.segments.matching import ID
from shuke.segments.vocabulary import CustomerAttribute
from shuke.tables import Type
from shuke.views import meant
from shuke.views.viewer import Viewer

#: Fewer customers on a side tell nothing.
FEWEST = 30

#: So many of the commonest words of an attribute are compared, and an attribute of more words is none.
_WORDS, _MOST_WORDS = 10, 200

#: At most so large a share of what is shown is chance.
CHANCE = 0.05

_FIGURES = (Type.INTEGER, Type.NUMBER, Type.MONEY, Type.QUANTITY)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing in which the two differ; of a word the shares, of a figure the means."""

    name: str
    title: Text
    value: str | None  # the word; none of a figure
    here: float
    there: float
    effect: float  # positive: more here
    size: Literal["small", "medium", "large"]
    q: float


@dataclass(frozen=True, kw_only=True)
class SegmentComparison:
    """The largest differences first; whoever is in both counts on neither side."""

    here: int
    there: int
    both: int
    tried: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class _Tested:
    attribute: CustomerAttribute
    value: str | None
    here: float
    there: float
    effect: float
    p: float


def compare(
    project: Project, here: str, there: str | None = None, *, viewer: Viewer, limit: int = 30
) -> SegmentComparison:
    """What sets the customers of a condition apart from those of another, or from all others.

    Raises `NotEnoughData` where either side has fewer than thirty customers of its own.
    """
    viewer.require(Capability.SEE)
    opened = project.open()
    sides = _sides(project, opened, here, there, viewer)
    sizes = sides.group_by("side").agg(n=sides.count()).to_pyarrow().to_pylist()
    counted = {row["side"]: row["n"] for row in sizes}
    alone = {side: counted.get(side, 0) for side in ("here", "there")}
    if min(alone.values()) < FEWEST:
        raise NotEnoughData(
            N_("Each side needs at least {least} customers who are not in the other."), least=FEWEST
        )
    rows = sides.filter(sides.side != "both")
    tested = list(_tested(project, opened, rows, alone, viewer))
    q = corrected(np.array([one.p for one in tested]), len(tested))
    found = [_difference(one, float(its)) for one, its in zip(tested, q, strict=True) if its <= CHANCE]
    largest = sorted(found, key=lambda one: (-abs(one.effect), one.name, one.value or ""))
    return SegmentComparison(
        here=alone["here"], there=alone["there"], both=counted.get("both", 0), tried=len(tested),
        differences=tuple(largest[:limit]),
    )  # fmt: skip


def _sides(project: Project, opened: Opened, here: str, there: str | None, viewer: Viewer) -> ir.Table:
    """Each customer of either, with the side on which they stand."""
    one = meant.ids(opened, meant.meaning(project, opened, here), viewer).mutate(h=True)
    other = (
        opened.table("customers").select(ID)
        if there is None
        else meant.ids(opened, meant.meaning(project, opened, there), viewer)
    ).mutate(t=True)
    both = one.outer_join(other, ID)
    side = ibis.cases(
        (both.h.isnull(), "there"), (both.t.isnull(), "here"), else_="here" if there is None else "both"
    )
    return both.select(side=side, **{ID: ibis.coalesce(both[ID], both[f"{ID}_right"])})


def _tested(
    project: Project, opened: Opened, rows: ir.Table, sizes: dict[str, int], viewer: Viewer
) -> Iterable[_Tested]:
    """Every attribute that the viewer may see and that the build has."""
    tables: dict[str, list[CustomerAttribute]] = {}
    seen = set(_BESIDE)
    for one in sorted(meant.vocabulary(project, opened), key=lambda one: "." in one.name):
        shown = viewer.sees_personal or not one.is_personal
        if shown and one.table in opened.reader.tables and one.column.name not in seen:
            seen.add(one.column.name)  # what several tables tell is compared once
            tables.setdefault(one.table, []).append(one)
    for name, attributes in tables.items():
        if name != "facts":
            told = rows.inner_join(opened.table(name), ID)
            yield from _figures(told, [a for a in attributes if a.type in _FIGURES])
            for word in (a for a in attributes if a.type in (Type.TEXT, Type.FLAG)):
                yield from _shares(told, word, sizes)


#: What names a customer, and reasons in words, which say again what figures say.
_BESIDE = ("customer_id", "name", "phone", "email", "address", "postcode", "reason", "reason_zh")


def _figures(told: ir.Table, attributes: list[CustomerAttribute]) -> Iterable[_Tested]:
    if not attributes:
        return
    wanted: dict[str, Any] = {}
    for n, one in enumerate(attributes):
        value = told[one.column.name].cast("float64")
        wanted |= {f"n{n}": value.count(), f"m{n}": value.mean(), f"v{n}": value.var()}
    found = {row["side"]: row for row in told.group_by("side").agg(**wanted).to_pyarrow().to_pylist()}
    if found.keys() != {"here", "there"}:
        return
    for n, one in enumerate(attributes):
        (n1, m1, v1), (n2, m2, v2) = (
            tuple(found[side][f"{figure}{n}"] for figure in "nmv") for side in ("here", "there")
        )
        if min(n1, n2) < FEWEST or v1 is None or v2 is None or v1 + v2 == 0:
            continue
        error, spread = sqrt(v1 / n1 + v2 / n2), sqrt((v1 + v2) / 2)
        yield _Tested(one, None, m1, m2, (m1 - m2) / spread, erfc(abs(m1 - m2) / error / sqrt(2)))


def _shares(told: ir.Table, one: CustomerAttribute, sizes: dict[str, int]) -> Iterable[_Tested]:
    """The share of each of the commonest words, of all customers of a side."""
    named = told.select("side", word=told[one.column.name].cast("string"))
    known = named.filter(named.word.notnull())
    counted = known.group_by("word").agg(
        here=(known.side == "here").sum(), there=(known.side == "there").sum()
    )
    rows = counted.order_by(ibis.desc(counted.here + counted.there), counted.word).limit(_MOST_WORDS + 1)
    words = rows.to_pyarrow().to_pylist()
    if len(words) > _MOST_WORDS:
        return
    for row in words[:_WORDS]:
        here, there = row["here"] / sizes["here"], row["there"] / sizes["there"]
        pooled = (row["here"] + row["there"]) / (sizes["here"] + sizes["there"])
        error = sqrt(pooled * (1 - pooled) * (1 / sizes["here"] + 1 / sizes["there"]))
        if error:
            effect = 2 * asin(sqrt(here)) - 2 * asin(sqrt(there))
            yield _Tested(one, row["word"], here, there, effect, erfc(abs(here - there) / error / sqrt(2)))


def _difference(one: _Tested, q: float) -> Difference:
    size: Literal["small", "medium", "large"] = (
        "large" if abs(one.effect) >= 0.8 else "medium" if abs(one.effect) >= 0.5 else "small"
    )
    return Difference(
        name=one.attribute.name, title=one.attribute.column.title, value=one.value, here=one.here,
        there=one.there, effect=one.effect, size=size, q=q,
    )  # fmt: skip
