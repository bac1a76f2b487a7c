"""Planned months: what is planned for each month, what came of it, and what was it a year before?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts import plan_progress, spending
from shuke.alerts.targets import KINDS, MONEY, TITLES, in_force, named
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import owned

#: Figures of so many days are beside the plans: this year's, and those of the two before.
_DAYS = timedelta(days=3 * 366)


@table(
    key=("kind", "subject", "month"),
    title=Text("Plans and budgets by month", "按月计划与预算"),
    about=Text("What is planned for each month, and what was it a year before?", "每月计划与去年同月多少？"),
    area="dealings",
    subject=None,
    columns=[
        Column("kind", Type.TEXT, Text("Plan or budget", "计划或预算"), codes={
            "plans": Text("Sales plan", "销售计划"), "budgets": Text("Budget", "预算")}),
        Column("subject_kind", Type.TEXT, Text("For what", "对象类型"), codes=TITLES),
        Column("subject", Type.TEXT, Text("For", "对象")),
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("planned", Type.MONEY, Text("Planned", "计划"), unit="currency"),
        Column("actual", Type.MONEY, Text("Came to", "实际"), unit="currency"),
        Column("last_year", Type.MONEY, Text("The same month last year", "去年同月"), unit="currency"),
    ],
)  # fmt: skip
def planned_months(  # noqa: PLR0917 - the tables that it is made from
    landed_plans: ir.Table,
    landed_budgets: ir.Table,
    expense_items: ir.Table,
    purchases: ir.Table,
    landed_order_items: ir.Table,
    landed_orders: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    checkpoint: Checkpoint,
) -> ir.Table:
    """Every month of a target that has a plan or a budget, or in which or a year before which something came.

    One row per plan or budget, target and month. Targets with figures are the company, regions, stores,
    employees, products, cost centres and campaigns, and those customers for whom something is planned.
    `actual` is net sales of goods for a plan and what was spent for a budget, up to `as_of`, in the
    project's currency; `planned` is what stands of the plan, where what was written down here goes before
    what was imported.
    """
    since = as_of - _DAYS
    lines = plan_progress.with_staff(purchases, landed_order_items, landed_orders)
    sold = lines.filter((lines.kind == "goods") & lines.day.between(since, as_of))
    lately = expense_items.day.between(since, as_of)
    spent = expense_items.filter(lately & expense_items.amount.notnull())
    kinds = (
        ("plans", landed_plans, sold, plan_progress.DIMENSIONS),
        ("budgets", landed_budgets, spent, spending.DIMENSIONS),
    )
    parts = [
        _beside(checkpoint(_planned(rows, identities, dimensions, currency)), amounts, dimensions, checkpoint)
        .mutate(kind=ibis.literal(kind))
        for kind, rows, amounts, dimensions in kinds
    ]  # fmt: skip
    return ibis.union(*parts)


def _planned(rows: ir.Table, identities: ir.Table, dimensions: tuple[str, ...], currency: str) -> ir.Table:
    told = owned(rows.mutate(currency=ibis.null("string")), identities, currency=currency)
    known = told.filter(told.record_id.isnull() | told.customer_id.notnull())
    monthly = in_force(known, dimensions)
    return named(monthly, dimensions).select("subject_kind", "subject", "month", planned="amount")


def _beside(
    planned: ir.Table, amounts: ir.Table, dimensions: tuple[str, ...], checkpoint: Checkpoint
) -> ir.Table:
    """The plans with what came in their month and a year before."""
    monthly = amounts.mutate(month=amounts.day.truncate("M"))
    customers = planned.filter(planned.subject_kind == "customer").select("subject").distinct()
    found = [_of(monthly, name, customers) for name in dimensions]
    whole = monthly.group_by("month").agg(amount=monthly.amount.sum())
    found.append(named(whole.mutate(**{n: ibis.null("string") for n in dimensions}), dimensions))
    came = checkpoint(
        ibis.union(*(part.select("subject_kind", "subject", "month", "amount") for part in found))
    )
    later = came.mutate(month=(came.month + ibis.interval(years=1)).cast("date"))
    by = ["subject_kind", "subject", "month"]
    spine = ibis.union(*(each.select(*by) for each in (planned, came, later)), distinct=True)
    told = spine.left_join(planned, by, rname="_{name}").left_join(came, by, rname="came_{name}")
    told = told.left_join(later, by, rname="later_{name}")
    return told.select(
        *by, "planned", actual=told.amount.cast(MONEY), last_year=told.later_amount.cast(MONEY)
    )


def _of(monthly: ir.Table, name: str, customers: ir.Table) -> ir.Table:
    """What came each month of each target of one kind."""
    told = monthly.filter(monthly[name].notnull())
    if name == "customer_id":
        told = told.semi_join(customers, told.customer_id == customers.subject)
    summed = told.group_by(name, "month").agg(amount=told.amount.sum())
    subject = summed[name] if name == "customer_id" else ibis.literal(f"{KINDS[name]}:") + summed[name]
    return summed.mutate(subject_kind=ibis.literal(KINDS[name]), subject=subject)
