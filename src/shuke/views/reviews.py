"""Reviews: which pairs of records wait for a person to say whether they are one customer?"""

from dataclasses import dataclass
from itertools import product

import ibis
import ibis.expr.types as ir

from shuke.access.audit import AuditEvent
from shuke.access.masking import HIDDEN
from shuke.access.roles import Capability
from shuke.app import Opened, Project
from shuke.builds import stewardship
from shuke.views.identity import in_force, stands
from shuke.views.side_by_side import Line, side_by_side
from shuke.views.tables import mask
from shuke.views.viewer import Viewer

_BETWEEN = "\x1f"  # between the two names of a pair that is one word


@dataclass(frozen=True, kw_only=True)
class Review:
    """Two records that may be of one customer, and stand in two."""

    record_l: str
    record_r: str
    customer_l: str
    customer_r: str
    name_l: str | None
    name_r: str | None
    kind: str  # person or organisation
    why: str  # unsure: neither likely enough nor unlikely enough; guard: likely, but something contradicts it
    probability: float | None  # None: they were never compared
    weight: float | None


@dataclass(frozen=True)
class ReviewPage:
    """Some of the pairs that wait, the likeliest first."""

    reviews: tuple[Review, ...]
    total: int  # that wait
    decided: int  # of this build's, since it was made


def reviews(project: Project, *, viewer: Viewer, limit: int = 50, offset: int = 0) -> ReviewPage:
    """The pairs of the current build on which nobody has decided, the likeliest first."""
    viewer.require(Capability.SEE)
    opened = project.open()
    queue = stands(opened, "reviews", "record_l", "record_r", "why")
    if queue is None:
        return ReviewPage((), 0, 0)
    left = _waiting(queue, project, opened)
    rows = _shown(left.order_by(_ORDER).limit(limit, offset=offset), opened, viewer)
    found = tuple(Review(**row) for row in rows.order_by(_ORDER).to_pyarrow().to_pylist())
    if found:
        viewer.did(project.operations, AuditEvent(verb="looked_at_reviews", count=len(found)))
    total = int(left.count().to_pyarrow().as_py())
    return ReviewPage(_masked(found, viewer), total, int(queue.count().to_pyarrow().as_py()) - total)


def waiting(project: Project) -> int:
    """How many pairs wait."""
    opened = project.open()
    queue = stands(opened, "reviews", "record_l", "record_r", "why")
    if queue is None:
        return 0
    return int(_waiting(queue, project, opened).count().to_pyarrow().as_py())


def compared(project: Project, review: Review, *, viewer: Viewer) -> tuple[Line, ...]:
    """What the two records of a pair say, side by side."""
    viewer.require(Capability.SEE_PERSONAL)
    return side_by_side(project.open(), review.record_l, review.record_r, viewer=viewer)


_ORDER = [ibis.desc("probability", nulls_first=True), "record_l", "record_r"]


def _waiting(queue: ir.Table, project: Project, opened: Opened) -> ir.Table:
    """The queue without the pairs on which somebody has decided since the build."""
    known = in_force(opened)
    fresh = [d for d in stewardship.decisions(project.operations) if d.stands and d.number not in known]
    answered = {_BETWEEN.join(sorted(two)) for d in fresh for two in product(d.left, d.right)}
    if not answered:
        return queue
    return queue.filter(~(queue.record_l + _BETWEEN + queue.record_r).isin(sorted(answered)))


def _shown(page: ir.Table, opened: Opened, viewer: Viewer) -> ir.Table:
    """The pairs with the names of their customers, masked as the viewer may see them."""
    customers = opened.table("customers")
    name = ibis.coalesce(customers.name, customers.organisation)
    names = customers.select("customer_id", name=name if viewer.sees_personal else mask(name, "name"))
    for side in ("l", "r"):
        own = names.select(**{f"customer_{side}": names.customer_id, f"name_{side}": names.name})
        page = page.left_join(own, f"customer_{side}").drop(f"customer_{side}_right")
    return page.select(*Review.__dataclass_fields__)


def _masked(found: tuple[Review, ...], viewer: Viewer) -> tuple[Review, ...]:
    if viewer.sees_personal:
        return found
    return tuple(Review(**{**vars(review), "record_l": HIDDEN, "record_r": HIDDEN}) for review in found)
