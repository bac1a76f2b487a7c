"""Overlap: are these lines the same that were imported before, or more of the same?

A line with an order number, or with a time of day and a till, is known by them. Of any other line that
looks like one imported before nobody but the company can say.
"""

from typing import Literal

import ibis
import ibis.expr.types as ir

from shuke.collect.canonical_rows import ALIKE, Reader, keyed
from shuke.errors import LikelyOverlap
from shuke.languages import N_
from shuke.periods import to_local
from shuke.tables import CANONICAL

Overlap = Literal["union", "append", "replace"]

_LINES = CANONICAL["order_items"]


def settle(
    lines: ir.Table, landed: ir.Table, *, overlap: Overlap | None, reader: Reader, zone: str, file: str
) -> ir.Table:
    """The candidate lines of a sheet with keys that follow the decision.

    union    as they are: what is alike has been imported before
    append   numbered on from the landed ones that are alike
    replace  as they are; `withdrawn_by` tells what the sheet takes the place of
    None     raises `LikelyOverlap` where a line that only looks like a landed one is found
    """
    weak = lines.filter(_weak(lines, zone=zone))
    if overlap in ("union", "replace"):
        return lines
    alike = int(weak.semi_join(landed, "key").count().execute())
    if not alike:
        return lines
    if overlap is None:
        raise LikelyOverlap(
            N_(
                "{alike} of {lines} lines of {file} are like lines imported before, and they have neither an order "
                "number nor a time and a till to tell them apart. Decide with --overlap: union (the same lines), "
                "append (further lines), or replace (this file takes the place of its period)."
            ),
            alike=alike, lines=int(lines.count().execute()), file=file,
        )  # fmt: skip
    return _numbered_on(lines, landed, zone=zone, reader=reader)


def withdrawn_by(lines: ir.Table, landed: ir.Table, *, zone: str) -> ir.Table:
    """The landed lines of the sheet's period that only looks tell apart and that the sheet does not repeat."""
    weak = lines.filter(_weak(lines, zone=zone))
    period = weak.agg(first=weak.ordered_at.min(), last=weak.ordered_at.max())
    known = landed.filter(_weak(landed, zone=zone)).cross_join(period)
    within = known.ordered_at.between(known["first"], known["last"]) | (
        known.ordered_at.isnull() & known["first"].isnull()
    )
    return known.filter(within).drop("first", "last").anti_join(lines, "key")


def _weak(lines: ir.Table, *, zone: str) -> ir.BooleanValue:
    local = to_local(lines.ordered_at, zone)
    has_time = local.notnull() & (local != local.truncate("D"))
    return lines.order_no.isnull() & ~(has_time & lines.store_id.notnull()).fill_null(False)


def _numbered_on(lines: ir.Table, landed: ir.Table, *, zone: str, reader: Reader) -> ir.Table:
    texts = {f"{name}_text": landed[name].cast(str).fill_null("") for name in ALIKE}
    there = landed.mutate(**texts).group_by(list(texts)).agg(there=lambda t: t.nth.max() + 1)
    beside = lines.mutate(
        **{f"{name}_text": lines[name].cast(str).fill_null("") for name in ALIKE},
        weak=_weak(lines, zone=zone),
    ).left_join(there, list(texts))
    offset = ibis.ifelse(beside.weak, beside.there.fill_null(0), 0)
    moved = beside.mutate(nth=beside.nth + offset).select(lines.columns).drop("key", "said")
    return keyed(_LINES, moved, reader)
