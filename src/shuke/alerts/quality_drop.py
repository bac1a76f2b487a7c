"""Quality drop: which source has become worse than it was?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.languages import Text
from shuke.stats import Z95, average, two_shares


@alert_rule(
    title=Text("Quality alerts", "质量预警"),
    about=Text("Which source has become worse than it was?", "哪个来源的质量下降了？"),
    subject=None,
    evidence={
        "dimension": Text("what fell", "下降项"),
        "score_percent": Text("now, in percent", "现为（%）"),
        "score_before": Text("was", "原为（%）"),
        "counted": Text("counted", "统计数"),
    },
)
def quality_drop(
    quality_trend: ir.Table, *, as_of: date, points: float = 5.0, window_days: int = 90
) -> ir.Table:
    """Sources whose score in a dimension is well below what an earlier build found.

    One finding per source: of several dimensions the one that fell most. Compared are the builds of the
    last `window_days` days, over the fields that both have: a new field, half empty, is no drop. It must be
    more than `points` percentage points and beyond chance (two shares, 95 %; conservative, for most of
    the records are the same). It holds since the first build after the best one. Severity is `high` at
    twice as many points.
    """
    drops = _since(_drops(quality_trend, as_of, window_days), quality_trend)
    beyond = two_shares(drops.good_then, drops.of_then, drops.good, drops.of) > Z95
    found = drops.filter((drops.fell > points / 100) & beyond)
    worst_first = ibis.window(group_by="source", order_by=[found.fell.desc(), found.dimension])
    worst = found.mutate(nth=ibis.row_number().over(worst_first)).filter(lambda t: t.nth == 0)
    return worst.select(
        rule=ibis.literal("quality_drop"),
        subject_kind=ibis.literal("source"),
        subject=worst.source,
        since=worst.since,
        severity=severity(worst.fell > 2 * points / 100),
        evidence=evidence(
            dimension=worst.dimension,
            score_percent=_percent(worst.good, worst.of),
            score_before=_percent(worst.good_then, worst.of_then),
            counted=worst.of,
        ),
    )


def _drops(trend: ir.Table, as_of: date, window_days: int) -> ir.Table:
    """Per source and dimension: the earlier day from which it has fallen deepest, and by how much."""
    shares = trend.filter(trend.dimension != "accuracy")
    field = ["source", "table_name", "attribute", "dimension"]
    now = shares.filter(shares.day == as_of).select(*field, "good", "of")
    recent = shares.day.between(as_of - timedelta(days=window_days), as_of - timedelta(days=1))
    then = shares.filter(recent).select(*field, "day", good_then="good", of_then="of").view()
    both = now.inner_join(then, field)
    pooled = both.group_by("source", "dimension", "day").agg(
        both.of.sum().name("of"), good=both.good.sum(), good_then=both.good_then.sum(),
        of_then=both.of_then.sum(),
    )  # fmt: skip
    fallen = pooled.mutate(fell=_share(pooled.good_then, pooled.of_then) - _share(pooled.good, pooled.of))
    deepest = ibis.window(group_by=["source", "dimension"], order_by=[fallen.fell.desc(), fallen.day.desc()])
    return fallen.mutate(nth=ibis.row_number().over(deepest)).filter(lambda t: t.nth == 0).drop("nth")


def _since(drops: ir.Table, trend: ir.Table) -> ir.Table:
    """With the first day after the best on which a build looked."""
    days = trend.select(looked="day").distinct().view()
    later = drops.inner_join(days, days.looked > drops.day)
    first = later.group_by("source", "dimension").agg(since=later.looked.min()).view()
    return drops.inner_join(first, ["source", "dimension"])


def _share(part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.FloatingValue:
    return part.cast("float64") / whole.nullif(0).cast("float64")


def _percent(part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.DecimalValue:
    return average((part * 100).cast("decimal(18, 0)"), whole).cast("decimal(9, 1)")
