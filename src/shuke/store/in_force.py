"""In force: of all versions of a record, which one holds on a day?"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from shuke.periods import day_end
from shuke.tables import Canonical, Type


def history(rows: ir.Table, *, as_of: date, zone: str) -> ir.Table:
    """Every version of the records of a table that was true by the end of `as_of`, or does not say when."""
    return rows.filter(rows.collected_at.isnull() | (rows.collected_at < day_end(as_of, zone)))


def delays(received: Sequence[tuple[str, datetime]]) -> dict[str, timedelta]:
    """By how much batches count as received at another moment than the clock said; those that do, alone.

    `received` has them in the order of their delivery, which is what counts: of two that contradict it, a
    clock that was set back or forward has dated one. As few as possible are taken for that, and each is
    put beside the one before it.
    """
    sound = _rising([at for _, at in received])
    found: dict[str, timedelta] = {}
    for place, (batch, at) in enumerate(received):
        if place not in sound:
            before = max((p for p in sound if p < place), default=None)
            after = min((p for p in sound if p > place), default=None)
            meant = received[after][1] - _BESIDE if before is None and after is not None else at
            if before is not None:
                meant = received[before][1] + _BESIDE
                meant = min(meant, received[after][1]) if after is not None else meant
            found[batch] = meant - at
    return found


_MICROSECOND = timedelta(microseconds=1)

#: Sheets of one delivery lie microseconds apart.
_BESIDE = timedelta(milliseconds=1)


def _rising(moments: list[datetime]) -> set[int]:
    """The places of a longest part of the moments of which none is before the one before it."""
    ends: list[int] = []  # of the best part of each length, the place at which it ends
    before: list[int | None] = []
    for place, at in enumerate(moments):
        length = bisect_right(ends, at, key=lambda end: moments[end])
        before.append(ends[length - 1] if length else None)
        ends[length : length + 1] = [place]
    chosen: set[int] = set()
    place_ = ends[-1] if ends else None
    while place_ is not None:
        chosen.add(place_)
        place_ = before[place_]
    return chosen


def in_order(rows: ir.Table, late: Mapping[str, timedelta]) -> ir.Table:
    """Landed rows as received in the order of their delivery; `late` as `delays` tells."""
    if not late:
        return rows
    moved = [
        (
            rows.batch_id == batch,
            rows.received_at + ibis.interval(microseconds=by // _MICROSECOND),
        )
        for batch, by in late.items()
    ]
    return rows.mutate(received_at=ibis.cases(*moved, else_=rows.received_at))


def in_force(versions: ir.Table, *, revised: bool) -> ir.Table:
    """The one version of each record: the newest, with what it is silent about taken from older ones.

    One row per `key`. `revised` says whether any key has landed twice; where none has, the versions
    are the answer as they stand.
    """
    if not revised:
        return versions
    again = versions.filter(versions.revises).select("key").distinct()
    settled = versions.anti_join(again, "key")
    merged = _merge(versions.semi_join(again, "key"))
    return settled.union(merged.select(settled.columns)).filter(lambda t: ~t.withdrawn.fill_null(False))


def happened(records: ir.Table, declared: Canonical, *, as_of: date, zone: str) -> ir.Table:
    """The records in force of what had happened by the end of `as_of`, was foreseen by then, or does not say
    when.

    To be asked of records, not of versions: a later version need not repeat when the thing happened.
    """
    if declared.event_time is None or declared.lies_ahead:
        return records
    at = records[declared.event_time]
    is_day = declared[declared.event_time].type is Type.DATE
    before = at <= ibis.literal(as_of) if is_day else at < day_end(as_of, zone)
    return records.filter(at.isnull() | before)


def _merge(versions: ir.Table) -> ir.Table:
    # A version that does not say when it was true counts from when it was heard, which is never before what
    # was heard earlier, whatever a clock said that was set back. Batches are numbered as they were delivered.
    delivered = [versions.batch_id.find("-"), versions.batch_id]  # more digits, later
    till_then = ibis.window(group_by="key", order_by=delivered, preceding=None, following=0)
    heard = versions.mutate(heard=versions.received_at.max().over(till_then))
    newest_last = ibis.window(
        group_by="key",
        order_by=[
            ibis.coalesce(heard.collected_at, heard.heard),
            heard.heard,
            heard.batch_id.find("-"),
            heard.batch_id,
            heard.row,
            heard.said,  # of two files of a batch, two rows may have one number
        ],
    )
    ranked = heard.mutate(version=ibis.row_number().over(newest_last))
    latest = {
        name: ranked[name].argmax(ranked.version, where=ranked[name].notnull())
        for name in versions.columns
        if name != "key"
    }
    return ranked.group_by("key").agg(**latest)
