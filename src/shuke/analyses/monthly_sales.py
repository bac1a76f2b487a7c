"""Monthly sales: what was sold each month, and is that more than a month and a year before?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.festivals import OBSERVED_IN, spring_festival
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table


@table(
    key="month",
    theme="goods",
    title=Text("Monthly sales", "月度销售"),
    about=Text("How are sales going, month by month?", "每个月的销售情况如何？"),
    subject=None,
    columns=[
        Column("month", Type.DATE, Text("Month", "月份")),
        Column("gross", Type.MONEY, Text("Gross sales", "销售额"), unit="currency"),
        Column("returns", Type.MONEY, Text("Returns", "退货额"), unit="currency"),
        Column("net", Type.MONEY, Text("Net sales", "净销售额"), unit="currency"),
        Column("orders", Type.INTEGER, Text("Order numbers", "订单数"), unit="count"),
        Column("return_orders", Type.INTEGER, Text("Of them returns", "其中退货单"), unit="count"),
        Column("customers", Type.INTEGER, Text("Known customers", "已知客户数"), unit="count"),
        Column("lines", Type.INTEGER, Text("Lines", "明细行数"), unit="count"),
        Column("unconverted", Type.INTEGER, Text("Lines without a rate", "无汇率行数"), unit="count"),
        Column("net_month_before", Type.MONEY, Text("Net, month before", "上月净销售额"), unit="currency"),
        Column("change_on_month", Type.NUMBER, Text("Change on month", "环比"), unit="share"),
        Column("net_year_before", Type.MONEY, Text("Net, year before", "去年同月净销售额"), unit="currency"),
        Column("change_on_year", Type.NUMBER, Text("Change on year", "同比"), unit="share"),
        Column("spring_festival", Type.DATE, Text("Spring Festival", "春节"), note=Text(
            "Given where this month or the same month a year before holds it and the other does not: "
            "then the change on year compares unlike months.",
            "本月与去年同月仅其一含春节时给出：此时同比不可直接比较。")),
    ],
)  # fmt: skip
def monthly_sales(purchases: ir.Table, *, country: str = "CN") -> ir.Table:
    """Sales of each month with the month and the year before it beside.

    One row per month with a line; void ones count nothing. `gross` sums all lines but returns, `returns`
    those (negative), `net` both; returns count in the month in which they happen. `orders` counts order
    numbers, credit notes among them; `return_orders` those with nothing but returns. `customers` counts
    known ones with any line.
    Changes are shares of the earlier month's net, empty where there is none or it is not positive. The
    Spring Festival is said of countries that keep it.
    """
    dated = purchases.filter(purchases.month.notnull() & (purchases.kind != "void"))
    per_order = dated.group_by("month", "order_id").agg(only_returns=dated.is_return.all())
    orders = (
        per_order.filter(per_order.order_id.notnull())
        .group_by("month")
        .agg(orders=lambda t: t.count(), return_orders=lambda t: t.only_returns.sum())
    )
    totals = dated.group_by("month").agg(
        gross=dated.amount.sum(where=~dated.is_return).fill_null(0),
        returns=dated.amount.sum(where=dated.is_return).fill_null(0),
        net=dated.amount.sum().fill_null(0),
        customers=dated.customer_id.nunique(),
        lines=dated.count(),
        unconverted=(dated.amount.isnull() & dated.stated_amount.notnull()).sum(),
    )
    both = totals.left_join(orders, "month").select(
        totals, orders=orders.orders.fill_null(0), return_orders=orders.return_orders.fill_null(0)
    )
    compared = _compared(both)
    moved = _moved_festival(compared.month) if country in OBSERVED_IN else ibis.null("date")
    return compared.mutate(spring_festival=moved)


def _compared(sales: ir.Table) -> ir.Table:
    earlier = sales.select(then="month", then_net="net")
    month = sales.month
    shifted = sales.mutate(
        a_month_ago=month - ibis.interval(months=1),
        a_year_ago=month - ibis.interval(years=1),
    )
    one = (
        shifted.left_join(earlier, shifted.a_month_ago == earlier.then)
        .drop("then")
        .rename(net_month_before="then_net")
    )
    two = (
        one.left_join(earlier, one.a_year_ago == earlier.then).drop("then").rename(net_year_before="then_net")
    )
    return two.mutate(
        change_on_month=_change(two.net, two.net_month_before),
        change_on_year=_change(two.net, two.net_year_before),
    )


def _change(now: ir.DecimalValue, before: ir.DecimalValue) -> ir.FloatingValue:
    base = ibis.ifelse(before > 0, before, ibis.null(before.type())).cast("float64")
    return now.cast("float64") / base - 1


def _moved_festival(month: ir.DateValue) -> ir.DateValue:
    """The day of the feast, in January and February of years in which it left the one for the other."""
    moved = [
        day
        for day in map(spring_festival, range(1990, 2050))
        if spring_festival(day.year - 1).month != day.month
    ]
    return ibis.cases(
        *((month == date(day.year, number, 1), ibis.literal(day)) for day in moved for number in (1, 2))
    )


@monthly_sales.chart
def trend(frame: pd.DataFrame) -> alt.LayerChart:
    monthly = frame.assign(
        month=pd.to_datetime(frame.month), net=frame.net.astype(float), returns=frame.returns.astype(float)
    )
    written = str(Text("%b %Y", "%Y年%-m月"))
    base = alt.Chart(monthly).encode(x=alt.X("yearmonth(month):T", title=None, axis=alt.Axis(format=written)))
    net = base.mark_bar().encode(
        y=alt.Y("net:Q", title=str(monthly_sales["net"].title), axis=alt.Axis(format="~s")),
        tooltip=[
            alt.Tooltip("yearmonth(month):T", title=str(monthly_sales["month"].title), format=written),
            alt.Tooltip("net:Q", title=str(monthly_sales["net"].title), format=",.2f"),
            alt.Tooltip(
                "change_on_month:Q", title=str(monthly_sales["change_on_month"].title), format="+.1%"
            ),
            alt.Tooltip("change_on_year:Q", title=str(monthly_sales["change_on_year"].title), format="+.1%"),
        ],
    )
    return net + base.mark_bar(opacity=0.6).encode(y="returns:Q")


@monthly_sales.sentence
def last_whole_month(frame: pd.DataFrame, *, currency: str = "") -> Text:
    """Of the last month but one in the table, which is certainly whole."""
    ordered = frame.sort_values("month")
    if len(ordered) < 2:
        return Text("Only one month has sales yet.", "目前只有一个月有销售。")
    row = ordered.iloc[-2]
    month, net = pd.Timestamp(row.month), formats.amount(row.net, currency)
    return Text(
        f"{month:%B %Y}, the last whole month, brought {net.en}{_in_words(row, 'en')}.",
        f"{month.year}年{month.month}月（最近一个完整月份）净销售额 {net.zh}{_in_words(row, 'zh')}。",
    )


def _in_words(row: pd.Series, language: str) -> str:
    named = {
        "change_on_month": Text("on the month before", "环比"),
        "change_on_year": Text("on the year before", "同比"),
    }
    changes = {t: f"{row[c]:+.1%}".replace("-", "−") for c, t in named.items() if not pd.isna(row[c])}
    parts = [f"{change} {t.en}" if language == "en" else f"{t.zh} {change}" for t, change in changes.items()]
    feast = pd.Timestamp(row.spring_festival) if not pd.isna(row.spring_festival) else None
    if feast is not None and parts:
        parts.append(
            f"Spring Festival fell on {feast:%-d %B}"
            if language == "en"
            else f"春节为 {feast.month}月{feast.day}日"
        )
    return "".join((", " if language == "en" else "，") + part for part in parts)
