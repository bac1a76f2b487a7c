"""Cost to serve: which tiers, statuses and segments of customers cost how much of what they bring?"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from shuke.analyses.rfm import TIERS
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import average, wilson
from shuke.tables import Column, Type, table
from shuke.tables.statuses import STATUSES

KINDS: dict[str, Text] = {
    "tier": Text("Tier", "客户层级"),
    "status": Text("Life-cycle status", "生命周期状态"),
    "segment": Text("Segment", "客群"),
}
_NAMES: Mapping[str, Text] = {**STATUSES, **TIERS}


def _money(name: str, en: str, zh: str) -> Column:
    return Column(name, Type.MONEY, Text(en, zh), unit="currency")


@table(
    key=("kind", "group"),
    theme="money",
    title=Text("Cost to serve", "服务成本"),
    about=Text(
        "Which groups of customers cost how much of what they bring?", "各类客户的服务成本占其收入多少？"),
    subject=None,
    reading=Text(
        "Each bar is the share of a tier's net revenue that goes into serving it: service, marketing, "
        "logistics, credit and other costs.",
        "每条为该层级净收入中用于服务的比例：服务、营销、物流、信用与其他费用。"),
    limits=Text(
        "Costs are divided by drivers (see profit_entries). A group that costs much may be new, or be served "
        "well on purpose. Segments overlap, so their rows do not add up to the company.",
        "成本按动因分摊（见 profit_entries）。服务成本高的客群可能是新客，或有意重点服务。"
        "客群可能重叠，各行之和不等于全公司。"),
    columns=[
        Column("kind", Type.TEXT, Text("Kind of group", "分组方式"), codes=KINDS),
        Column("group", Type.TEXT, Text("Group", "组别"), codes=_NAMES),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        _money("revenue", "Net revenue", "净收入"),
        _money("cost_to_serve", "Cost to serve", "服务成本合计"),
        _money("each", "Cost to serve per customer", "人均服务成本"),
        Column("share", Type.NUMBER, Text("Cost to serve, of net revenue", "服务成本占净收入比例"),
               unit="share"),
        _money("contribution", "Contribution margin", "边际贡献"),
        Column("at_loss", Type.INTEGER, Text("Served at a loss", "亏损客户数"), unit="count"),
        Column("loss_share", Type.NUMBER, Text("Share at a loss", "亏损客户占比"), unit="share"),
        Column("loss_low", Type.NUMBER, Text("Share at a loss, at least", "亏损占比下限"), unit="share"),
        Column("loss_high", Type.NUMBER, Text("Share at a loss, at most", "亏损占比上限"), unit="share"),
    ],
)  # fmt: skip
def cost_to_serve(
    profitability: ir.Table, rfm: ir.Table, lifecycle: ir.Table, segment_members: ir.Table
) -> ir.Table:
    """What it costs to serve the customers of each tier, of each life-cycle status and of each segment.

    One row per group with a customer of `profitability`; who is in several segments counts in each. `share`
    is empty where a group brings no revenue. `loss_low` and `loss_high` are the ends of the 95 % score
    interval (Wilson 1927) of the share served at a loss.
    """
    groups = ibis.union(
        rfm.select("customer_id", kind=ibis.literal("tier"), group="tier"),
        lifecycle.select("customer_id", kind=ibis.literal("status"), group="status"),
        segment_members.select("customer_id", kind=ibis.literal("segment"), group="segment"),
    )
    known = profitability.inner_join(groups, "customer_id")
    summed = known.group_by("kind", "group").agg(
        customers=known.count(), revenue=known.revenue.sum(), cost_to_serve=known.cost_to_serve.sum(),
        contribution=known.contribution.sum(), at_loss=known.is_loss.sum(),
    )  # fmt: skip
    ends = wilson(summed.at_loss, summed.customers)
    share = summed.cost_to_serve.cast("float64") / summed.revenue.cast("float64")
    return summed.mutate(
        each=average(summed.cost_to_serve, summed.customers),
        share=ibis.ifelse(summed.revenue > 0, share, ibis.null("float64")),
        loss_share=summed.at_loss / summed.customers, loss_low=ends.low, loss_high=ends.high,
    )  # fmt: skip


@cost_to_serve.chart
def shares(frame: pd.DataFrame) -> alt.Chart:
    tiers = frame[(frame.kind == "tier") & frame.share.notna()]
    shown = tiers.assign(title=[str(TIERS[tier]) for tier in tiers.group], each=tiers.each.astype(float))
    told = {name: str(cost_to_serve[name].title) for name in ("share", "customers", "each")}
    return (
        alt.Chart(shown[["title", "share", "customers", "each"]])
        .mark_bar()
        .encode(
            y=alt.Y("title:N", sort=[str(title) for title in TIERS.values()], title=None),
            x=alt.X("share:Q", title=told["share"], axis=alt.Axis(format=".0%")),
            tooltip=[
                alt.Tooltip("title", title=str(KINDS["tier"])),
                alt.Tooltip("customers:Q", title=told["customers"], format=","),
                alt.Tooltip("each:Q", title=told["each"], format=",.2f"),
                alt.Tooltip("share:Q", title=told["share"], format=".1%"),
            ],
        )
    )


@cost_to_serve.sentence
def dearest(frame: pd.DataFrame) -> Text:
    """The tier of which most is spent on serving it, beside the one of which least is."""
    tiers = frame[(frame.kind == "tier") & frame.share.notna()].sort_values(["share", "group"])
    if not any(float(cost) for cost in tiers.cost_to_serve):
        return Text("No cost of serving customers is recorded or could be allocated.",
                    "没有记录或可分摊的服务成本。")  # fmt: skip
    least, most = tiers.iloc[0], tiers.iloc[-1]
    if len(tiers) == 1:
        return Text(f"Serving customers takes {most.share:.1%} of what they bring.",
                    f"服务成本占客户收入的 {most.share:.1%}。")  # fmt: skip
    dear, cheap = TIERS[most.group], TIERS[least.group]
    return Text(
        f"Serving customers of the tier “{dear.en}” takes {most.share:.1%} of what they bring, of the tier "
        f"“{cheap.en}” {least.share:.1%}.",
        f"服务「{dear.zh}」的成本占其收入的 {most.share:.1%}，「{cheap.zh}」为 {least.share:.1%}。",
    )
