"""Refresh list: which facts about customers that matter should be asked for anew, and how?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of


@table(
    key=("place", "attribute"),
    first="-monetary",
    title=Text("Refresh list", "待更新信息"),
    about=Text("Which facts should be asked for anew, and how?", "哪些信息需重新确认？通过什么渠道？"),
    area="quality",
    columns=[
        Column("place", Type.INTEGER, Text("Place", "名次"), note=Text(
            "Of the customer, by value.", "客户按价值的名次。")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("state", Type.TEXT, Text("State", "状态"), note=Text(
            "`expired`, or `soon`: within the days asked for.", "`expired` 已过期，`soon` 即将过期。")),
        Column("believed_until", Type.DATE, Text("Believed until", "可信至")),
        Column("source", Type.TEXT, Text("Latest source", "最近来源")),
        Column("channel", Type.TEXT, Text("Channel", "建议渠道")),
        Column("reason", Type.TEXT, Text("Why this channel", "渠道依据"), note=Text(
            "`answered`: through it they last reacted; `bought`: there they last bought; `phone`, `email`: "
            "a valid one is known; `none`.",
            "`answered` 最近经此回应；`bought` 最近在此购买；`phone`、`email` 有有效号码；`none` 无。")),
        Column("monetary", Type.MONEY, Text("Net amount", "净消费额"), unit="currency"),
        Column("recency_days", Type.INTEGER, Text("Days since last purchase", "距上次购买天数"), unit="day"),
    ],
)  # fmt: skip
def refresh_list(  # noqa: PLR0917 - a channel may be told by any of these
    facts: ir.Table,
    rfm: ir.Table,
    customers: ir.Table,
    identities: ir.Table,
    purchases: ir.Table,
    landed_interactions: ir.Table,
    landed_touches: ir.Table,
    *,
    as_of: date,
    zone: str,
    within_days: int = 60,
    max_customers: int = 1000,
) -> ir.Table:
    """Facts that have expired, or will within so many days, of the `max_customers` customers by value.

    One row per customer and attribute of which nothing is believed any more, or soon will not be: as
    long as any statement of an attribute holds beyond those days, the attribute is not listed. Customers
    stand in the order of their net amount, then of their last purchase. The channel is the one through
    which they last reacted (called, opened, clicked) or bought, whichever is later; else a valid phone,
    else an e-mail address.
    """
    best_first = ibis.window(order_by=[rfm.monetary.desc(), rfm.recency_days, rfm.customer_id])
    placed = rfm.mutate(place=ibis.row_number().over(best_first) + 1)
    matter = placed.filter((placed.place <= max_customers) & (placed.monetary > 0)).select(
        "customer_id", "place", "monetary", "recency_days"
    )
    due = _due(facts.semi_join(matter, "customer_id"), as_of, within_days)
    reached = _channels(
        _answered(landed_interactions, landed_touches, identities, zone), purchases, customers, matter
    )
    listed = due.inner_join(matter, "customer_id").inner_join(reached, "customer_id")
    return listed.filter(listed.monetary.notnull())


def _due(facts: ir.Table, as_of: date, within_days: int) -> ir.Table:
    aging = facts.filter(facts.believed_until.notnull())
    last_first = ibis.window(
        group_by=["customer_id", "attribute"],
        order_by=[aging.believed_until.desc(), aging.record, aging.value],
    )
    last = aging.mutate(nth=ibis.row_number().over(last_first)).filter(lambda t: t.nth == 0)
    due = last.filter(last.believed_until < as_of + timedelta(days=within_days))
    state = ibis.ifelse(due.believed_until < as_of, "expired", "soon")
    return due.select("customer_id", "attribute", "believed_until", "source", state=state)


def _answered(interactions: ir.Table, touches: ir.Table, identities: ir.Table, zone: str) -> ir.Table:
    """customer_id, channel, day: whenever somebody called us, or opened what we sent."""
    came = interactions.filter(interactions.direction.fill_null("in").lower().isin(INBOUND)).select(
        "channel", "at", record=interactions.source + ":" + interactions.record_id
    )
    opened = touches.select(
        "channel",
        at=ibis.coalesce(touches.clicked_at, touches.opened_at),
        record=record_of(touches),
    )
    both = came.union(opened).inner_join(identities.select("record", "customer_id"), "record")
    told = both.filter(both.channel.notnull() & both["at"].notnull())
    return told.select("customer_id", "channel", day=to_local(told["at"], zone).date())


#: What sources call the direction of a contact that the customer began.
INBOUND = ("in", "inbound", "incoming", "呼入", "来电", "incoming call")


def _channels(answered: ir.Table, purchases: ir.Table, customers: ir.Table, matter: ir.Table) -> ir.Table:
    """One row per customer that matters: by which `channel` to reach them, and the `reason`."""
    by_shop = ibis.coalesce(
        purchases.channel, ibis.ifelse(purchases.store_id.notnull(), "store", purchases.source)
    )
    bought = purchases.semi_join(matter, "customer_id").select(
        "customer_id", "day", channel=by_shop, reason=ibis.literal("bought")
    )
    heard = answered.select("customer_id", "day", "channel", reason=ibis.literal("answered"))
    ways = bought.union(heard).filter(lambda t: t.channel.notnull()).semi_join(matter, "customer_id")
    last_first = ibis.window(group_by="customer_id", order_by=[ways.day.desc(), ways.reason, ways.channel])
    last = ways.mutate(nth=ibis.row_number().over(last_first)).filter(lambda t: t.nth == 0)
    known = matter.select("customer_id").left_join(
        last.select("customer_id", "channel", "reason"), "customer_id"
    ).drop("customer_id_right")  # fmt: skip
    contacts = customers.select("customer_id", "phone", "email")
    beside = known.left_join(contacts, "customer_id").drop("customer_id_right")
    number = ibis.cases(
        (beside.phone.notnull(), "phone"), (beside.email.notnull(), "email"), else_=ibis.null("string")
    )
    return beside.select(
        "customer_id",
        channel=ibis.coalesce(beside.channel, number),
        reason=ibis.coalesce(beside.reason, number, ibis.literal("none")),
    )
