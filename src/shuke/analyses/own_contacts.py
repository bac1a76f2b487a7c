"""Own contacts: when did the company itself get in touch with a customer, through whom and how?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.experiences import OUTBOUND
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of

ORIGINS = {"talk": Text("call or visit", "通话或拜访"), "message": Text("message of a campaign", "活动消息")}
#: Of a touch that did not arrive.
FAILED = ("failed", "bounced", "undelivered", "error", "失败", "退回", "未送达")


@table(
    key="contact_id",
    theme="feeling",
    title=Text("Contacts that we began", "主动联系"),
    about=Text("When did we ourselves get in touch with a customer?", "本公司何时主动联系了客户？"),
    event_time="day",
    columns=[
        Column("contact_id", Type.TEXT, Text("Contact", "联系编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("origin", Type.TEXT, Text("Kind", "种类"), codes=ORIGINS),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("department", Type.TEXT, Text("Department", "部门")),
        Column("staff_id", Type.TEXT, Text("Employee", "员工")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动")),
    ],
)  # fmt: skip
def own_contacts(
    landed_interactions: ir.Table,
    landed_touches: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    outbound: tuple[str, ...] = OUTBOUND,
    failed: tuple[str, ...] = FAILED,
) -> ir.Table:
    """Every contact with a known customer, by `as_of`, that the company began.

    One row per interaction whose direction is one of `outbound`, and per touch of a campaign but for those
    who were held out and those of which the status says that they `failed`.
    """
    none = ibis.null("string")
    calls = landed_interactions.filter(landed_interactions.direction.lower().strip().isin(outbound))
    talks = calls.select(
        "channel", "department", "staff_id", contact_id=calls.key, record=record_of(calls),
        day=to_local(calls["at"], zone).date(), origin=ibis.literal("talk"), campaign_id=none,
    )  # fmt: skip
    sent = landed_touches.filter(
        (landed_touches.group.fill_null("treated") == "treated")
        & ~landed_touches.status.fill_null("").lower().isin(failed)
    )
    messages = sent.select(
        "channel", department=none, staff_id=none, contact_id=sent.key, record=record_of(sent),
        day=to_local(ibis.coalesce(sent.delivered_at, sent["at"]), zone).date(),
        origin=ibis.literal("message"), campaign_id=sent.campaign_id,
    )  # fmt: skip
    both = talks.union(messages.select(talks.columns))
    return both.filter(both.day <= as_of).inner_join(identities.select("record", "customer_id"), "record")


@own_contacts.sentence
def contacted_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(all=rows.count(), customers=rows.customer_id.nunique()).to_pandas().iloc[0]
    if not counted["all"]:
        return Text("No contact that we began has been recorded.", "没有本公司主动联系的记录。")
    contacts, customers = int(counted["all"]), int(counted.customers)
    return Text(
        f"We got in touch with {customers:,} customers, {contacts:,} times.",
        f"本公司主动联系了 {customers:,} 位客户，共 {contacts:,} 次。",
    )
