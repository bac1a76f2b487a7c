"""Lapsing: who has not bought by the time their own rhythm predicts?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.languages import Text
from shuke.stats import rounded
from shuke.tables.statuses import OVERDUE


@alert_rule(
    title=Text("Overdue customers", "逾期未购预警"),
    about=Text("Who should have bought again by now?", "谁早该再次购买了？"),
    evidence={
        "silent_days": Text("Days silent", "未购买天数"),
        "usual_days": Text("usual gap", "平均间隔（天）"),
        "allowed_days": Text("longest expected", "最长间隔（天）"),
        "orders": Text("orders", "累计订单"),
    },
)
def lapsing(
    purchases: ir.Table, lifecycle: ir.Table, *, as_of: date, grace: float = 0.0, min_gaps: int = 3
) -> ir.Table:
    """Customers whose silence is longer than their own rhythm allows, while it is still early to ask why.

    One finding per customer who is `overdue` by `lifecycle` and has at least `min_gaps` gaps between days
    with a purchase, so that the rhythm is their own, once `grace` more days have passed. It holds since the
    first day on which that was so, and until they buy or are lost: then they are no warning any more, but a
    loss. At stake is what they spent in the year before `as_of`. Severity is `high` for the quarter of them
    who have spent most, else `medium`.
    """
    regular = lifecycle.filter((lifecycle.status == OVERDUE) & (lifecycle.buying_days > min_gaps))
    patience = int(grace)
    late = regular.filter(regular.silent_days > regular.late_days + patience)
    sold = purchases.filter((purchases.kind == "goods") & ~purchases.is_return)
    theirs = sold.semi_join(late, "customer_id")
    spent = theirs.group_by("customer_id").agg(
        spent=theirs.amount.sum(),
        in_year=theirs.amount.sum(where=theirs.day > as_of - timedelta(days=365)),
    )
    told = late.left_join(spent, "customer_id").drop("customer_id_right")
    best = ibis.percent_rank().over(ibis.window(order_by=told.spent.fill_null(0))) >= 0.75
    return told.select(
        subject=told.customer_id,
        since=told.since + ibis.interval(days=patience),
        severity=severity(best),
        at_stake=told.in_year,
        evidence=evidence(
            silent_days=told.silent_days,
            usual_days=rounded(told.usual_days, 1).cast("decimal(9, 1)"),
            allowed_days=told.late_days,
            orders=told.buying_days,
        ),
    )


#: Whoever buys within so many days of a warning was only late.
AWAY = 60


@lapsing.outcome
def stayed_away(openings: ir.Table, purchases: ir.Table, *, until: date) -> ir.Table:
    """An alert was right where the customer bought nothing for sixty days after it."""
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return)
    bought = openings.inner_join(goods.select("customer_id", "day"), [("subject", "customer_id")])
    later = bought.filter(bought.day > bought.opened)
    back = later.group_by("subject", "opened").agg(back=later.day.min())
    told = openings.left_join(back, ["subject", "opened"])
    soon = (told.back <= told.opened + ibis.interval(days=AWAY)).fill_null(False)
    over = told.opened + ibis.interval(days=AWAY) <= until
    return told.select("subject", "opened", right=ibis.cases((soon, False), (over, True)))
