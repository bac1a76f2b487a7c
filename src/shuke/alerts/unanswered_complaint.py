"""Unanswered complaint: who has complained and waited for an answer for longer than they should?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.alerts.worth import in_year
from shuke.languages import Text


@alert_rule(
    title=Text("Unanswered complaints", "投诉逾期未复预警"),
    about=Text("Who has waited too long for an answer to a complaint?", "谁的投诉逾期未得到答复？"),
    evidence={
        "waiting_days": Text("Days waiting", "等待天数"),
        "complaints": Text("complaints", "投诉数"),
        "topic": Text("about", "主题"),
    },
)
def unanswered_complaint(
    complaints: ir.Table,
    purchases: ir.Table,
    *,
    as_of: date,
    deadline_days: int = 7,
    forgotten_days: int = 365,
) -> ir.Table:
    """Customers of whom a complaint has been open for more than `deadline_days` days.

    One finding per customer, of their oldest such complaint; one of more than `forgotten_days` days is no
    warning any more. A company that never writes down that a complaint was answered is warned of none, for
    nobody knows. It holds since the day after the deadline. Severity is `high` from four times the deadline
    on. At stake is what they spent in the year before `as_of`.
    """
    answers = complaints.aggregate(tells=(~complaints.waiting).any().fill_null(False))
    told = complaints.cross_join(answers)
    day = told.day.between(as_of - timedelta(days=forgotten_days), as_of - timedelta(days=deadline_days + 1))
    open_ = told.filter(told.tells & told.waiting & day)
    oldest_first = ibis.window(group_by="customer_id", order_by=[open_.day, open_.complaint_id])
    ranked = open_.mutate(
        nth=ibis.row_number().over(oldest_first), many=open_.count().over(group_by="customer_id")
    )
    oldest = ranked.filter(ranked.nth == 0)
    beside = oldest.left_join(in_year(purchases, as_of), "customer_id")
    waited = ibis.literal(as_of).delta(beside.day, unit="day")
    return beside.select(
        subject=beside.customer_id,
        since=beside.day + ibis.interval(days=deadline_days + 1),
        severity=severity(waited > 4 * deadline_days),
        at_stake=beside.spent,
        evidence=evidence(waiting_days=waited, complaints=beside.many, topic=beside.topic),
    )
