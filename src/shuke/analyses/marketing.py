"""Marketing: how far do contacts of campaigns lead, what do they cost, and what do they bring?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.arm_figures import VERDICTS
from shuke.analyses.campaign_contacts import CHANNELS, STANDINGS
from shuke.analyses.cost_allocation import allocated
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.stats import wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

BY: dict[str, Text] = {
    "all": Text("All", "全部"),
    "campaign": Text("Campaign", "活动"),
    "channel": Text("Channel", "渠道"),
    "standing": Text("How customers stood", "触达时状态"),
    "stratum": Text("Stratum", "分层"),
}
VALUES: dict[str, Text] = {
    "all": Text("all", "全部"), **CHANNELS, **STANDINGS,
}  # fmt: skip
EVIDENCE: dict[str, Text] = {
    "experiment": Text("Experiment: evidence", "实验：可作证据"),
    "bookkeeping": Text("Bookkeeping alone", "仅为记账"),
}
STEPS = ("reached", "delivered", "opened", "clicked", "redeemed", "bought", "again")

_MONEY = Type.MONEY.ibis
_ENDS = ("", "_low", "_high")


def _count(name: str, title: Text, note: Text | None = None) -> Column:
    return Column(name, Type.INTEGER, title, unit="count", note=note)


def _share(name: str, title: Text) -> Column:
    return Column(name, Type.NUMBER, title, unit="share")


@table(
    key=("by", "source", "value"),
    theme="measures",
    title=Text("Marketing: funnel, cost and return", "营销：漏斗、成本与回报"),
    about=Text(
        "How far do contacts of campaigns lead, what do they cost, and what do they bring?",
        "活动触达带来了几步转化？花费多少，回报多少？"),
    subject=None,
    first="-reached",
    reading=Text(
        "Above: of all whom campaigns reached, how many went how far; a step that nobody records is left "
        "out. "
        "Below, for each campaign: grey is the margin that followed, whoever would have bought anyway; "
        "blue is "
        "what it brought beyond those held out, with its 95 % range. Only blue is evidence.",
        "上图：被触达者走到各步的人次，未登记的步骤略去。下图逐个活动：灰色为其后毛利（含本来就会购买者），"
        "蓝色为超出对照组的增量及其 95% 区间。只有蓝色可作证据。"),
    limits=Text(
        "Revenue, margin, ROAS and ROI that followed are bookkeeping: they count whatever was bought in the "
        "time after a contact, once for each campaign that reached the customer. Only the incremental "
        "columns, of campaigns that held somebody out, are evidence of an effect. Campaigns that name nobody "
        "whom they reached are not here.",
        "“其后”的收入、毛利、ROAS 与 ROI 只是记账：触达后一段时间内的购买一律计入，"
        "多个活动触达同一客户则重复计。只有设对照组活动的增量列才是效果的证据。"
        "未登记触达对象的活动不在此表。"),
    columns=[
        Column("by", Type.TEXT, Text("By", "分组"), codes=BY),
        Column("source", Type.TEXT, Text("Source", "来源"), note=Text("Of a campaign.", "活动的来源。")),
        Column("value", Type.TEXT, Text("Value", "取值"), codes=VALUES),
        Column("campaign_name", Type.TEXT, Text("Campaign name", "活动名称")),
        Column("evidence", Type.TEXT, Text("What the figures are", "数据性质"), codes=EVIDENCE),
        _count("reached", Text("Reached", "触达人次"), Text(
            "Customers, once for each campaign.", "每个活动中每位客户计一次。")),
        _count("delivered", Text("Delivered", "送达"), Text(
            "Empty where nobody records it, as of the following.", "无记录时为空，下同。")),
        _count("opened", Text("Opened", "打开")),
        _count("clicked", Text("Clicked", "点击")),
        _count("redeemed", Text("Redeemed a coupon", "核销优惠券")),
        _count("followed", Text("Followed to the end", "观察期已满")),
        _count("bought", Text("Bought", "购买"), Text("Of those followed.", "仅计观察期已满者。")),
        _share("bought_share", Text("Share that bought", "购买比例")),
        _share("bought_low", Text("Share, at least", "购买比例下限")),
        _share("bought_high", Text("Share, at most", "购买比例上限")),
        _count("again", Text("Bought again", "复购")),
        _share("again_share", Text("Share of buyers again", "购买者复购比例")),
        Column("cost", Type.MONEY, Text("Cost", "费用"), unit="currency"),
        Column("revenue", Type.MONEY, Text("Revenue that followed", "其后收入"), unit="currency"),
        Column("margin", Type.MONEY, Text("Margin that followed", "其后毛利"), unit="currency"),
        Column("roas", Type.NUMBER, Text("Revenue that followed over cost (ROAS)", "其后收入/费用（ROAS）")),
        Column("roi", Type.NUMBER, Text("ROI on the margin that followed", "其后毛利的 ROI"), unit="share"),
        Column("verdict", Type.TEXT, Text("Verdict of the experiment", "实验结论"), codes=VERDICTS),
        Column("ratio_p", Type.NUMBER, Text("Chance of such arms", "分组比例检验 p 值"), unit="share",
               note=Text("Below 0.001 the arms are not what was planned.", "低于 0.001 即分组比例异常。")),
        Column("incremental_revenue", Type.NUMBER, Text("Incremental revenue", "增量收入"), unit="currency"),
        Column("incremental_revenue_low", Type.NUMBER, Text("Incremental revenue, at least", "增量收入下限"),
               unit="currency"),
        Column("incremental_revenue_high", Type.NUMBER, Text("Incremental revenue, at most", "增量收入上限"),
               unit="currency"),
        Column("incremental_margin", Type.NUMBER, Text("Incremental margin", "增量毛利"), unit="currency"),
        Column("incremental_margin_low", Type.NUMBER, Text("Incremental margin, at least", "增量毛利下限"),
               unit="currency"),
        Column("incremental_margin_high", Type.NUMBER, Text("Incremental margin, at most", "增量毛利上限"),
               unit="currency"),
        _share("incremental_roi", Text("ROI on incremental margin", "增量毛利的 ROI")),
        Column("incremental_roi_low", Type.NUMBER, Text("That ROI, at least", "增量 ROI 下限"), unit="share"),
        Column("incremental_roi_high", Type.NUMBER, Text("That ROI, at most", "增量 ROI 上限"), unit="share"),
    ],
)  # fmt: skip
def marketing(
    campaign_contacts: ir.Table,
    landed_campaigns: ir.Table,
    expense_items: ir.Table,
    campaign_results: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    days: int = 28,
    repeat_days: int = 90,
) -> ir.Table:
    """The funnel from contact to repeat purchase, and what it cost and brought.

    One row for all contacts, and one per campaign, channel of the first contact, standing of the customer at
    it (never bought, bought within 90 days, a year, or longer ago) and stratum of the campaign. What is
    counted are customers, once for each campaign that reached them; `bought` of those reached at least `days`
    days ago, within these days, and `again_share` of those who bought at least `repeat_days` days ago. The
    interval is Wilson's (1927).

    A campaign's cost is what expenses name it, or else its own; of other groups each contact carries an equal
    part of its campaign's, so that every grouping adds up to the same. ROAS is revenue / cost, ROI (margin −
    cost) / cost. The incremental columns are those of `campaign_results`: what the treated brought beyond
    those held out, by intention to treat, with 95 % intervals, and empty where the arms are too small or not
    as they were planned.
    """
    grouped = campaign_contacts.mutate(all=ibis.literal("all"), campaign=campaign_contacts.campaign_id)
    parts = [_counted(grouped, name, as_of=as_of, days=days, repeat_days=repeat_days) for name in BY]
    counts = checkpoint(ibis.union(*parts))
    spent = _costs(grouped, landed_campaigns, expense_items, checkpoint=checkpoint)
    keys = ["by", "source", "value"]
    costed = counts.left_join(spent, keys).select(counts, cost=spent.cost)
    named = landed_campaigns.select(
        "source", by=ibis.literal("campaign"), value="campaign_id", campaign_name="name"
    )
    whole = costed.left_join(named, keys).select(costed, campaign_name=named.campaign_name)
    beside = whole.left_join(_increments(campaign_results), keys, rname="other_{name}")
    return _returns(beside)


def _counted(rows: ir.Table, by: str, *, as_of: date, days: int, repeat_days: int) -> ir.Table:
    old = rows.first_day <= ibis.date(as_of - timedelta(days=days))
    bought = rows.bought_on.notnull() & old
    long_ago = bought & (rows.bought_on <= ibis.date(as_of - timedelta(days=repeat_days)))
    source = rows.source if by == "campaign" else ibis.literal("")
    counts = rows.group_by(by=ibis.literal(by), source=source, value=rows[by].fill_null("")).agg(
        reached=rows.count(), **{name: rows[name].sum().nullif(0) for name in STEPS[1:5]},
        followed=old.sum(), bought=bought.sum(), again=(bought & rows.again_on.notnull()).sum(),
        long_ago=long_ago.sum(), long_again=(long_ago & rows.again_on.notnull()).sum(),
        revenue=rows.revenue.sum().cast(_MONEY), margin=rows.margin.sum().cast(_MONEY),
    )  # fmt: skip
    counts = counts.filter(counts.reached > 0)
    return counts.filter(counts.value != "") if by == "stratum" else counts


def _costs(rows: ir.Table, campaigns: ir.Table, items: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """What each group's contacts cost, an equal part of their campaign's for each."""
    named = items.filter(items.campaign_id.notnull() & items.amount.notnull())
    billed = named.group_by(pool="campaign_id").agg(amount=named.amount.sum().cast(_MONEY))
    own = campaigns.filter(campaigns.cost.notnull()).group_by(pool="campaign_id").agg(
        amount=lambda t: t.cost.sum().cast(_MONEY)
    )  # fmt: skip
    pools = checkpoint(billed.union(own.anti_join(billed, "pool")))
    parts = []
    for by in BY:
        source = rows.source if by == "campaign" else ibis.literal("")
        owner = source + "\t" + rows[by].fill_null("")
        units = rows.group_by(pool="campaign_id", owner=owner).agg(units=rows.count().cast("int64"))
        part = allocated(pools, units)
        ends = part.owner.split("\t")
        parts.append(part.select("amount", by=ibis.literal(by), source=ends[0], value=ends[1]))
    every = checkpoint(ibis.union(*parts))
    return every.group_by("by", "source", "value").agg(cost=every.amount.sum().cast(_MONEY))


def _increments(results: ir.Table) -> ir.Table:
    """What each campaign with a control group brought, on a row."""
    sound = results.verdict.isin(["more", "less", "unclear"])
    figures = {
        f"incremental_{metric}{end}": results[f"total{end}"].max(where=(results.metric == metric) & sound)
        for metric in ("revenue", "margin")
        for end in _ENDS
    }
    verdict = {f"{m}_verdict": results.verdict.max(where=results.metric == m) for m in ("revenue", "margin")}
    told = results.group_by("source", value=results.campaign_id).agg(
        ratio_p=results.ratio_p.max(), **figures, **verdict
    )
    return told.mutate(
        by=ibis.literal("campaign"), verdict=ibis.coalesce(told.margin_verdict, told.revenue_verdict)
    )


def _returns(beside: ir.Table) -> ir.Table:
    cost = beside.cost.cast("float64").nullif(0.0)
    ends = wilson(beside.bought, beside.followed)
    margin = {end: beside[f"incremental_margin{end}"] for end in _ENDS}
    sound = beside.incremental_revenue_low.notnull()
    return beside.mutate(
        evidence=ibis.ifelse(sound, "experiment", "bookkeeping"),
        bought_share=beside.bought / beside.followed.nullif(0), bought_low=ends.low, bought_high=ends.high,
        again_share=beside.long_again / beside.long_ago.nullif(0),
        roas=beside.revenue.cast("float64") / cost, roi=(beside.margin.cast("float64") - cost) / cost,
        **{f"incremental_roi{end}": (value - cost) / cost for end, value in margin.items()},
    )  # fmt: skip


@marketing.chart
def funnel(frame: pd.DataFrame) -> alt.Chart:
    whole = frame[frame.by == "all"]
    steps = [
        (str(marketing[step].title), int(whole[step].iloc[0]))
        for step in STEPS
        if len(whole) and pd.notna(whole[step].iloc[0])
    ]
    shown = pd.DataFrame(steps, columns=["step", "customers"])
    people = str(marketing["reached"].title)
    bars: alt.Chart = alt.Chart(shown).mark_bar().encode(
        y=alt.Y("step:N", sort=list(shown.step), title=None),
        x=alt.X("customers:Q", title=people),
        tooltip=[alt.Tooltip("step:N"), alt.Tooltip("customers:Q", title=people, format=",")],
    )  # fmt: skip
    return bars


@marketing.chart
def evidence_beside_bookkeeping(frame: pd.DataFrame) -> alt.LayerChart:
    """Of the twenty campaigns that reached most: what followed, and what they brought beyond."""
    most = frame[frame.by == "campaign"].sort_values(["reached", "value"], ascending=[False, True]).head(20)
    names = most.campaign_name.fillna(most.value)
    shown = most.assign(
        called=names, followed_by=most.margin.astype(float).fillna(most.revenue.astype(float)),
        brought=most.incremental_margin.fillna(most.incremental_revenue).astype(float),
        low=most.incremental_margin_low.fillna(most.incremental_revenue_low).astype(float),
        high=most.incremental_margin_high.fillna(most.incremental_revenue_high).astype(float),
    )[["called", "followed_by", "brought", "low", "high"]]  # fmt: skip
    title = str(Text("Margin (revenue where no cost is known)", "毛利（无成本时为收入）"))
    tips = [alt.Tooltip("called:N"), *(
        alt.Tooltip(f"{name}:Q", title=str(text), format=",.0f")
        for name, text in (("followed_by", marketing["margin"].title),
                           ("brought", marketing["incremental_margin"].title))
    )]  # fmt: skip
    base = alt.Chart(shown).encode(y=alt.Y("called:N", sort=list(names), title=None), tooltip=tips)
    bars = base.mark_bar(color="#bab0ac").encode(x=alt.X("followed_by:Q", title=title))
    known = base.transform_filter("isValid(datum.low)")
    lines = known.mark_rule(strokeWidth=2, color="#4c78a8").encode(x=alt.X("low:Q", title=title), x2="high:Q")
    dots = known.mark_point(filled=True, size=70, opacity=1, color="#4c78a8").encode(
        x=alt.X("brought:Q", title=title)
    )
    return bars + lines + dots


@marketing.sentence
def what_marketing_brought(frame: pd.DataFrame, *, currency: str = "") -> Text:
    whole = frame[frame.by == "all"]
    if whole.empty:
        return Text(
            "No message or coupon of a campaign to a known customer has been recorded, so there is no "
            "funnel.",
            "没有活动向已知客户发送消息或优惠券的记录，无从得出漏斗。",
        )
    row = whole.iloc[0]
    share = (
        Text(f"; {row.bought_share:.0%} bought within the time after it (bookkeeping)",
             f"；其后期内 {row.bought_share:.0%} 购买（仅为记账）")
        if pd.notna(row.bought_share) else Text("", "")
    )  # fmt: skip
    proof = _proven(frame[frame.by == "campaign"], currency=currency)
    return Text(
        f"Campaigns reached customers {row.reached:,} times{share.en}. {proof.en}",
        f"活动共触达 {row.reached:,} 人次{share.zh}。{proof.zh}",
    )


def _proven(campaigns: Any, *, currency: str) -> Text:
    proven = campaigns[campaigns.evidence == "experiment"]
    if proven.empty:
        return Text(
            f"None of {len(campaigns):,} campaigns held enough customers out, so none of it is evidence that "
            f"they brought anything.",
            f"{len(campaigns):,} 个活动均无足够的对照组，因此没有证据表明其带来增量。",
        )
    brought = formats.amount(float(proven.incremental_revenue.sum()), currency)
    sure = int((proven.incremental_revenue_low > 0).sum())
    return Text(
        f"Evidence there is for {len(proven):,} of {len(campaigns):,}, which held customers out: they "
        f"brought "
        f"{brought.en} of revenue beyond these; {sure:,} of them more than chance.",
        f"{len(campaigns):,} 个活动中 {len(proven):,} 个设有对照组，可作证据：增量收入合计 {brought.zh}，"
        f"其中 {sure:,} 个高于偶然。",
    )
