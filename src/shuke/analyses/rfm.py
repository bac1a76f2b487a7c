"""RFM: how lately, how often and for how much does each customer buy?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.languages import Text, language
from shuke.lazy import alt, pd
from shuke.stats import average
from shuke.tables import Column, Type, table
from shuke.tables.statuses import LOST, OVERDUE

#: From the best to the worst.
TIERS: dict[str, Text] = {
    "champions": Text("Champions", "重要价值客户"),
    "loyal": Text("Loyal", "忠诚客户"),
    "promising": Text("Promising", "潜力客户"),
    "new": Text("New", "新客户"),
    "needs_attention": Text("Need attention", "需要关注"),
    "at_risk": Text("At risk", "有流失风险"),
    "cannot_lose": Text("Cannot lose", "重要挽留客户"),
    "hibernating": Text("Hibernating", "沉睡客户"),
    "lost": Text("Lost", "流失客户"),
}

#: What somebody is worth of late is told of so long.
_YEAR = timedelta(days=365)


@table(
    key="customer_id",
    first="-monetary",
    theme="value",
    title=Text("Recency, frequency, monetary value", "客户价值（RFM）"),
    about=Text(
        "Who are the best customers, and who is slipping away?", "谁是最好的客户？谁正在流失？"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("first_day", Type.DATE, Text("First purchase", "首次购买")),
        Column("last_day", Type.DATE, Text("Last purchase", "最近购买")),
        Column("recency_days", Type.INTEGER, Text("Days since last purchase", "距上次购买天数"), unit="day"),
        Column("frequency", Type.INTEGER, Text("Orders", "购买次数"), unit="count"),
        Column("monetary", Type.MONEY, Text("Net amount", "净消费额"), unit="currency"),
        Column("monetary_12m", Type.MONEY, Text("Net amount of a year", "近一年净消费额"), unit="currency"),
        Column("quantity", Type.QUANTITY, Text("Net quantity", "净购买件数"), unit="piece"),
        Column("average_order", Type.MONEY, Text("Average order", "客单价"), unit="currency"),
        Column("r", Type.INTEGER, Text("Recency score", "近度得分"), unit="point"),
        Column("f", Type.INTEGER, Text("Frequency score", "频度得分"), unit="point"),
        Column("m", Type.INTEGER, Text("Monetary score", "额度得分"), unit="point"),
        Column("tier", Type.TEXT, Text("Tier", "客户层级"), codes=TIERS),
    ],
)  # fmt: skip
def rfm(purchases: ir.Table, lifecycle: ir.Table, *, as_of: date) -> ir.Table:
    """How lately, how often and for how much each customer bought, up to and on `as_of`.

    One row per known customer with at least one line of goods sold. `frequency` counts distinct orders
    (or days, where lines have no order number) with a line of goods sold; `monetary` and `quantity` are
    net of returns. Scores run from 1 to 5 by the customer's percentile rank, those of equal figures in the
    middle of the ranks that they share: equal figures always get equal scores, and where all are equal
    everybody gets 3. Method: Hughes, Strategic Database Marketing (1994), with ranks in place of quintile
    cuts. Tiers are read off the status of `lifecycle` and the scores: `lost` and `new` are whom it calls so,
    `cannot_lose`, `at_risk` and `hibernating` are overdue, and the others are neither; who has bought only
    once is `promising` at best.
    """
    known = purchases.filter(purchases.customer_id.notnull() & (purchases.kind == "goods"))
    goods = known.filter(known.day <= as_of)
    sold = ~goods.is_return
    figures = goods.group_by("customer_id").agg(
        first_day=goods.day.min(where=sold),
        last_day=goods.day.max(where=sold),
        frequency=ibis.coalesce(goods.order_id, goods.day.cast(str)).nunique(where=sold),
        monetary=goods.amount.sum().fill_null(0),
        monetary_12m=goods.amount.sum(where=goods.day > as_of - _YEAR).fill_null(0),
        quantity=goods.quantity.sum(),
    )
    bought = figures.filter(figures.frequency > 0)
    aged = bought.mutate(
        recency_days=ibis.literal(as_of).delta(bought.last_day, unit="day"),
        average_order=average(bought.monetary, bought.frequency),
    )
    scored = aged.mutate(
        r=_score(aged, -aged.recency_days), f=_score(aged, aged.frequency), m=_score(aged, aged.monetary)
    )
    standing = lifecycle.select("customer_id", "status")
    told = scored.left_join(standing, "customer_id").drop("customer_id_right")
    return told.mutate(tier=_tier(told)).drop("status")


def _score(customers: ir.Table, figure: ir.NumericColumn) -> ir.IntegerValue:
    worse = ibis.rank().over(ibis.window(order_by=figure))
    better = ibis.rank().over(ibis.window(order_by=figure.desc()))
    all_ = customers.count().over(ibis.window())
    # The percentile of the middle of those alike is (worse + (all - better)) / 2 all; in whole numbers.
    return (5 * (all_ + worse - better)) // (2 * all_) + 1


def _tier(scores: ir.Table) -> ir.StringValue:
    r, worth, once = scores.r, (scores.f + scores.m) / 2, scores.frequency == 1
    late = scores.status == OVERDUE
    return ibis.cases(
        (scores.status == LOST, "lost"),
        (scores.status == "new", "new"),
        (late & (worth >= 4) & ~once, "cannot_lose"),
        (late & (worth >= 2.5), "at_risk"),
        (late, "hibernating"),
        ((r >= 4) & (worth >= 4) & ~once, "champions"),
        ((worth >= 3.5) & ~once, "loyal"),
        ((r >= 4) | ((r == 3) & (worth >= 2)), "promising"),
        else_="needs_attention",
    )


@rfm.chart
def value_map(rows: ir.Table) -> alt.Chart:
    tiers = _by_tier(rows)
    bars = alt.Chart(tiers).encode(
        y=alt.Y("title:N", sort=[str(t) for t in TIERS.values()], title=None),
        x=alt.X("customers:Q", title=str(Text("Customers", "客户数"))),
    )
    worth = alt.Tooltip("monetary:Q", title=str(rfm["monetary"].title), format=",.0f")
    return bars.mark_bar().encode(tooltip=["title", "customers", worth])


@rfm.sentence
def value_sentence(rows: ir.Table) -> Text:
    tiers = _by_tier(rows).set_index("tier")
    total, amount = tiers.customers.sum(), float(tiers.monetary.sum())
    best = tiers.loc["champions"] if "champions" in tiers.index else None
    if best is None or not amount:
        return Text(f"{total:,} customers have bought.", f"共有 {total:,} 位客户购买过。")
    share, worth = best.customers / total, float(best.monetary) / amount
    one = best.customers == 1
    return Text(
        f"{best.customers:,} champion{'' if one else 's'}, {share:.0%} of all buyers, "
        f"bring{'s' if one else ''} {worth:.0%} of net sales.",
        f"{best.customers:,} 位重要价值客户（占购买者 {share:.0%}）贡献了 {worth:.0%} 的净销售额。",
    )


def _by_tier(rows: ir.Table) -> pd.DataFrame:
    frame = rows.group_by("tier").agg(customers=rows.count(), monetary=rows.monetary.sum()).to_pandas()
    return frame.assign(
        title=[TIERS[tier].in_(language()) for tier in frame.tier], monetary=frame.monetary.astype(float)
    )
