"""Daily measures: how much of what a company watches was there on each day?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table

#: What is measured; those in which more is worse.
MEASURES: dict[str, Text] = {
    "sales": Text("Sales", "销售额"),
    "orders": Text("Orders", "订单数"),
    "buyers": Text("Customers who buy", "购买客户数"),
    "new_customers": Text("First purchases", "首购客户数"),
    "returns": Text("Returned goods", "退货额"),
    "complaints": Text("Complaints", "投诉数"),
}
MORE_IS_WORSE = ("returns", "complaints")
MONEY = ("sales", "returns")


@table(
    key=("measure", "day"),
    title=Text("Measures by day", "每日指标"),
    about=Text("How much was there on each day of what a company watches?", "每天的各项指标是多少？"),
    area="dealings",
    subject=None,
    event_time="day",
    columns=[
        Column("measure", Type.TEXT, Text("Measure", "指标"), codes=MEASURES),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("value", Type.NUMBER, Text("Value", "数值"), note=Text(
            "Sales and returns in the project's currency; the others are counts.",
            "销售额与退货额以本项目币种计，其余为计数。")),
    ],
)  # fmt: skip
def daily_measures(purchases: ir.Table, complaints: ir.Table, *, as_of: date) -> ir.Table:
    """What was sold, returned and complained of, by how many, on each day until `as_of`.

    One row per measure and day on which there was anything. Sales are goods as sold, of which `returns` are
    not taken away; an order is what has one number, else a line.
    """
    goods = purchases.filter((purchases.kind == "goods") & (purchases.day <= as_of))
    sold, back = goods.filter(~goods.is_return), goods.filter(goods.is_return)
    first = sold.filter(sold.customer_id.notnull()).group_by("customer_id").agg(day=sold.day.min())
    of_sales = sold.group_by("day").agg(
        sales=sold.amount.sum().cast("float64"),
        orders=ibis.coalesce(sold.order_id, sold.line_id).nunique().cast("float64"),
        buyers=sold.customer_id.nunique().cast("float64"),
    )
    counts = [
        *(of_sales.select("day", measure=ibis.literal(m), value=of_sales[m]) for m in of_sales.columns[1:]),
        _counted(first, "new_customers"),
        _counted(complaints.filter(complaints.day <= as_of), "complaints"),
        back.group_by("day").agg(value=-back.amount.sum().cast("float64")).mutate(
            measure=ibis.literal("returns")
        ),
    ]  # fmt: skip
    told = ibis.union(*(each.select("measure", "day", "value") for each in counts))
    return told.filter(told.value > 0)


def _counted(rows: ir.Table, measure: str) -> ir.Table:
    counted = rows.group_by("day").agg(value=rows.count().cast("float64"))
    return counted.mutate(measure=ibis.literal(measure))
