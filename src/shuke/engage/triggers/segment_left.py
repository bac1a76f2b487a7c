"""Segment left: who has dropped out of a segment since the build before?"""

import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("Left a segment", "离开客群"),
    about=Text(
        "They were of the segment and are not any more. That a segment was edited drives nobody out.",
        "原属于该客群、现已不属于者。客群修改不算离开。"),
)  # fmt: skip
def segment_left(segment_changes: ir.Table, *, segment: str) -> ir.Table:
    """One occasion for each day on which they left."""
    moved = segment_changes.filter(
        (segment_changes.segment == segment) & (segment_changes.change == "exit")
        & (segment_changes.cause == "customer")
    )  # fmt: skip
    return moved.select("customer_id", occasion=moved.day.cast("string"), day=moved.day)


@segment_left.still
def _still(customers: ir.Table, segment_members: ir.Table, *, segment: str) -> ir.Table:
    members = segment_members.filter(segment_members.segment == segment)
    return customers.anti_join(members, "customer_id").select("customer_id")
