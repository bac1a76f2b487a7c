"""In force: of all that was ever said of a record, what holds on a day?"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from shuke.tables import Canonical, Type


def said(rows: ir.Table, *, as_of: date, zone: str) -> ir.Table:
    """Every version of the records of a table that was true by the end of `as_of`, or does not say when."""
    return rows.filter(rows.collected_at.isnull() | (rows.collected_at < day_end(as_of, zone)))


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
    """The records in force of what had happened by the end of `as_of`, or does not say when.

    To be asked of records, not of versions: a later version need not repeat when the thing happened.
    """
    if declared.happened is None:
        return records
    at = records[declared.happened]
    is_day = declared[declared.happened].type is Type.DATE
    before = at <= ibis.literal(as_of) if is_day else at < day_end(as_of, zone)
    return records.filter(at.isnull() | before)


#: Every zone has these days whole.
_FIRST, _LAST = date(1, 1, 2), date(9999, 12, 29)


def day_end(day: date, zone: str) -> ir.TimestampScalar:
    """The first moment, in UTC, that is no longer `day` in `zone`."""
    day = min(max(day, _FIRST), _LAST)
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return ibis.literal(midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None))


def _merge(versions: ir.Table) -> ir.Table:
    newest_last = ibis.window(
        group_by="key",
        order_by=[
            ibis.coalesce(versions.collected_at, versions.received_at),
            versions.received_at,
            versions.batch_id,
            versions.row,
            versions.said,  # of two files of a batch, two rows may have one number
        ],
    )
    ranked = versions.mutate(version=ibis.row_number().over(newest_last))
    latest = {
        name: ranked[name].argmax(ranked.version, where=ranked[name].notnull())
        for name in versions.columns
        if name != "key"
    }
    return ranked.group_by("key").agg(**latest)
