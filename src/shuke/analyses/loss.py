"""Loss: how many customers do we lose in each month?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key="month",
    theme="leaving",
    title=Text("Customers lost", "客户流失"),
    about=Text("How many customers do we lose in each month?", "每月流失多少客户？"),
    reading=Text(
        "Each bar is the share of the customers of that month's beginning who were given up in it; the line "
        "on it is the range in which the true rate lies, 95 times in 100. The last bar is of a month under "
        "way where it is pale.",
        "每根柱表示当月流失者占月初客户的比例，条上的线为真实流失率的 95% 区间；浅色者为尚未结束的月份。"),
    limits=Text(
        "Customers without a contract are given up when they have been silent for too long, weeks or months "
        "after they decided to leave; look at the cause well before the month. Those who came back since "
        "are not counted as lost, so older months look a little better than they did.",
        "无合同客户在沉默过久后才判定流失，比其决定离开晚数周或数月；原因应在更早的时间去找。"
        "后来又回来的客户不计为流失，因此较早月份显得略好。"),
    subject=None,
    columns=[
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("customers", Type.INTEGER, Text("Customers at its beginning", "月初客户数"), unit="count"),
        Column("gained", Type.INTEGER, Text("New customers", "新客户数"), unit="count"),
        Column("lost", Type.INTEGER, Text("Customers lost", "流失客户数"), unit="count"),
        Column("rate", Type.NUMBER, Text("Rate of loss", "流失率"), unit="share"),
        Column("low", Type.NUMBER, Text("Rate, at least", "流失率下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Rate, at most", "流失率上限"), unit="share"),
        Column("spent_by_lost", Type.MONEY, Text("What they had bought", "流失者累计购买额"),
               unit="currency"),
        Column("whole", Type.FLAG, Text("Whole month", "整月")),
    ],
)  # fmt: skip
def loss(departures: ir.Table, *, as_of: date, checkpoint: Checkpoint) -> ir.Table:
    """Customers gained and lost, month by month, and the rate of loss.

    One row per month from the first purchase until that of `as_of`. A customer belongs to the month of
    their first purchase and is lost in that of `lost_on` (see `departures`).

        rate = lost / customers at the beginning of the month

    empty while there are none. `low` and `high` are the ends of its 95 % score interval (Wilson 1927).
    `spent_by_lost` is all that the lost ever bought, before returns. `whole` is false for the month of
    `as_of` unless it ends on that day.
    """
    nobody = ibis.literal(0).cast("int64")
    nothing = ibis.literal(0).cast(Type.MONEY.ibis)
    came = departures.select(
        month=departures.first_day.truncate("M"), gained=nobody + 1, lost=nobody, spent=nothing
    )
    went = departures.filter(departures.lost).select(
        month=lambda t: t.lost_on.truncate("M"), gained=nobody, lost=nobody + 1, spent="spent"
    )
    moves = came.union(went)
    monthly = checkpoint(
        moves.group_by("month").agg(gained=moves.gained.sum(), lost=moves.lost.sum(), spent=moves.spent.sum())
    )
    span = monthly.aggregate(start=monthly.month.min())
    last = ibis.literal(as_of.year * 12 + as_of.month - 1)
    numbers = ibis.range(span.start.year() * 12 + span.start.month() - 1, last + 1).unnest()
    grid = span.filter(span.start.notnull()).select(number=numbers)
    months = grid.select(month=ibis.date(grid.number // 12, grid.number % 12 + 1, 1))
    full = months.left_join(monthly, "month").select(
        "month", *(monthly[name].fill_null(0).name(name) for name in ("gained", "lost", "spent"))
    )
    so_far = ibis.window(order_by="month", preceding=None, following=0)
    stock = (full.gained - full.lost).sum().over(so_far) - full.gained + full.lost
    held = full.mutate(customers=stock.cast("int64"), lost=full.lost.cast("int64"))
    interval = wilson(held.lost, held.customers)
    return held.mutate(
        rate=held.lost / held.customers.nullif(0),
        low=interval.low, high=interval.high, spent_by_lost=held.spent,
        whole=held.month + ibis.interval(months=1) <= ibis.date(as_of) + ibis.interval(days=1),
    )  # fmt: skip


@loss.chart
def monthly_loss(frame: pd.DataFrame) -> alt.LayerChart:
    title = {column.name: str(column.title) for column in loss.columns}
    known = frame[frame.rate.notna()].assign(month=lambda f: pd.to_datetime(f.month))
    base = alt.Chart(known[["month", "rate", "low", "high", "customers", "lost", "whole"]]).encode(
        x=alt.X("yearmonth(month):T", title=title["month"])
    )
    percent = alt.Axis(format=".0%")
    share = alt.Y("rate:Q", title=title["rate"], axis=percent)
    shade = alt.condition("datum.whole", alt.value(1.0), alt.value(0.4))
    tips = [
        alt.Tooltip("yearmonth(month):T", title=title["month"]),
        *(alt.Tooltip(name, title=title[name]) for name in ("customers", "lost")),
        *(alt.Tooltip(f"{name}:Q", title=title[name], format=".1%") for name in ("rate", "low", "high")),
    ]
    bars = base.mark_bar().encode(y=share, opacity=shade, tooltip=tips)
    middle = alt.X("yearmonth(month):T", title=title["month"], bandPosition=0.5)
    low = alt.Y("low:Q", title=title["rate"], axis=percent)
    rules = base.mark_rule().encode(x=middle, y=low, y2="high:Q")
    return bars + rules


@loss.sentence
def lost_lately(frame: pd.DataFrame) -> Text:
    dated = frame.assign(month=pd.to_datetime(frame.month)).sort_values("month")
    ready = dated[dated.whole & dated.rate.notna()]
    if ready.empty:
        return Text("Too early to tell: no whole month has passed.", "尚早：还没有一个完整月份。")
    now, month = ready.iloc[-1], ready.month.iloc[-1]
    before = Text("", "")
    if len(ready) > 1:
        rate = ready.rate.iloc[-2]
        before = Text(f"; {rate:.1%} in the month before", f"；上月为 {rate:.1%}")
    return Text(
        f"In {month:%B %Y}, {now.lost:,} of {now.customers:,} customers were lost: {now.rate:.1%} (between "
        f"{now.low:.1%} and {now.high:.1%}){before.en}.",
        f"{month.year}年{month.month}月，{now.customers:,} 位客户中流失 {now.lost:,} 位，"
        f"流失率 {now.rate:.1%}（区间 {now.low:.1%}–{now.high:.1%}）{before.zh}。",
    )
