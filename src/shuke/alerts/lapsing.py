"""Lapsing: who has not bought by the time that their own rhythm predicts?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import FINDING, evidence, severity
from shuke.languages import Text
from shuke.stats import average
from shuke.tables import table


@table(
    key=("rule", "subject"),
    title=Text("Customers who lapse", "逾期未购预警"),
    about=Text("Who should have bought again by now?", "谁早该再次购买了？"),
    area="alerts",
    subject="subject",
    columns=FINDING,
)
def lapsing(
    purchases: ir.Table, *, as_of: date, grace: float = 2.0, least_gaps: int = 3, lost: float = 3.0
) -> ir.Table:
    """Customers whose silence is longer than their own rhythm allows, while it is still early to ask why.

    One finding per customer with more than `least_gaps` buying days whose days since the last one exceed
    the mean gap between them by more than `grace` standard deviations, and by at least a tenth of it. It
    holds since the first day on which that was so, and until they buy or have been silent for `lost`
    times as long as allowed: then they are no warning any more, but a loss (see the tiers of `rfm`).
    Severity is `high` for the quarter of them who have spent most, else `medium`.
    """
    bought = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    goods = bought.filter(bought.day <= as_of)
    days = goods.group_by("customer_id", "day").agg(spent=goods.amount.sum().fill_null(0))
    before = days.day.lag().over(ibis.window(group_by="customer_id", order_by="day"))
    gaps = days.mutate(gap=days.day.delta(before, unit="day").cast("int64"))
    rhythm = gaps.group_by("customer_id").agg(
        last=gaps.day.max(), gaps=gaps.gap.count(), whole=gaps.gap.sum(), squares=(gaps.gap * gaps.gap).sum(),
        spent=gaps.spent.sum(),
    )  # fmt: skip
    regular = rhythm.filter(rhythm.gaps >= least_gaps)
    silent = ibis.literal(as_of).delta(regular.last, unit="day")
    expected = regular.mutate(allowed=_allowed(regular, grace), silent=silent)
    late = expected.filter(
        (expected.silent > expected.allowed) & (expected.silent <= expected.allowed * lost)
    )
    best = ibis.percent_rank().over(ibis.window(order_by=late.spent)) >= 0.75
    return late.select(
        rule=ibis.literal("lapsing"),
        subject_kind=ibis.literal("customer"),
        subject=late.customer_id,
        since=late.last + (late.allowed + 1).as_interval("D"),
        severity=severity(best),
        evidence=evidence(
            silent_days=late.silent,
            usual_days=average(late.whole.cast("decimal(18, 0)"), late.gaps).cast("decimal(9, 1)"),
            allowed_days=late.allowed,
            orders=late.gaps + 1,
        ),
    )


def _allowed(rhythm: ir.Table, grace: float) -> ir.IntegerValue:
    """How many days of silence are not unusual.

    The deviation is worked out from whole numbers, for engines add up floating ones in different orders.
    """
    n, whole = rhythm.gaps, rhythm.whole
    variance = (n * rhythm.squares - whole * whole).cast("float64") / (n * (n - 1)).nullif(0).cast("float64")
    mean = whole.cast("float64") / n.cast("float64")
    days = ibis.greatest(mean + grace * variance.sqrt().fill_null(0), mean * 1.1)
    return (days - 1e-6).ceil().cast("int64")  # ten and a tenth of it are eleven, not twelve
