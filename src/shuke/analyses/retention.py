"""Retention: of the customers who first bought in a month, how many came back later, and with how much?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table


@table(
    key=("cohort", "age"),
    theme="returning",
    title=Text("Retention", "客户留存"),
    about=Text("Do newcomers come back?", "新客户会回来吗？"),
    reading=Text(
        "Each row is the customers who first bought in one month; from left to right, the share of them who "
        "bought in the months after. Compare rows within one column: are younger ones bolder or fainter?",
        "每行为同月首购的客户，自左至右为其后各月再次购买的比例。同列上下比较：新近的行颜色更醒目还是更淡？",
    ),
    limits=Text(
        "A low share need not mean loss: who buys twice a year is absent in most months (see survival). The "
        "revenue of small cohorts hangs on few orders.",
        "比例低未必是流失：一年买两次的客户在多数月份不出现（见「客户存续曲线」）。小批次的销售额取决于少数订单。",
    ),
    subject=None,
    columns=[
        Column("cohort", Type.DATE, Text("Month of first purchase", "首购月份")),
        Column("age", Type.INTEGER, Text("Months later", "之后第几个月"), unit="month"),
        Column("customers", Type.INTEGER, Text("Customers who bought", "购买客户数"), unit="count"),
        Column("cohort_size", Type.INTEGER, Text("Customers in the cohort", "同期新客数"), unit="count"),
        Column("share", Type.NUMBER, Text("Retained", "留存率"), unit="share"),
        Column("low", Type.NUMBER, Text("Retained, at least", "留存率下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Retained, at most", "留存率上限"), unit="share"),
        Column("revenue", Type.MONEY, Text("Revenue", "销售额"), unit="currency"),
        Column(
            "first_revenue", Type.MONEY, Text("Revenue of the first month", "首月销售额"), unit="currency"
        ),
        Column(
            "revenue_share",
            Type.NUMBER,
            Text("Revenue retained", "销售额留存率"),
            unit="share",
            note=Text(
                "More than 1 where the cohort spends more than in its first month.",
                "同期客户花费超过首月时大于 1。",
            ),
        ),
        Column("revenue_so_far", Type.MONEY, Text("Revenue so far", "累计销售额"), unit="currency"),
    ],
)
def retention(purchases: ir.Table, *, as_of: date) -> ir.Table:
    """The share of each monthly cohort that bought again in each later month.

    One row per cohort and age in months, also for months in which nobody came back; the month of
    `as_of` counts as far as it has gone. A cohort is the month of a customer's first line of goods
    sold. `low` and `high` are the ends of the 95 % score interval (Wilson 1927).

    By revenue: `revenue` is what the cohort's customers bought in that month, returns left out (those of
    the same goods would else fall into other months than the sale); `revenue_share` is that over the
    revenue of their first month, empty where that is nothing; `revenue_so_far` adds up all months until
    then.
    """
    sold = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & ~purchases.is_return
    )
    active = sold.filter(sold.day <= as_of).group_by("customer_id", "month").agg(
        spent=lambda t: t.amount.sum().fill_null(0)
    )  # fmt: skip
    first = active.group_by("customer_id").agg(cohort=active.month.min())
    dated = active.inner_join(first, "customer_id")
    ages = dated.mutate(age=_months(dated.cohort, dated.month))
    seen = ages.group_by("cohort", "age").agg(customers=ages.count(), spent=ages.spent.sum())
    sizes = first.group_by("cohort").agg(cohort_size=first.count())
    grid = sizes.mutate(age=ibis.range(0, _months(sizes.cohort, ibis.literal(as_of)) + 1).unnest())
    full = grid.left_join(seen, ["cohort", "age"]).select(
        "cohort", "age", "cohort_size", customers=seen.customers.fill_null(0), revenue=seen.spent.fill_null(0)
    )  # fmt: skip
    interval = wilson(full.customers, full.cohort_size)
    until = ibis.window(group_by="cohort", order_by="age", preceding=None, following=0)
    first = full.revenue.max(where=full.age == 0).over(ibis.window(group_by="cohort"))
    grown = full.mutate(first_revenue=first, revenue_so_far=full.revenue.sum().over(until))
    earned = grown.revenue.cast("float64") / grown.first_revenue.cast("float64").nullif(0)
    return grown.mutate(
        share=full.customers / full.cohort_size, low=interval.low, high=interval.high, revenue_share=earned
    )


def _months(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    return (end.year() - start.year()) * 12 + end.month() - start.month()


@retention.chart
def cohort_grid(frame: pd.DataFrame) -> alt.Chart:
    later = frame[frame.age > 0].assign(cohort=lambda f: pd.to_datetime(f.cohort).dt.strftime("%Y-%m"))
    title = {column.name: str(column.title) for column in retention.columns}
    return (
        alt.Chart(later)
        .mark_rect()
        .encode(
            x=alt.X("age:O", title=title["age"], axis=alt.Axis(labelAngle=0)),
            y=alt.Y("cohort:O", title=title["cohort"]),
            color=alt.Color("share:Q", title=title["share"], legend=alt.Legend(format=".0%")),
            tooltip=[
                *(alt.Tooltip(name, title=title[name]) for name in list(title)[:4]),
                alt.Tooltip("share:Q", title=title["share"], format=".1%"),
            ],
        )
        .properties(height=min(26 * later.cohort.nunique(), 480))  # years of cohorts fit on a screen
    )


@retention.chart
def revenue_lines(frame: pd.DataFrame) -> alt.Chart:
    """What a customer of each year's cohorts has brought, month by month."""
    title = {column.name: str(column.title) for column in retention.columns}
    years = frame.assign(
        year=pd.to_datetime(frame.cohort).dt.strftime("%Y"), revenue=frame.revenue.astype(float)
    )
    summed = years.groupby(["year", "age"], as_index=False).agg(
        revenue=("revenue", "sum"), size=("cohort_size", "sum"), cohorts=("cohort", "nunique")
    )
    # A month that only some cohorts of the year have reached would compare unlike ones.
    whole = summed[summed.cohorts == summed.groupby("year").cohorts.transform("max")]
    each = whole.assign(each=whole.revenue / whole["size"])
    brought = str(Text("Revenue per newcomer", "人均销售额"))
    lines: alt.Chart = (
        alt.Chart(each[each.age > 0])
        .mark_line(point=True)
        .encode(
            x=alt.X("age:Q", title=title["age"]),
            y=alt.Y("each:Q", title=brought),
            color=alt.Color("year:N", title=str(Text("Came in", "首购年份"))),
            tooltip=[
                "year",
                alt.Tooltip("age", title=title["age"]),
                alt.Tooltip("each", title=brought, format=",.2f"),
            ],
        )
    )
    return lines


@retention.sentence
def came_back(frame: pd.DataFrame) -> Text:
    """Compares the two youngest cohorts that have had three full months."""
    by_cohort = frame.assign(cohort=pd.to_datetime(frame.cohort)).sort_values("cohort")
    whole = by_cohort.groupby("cohort").age.max()
    ready = whole[whole >= 4].index[-2:]
    if len(ready) < 2:
        return Text(
            "Too early to tell: no two cohorts have had three full months.",
            "尚早：还没有两批新客经历完整的三个月。",
        )
    third = by_cohort[(by_cohort.age == 3) & by_cohort.cohort.isin(ready)].set_index("cohort")
    before, now = third.share.iloc[0], third.share.iloc[1]
    size, low, high = third.cohort_size.iloc[1], third.low.iloc[1], third.high.iloc[1]
    month, change = ready[1], _change(now, before, likely=(low, high))
    return Text(
        f"{now:.0%} of the {size:,} newcomers of {month:%B %Y} bought in the third month after (between "
        f"{low:.0%} and {high:.0%}), {change.en} those of the month before.",
        f"{month.year}年{month.month}月的 {size:,} 位新客中，{now:.0%} 在其后第三个月再次购买"
        f"（区间 {low:.0%}–{high:.0%}），{change.zh}。",
    )


def _change(now: float, before: float, *, likely: tuple[float, float]) -> Text:
    """Points more or fewer, where the difference is more than chance."""
    points = round(abs(now - before) * 100)
    if not points or likely[0] <= before <= likely[1]:
        return Text("no clear difference from", "与上月新客无明显差别")
    unit, more = "point" if points == 1 else "points", "more" if now > before else "fewer"
    return Text(
        f"{points} {unit} {more} than",
        f"比上月新客{'高' if now > before else '低'} {points} 个百分点",
    )
