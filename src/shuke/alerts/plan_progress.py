"""Plan progress: how far has each plan of this month come, and where will it end?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.targets import MONEY, TITLES, counted, in_force_in, month_of, named
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import owned

DIMENSIONS = ("customer_id", "staff_id", "product_id", "store_id", "region")

#: How many earlier years of the same month a season is read from, and how many selling days it takes.
YEARS, SELLING_DAYS = 3, 10

#: What has come since is looked at beside what stood so many days ago.
LOOK = 7


def _money(name: str, en: str, zh: str) -> Column:
    return Column(name, Type.MONEY, Text(en, zh), unit="currency")


@table(
    key="subject",
    title=Text("Plan progress", "计划进度"),
    about=Text("How far has each plan of this month come?", "本月各项计划完成得怎样？"),
    area="dealings",
    subject=None,
    columns=[
        Column("subject_kind", Type.TEXT, Text("Planned for what", "计划对象类型"), codes=TITLES),
        Column("subject", Type.TEXT, Text("Planned for", "计划对象")),
        Column("month", Type.DATE, Text("Month", "月份")),
        _money("plan", "Plan", "计划"),
        _money("actual", "Sales so far", "已完成"),
        _money("expected", "Expected by now", "应完成"),
        _money("forecast", "Forecast of the month", "月末预测"),
        _money("spread", "Standard error of what is left of the plan", "剩余计划的标准误"),
        _money("behind", "Behind by", "落后金额"),
        _money("behind_before", "Behind a week before", "一周前落后金额"),
        _money("last_year", "The same month last year", "去年同月"),
        Column("elapsed", Type.SHARE, Text("Share of the month's sales usual by now", "按季节应完成比例"),
               unit="share"),
    ],
)  # fmt: skip
def plan_progress(
    landed_plans: ir.Table,
    purchases: ir.Table,
    landed_order_items: ir.Table,
    landed_orders: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    checkpoint: Checkpoint,
) -> ir.Table:
    """Sales beside the plan of the month in which `as_of` lies. One row per target that has a plan.

    A target is what its plan names: a customer, an employee, a product, a store, a region, several of
    these, or nothing, which is the company. Sales are net: goods of all kinds less returns, in the
    project's currency. `elapsed` is the share of a month's sales that is usual by this day: that of the
    whole company in the same month of up to three earlier years, else the share of its days. `forecast` is
    what the month comes to at that `spread` is the standard error of what the rest of the month brings if
    it sells as planned: sales are taken for a compound Poisson process of orders as large as those of the
    year before; it is 0 when the month is over.
    """
    first = as_of.replace(day=1)
    told = owned(landed_plans.mutate(currency=ibis.null("string")), identities, currency=currency)
    known = told.filter(told.record_id.isnull() | told.customer_id.notnull())
    plans = checkpoint(in_force_in(known, DIMENSIONS, month=first))
    lines = with_staff(purchases, landed_order_items, landed_orders)
    goods = lines.filter((lines.kind == "goods") & lines.day.notnull())
    year = first.replace(year=first.year - 1)
    then = month_of(year)
    lately = goods.day.between(as_of - timedelta(days=365), as_of)
    amounts = goods.filter(lately | goods.day.between(*then))
    now, before = amounts.day.between(first, as_of), amounts.day.between(first, as_of - timedelta(days=LOOK))
    value = amounts.amount.cast("float64")
    summed = counted(
        plans, amounts, DIMENSIONS,
        actual=amounts.amount.sum(where=now), before=amounts.amount.sum(where=before),
        last_year=amounts.amount.sum(where=amounts.day.between(*then)),
        squares=(value * value).sum(), total=value.sum(),
    )  # fmt: skip
    zero = ibis.literal(0).cast(MONEY)
    told_of = named(summed, DIMENSIONS).cross_join(_curve(goods, as_of))
    beside = told_of.cross_join(_dispersion(goods.filter(lately)))
    actual = beside.actual.fill_null(zero)
    plan = beside.amount.cast("float64")
    made = actual.cast("float64")
    own = (beside.squares / beside.total.nullif(0.0)).abs() * beside.clustered
    spread = (plan * (1 - beside.elapsed) * ibis.coalesce(own, beside.dispersion, 0.0)).sqrt()
    return beside.select(
        "subject_kind", "subject",
        month=ibis.literal(first),
        plan=beside.amount,
        actual=actual,
        expected=(plan * beside.elapsed).round(4).cast(MONEY),
        forecast=(made / beside.elapsed.nullif(0.0)).round(4).cast(MONEY),
        spread=spread.round(4).cast(MONEY),
        behind=(plan * beside.elapsed - made).round(4).cast(MONEY),
        behind_before=(
            plan * beside.elapsed_before - beside.before.fill_null(zero).cast("float64")
        ).round(4).cast(MONEY),
        last_year=beside.last_year,
        elapsed=beside.elapsed.round(6),
    )  # fmt: skip


def with_staff(purchases: ir.Table, items: ir.Table, orders: ir.Table) -> ir.Table:
    """The lines with who sold them: as the line says, or its order."""
    by_line = items.filter(items.staff_id.notnull()).select(of_line="key", line_staff="staff_id")
    heads = orders.filter(orders.staff_id.notnull())
    by_order = heads.select(of_order=heads.source + ":" + heads.order_no, order_staff=heads.staff_id)
    beside = purchases.left_join(by_line, [("line_id", "of_line")])
    beside = beside.left_join(by_order, [("order_id", "of_order")])
    return beside.mutate(staff_id=ibis.coalesce(beside.line_staff, beside.order_staff))


def _dispersion(goods: ir.Table) -> ir.Table:
    """One row: the variance of sales for each unit of them (`dispersion`), by orders; and how many times
    that of single lines it is (`clustered`), for what is bought together comes together."""
    named = goods.mutate(of=ibis.coalesce(goods.order_id, goods.line_id))
    orders = named.group_by("of").agg(total=named.amount.sum().cast("float64"))
    by_order = orders.aggregate(total=orders.total.sum(), squares=(orders.total * orders.total).sum())
    value = goods.amount.cast("float64")
    by_line = goods.aggregate(line_squares=(value * value).sum())
    both = by_order.cross_join(by_line)
    return both.select(
        dispersion=(both.squares / both.total.nullif(0.0)).abs(),
        clustered=(both.squares / both.line_squares.nullif(0.0)).fill_null(1.0),
    )


def _curve(goods: ir.Table, as_of: date) -> ir.Table:
    """One row: the share of the month's sales that is usual by `as_of` (`elapsed`), and by a week before."""
    _first, last = month_of(as_of)
    straight = as_of.day / last.day
    day = goods.day.day()
    same = (goods.day.month() == as_of.month) & (goods.day.year() < as_of.year)
    earlier = same & (goods.day.year() >= as_of.year - YEARS)
    amount = goods.amount.cast("float64")
    at_end = as_of == last
    by_now = ibis.literal(True) if at_end else day <= as_of.day
    told = goods.aggregate(
        total=amount.sum(where=earlier), upto=amount.sum(where=earlier & by_now),
        before=amount.sum(where=earlier & (day <= as_of.day - LOOK)),
        days=goods.day.nunique(where=earlier),
    )  # fmt: skip
    seasonal = (told.days >= SELLING_DAYS) & (told.total > 0) & (told.upto > 0)
    long_ago = max(as_of.day - LOOK, 0) / last.day
    is_seasonal = seasonal.fill_null(False)
    return told.select(
        elapsed=is_seasonal.ifelse(told.upto / told.total, straight),
        elapsed_before=is_seasonal.ifelse(told.before.fill_null(0.0) / told.total, long_ago),
    )  # fmt: skip
