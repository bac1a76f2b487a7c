"""Overlap: are these lines the same that were imported before, or more of the same?

A line with an order number, or with a time of day and a till, is known by them. Of any other line that
looks like one imported before nobody but the company can say.
"""

from typing import Literal

import ibis
import ibis.expr.types as ir

from shuke.collect.canonical_rows import ALIKE, numbered
from shuke.collect.record_keys import RecordContext
from shuke.errors import LikelyOverlap
from shuke.languages import N_
from shuke.periods import to_local
from shuke.store.in_force import in_force

Overlap = Literal["union", "append", "replace"]


def settle(
    lines: ir.Table, landed: ir.Table, *, overlap: Overlap | None, reader: RecordContext, zone: str, file: str
) -> ir.Table:
    """The candidate lines of a sheet with keys that follow the decision.

    union    as they are: what is alike has been imported before
    append   numbered on from the landed ones that are alike
    replace  the same, where `landed` are the lines of the files beside it; `withdrawn_by` tells what they
             take the place of
    None     raises `LikelyOverlap` where a line that only looks like a landed one is found
    """
    if overlap == "union" or not _counted(landed.semi_join(lines, "key")):
        return lines
    weak = lines.filter(_weak(lines, zone=zone))
    alike = _counted(weak.semi_join(landed, "key"))
    if not alike:
        return lines
    if overlap is None:
        raise LikelyOverlap(
            N_(
                "{alike} of {lines} lines of {file} are like lines imported before, and they have neither an "
                "order number nor a time and a till to tell them apart. Decide with --overlap: union (the "
                "same lines), append (further lines), or replace (this file takes the place of its period)."
            ),
            alike=alike, lines=_counted(lines), file=file,
        )  # fmt: skip
    return _numbered_on(lines, landed, zone=zone, reader=reader)


def _counted(rows: ir.Table) -> int:
    return int(rows.count().to_pyarrow().as_py())


def withdrawn_by(files: list[ir.Table], landed: ir.Table, *, zone: str) -> ir.Table:
    """The landed lines that only looks tell apart, of the stores and days of the files, that none repeats."""
    current = in_force(landed, revised=True)
    known = current.filter(_weak(current, zone=zone))
    covered = [_covered(lines, known, zone=zone) for lines in files]
    repeated = _united([lines.select("key") for lines in files])
    return _united(covered).distinct().anti_join(repeated, "key")


def _covered(lines: ir.Table, known: ir.Table, *, zone: str) -> ir.Table:
    """The known lines of the same store on the days from a file's first to its last; undated by undated."""
    weak = lines.filter(_weak(lines, zone=zone))
    told = weak.select(place=weak.store_id.fill_null(""), on=_day(weak, zone=zone))
    spans = told.group_by("place", undated=told["on"].isnull()).agg(
        first=told["on"].min(), last=told["on"].max()
    )
    beside = known.mutate(place=known.store_id.fill_null(""), on=_day(known, zone=zone))
    pairs = beside.join(spans, ["place", beside["on"].isnull() == spans.undated])
    within = pairs.undated | pairs["on"].between(pairs["first"], pairs["last"])
    return pairs.filter(within).select(known.columns)


def _day(lines: ir.Table, *, zone: str) -> ir.DateValue:
    return to_local(lines.ordered_at, zone).date()


def _united(tables: list[ir.Table]) -> ir.Table:
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _weak(lines: ir.Table, *, zone: str) -> ir.BooleanValue:
    local = to_local(lines.ordered_at, zone)
    has_time = local.notnull() & (local != local.truncate("D"))
    placed = (has_time & lines.store_id.notnull()).fill_null(False)
    return lines.order_no.isnull() & lines.line_id.isnull() & ~placed


def _numbered_on(lines: ir.Table, landed: ir.Table, *, zone: str, reader: RecordContext) -> ir.Table:
    """The lines that only looks tell apart, numbered from the last landed one that looks like them."""
    texts = [f"{name}_text" for name in ALIKE]
    there = _with_texts(landed).group_by(texts).agg(there=lambda t: t.nth.max() + 1)
    told = _with_texts(lines).mutate(weak=_weak(lines, zone=zone))
    beside = told.left_join(there, texts)
    moved = beside.select(*lines.columns, after=ibis.ifelse(beside.weak, beside.there.fill_null(0), 0))
    return numbered(moved.drop("key", "said", "nth"), reader, after=moved.after)


def _with_texts(lines: ir.Table) -> ir.Table:
    return lines.mutate(**{f"{name}_text": lines[name].cast(str).fill_null("\x00") for name in ALIKE})
