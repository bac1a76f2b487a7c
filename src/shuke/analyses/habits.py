"""Habits: where, when, how and what does each customer buy?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt
from shuke.periods import to_local
from shuke.stats import average
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Told by orders, but `category` by lines.
TIMES = ("weekday", "hour", "quarter")
HABITS = ("channel", "store_id", "payment", "weekday", "hour", "quarter", "category")

WEEKDAYS = [
    Text("Monday", "星期一"), Text("Tuesday", "星期二"), Text("Wednesday", "星期三"),
    Text("Thursday", "星期四"), Text("Friday", "星期五"), Text("Saturday", "星期六"),
    Text("Sunday", "星期日"),
]  # fmt: skip


@table(
    key="customer_id",
    first="-amount",
    theme="value",
    title=Text("Habits", "购买习惯"),
    about=Text("Where, when, how and what does each customer buy?", "每位客户在哪里、何时、怎样、买什么？"),
    reading=Text(
        "Each cell is a weekday and an hour, the bolder, the more customers buy then more often than at any "
        "other time of theirs.",
        "每格为星期与小时，颜色越醒目，以此为最常购买时段的客户越多。"),
    limits=Text(
        "A favourite of two orders is no habit yet: look at the share and the number of orders beside it. "
        "The hour is unknown where a source gives only the day.",
        "只有两单时的“最常”还算不上习惯，请结合占比与订单数判断。来源只给日期时，小时为空。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("orders", Type.INTEGER, Text("Orders", "购买次数"), unit="count"),
        Column("channel", Type.TEXT, Text("Favourite channel", "最常渠道"), note=Text(
            "The source, where no channel is given.", "未注明渠道时为来源。")),
        Column("channel_share", Type.NUMBER, Text("Share of that channel", "该渠道占比"), unit="share"),
        Column("store_id", Type.TEXT, Text("Favourite store", "最常门店")),
        Column("store_share", Type.NUMBER, Text("Share of that store", "该门店占比"), unit="share"),
        Column("weekday", Type.INTEGER, Text("Favourite weekday, Monday is 0", "最常星期（0 为周一）")),
        Column("weekday_share", Type.NUMBER, Text("Share of that weekday", "该星期占比"), unit="share"),
        Column("hour", Type.INTEGER, Text("Favourite hour", "最常小时")),
        Column("hour_share", Type.NUMBER, Text("Share of that hour", "该小时占比"), unit="share"),
        Column("payment", Type.TEXT, Text("Favourite payment", "最常支付方式")),
        Column("payment_share", Type.NUMBER, Text("Share of that payment", "该支付方式占比"), unit="share"),
        Column("quarter", Type.INTEGER, Text("Strongest quarter", "最旺季度")),
        Column("quarter_share", Type.NUMBER, Text("Share of that quarter", "该季度占比"), unit="share"),
        Column("basket_lines", Type.NUMBER, Text("Products per order", "每单品项数"), unit="count"),
        Column("basket_quantity", Type.QUANTITY, Text("Pieces per order", "每单件数"), unit="piece"),
        Column("basket_amount", Type.MONEY, Text("Amount per order", "每单金额"), unit="currency"),
        Column("category", Type.TEXT, Text("Favourite category", "最常类别")),
        Column("category_share", Type.NUMBER, Text("Share of that category", "该类别占比"), unit="share"),
        Column("categories", Type.INTEGER, Text("Categories", "类别数"), unit="count"),
        Column("diversity", Type.NUMBER, Text("Diversity", "类别多样性"), unit="count", note=Text(
            "As many categories bought alike would be as diverse.", "相当于均匀购买多少个类别。")),
        Column("amount", Type.MONEY, Text("Net amount", "净消费额"), unit="currency"),
        Column("abc", Type.TEXT, Text("ABC class", "ABC 分类")),
    ],
)  # fmt: skip
def habits(
    purchases: ir.Table,
    landed_orders: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
    a: float = 0.8,
    b: float = 0.95,
    min_orders: int = 4,
) -> ir.Table:
    """What each customer usually does, from the goods they bought up to `as_of`.

    One row per known customer with a line of goods sold. An order is its number, or the day where lines
    have none; shares are of the orders that tell. The favourite is what most orders have; among equals it is
    the first in the alphabet, but of weekdays, hours and quarters there is none then. Weekday and hour are
    those of the project's zone; an order at the stroke of midnight is taken for one whose hour nobody noted.
    The strongest quarter (1 to 4) is found in the customer's last whole years, so that each quarter has had
    its turn equally often, and only with `min_orders` in them. Categories are counted in lines.
    `diversity` = 1 / Σ share², the effective number of categories (Simpson 1949; Hill 1973). Baskets are
    those sold, before returns.

    `abc` goes by net amount, returns deducted: A, as long as those who brought more have together less
    than `a` of what all with a positive amount brought, B less than `b`, C the rest and whoever brought
    nothing; equal amounts get equal classes (Pareto; Dickie 1951).
    """
    known = purchases.filter(purchases.customer_id.notnull() & (purchases.kind == "goods"))
    goods = known.filter(known.day <= as_of)
    sold = goods.filter(~goods.is_return)
    orders = checkpoint(_orders(sold, landed_orders, as_of=as_of, zone=zone))
    favourites = _favourites(_told(orders, sold), min_orders=min_orders)
    baskets = orders.group_by("customer_id").agg(
        orders=orders.count(),
        lines=orders.lines.sum(),
        quantity=orders.quantity.sum(),
        sold=orders.sold.sum(),
    )
    net = goods.group_by("customer_id").agg(amount=goods.amount.sum().fill_null(0))
    joined = baskets.inner_join(net, "customer_id").left_join(favourites, "customer_id", rname="{name}_again")
    return joined.mutate(
        categories=joined.categories.fill_null(0), basket_lines=joined.lines / joined.orders,
        basket_quantity=average(joined.quantity, joined.orders),
        basket_amount=average(joined.sold, joined.orders), abc=_abc(joined, a=a, b=b),
    )  # fmt: skip


def _orders(sold: ir.Table, heads: ir.Table, *, as_of: date, zone: str) -> ir.Table:
    """One row per customer and order, with what it tells of each habit, as text."""
    numbered = sold.mutate(order=ibis.coalesce(sold.order_id, sold.day.cast(str)))
    orders = numbered.group_by("customer_id", "order").agg(
        day=numbered.day.min(), ordered_at=numbered.ordered_at.min(), lines=numbered.count(),
        quantity=numbered.quantity.sum(), sold=numbered.amount.sum().fill_null(0),
        channel=ibis.coalesce(numbered.channel, numbered.source).min(), store_id=numbered.store_id.min(),
        first=numbered.day.min(),
    )  # fmt: skip
    paid = heads.select("payment", order=heads.source + ":" + heads.order_no)
    clocked = orders.left_join(paid, "order").select(
        orders, "payment", here=to_local(orders.ordered_at, zone)
    )
    midnight = (clocked.here.hour() == 0) & (clocked.here.minute() == 0) & (clocked.here.second() == 0)
    began = clocked.day.min().over(ibis.window(group_by="customer_id"))
    years = ibis.literal(as_of).delta(began, unit="day") // 365
    ago = ibis.literal(as_of).delta(clocked.day, unit="day")
    return clocked.select(
        "customer_id", "lines", "quantity", "sold", "channel", "store_id", "payment",
        weekday=clocked.day.day_of_week.index().cast(str),
        hour=midnight.ifelse(ibis.null("int64"), clocked.here.hour().cast("int64")).cast(str).lpad(2, "0"),
        quarter=ibis.ifelse(ago < years * 365, clocked.day.quarter().cast(str), ibis.null("string")),
    )  # fmt: skip


def _told(orders: ir.Table, sold: ir.Table) -> ir.Table:
    """customer, habit, value and how often, for all that was told."""
    of_orders = orders.select("customer_id", *HABITS[:-1]).pivot_longer(
        list(HABITS[:-1]), names_to="habit", values_to="value"
    )
    of_lines = sold.select("customer_id", habit=ibis.literal("category"), value=sold.category)
    every = of_orders.union(of_lines)
    known = every.filter(every.value.notnull())
    return known.group_by("customer_id", "habit", "value").agg(n=known.count())


def _favourites(told: ir.Table, *, min_orders: int) -> ir.Table:
    """One row per customer: the value that is told most often of each habit, and its share."""
    weighed = told.mutate(most=told.n.max().over(ibis.window(group_by=["customer_id", "habit"])))
    first = weighed.n == weighed.most
    each = weighed.group_by("customer_id", "habit").agg(
        value=weighed.value.min(where=first), most=weighed.n.max(), whole=weighed.n.sum(), first=first.sum(),
        values=weighed.count(), squares=(weighed.n * weighed.n).sum(),
    )  # fmt: skip
    single = ~each.habit.isin(TIMES) | (each.first == 1)
    kept = each.filter(single & ((each.habit != "quarter") | (each.whole >= min_orders)))
    of = {habit: kept.habit == habit for habit in HABITS}
    share, diversity = kept.most / kept.whole, kept.whole * kept.whole / kept.squares
    found = kept.group_by("customer_id").agg(
        **{habit: kept.value.max(where=here) for habit, here in of.items()},
        **{f"{habit.removesuffix('_id')}_share": share.max(where=here) for habit, here in of.items()},
        categories=kept["values"].max(where=of["category"]),
        diversity=diversity.max(where=of["category"]),
    )
    return found.mutate(**{habit: found[habit].cast("int64") for habit in TIMES})


def _abc(customers: ir.Table, *, a: float, b: float) -> ir.StringValue:
    """The class by what those who brought more have brought together."""
    worth = ibis.greatest(customers.amount, 0)
    upwards = ibis.range_window(order_by=worth, following=0)
    whole = worth.sum().over(ibis.window()).cast("float64")
    above = whole - worth.sum().over(upwards).cast("float64")
    share = above / whole.nullif(0)
    return ibis.cases((worth <= 0, "C"), (share < a, "A"), (share < b, "B"), else_="C")


@habits.chart
def busy_hours(rows: ir.Table) -> alt.Chart:
    known = rows.filter(rows.hour.notnull() & rows.weekday.notnull())
    frame = known.group_by("weekday", "hour").agg(customers=known.count()).to_pandas()
    days = [str(day) for day in WEEKDAYS]
    title = {name: str(habits[name].title) for name in ("weekday", "hour")}
    customers = str(Text("Customers", "客户数"))
    return (
        alt.Chart(frame.assign(day=[days[int(n)] for n in frame.weekday]))
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title=title["hour"], axis=alt.Axis(labelAngle=0)),
            y=alt.Y("day:N", sort=days, title=None),
            color=alt.Color("customers:Q", title=customers, scale=alt.Scale(domainMin=0)),
            tooltip=[
                alt.Tooltip("day:N", title=title["weekday"]),
                alt.Tooltip("hour:O", title=title["hour"]),
                alt.Tooltip("customers:Q", title=customers, format=","),
            ],
        )
    )


@habits.sentence
def best_day(rows: ir.Table) -> Text:
    days = rows.group_by("weekday").agg(customers=rows.count(), a=(rows.abc == "A").sum())
    frame = days.order_by(days.customers.desc(), days.weekday).to_pandas()
    if frame.empty:
        return Text("Nobody who is known has bought yet.", "还没有已知客户购买。")
    best, settled = int(frame.a.sum()), frame[frame.weekday.notna()]
    if settled.empty:
        return Text("No customer has a favourite weekday yet.", "还没有客户有固定的购买星期。")
    total, day = int(settled.customers.sum()), WEEKDAYS[int(settled.weekday.iloc[0])]
    share = settled.customers.iloc[0] / total
    return Text(
        f"{day.en} is the favourite weekday of {share:.0%} of the {total:,} customers who have one; {best:,} "
        "customers are of class A.",
        f"在 {total:,} 位有固定购买星期的客户中，{share:.0%} 最常在{day.zh}购买；A 类客户共 {best:,} 位。",
    )
