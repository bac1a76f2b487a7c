"""Daily figures: what happened on each day, in the few figures that tell how a company is doing?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.statuses import LOST, OVERDUE

#: This year so far and the two before it.
_DAYS = timedelta(days=3 * 366)

#: The statuses of which it is told how many came into them.
MOVES = (OVERDUE, LOST, "returned")

FIGURES: dict[str, Text] = {
    "net": Text("Net sales", "净销售额"),
    "returns": Text("Returns", "退货额"),
    "new_customers": Text("First purchases", "首次购买客户数"),
    OVERDUE: Text("Became overdue", "转为逾期客户数"),
    LOST: Text("Were lost", "流失客户数"),
    "returned": Text("Came back", "回归客户数"),
    "complaints": Text("Complaints", "投诉数"),
}


@table(
    key=("day", "figure"),
    title=Text("Daily figures", "每日数据"),
    about=Text("What happened on each day?", "每天发生了什么？"),
    area="dealings",
    subject=None,
    takes_failed=True,
    columns=[
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("figure", Type.TEXT, Text("Figure", "指标"), codes=FIGURES),
        Column("amount", Type.MONEY, Text("Amount", "金额"), unit="currency"),
        Column("number", Type.INTEGER, Text("Number", "个数"), unit="count"),
    ],
)
def daily_figures(
    purchases: ir.Table, rfm: ir.Table, lifecycle: ir.Table, complaints: ir.Table, *, as_of: date
) -> ir.Table:
    """Sales, returns, first purchases, moves between statuses and complaints of each day of three years.

    One row per day and figure that has any. `amount` is given of sales and returns, `number` of the others.
    Returns are negative, part of net sales, and count on the day on which they happen. Of statuses it counts
    who is still in the one that they came into on that day.
    """
    sold = purchases.filter(purchases.day.notnull())
    amounts = {"net": sold, "returns": sold.filter(sold.is_return)}
    moved = lifecycle.filter(lifecycle.status.isin(MOVES))
    numbers = {
        "new_customers": rfm.select(day="first_day"),
        **{status: moved.filter(moved.status == status).select(day="since") for status in MOVES},
        "complaints": complaints.select("day"),
    }
    parts = [
        *(_summed(rows).mutate(figure=ibis.literal(name)) for name, rows in amounts.items()),
        *(_counted(rows).mutate(figure=ibis.literal(name)) for name, rows in numbers.items()),
    ]
    every = ibis.union(*parts)
    return every.filter(every.day.between(as_of - _DAYS, as_of))


def _summed(rows: ir.Table) -> ir.Table:
    daily = rows.group_by("day").agg(amount=rows.amount.sum().fill_null(0).cast(Type.MONEY.ibis))
    return daily.select("day", "amount", number=ibis.null("int64"))


def _counted(rows: ir.Table) -> ir.Table:
    daily = rows.group_by("day").agg(number=rows.count())
    return daily.select("day", "number", amount=ibis.null(Type.MONEY.ibis)).select("day", "amount", "number")
