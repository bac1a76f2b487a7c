"""Loyalty moves: whose attachment has grown, and whose has faded, since the last build?"""

from __future__ import annotations

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt
from shuke.tables import Column, Type, table

#: Points; less may come of a single answer.
MUCH = 5.0


@table(
    key="customer_id",
    first="change",
    theme="feeling",
    title=Text("Movement of loyalty", "忠诚度变动"),
    about=Text(
        "Whose attachment has grown or faded since the last build?", "上次构建以来，谁更忠诚、谁在疏远？"
    ),
    reading=Text(
        "Each bar is the customers whose index has moved by so many points; to the left of nothing it fell.",
        "每根柱表示指数变动在该幅度的客户数；零的左侧为下降。",
    ),
    limits=Text(
        "Only customers of whom the last build knew an index. Where nothing new was imported, time "
        "alone moves it.",
        "仅含上次构建已有指数的客户。未导入新数据时，变动仅因时间推移。",
    ),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("loyalty", Type.NUMBER, Text("Loyalty", "忠诚度"), unit="point"),
        Column("last_loyalty", Type.NUMBER, Text("Index in the last build", "上一构建的指数"), unit="point"),
        Column("change", Type.NUMBER, Text("Change", "变化"), unit="point"),
    ],
)
def loyalty_moves(loyalty: ir.Table, last_build_loyalty: ir.Table) -> ir.Table:
    """How far the index of `loyalty` has moved since the build before.

    One row per customer with an index in both; in the first build there is nobody.
    """
    before = last_build_loyalty.select("customer_id", last_loyalty="loyalty")
    both = loyalty.select("customer_id", "loyalty").inner_join(before, "customer_id")
    known = both.filter(both.loyalty.notnull() & both.last_loyalty.notnull())
    return known.mutate(change=known.loyalty - known.last_loyalty)


@loyalty_moves.chart
def moved_by(rows: ir.Table) -> alt.Chart:
    step = rows.mutate(points=(rows.change / MUCH).round() * MUCH)
    frame = step.group_by("points").agg(customers=step.count()).order_by("points").to_pandas()
    people = str(Text("Customers", "客户数"))
    bars: alt.Chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("points:O", title=str(loyalty_moves["change"].title), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("customers:Q", title=people),
            tooltip=["points", alt.Tooltip("customers:Q", title=people, format=",")],
        )
    )
    return bars


@loyalty_moves.sentence
def who_moved(rows: ir.Table) -> Text:
    told = rows.aggregate(
        customers=rows.count(), up=(rows.change >= MUCH).sum().fill_null(0),
        down=(rows.change <= -MUCH).sum().fill_null(0),
    ).to_pandas().iloc[0]  # fmt: skip
    if not told.customers:
        return Text("There is no earlier build to compare with.", "没有更早的构建可供比较。")
    return Text(
        f"Of {told.customers:,} customers the index of {told.up:,} has risen by {MUCH:.0f} points or "
        f"more, and that of {told.down:,} has fallen by as much.",
        f"{told.customers:,} 位客户中，{told.up:,} 位指数上升 {MUCH:.0f} 点以上，"
        f"{told.down:,} 位下降同样幅度。",
    )
