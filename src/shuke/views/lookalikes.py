"""Lookalikes: which customers are most like those of a segment, without being in it?

Near is near by the few figures that set the segment apart most (`segment_comparison`): each customer's
place among all, from 0 to 1, and how far it is on average from the middle of the segment's places. The
figures are told.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from shuke.app import Opened, Project
from shuke.errors import NotEnoughData
from shuke.languages import N_
from shuke.segments.matching import ID
from shuke.views import meant
from shuke.views.names import names_of
from shuke.views.segment_comparison import Difference, compare
from shuke.views.viewer import Viewer

#: By so many figures, of which none has a smaller effect.
_FIGURES, _EFFECT = 6, 0.2


@dataclass(frozen=True, kw_only=True)
class Lookalike:
    customer_id: str
    name: str | None  # as far as the viewer may see it
    distance: float  # 0: at the middle of the segment in each figure


@dataclass(frozen=True, kw_only=True)
class Lookalikes:
    """The nearest first, and the figures by which they are near."""

    by: tuple[Difference, ...]
    customers: tuple[Lookalike, ...]


def lookalikes(project: Project, text: str, *, viewer: Viewer, limit: int = 100) -> Lookalikes:
    """The customers nearest to those whom a condition means.

    Raises `NotEnoughData` where nothing sets these apart.
    """
    opened = project.open()
    found = compare(project, text, viewer=viewer, limit=500).differences
    by = tuple(one for one in found if one.value is None and abs(one.effect) >= _EFFECT)[:_FIGURES]
    if not by:
        raise NotEnoughData(N_("No figure sets this segment apart, so nobody is near it."))
    is_in = meant.ids(opened, meant.meaning(project, opened, text), viewer).mutate(is_in=True)
    placed = _places(project, opened, by).left_join(is_in, ID)
    names = [f"f{n}" for n in range(len(by))]
    middle = {f"m{n}": placed[f"f{n}"].mean(where=placed.is_in.notnull()) for n in range(len(by))}
    apart = placed.filter(placed.is_in.isnull()).cross_join(placed.aggregate(**middle))
    far = [(apart[name] - apart[name.replace("f", "m")]).abs() for name in names]
    distance = sum(far[1:], far[0]) / len(far)
    nearest = apart.select(ID, distance=distance).order_by(ibis._.distance, ID).limit(limit)
    rows = nearest.to_pyarrow().to_pylist()
    called = names_of(opened, [row[ID] for row in rows], viewer=viewer)
    return Lookalikes(
        by=by,
        customers=tuple(
            Lookalike(customer_id=row[ID], name=called.get(row[ID]), distance=row["distance"]) for row in rows
        ),
    )


def _places(project: Project, opened: Opened, by: tuple[Difference, ...]) -> ir.Table:
    """The place of each customer among all by each figure; who lacks one of them is left out."""
    known = meant.vocabulary(project, opened)
    rows = opened.table("customers").select(ID)
    for n, one in enumerate(by):
        attribute = known.attribute(one.name)
        figures = opened.table(attribute.table)
        figure = figures[attribute.column.name].cast("float64")
        told = figures.filter(figure.notnull())
        place = ibis.percent_rank().over(ibis.window(order_by=told[attribute.column.name]))
        rows = rows.inner_join(told.select(ID, **{f"f{n}": place}), ID)
    return rows
