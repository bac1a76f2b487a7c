"""Orders: what was bought together, when, and by whom?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key="order_id",
    title=Text("Orders", "订单"),
    about=Text("One row per order, receipt or credit note.", "每张订单、小票或退货单一行。"),
    area="dealings",
    event_time="day",
    columns=[
        Column("order_id", Type.TEXT, Text("Order", "订单")),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("order_no", Type.TEXT, Text("Order number", "订单号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("ordered_at", Type.TIME, Text("Ordered at", "下单时间")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("kind", Type.TEXT, Text("Kind", "类型"), note=Text(
            "`sale`; `return`: every line of goods is one; `adjustment`: no goods; `void`.",
            "`sale` 销售；`return` 全部商品行为退货；`adjustment` 无商品；`void` 未成立。")),
        Column("lines", Type.INTEGER, Text("Lines", "行数"), unit="count"),
        Column("quantity", Type.QUANTITY, Text("Quantity", "数量"), unit="piece"),
        Column("amount", Type.MONEY, Text("Amount", "金额"), unit="currency"),
        Column("store_id", Type.TEXT, Text("Store", "门店")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("country", Type.TEXT, Text("Country", "国家")),
        Column("region", Type.TEXT, Text("Region", "地区")),
        Column("city", Type.TEXT, Text("City", "城市")),
    ],
)  # fmt: skip
def orders(purchases: ir.Table) -> ir.Table:
    """The orders that have a number.

    One row per source and order number. Its moment, customer, store and place are those of its first
    line by time that tells them; `quantity` and `amount` are sums over its lines, so a return within it
    is deducted.
    """
    of_orders = purchases.filter(purchases.order_id.notnull())
    in_turn = ibis.window(group_by="order_id", order_by=[of_orders.ordered_at, of_orders.line_id])
    numbered = of_orders.mutate(nth=ibis.row_number().over(in_turn))
    first = {
        name: numbered[name].argmin(numbered.nth, where=numbered[name].notnull())
        for name in ("customer_id", "store_id", "channel", "country", "region", "city")
    }
    goods = numbered.kind == "goods"
    return numbered.group_by("order_id").agg(
        source=numbered.source.min(),
        order_no=numbered.order_no.min(),
        ordered_at=numbered.ordered_at.min(),
        day=numbered.day.min(),
        month=numbered.month.min(),
        kind=ibis.cases(
            ((goods & ~numbered.is_return).any(), "sale"),
            (goods.any(), "return"),
            ((numbered.kind != "void").any(), "adjustment"),
            else_="void",
        ),
        lines=numbered.count(),
        quantity=numbered.quantity.sum(),
        amount=numbered.amount.sum(),
        **first,
    )
