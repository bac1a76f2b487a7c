"""Keep list: who is most worth keeping, and what have we done for them lately?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.analyses.campaign_arms import TREATED, arm_of
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of
from shuke.tables.statuses import DAYS_AHEAD, GONE, LOST, STATUSES

#: What was done for a customer, with the words for it.
CARE: dict[str, Text] = {
    "neither": Text("Neither service nor offer", "既无服务也无优惠"),
    "served": Text("Service only", "仅有服务"),
    "offered": Text("Offers only", "仅有优惠"),
    "both": Text("Service and offers", "服务与优惠皆有"),
}


@table(
    key="customer_id",
    first="rank",
    theme="leaving",
    title=Text("Keep list", "重点挽留名单"),
    about=Text("Who is most worth keeping?", "最值得挽留的是哪些客户？"),
    reading=Text(
        "Each bar is the value at risk of the customers on the list for whom so much was done lately.",
        "每根柱表示名单上获得相应关怀的客户的预计流失金额合计。"),
    limits=Text(
        "Value at risk is a forecast (see churn and lifetime value). Service that nobody recorded and offers "
        "sent outside the recorded campaigns do not show. That somebody got an offer and is at risk does "
        "not mean that the offer drove them away.",
        "预计流失金额是预测（见「流失风险」与「客户终身价值」）。未记录的服务、活动之外的优惠无从显示。"
        "得到优惠而有流失风险，并不说明是优惠所致。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("rank", Type.INTEGER, Text("Rank", "名次"), unit="count"),
        Column("value_at_risk", Type.MONEY, Text("Value at risk", "预计流失金额"), unit="currency"),
        Column("status", Type.TEXT, Text("Status", "客户状态"), codes=STATUSES),
        GONE,
        DAYS_AHEAD,
        Column("value_12m", Type.MONEY, Text("Expected of 12 months", "未来12个月预期价值"), unit="currency"),
        Column("reason", Type.TEXT, Text("Main reason", "主要原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Main reason, in Chinese", "主要原因")),
        Column("contacts", Type.INTEGER, Text("Contacts lately", "近期往来"), unit="count"),
        Column("complaints", Type.INTEGER, Text("Complaints lately", "近期投诉"), unit="count"),
        Column("waiting", Type.INTEGER, Text("Complaints without an answer", "未答复投诉"), unit="count"),
        Column("last_contact", Type.DATE, Text("Last contact", "最近往来")),
        Column("coupons", Type.INTEGER, Text("Coupons lately", "近期优惠券"), unit="count"),
        Column("redeemed", Type.INTEGER, Text("Coupons redeemed", "已核销"), unit="count"),
        Column("touches", Type.INTEGER, Text("Messages lately", "近期触达"), unit="count"),
        Column("last_offer", Type.DATE, Text("Last offer", "最近优惠")),
        Column("care", Type.TEXT, Text("Done for them", "关怀情况"), codes=CARE, note=Text(
            "`neither`, `served` (contacts only), `offered` (coupons or messages only) or `both`.",
            "`neither` 皆无，`served` 仅服务，`offered` 仅优惠，`both` 皆有。")),
    ],
)  # fmt: skip
def keep_list(  # noqa: PLR0917 - the tables that it is made from
    churn: ir.Table,
    lifetime_value: ir.Table,
    complaints: ir.Table,
    landed_interactions: ir.Table,
    landed_coupons: ir.Table,
    landed_touches: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    max_customers: int = 200,
    recent_days: int = 180,
) -> ir.Table:
    """The customers with whom the most is at risk, with the service and the offers that each received.

    One row per customer, at most `max_customers`: those of the largest value at risk

        value_at_risk = chance of staying away × value expected of the next 12 months

    (see `churn` and `lifetime_value`) above nothing, who are not lost yet. Contacts, complaints, coupons
    issued, coupons redeemed and messages sent (not to a control group) are counted over the `recent_days`
    days up to `as_of`, and `waiting` complaints are those still without an answer, however old. Of equal
    values the lesser customer id comes first.
    """
    worth = lifetime_value.select("customer_id", "value_12m")
    here = churn.filter((churn.status != LOST) & (churn.value_at_risk > 0))
    told = here.select(
        "customer_id", "status", "value_at_risk", "gone", "horizon_days", "reason", "reason_zh"
    )
    hoped = told.left_join(worth, "customer_id").drop("customer_id_right")
    best_first = ibis.window(order_by=[hoped.value_at_risk.desc(), hoped.customer_id])
    ranked = hoped.mutate(rank=ibis.row_number().over(best_first) + 1)
    kept = ranked.filter(ranked["rank"] <= max_customers)
    since = as_of - timedelta(days=recent_days)
    complained = complaints.mutate(recent=complaints.day > since).group_by("customer_id").agg(
        complaints=lambda t: t.recent.sum(), waiting=lambda t: t.waiting.sum()
    )  # fmt: skip
    done = _done(landed_interactions, landed_coupons, landed_touches, zone=zone)
    recent = done.filter((done.day > since) & (done.day <= as_of))
    owned = recent.inner_join(identities.select("record", "customer_id"), "record")
    offers = (owned.what == "coupons") | (owned.what == "touches")
    cared = owned.group_by("customer_id").agg(
        **{what: (owned.what == what).sum() for what in ("contacts", "coupons", "redeemed", "touches")},
        last_contact=owned.day.max(where=owned.what == "contacts"), last_offer=owned.day.max(where=offers),
    )  # fmt: skip
    for counted in (complained, cared):
        kept = kept.left_join(counted, "customer_id").drop("customer_id_right")
    full = kept.mutate(**{name: kept[name].fill_null(0) for name in _COUNTS})
    service, offers = full.contacts > 0, full.coupons + full.touches > 0
    care = ibis.cases((service & offers, "both"), (service, "served"), (offers, "offered"), else_="neither")
    return full.mutate(care=care)


_COUNTS = ("contacts", "complaints", "waiting", "coupons", "redeemed", "touches")


def _done(interactions: ir.Table, coupons: ir.Table, touches: ir.Table, *, zone: str) -> ir.Table:
    """One row per contact, coupon issued, coupon redeemed and message sent: `record`, `day`, `what`."""
    sent = touches.filter(arm_of(touches.group.fill_null("")) == TREATED)
    moments = _moments(interactions, "at", "contacts").union(
        _moments(sent, "at", "touches"), _moments(coupons, "redeemed_at", "redeemed")
    )
    dated = moments.select("record", "what", day=to_local(moments.moment, zone).date())
    issued = _moments(coupons, "issued", "coupons")
    return dated.union(issued.select("record", "what", day="moment"))


def _moments(rows: ir.Table, when: str, what: str) -> ir.Table:
    return rows.select(record=record_of(rows), what=ibis.literal(what), moment=rows[when])


@keep_list.chart
def cared_for(frame: pd.DataFrame) -> alt.Chart:
    money = frame.assign(value_at_risk=frame.value_at_risk.astype(float))
    summed = money.groupby("care", as_index=False).agg(
        at_risk=("value_at_risk", "sum"), customers=("customer_id", "count")
    )
    titled = summed.assign(title=[str(CARE[code]) for code in summed.care])
    risk = str(keep_list["value_at_risk"].title)
    return (
        alt.Chart(titled)
        .mark_bar()
        .encode(
            y=alt.Y("title:N", sort=[str(text) for text in CARE.values()], title=None),
            x=alt.X("at_risk:Q", title=risk),
            tooltip=[
                alt.Tooltip("title", title=str(keep_list["care"].title)),
                alt.Tooltip("customers:Q", title=str(Text("Customers", "客户数"))),
                alt.Tooltip("at_risk:Q", title=risk, format=",.0f"),
            ],
        )
    )


@keep_list.sentence
def regrets(frame: pd.DataFrame, *, currency: str = "") -> Text:
    if frame.empty:
        return Text("Nobody is on the list: no value is at risk.", "名单为空：没有预计流失金额。")
    money = formats.amount(frame.value_at_risk.astype(float).sum(), currency)
    alone = int((frame.care == "neither").sum())
    waiting = int((frame.waiting > 0).sum())
    return Text(
        f"With the {len(frame):,} customers on the list {money.en} is at risk; {alone:,} of them had "
        f"neither service nor offer lately, {waiting:,} wait for an answer to a complaint.",
        f"名单上 {len(frame):,} 位客户的预计流失金额为 {money.zh}；其中 {alone:,} 位近期既无服务也无优惠，"
        f"{waiting:,} 位的投诉仍待答复。",
    )
