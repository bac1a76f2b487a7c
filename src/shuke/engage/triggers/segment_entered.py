"""Segment entered: who has come into a segment since the build before?"""

import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("Entered a segment", "进入客群"),
    about=Text(
        "They were not of the segment and are now. That a segment is new or was edited brings nobody in.",
        "原不属于该客群、现已属于者。客群新建或修改不算进入。"),
)  # fmt: skip
def segment_entered(segment_changes: ir.Table, *, segment: str) -> ir.Table:
    """One occasion for each day on which they entered."""
    moved = segment_changes.filter(
        (segment_changes.segment == segment) & (segment_changes.change == "entry")
        & (segment_changes.cause == "customer")
    )  # fmt: skip
    return moved.select("customer_id", occasion=moved.day.cast("string"), day=moved.day)


@segment_entered.still
def _still(segment_members: ir.Table, *, segment: str) -> ir.Table:
    return segment_members.filter(segment_members.segment == segment).select("customer_id")
