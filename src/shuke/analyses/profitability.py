"""Profitability: what is left of each customer's revenue, and who is served at a loss, and why?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.profit_entries import LINES, UNKNOWN
from shuke.languages import Text
from shuke.lazy import alt
from shuke.tables import Column, Type, table

_MONEY = Type.MONEY.ibis
_NONE = ibis.literal(0).cast(_MONEY)

#: What a company gives for having a customer, other than the goods.
TO_SERVE = ("service", "marketing", "logistics", "credit", "other")

#: What may turn a customer's revenue into a loss.
_TAKES = ("discounts", "returns", "goods", *TO_SERVE)

#: So many points draw a curve.
_POINTS = 200


def _money(name: str, title: Text | None = None, note: Text | None = None) -> Column:
    return Column(name, Type.MONEY, title or LINES[name], unit="currency", note=note)


@table(
    key="customer_id",
    first="-contribution",
    theme="money",
    title=Text("Profitability", "客户盈利能力"),
    about=Text(
        "What is left of each customer's revenue, and who is served at a loss?",
        "每位客户的收入最终剩下多少？哪些客户在亏损？"),
    reading=Text(
        "Customers stand from the most profitable to the least; the line adds up what they contribute; the "
        "dashed one is the whole. Where the line climbs above it and falls again, the customers on the right "
        "cost more than they bring.",
        "客户按盈利由高到低排列，曲线为累计贡献，虚线为合计；升过虚线后回落，右侧客户即为亏损客户。"),
    limits=Text(
        "Only what was recorded counts: goods without a cost look free, and costs that no customer drives "
        "(rent, IT) are not in a customer's figures but in the table profit_entries, as not allocated. That "
        "somebody is served at a loss is no reason to let them go: they may be new.",
        "只计已记录的成本：无成本的商品视同零成本；租金、IT 等无客户动因的费用不计入客户，"
        "见利润明细表（profit_entries）的「未分摊」。亏损客户未必应放弃，可能只是新客。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("rank", Type.INTEGER, Text("Rank", "名次"), unit="count"),
        _money("contribution", Text("Contribution margin", "边际贡献")),
        *(_money(name) for name in ("sales", "discounts", "returns", "charges")),
        _money("revenue", Text("Net revenue", "净收入")),
        *(_money(name) for name in ("goods", *TO_SERVE)),
        Column("margin", Type.NUMBER, Text("Contribution of net revenue", "贡献率"), unit="share", note=Text(
            "Empty where there is no revenue.", "无收入时为空。")),
        _money("cost_to_serve", Text("Cost to serve", "服务成本合计"), Text(
            "Service, marketing, logistics, credit and other costs.",
            "服务、营销、物流、信用与其他费用之和。")),
        Column("is_loss", Type.FLAG, Text("Served at a loss", "亏损")),
        Column("reason", Type.TEXT, Text("What weighs most", "最主要原因"),
               codes={name: LINES[name] for name in _TAKES},
               note=Text("Of customers served at a loss: what takes most beyond its usual share of sales.",
                         "亏损客户中，超出平均占比最多的一项。")),
        _money("so_far", Text("Contribution so far", "累计贡献"), Text(
            "Of this customer and all before in rank.", "该名次及之前客户的贡献合计。")),
        Column("so_far_share", Type.NUMBER, Text("Share of the whole so far", "累计占比"), unit="share",
               note=Text(
            "Empty where all together contribute nothing.", "合计无贡献时为空。")),
    ],
)  # fmt: skip
def profitability(profit_entries: ir.Table) -> ir.Table:
    """What each customer contributed over the days of `profit_entries`: net revenue less all that was spent.

    One row per customer with an entry. Costs, discounts and returns stand as amounts that are taken away.
    `contribution` is net revenue (sales less discounts and returns, plus what was charged for shipping and
    the like) less the cost of goods and the cost to serve. `so_far` is the whale curve: the contribution of
    the customer and of all who contribute more (Kaplan and Narayanan 2001, Measuring and managing customer
    profitability). `reason`, of those at a loss, is the line of which most was taken beyond the share that
    it takes of all customers' sales; of equal ones the first in the order of the columns. Over all
    customers every line adds up to that of `profit_entries`, less what belongs to nobody.
    """
    known = profit_entries.filter(profit_entries.owner != UNKNOWN)
    taken = {name: -1 if name in _TAKES else 1 for name in LINES}
    summed = known.group_by(customer_id=known.owner).agg(
        **{
            name: (known.amount.sum(where=known.line == name).fill_null(_NONE) * sign).cast(_MONEY)
            for name, sign in taken.items()
        }
    )
    net = summed.mutate(
        revenue=(summed.sales - summed.discounts - summed.returns + summed.charges).cast(_MONEY),
        cost_to_serve=sum((summed[name] for name in TO_SERVE[1:]), summed.service).cast(_MONEY),
    )
    left = net.mutate(contribution=(net.revenue - net.goods - net.cost_to_serve).cast(_MONEY))
    explained = left.mutate(is_loss=left.contribution < 0, reason=_reason(left))
    best_first = ibis.window(order_by=[explained.contribution.desc(), explained.customer_id])
    upto = ibis.cumulative_window(order_by=[explained.contribution.desc(), explained.customer_id])
    ranked = explained.mutate(
        rank=ibis.row_number().over(best_first) + 1, so_far=explained.contribution.sum().over(upto),
        whole=explained.contribution.sum().over(ibis.window()),
    )  # fmt: skip
    share = ranked.so_far.cast("float64") / ranked.whole.cast("float64").nullif(0.0)
    return ranked.mutate(
        margin=ibis.ifelse(
            ranked.revenue > 0,
            ranked.contribution.cast("float64") / ranked.revenue.cast("float64"),
            ibis.null("float64"),
        ),
        so_far_share=ibis.ifelse(ranked.whole > 0, share, ibis.null("float64")),
    )


def _reason(left: ir.Table) -> ir.StringValue:
    """The line that takes most beyond its usual share of sales; nothing of customers who bring something."""
    everybody = ibis.window()
    sales = left.sales.sum().over(everybody).cast("float64").nullif(0.0)
    usual = {name: left[name].sum().over(everybody).cast("float64") / sales for name in _TAKES}
    beyond = {
        name: left[name].cast("float64") - left.sales.cast("float64") * share.fill_null(0.0)
        for name, share in usual.items()
    }
    most = ibis.greatest(*beyond.values())
    first = ibis.cases(*((value == most, name) for name, value in beyond.items()))
    return ibis.ifelse(left.contribution < 0, first, ibis.null("string"))


@profitability.chart
def whale_curve(rows: ir.Table) -> alt.LayerChart:
    """Two hundred customers, evenly along the ranks, and the one at whom the curve is highest."""
    many = rows.count().to_pandas()
    step = max(1, many // _POINTS)
    shown = rows.filter((rows["rank"] % step == 0) | (rows["rank"] == 1) | (rows["rank"] == many))
    frame = shown.select("rank", so_far=shown.so_far.cast("float64")).order_by("rank").to_pandas()
    frame = frame.assign(customers=frame["rank"] / many)
    percent, so_far = alt.Axis(format=".0%"), str(profitability["so_far"].title)
    base = alt.Chart(frame).encode(
        x=alt.X("customers:Q", title=str(Text("Customers, best first", "客户（由高到低）")), axis=percent),
        y=alt.Y("so_far:Q", title=so_far),
        tooltip=[
            alt.Tooltip("customers:Q", title=str(Text("Customers", "客户")), format=".1%"),
            alt.Tooltip("so_far:Q", title=so_far, format=",.0f"),
        ],
    )
    whole = alt.Chart(frame.tail(1)).mark_rule(strokeDash=[4, 3]).encode(y="so_far:Q")
    return whole + base.mark_line(point=False, strokeWidth=2)


@profitability.sentence
def who_costs(rows: ir.Table, *, currency: str = "") -> Text:
    loss = rows.is_loss
    told = rows.aggregate(
        customers=rows.count(), total=rows.contribution.sum(), goods=rows.goods.sum(), sales=rows.sales.sum(),
        losing=loss.sum(), lost=rows.contribution.sum(where=loss),
    ).to_pandas().iloc[0]  # fmt: skip
    if not told.customers:
        return Text("Nobody bought anything, and nothing was spent on anybody.",
                    "期内无人购买，也无归属于客户的费用。")  # fmt: skip
    if told.sales and not told.goods:
        return Text(
            "No cost of goods is known, so what customers contribute cannot be told: import the costs of "
            "products.",
            "未知商品成本，无法得出客户的边际贡献；请随商品资料导入成本。")  # fmt: skip
    total = formats.amount(float(told.total), currency)
    if not told.losing:
        return Text(f"{told.customers:,} customers contribute {total.en}; nobody is served at a loss.",
                    f"{told.customers:,} 位客户合计贡献 {total.zh}，无亏损客户。")  # fmt: skip
    lost = formats.amount(-float(told.lost), currency)
    why = _usual_reason(rows)
    share = told.losing / told.customers
    return Text(
        f"{told.losing:,} of {told.customers:,} customers ({share:.0%}) are served at a loss and take "
        f"{lost.en} away, most often by {why.en.lower()}; all together contribute {total.en}.",
        f"{told.customers:,} 位客户中有 {told.losing:,} 位（{share:.0%}）亏损，合计亏 {lost.zh}，"
        f"最常见原因是{why.zh}；全部客户合计贡献 {total.zh}。",
    )


def _usual_reason(rows: ir.Table) -> Text:
    counted = rows.filter(rows.is_loss).group_by("reason").agg(customers=lambda t: t.count()).to_pandas()
    ordered = counted.sort_values(["customers", "reason"], ascending=[False, True])
    return LINES[ordered.reason.iloc[0]]
