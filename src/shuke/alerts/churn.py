"""Churn: who has not bought by the time that their own rhythm predicts?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import FINDING, evidence, severity
from shuke.languages import Text
from shuke.tables import table


@table(
    key=("rule", "subject"),
    title=Text("Churn alerts", "流失预警"),
    about=Text("Who should have bought again by now?", "谁早该再次购买了？"),
    area="alerts",
    subject="subject",
    columns=FINDING,
)
def churn(purchases: ir.Table, *, as_of: date, grace: float = 2.0, least_gaps: int = 3) -> ir.Table:
    """Customers whose silence is longer than their own rhythm allows.

    One finding per customer with more than `least_gaps` buying days whose days since the last one exceed
    the mean gap between them by more than `grace` standard deviations, and by at least a tenth of it. It
    holds since the first day on which that was so. Severity is `high` for the quarter of them who spent
    most per order day, else `medium`.
    """
    goods = purchases.filter(
        purchases.customer_id.notnull()
        & (purchases.kind == "goods")
        & ~purchases.is_return
        & purchases.day.notnull()
    )
    days = goods.group_by("customer_id", "day").agg(spent=goods.amount.sum().fill_null(0))
    before = days.day.lag().over(ibis.window(group_by="customer_id", order_by="day"))
    gaps = days.mutate(gap=days.day.delta(before, unit="day").cast("float64"))
    rhythm = gaps.group_by("customer_id").agg(
        last=gaps.day.max(), gaps=gaps.gap.count(), mean=gaps.gap.mean(), spread=gaps.gap.std(how="sample"),
        spent=gaps.spent.mean().cast("float64"),
    )  # fmt: skip
    regular = rhythm.filter(rhythm.gaps >= least_gaps)
    allowed = ibis.greatest(regular.mean + grace * regular.spread, regular.mean * 1.1).ceil().cast("int64")
    expected = regular.mutate(allowed=allowed, silent=ibis.literal(as_of).delta(regular.last, unit="day"))
    late = expected.filter(expected.silent > expected.allowed)
    best = ibis.percent_rank().over(ibis.window(order_by=late.spent)) >= 0.75
    return late.select(
        rule=ibis.literal("churn"),
        subject_kind=ibis.literal("customer"),
        subject=late.customer_id,
        since=late.last + (late.allowed + 1).as_interval("D"),
        severity=severity(best),
        evidence=evidence(
            silent_days=late.silent,
            usual_days=late.mean.round(1),
            allowed_days=late.allowed,
            orders=late.gaps + 1,
        ),
    )
