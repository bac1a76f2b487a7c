"""Unusual movement: which measure of the company is not where its own past lets one expect it?"""

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.alerts.baselines import Departure, departures
from shuke.alerts.daily_measures import MEASURES, MONEY, MORE_IS_WORSE
from shuke.alerts.findings import alert_rule, evidence, severity, still
from shuke.analyses.false_discoveries import corrected
from shuke.languages import Text
from shuke.lazy import pd
from shuke.tables import Type
from shuke.tables.derived import Checkpoint

#: Days and weeks are looked at; what was unusual is told of for a week.
SPANS, LASTS = (1, 7), 7
YEAR = timedelta(days=365)


@alert_rule(
    title=Text("Unusual movement", "指标异常波动"),
    about=Text("Which measure is not where its own past lets one expect it?", "哪项指标偏离了自身规律？"),
    subject=None,
    evidence={
        "days": Text("days together", "统计天数"),
        "until": Text("until", "截至"),
        "value": Text("there was", "实际"),
        "expected": Text("expected", "预期"),
        "change_percent": Text("difference, in percent", "差异（%）"),
    },
)
def unusual_movement(
    daily_measures: ir.Table,
    purchases: ir.Table,
    last_build_unusual_movement: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    false_discovery_rate: float = 0.01,
) -> ir.Table:
    """Measures whose last whole day, or last seven, stray from what their own history lets one expect.

    One finding per measure, of its day or its week, whichever is the less likely. The day before `as_of` is
    looked at, for `as_of` itself may not be over; or the day before the last of which every large source
    has told, for what has not come yet is no fall. Many measures are looked at on many days: what is found is
    held to `false_discovery_rate` over all of them (Benjamini and Hochberg), so that on a day on which
    nothing has moved, the chance of any finding is no greater than that. Once found, it stays for as long as
    one of the last seven days, or the week until then, is as unlikely as what opened it had to be. Severity
    is `high` where it is the worse. At stake is the difference of what is money.
    """
    found = _found(daily_measures, _whole_until(purchases, as_of), false_discovery_rate)
    money = Type.MONEY.ibis
    rows = checkpoint(ibis.memtable(found, schema=_FOUND))
    kept = still(rows, last_build_unusual_movement, opens=rows.opens, lasts=rows.lasts)
    return kept.select(
        "subject",
        subject_kind=ibis.literal("measure"),
        since=ibis.coalesce(kept.known_since, kept.since),
        severity=severity(kept.worse),
        at_stake=ibis.ifelse(kept.is_money, kept.off.round(4).cast(money), ibis.null(money)),
        evidence=evidence(
            days=kept.days, until=kept.until.cast(str), value=kept.value, expected=kept.expected,
            change_percent=(kept.off_of * 100).round(0).cast("int64"),
        ),
    )  # fmt: skip


_FOUND = ibis.schema(
    {
        "subject": "string", "since": "date", "opens": "boolean", "lasts": "boolean", "worse": "boolean",
        "is_money": "boolean", "off": "float64", "off_of": "float64", "days": "int64", "until": "date",
        "value": "int64", "expected": "int64",
    }
)  # fmt: skip


#: A source with less of a year's sales than this changes little, and one that has said nothing for so many
#: days has stopped.
SHARE, STOPPED = 0.05, 45


def _whole_until(purchases: ir.Table, as_of: date) -> date:
    """The last day that is over, and of which every source that matters has told."""
    goods = purchases.filter((purchases.kind == "goods") & purchases.day.between(as_of - YEAR, as_of))
    by_source = goods.group_by("source").agg(newest=goods.day.max(), sold=goods.amount.sum().cast("float64"))
    frame = by_source.order_by("source").to_pandas()
    if frame.empty:
        return as_of - timedelta(days=1)
    newest = pd.to_datetime(frame["newest"])
    tells = (newest > newest.max() - pd.Timedelta(days=STOPPED)) & (
        frame["sold"] >= SHARE * frame["sold"].sum()
    )
    until: date = newest[tells].min().date() if tells.any() else as_of
    return until - timedelta(days=1)


def _found(measures: ir.Table, last: date, rate: float) -> list[dict[str, Any]]:
    """A row for each measure that is, or lately was, unusual."""
    told = {
        (measure, days): seen
        for measure, values in _series(measures, last).items()
        for days in SPANS
        if (seen := departures(values, days=days, last=LASTS))
    }
    if not told:
        return []
    newest = np.array([seen[-1].p for seen in told.values()])
    tried = len(MEASURES) * len(SPANS)
    q = corrected(newest, tried)
    # What opens has this p or less; the strictest bar that there is where nothing does.
    bar = max((p for p, share in zip(newest, q, strict=True) if share <= rate), default=rate / tried)
    rows: dict[str, tuple[tuple[int, float], dict[str, Any]]] = {}
    for (measure, days), seen in told.items():
        unusual = [place for place, each in enumerate(seen) if each.p <= bar]
        if not unusual:
            continue
        place = unusual[-1]
        one, ago = seen[place], len(seen) - 1 - place
        row = _row(measure, days, last - timedelta(days=ago), one) | {"opens": not ago}
        rank = (ago, one.p)
        if measure not in rows or rank < rows[measure][0]:
            rows[measure] = (rank, row)
    return [row for _rank, row in rows.values()]


def _row(measure: str, days: int, until: date, one: Departure) -> dict[str, Any]:
    more = one.value > one.expected
    off = one.value - one.expected
    return {
        "subject": measure, "since": until, "lasts": True, "worse": more is (measure in MORE_IS_WORSE),
        "is_money": measure in MONEY, "off": abs(off), "off_of": off / max(one.expected, 1.0), "days": days,
        "until": until, "value": round(one.value), "expected": round(one.expected),
    }  # fmt: skip


def _series(measures: ir.Table, last: date) -> dict[str, "np.ndarray[Any, np.dtype[np.float64]]"]:
    """Each measure day by day until the last one, 0 where there was nothing; from its own first day on."""
    frame = measures.filter(measures.day <= last).select("measure", "day", "value").to_pandas()
    found = {}
    for measure, rows in frame.groupby("measure"):
        days = pd.to_datetime(rows["day"])
        whole = pd.Series(rows["value"].to_numpy(float), index=days)
        found[str(measure)] = whole.reindex(pd.date_range(days.min(), last), fill_value=0.0).to_numpy()
    return found
