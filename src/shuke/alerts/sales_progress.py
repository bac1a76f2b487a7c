"""Sales progress: which plan of this month will be missed?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity, still
from shuke.alerts.targets import month_of
from shuke.languages import Text

#: One in ten comes out lower than this many standard errors above its forecast by chance.
Z90 = 1.2815515655446004


@alert_rule(
    title=Text("Plans that fall behind", "计划落后预警"),
    about=Text("Which plan of this month will be missed?", "本月哪项计划将完不成？"),
    evidence={
        "plan": Text("Plan", "计划"),
        "actual": Text("sales so far", "已完成"),
        "expected": Text("expected by now", "应完成"),
        "forecast": Text("forecast", "月末预测"),
        "last_year": Text("the same month last year", "去年同月"),
    },
)
def sales_progress(
    plan_progress: ir.Table, last_build_sales_progress: ir.Table, *, as_of: date, tolerance: float = 0.1
) -> ir.Table:
    """Plans that are behind by more than `tolerance`, fall further behind, and will be missed beyond chance.

    One finding per target. It is behind when sales are below what is expected by now, for the part of the
    month's sales that is usual by this day, by more than `tolerance` of that; it falls when it is behind by
    more money than a week before; and even if the rest of the month sells as planned, nine in ten such
    months end below the plan. Once found it stays until it is behind by less than half of the tolerance, or
    the month is over. Severity is `high` where the forecast lacks more than twice the tolerance. At stake
    is what the forecast lacks.
    """
    told = plan_progress.mutate(
        due=plan_progress.expected.cast("float64"), made=plan_progress.actual.cast("float64"),
        goal=plan_progress.plan.cast("float64"), end=plan_progress.forecast.cast("float64"),
    )  # fmt: skip
    late = told.made < told.due * (1 - tolerance)
    falls = told.behind > told.behind_before
    sure = told.due - told.made > Z90 * told.spread.cast("float64").fill_null(0.0)
    this_month = last_build_sales_progress.filter(last_build_sales_progress.since >= as_of.replace(day=1))
    kept = still(
        told, this_month, opens=late & falls & sure, lasts=told.made < told.due * (1 - tolerance / 2)
    )
    return kept.select(
        "subject_kind", "subject",
        since=ibis.coalesce(kept.known_since, ibis.literal(as_of)),
        severity=severity(kept.end.fill_null(0.0) < kept.goal * (1 - 2 * tolerance)),
        at_stake=ibis.greatest(kept.plan - kept.forecast.fill_null(0), 0),
        evidence=evidence(
            plan=kept.plan, actual=kept.actual, expected=kept.expected, forecast=kept.forecast,
            last_year=kept.last_year,
        ),
    )  # fmt: skip


@sales_progress.outcome
def ended_below(openings: ir.Table, planned_months: ir.Table, *, until: date) -> ir.Table:
    """An alert was right where its month ended below the plan; of a month that is not over nobody knows, nor
    of what is planned for several targets at once."""
    first, last = month_of(until)
    plans = planned_months.filter(
        (planned_months.kind == "plans") & (planned_months.subject_kind != "several")
    )
    over = plans.filter(plans.month <= first if until == last else plans.month < first)
    dated = openings.mutate(month=openings.opened.truncate("M").cast("date"))
    told = dated.left_join(over, ["subject", "month"], rname="plan_{name}")
    return told.select("subject", "opened", right=told.actual.fill_null(0) < told.planned)
