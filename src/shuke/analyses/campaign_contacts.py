"""Campaign contacts: whom did each campaign reach, how did they stand, and what did they buy afterwards?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.campaign_arms import TREATED, arm_of
from shuke.analyses.line_costs import earned
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import record_of

STANDINGS: dict[str, Text] = {
    "never": Text("Never bought before", "此前未购买"),
    "recent": Text("Bought within 90 days", "90 天内购买过"),
    "year": Text("Bought within a year", "一年内购买过"),
    "lapsed": Text("Bought longer ago", "购买已逾一年"),
}

CHANNELS: dict[str, Text] = {"coupon": Text("coupon", "优惠券"), "": Text("not recorded", "未登记")}

_KEYS = ("source", "campaign_id", "customer_id")
_FLAGS = ("delivered", "opened", "clicked", "redeemed")
_MONEY = Type.MONEY.ibis
_NONE = ibis.literal(0).cast(_MONEY)


@table(
    key=_KEYS,
    theme="measures",
    title=Text("Customers reached by campaigns", "活动触达的客户"),
    about=Text(
        "Whom did each campaign reach, and what did they buy afterwards?",
        "各活动触达了谁？其后购买了什么？"),
    event_time="first_day",
    limits=Text(
        "What was bought after a message may have been bought without it; see marketing.",
        "触达后的购买未必由触达带来，见 marketing。"),
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("first_day", Type.DATE, Text("Reached on", "首次触达")),
        Column("channel", Type.TEXT, Text("Channel", "渠道"), codes=CHANNELS, note=Text(
            "Of the first contact, else of the campaign; `coupon` where neither is known of one.",
            "首次触达的渠道，否则为活动的渠道；优惠券均无时为 `coupon`。")),
        Column("stratum", Type.TEXT, Text("Stratum", "分层")),
        Column("standing", Type.TEXT, Text("When reached", "触达时状态"), codes=STANDINGS),
        Column("delivered", Type.FLAG, Text("Delivered", "已送达")),
        Column("opened", Type.FLAG, Text("Opened", "已打开")),
        Column("clicked", Type.FLAG, Text("Clicked", "已点击")),
        Column("redeemed", Type.FLAG, Text("Redeemed a coupon", "已核销优惠券")),
        Column("bought_on", Type.DATE, Text("Bought on", "购买日期")),
        Column("again_on", Type.DATE, Text("Bought again on", "再次购买日期")),
        Column("revenue", Type.MONEY, Text("Revenue afterwards", "其后收入"), unit="currency"),
        Column("margin", Type.MONEY, Text("Margin afterwards", "其后毛利"), unit="currency", note=Text(
            "Of lines of known cost.", "只计已知成本的明细。")),
    ],
)  # fmt: skip
def campaign_contacts(  # noqa: PLR0917 - the tables that it is made from
    landed_touches: ir.Table,
    landed_coupons: ir.Table,
    landed_campaigns: ir.Table,
    purchases: ir.Table,
    landed_products: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
    days: int = 28,
    repeat_days: int = 90,
) -> ir.Table:
    """Every known customer whom a campaign sent a message or a coupon, from the first one on, by `as_of`.

    One row per source, campaign and customer; who was held out is left out, and so is what has no day and
    whose campaign has none, and what lies before the first sale on record. `bought_on` is the first day on
    which goods were bought within the `days` days from the first contact, `again_on` the next one within
    `repeat_days` days after that. `revenue` (all lines, returns deducted) and `margin` are of the same `days`
    days.
    """
    dated = dated_contacts(landed_touches, landed_coupons, landed_campaigns, zone=zone)
    known = dated.inner_join(identities.select("record", "customer_id"), "record")
    seen = since_first_sale(known.filter(known.day <= ibis.date(as_of)), purchases)
    reached = checkpoint(_reached(seen))
    bought = checkpoint(_days(purchases, landed_products, as_of=as_of))
    return _followed(reached, bought, days=days, repeat_days=repeat_days)


def dated_contacts(touches: ir.Table, coupons: ir.Table, campaigns: ir.Table, *, zone: str) -> ir.Table:
    """Messages and coupons of campaigns, each with its day; those who were held out got none."""
    sent = touches.filter((arm_of(touches.group) == TREATED) & touches.campaign_id.notnull())
    messages = sent.select(
        "source", "campaign_id", "key", "channel", "stratum", "status", record=record_of(sent),
        moment=to_local(sent["at"], zone), delivered=sent.delivered_at.notnull(),
        opened=sent.opened_at.notnull(), clicked=sent.clicked_at.notnull(), redeemed=False,
        fallback=ibis.null(str),
    )  # fmt: skip
    given = coupons.filter(coupons.campaign_id.notnull() & coupons.record_id.notnull())
    empty = {name: ibis.null(str) for name in ("channel", "stratum", "status")}
    handed = given.select(
        "source", "campaign_id", "key", record=record_of(given), moment=given.issued.cast("timestamp"),
        redeemed=given.redeemed_at.notnull(), delivered=False, opened=False, clicked=False,
        fallback=ibis.literal("coupon"), **empty,
    )  # fmt: skip
    both = messages.union(handed.select(messages.columns).cast(messages.schema()))
    of = campaigns.select("source", "campaign_id", "starts", campaign_channel="channel")
    beside = both.left_join(of, ["source", "campaign_id"])
    moment = ibis.coalesce(beside.moment, beside.starts.cast("timestamp"))
    return beside.select(
        *(c for c in both.columns if c not in ("channel", "moment", "fallback")),
        moment=moment, day=moment.date(),
        channel=ibis.coalesce(beside.channel, beside.campaign_channel, beside.fallback),
    )  # fmt: skip


def since_first_sale(contacts: ir.Table, purchases: ir.Table) -> ir.Table:
    """Without those from before the first sale on record: what came of them nobody can know."""
    first = purchases.aggregate(first=purchases.day.min())
    beside = contacts.cross_join(first)
    return beside.filter((beside.day >= beside["first"]).fill_null(True)).drop("first")


def _reached(contacts: ir.Table) -> ir.Table:
    """Of each campaign and customer the first contact, and whatever came of any."""
    seen = contacts.group_by(*_KEYS).agg(**{name: contacts[name].any() for name in _FLAGS})
    in_turn = ibis.window(group_by=_KEYS, order_by=[contacts.moment, contacts.key])
    ranked = contacts.mutate(nth=ibis.row_number().over(in_turn))
    first = ranked.filter(ranked.nth == 0).select(*_KEYS, "channel", "stratum", first_day="day")
    return first.inner_join(seen, _KEYS)


def _days(purchases: ir.Table, products: ir.Table, *, as_of: date) -> ir.Table:
    """What each customer brought day by day, and of days with a sale the next one (`next_sale`)."""
    lines = earned(purchases, products)
    past = lines.filter(lines.day <= ibis.date(as_of))
    daily = past.group_by("customer_id", "day").agg(
        amount=past.amount.sum().cast(_MONEY), margin=past.margin.sum().cast(_MONEY),
        is_sale=past.order.notnull().any(),
    )  # fmt: skip
    later = ibis.window(group_by=["customer_id", "is_sale"], order_by="day")
    return daily.mutate(next_sale=daily.day.lead().over(later))


def _followed(reached: ir.Table, days_bought: ir.Table, *, days: int, repeat_days: int) -> ir.Table:
    pairs = reached.select(*_KEYS, "first_day").inner_join(days_bought, "customer_id")
    aged = pairs.mutate(age=pairs.day.delta(pairs.first_day, unit="day"))
    near, sale = aged.age.between(0, days - 1), aged.is_sale
    found = aged.group_by(*_KEYS).agg(
        before=aged.age.max(where=(aged.age < 0) & sale), bought_on=aged.day.min(where=near & sale),
        again_on=aged.next_sale.min(where=near & sale),
        revenue=aged.amount.sum(where=near), margin=aged.margin.sum(where=near),
    )  # fmt: skip
    both = reached.left_join(found, _KEYS)
    soon = both.again_on.delta(both.bought_on, unit="day") <= repeat_days
    return both.select(
        reached, bought_on=both.bought_on, again_on=ibis.ifelse(soon, both.again_on, ibis.null("date")),
        revenue=both.revenue.fill_null(_NONE), margin=both.margin,
        standing=ibis.cases(
            (both.before.isnull(), "never"), (both.before >= -90, "recent"), (both.before >= -365, "year"),
            else_="lapsed",
        ),
    )  # fmt: skip


@campaign_contacts.sentence
def reached_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(all=rows.count(), customers=rows.customer_id.nunique()).to_pandas().iloc[0]
    if not counted["all"]:
        return Text("No message or coupon of a campaign to a known customer has been recorded.",
                    "没有活动向已知客户发送消息或优惠券的记录。")  # fmt: skip
    times, customers = int(counted["all"]), int(counted.customers)
    return Text(f"Campaigns reached {customers:,} customers, {times:,} times in all.",
                f"活动触达了 {customers:,} 位客户，共 {times:,} 人次。")  # fmt: skip
