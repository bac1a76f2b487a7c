"""Silent source: which source has not delivered when its own rhythm says that it should have?"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.languages import Text
from shuke.tables import Type
from shuke.tables.records import OWN

Deliveries = tuple[tuple[str, date], ...]
"""(source, day on which it delivered)"""

#: So many of the latest gaps are its rhythm.
RECENT = 24


@alert_rule(
    title=Text("Sources that went silent", "数据来源中断预警"),
    about=Text("Which source has not delivered when it should have?", "哪个来源逾期未提供数据？"),
    subject=None,
    evidence={
        "last": Text("last delivery", "最近一次"),
        "silent_days": Text("Days silent", "中断天数"),
        "usual_days": Text("usual gap", "平均间隔（天）"),
        "allowed_days": Text("longest expected", "最长间隔（天）"),
        "gaps": Text("gaps seen", "观察间隔数"),
    },
)
def silent_source(
    purchases: ir.Table, *, as_of: date, deliveries: Deliveries = (), min_gaps: int = 4, patience: float = 1.5
) -> ir.Table:
    """Sources whose silence is longer than their own rhythm allows.

    One finding per source that has at least `min_gaps` gaps between days on which it delivered. Allowed are
    `patience` times its longest gap of late, but no more than three and a half times its usual one (the
    median): a holiday of long ago does not excuse everything. What it delivers counts, be it new or not.
    It holds since the first day that was too late, until something comes. Severity is `high` from twice as
    long on. At stake are the sales that would have come from it meanwhile, as many a day as in its last year.
    """
    told = _late(deliveries, as_of=as_of, min_gaps=min_gaps, patience=patience)
    late = ibis.memtable(told, schema=_LATE)
    sold = purchases.filter((purchases.kind == "goods") & purchases.day.notnull())
    before = late.inner_join(sold.select("source", "day", "amount"), "source")
    year = before.filter(
        (before.day > before["last"] - ibis.interval(days=365)) & (before.day <= before["last"])
    )
    spent = year.group_by("source").agg(year=year.amount.sum())
    beside = late.left_join(spent, "source").drop("source_right")
    missed = beside.year.cast("float64") / 365.0 * beside.silent_days.cast("float64")
    return beside.select(
        subject_kind=ibis.literal("source"),
        subject=beside.source,
        since=beside.since,
        severity=severity(beside.silent_days > 2 * beside.allowed_days),
        at_stake=missed.round(4).cast(Type.MONEY.ibis),
        evidence=evidence(
            last=beside["last"].cast(str), silent_days=beside.silent_days,
            usual_days=beside.usual_days, allowed_days=beside.allowed_days, gaps=beside.gaps,
        ),
    )  # fmt: skip


_LATE = ibis.schema(
    {
        "source": "string", "last": "date", "since": "date", "silent_days": "int64", "usual_days": "int64",
        "allowed_days": "int64", "gaps": "int64",
    }
)  # fmt: skip


def _late(
    deliveries: Iterable[tuple[str, date]], *, as_of: date, min_gaps: int, patience: float
) -> list[dict[str, Any]]:
    days: dict[str, set[date]] = defaultdict(set)
    for source, day in deliveries:
        if source != OWN and day <= as_of:
            days[source].add(day)
    found = []
    for source, came in sorted(days.items()):
        gaps = [(b - a).days for a, b in pairwise(sorted(came))][-RECENT:]
        if len(gaps) < max(min_gaps, 1):
            continue
        last, usual = max(came), median(gaps)
        allowed = max(min(patience * max(gaps), 3.5 * usual), usual + 1)
        silent = (as_of - last).days
        if silent > allowed:
            found.append(
                {
                    "source": source, "last": last, "since": last + timedelta(days=int(allowed) + 1),
                    "silent_days": silent, "usual_days": round(usual), "allowed_days": int(allowed),
                    "gaps": len(gaps),
                }
            )  # fmt: skip
    return found
