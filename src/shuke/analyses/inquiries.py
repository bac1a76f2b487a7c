"""Inquiries: what does each customer ask, is it answered, and what do they buy upon it?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.complaints import ANSWERED, UNANSWERED, pattern, settled, together
from shuke.analyses.experiences import OUTBOUND
from shuke.analyses.opinions import ASK
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of

ADVICE: dict[str, Text] = {
    "followed": Text("bought the product", "购买了该商品"),
    "alike": Text("bought another of its category", "购买了同类商品"),
    "other": Text("bought something else", "购买了其他商品"),
    "not": Text("bought nothing", "未购买"),
    "open": Text("too early to tell", "尚早"),
}


@table(
    key="inquiry_id",
    first="-day",
    theme="feeling",
    title=Text("Inquiries", "咨询"),
    about=Text(
        "What does each customer ask, is it answered, and what do they buy upon it?",
        "每位客户咨询了什么？是否答复？之后买了什么？"),
    event_time="day",
    limits=Text(
        "Inquiries are found by words; a company may give its own. Who asks may have bought anyway: what "
        "they "
        "bought afterwards is not what the answer brought.",
        "咨询按词语识别，企业可设定自己的词语。咨询者也许本就会购买：其后的购买不等于答复带来的购买。"),
    columns=[
        Column("inquiry_id", Type.TEXT, Text("Inquiry", "咨询编号")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("topic", Type.TEXT, Text("Topic", "主题")),
        Column("channel", Type.TEXT, Text("Channel", "渠道")),
        Column("department", Type.TEXT, Text("Department", "部门")),
        Column("staff_id", Type.TEXT, Text("Employee", "员工")),
        Column("product_id", Type.TEXT, Text("Product advised on", "咨询的商品")),
        Column("is_answered", Type.FLAG, Text("Answered", "已答复")),
        Column("ordered_on", Type.DATE, Text("Bought on", "其后购买日期")),
        Column("days_to_order", Type.INTEGER, Text("Days until they bought", "至购买天数"), unit="day"),
        Column("complained_on", Type.DATE, Text("Complained first, on", "先行投诉日期"), note=Text(
            "Where a complaint came before a purchase.", "购买之前先投诉的日期。")),
        Column("advice", Type.TEXT, Text("Advice carried out", "建议是否落实"), codes=ADVICE, note=Text(
            "Of inquiries that name a product.", "仅限注明商品的咨询。")),
        Column("followed_days", Type.INTEGER, Text("Followed for", "已观察天数"), unit="day"),
    ],
)  # fmt: skip
def inquiries(
    landed_interactions: ir.Table,
    purchases: ir.Table,
    complaints: ir.Table,
    landed_products: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    horizon_days: int = 90,
    ask: tuple[str, ...] = ASK,
    answered: tuple[str, ...] = ANSWERED,
    unanswered: tuple[str, ...] = UNANSWERED,
) -> ir.Table:
    """The questions that customers ask us, with what they bought in the `horizon_days` days after.

    One row per interaction, by `as_of`, of a known customer in whose kind, topic or text a word of `ask`
    stands, that is no complaint (see `complaints`) and that we did not begin. It is answered where status or
    outcome say so. `ordered_on` is the first purchase on the day of the inquiry or after; `complained_on`
    the first complaint before that. Advice was carried out where the product that the inquiry names was
    bought in that time.
    """
    said = landed_interactions.mutate(
        record=record_of(landed_interactions), day=to_local(landed_interactions["at"], zone).date()
    )
    asked = said.filter(
        together(said, "kind", "topic", "text").re_search(pattern(ask))
        & ~said.direction.lower().isin(OUTBOUND).fill_null(False) & (said.day <= as_of)
    ).mutate(is_answered=lambda t: settled(t, answered, unanswered))  # fmt: skip
    whose = asked.inner_join(identities.select("record", "customer_id"), "record")
    known = whose.anti_join(complaints, whose.key == complaints.complaint_id)
    shelves = landed_products.select("product_id", shelf=landed_products.category)
    base = known.left_join(shelves, "product_id").select(
        "customer_id", "day", "topic", "channel", "department", "staff_id", "product_id",
        "is_answered", "shelf",
        inquiry_id=known.key,
        followed_days=ibis.least(ibis.literal(as_of).delta(known.day, unit="day"), horizon_days),
    )  # fmt: skip
    told = base
    for found in (_bought(base, purchases, horizon_days), _complained(base, complaints, horizon_days)):
        told = told.left_join(found, "inquiry_id").drop("inquiry_id_right")
    return told.mutate(
        complained_on=ibis.ifelse(
            told.ordered_on.isnull() | (told.complained_on < told.ordered_on), told.complained_on, None
        ),
        days_to_order=told.ordered_on.delta(told.day, unit="day"),
        advice=ibis.cases(
            (told.product_id.isnull(), ibis.null("string")), (told.same.fill_null(False), "followed"),
            (told.followed_days < horizon_days, "open"), (told.alike.fill_null(False), "alike"),
            (told.ordered_on.notnull(), "other"), else_="not",
        ),
    )  # fmt: skip


def _bought(base: ir.Table, purchases: ir.Table, days: int) -> ir.Table:
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return).select(
        "customer_id", "category", bought_on=purchases.day, bought=purchases.product_id
    )
    after = base.inner_join(goods, "customer_id")
    near = after.filter(after.bought_on.delta(after.day, unit="day").between(0, days))
    return near.group_by("inquiry_id").agg(
        ordered_on=near.bought_on.min(), same=(near.bought == near.product_id).any(),
        alike=(near.category == near.shelf).any(),
    )  # fmt: skip


def _complained(base: ir.Table, complaints: ir.Table, days: int) -> ir.Table:
    after = base.inner_join(complaints.select("customer_id", on="day"), "customer_id")
    near = after.filter(after["on"].delta(after.day, unit="day").between(0, days))
    return near.group_by("inquiry_id").agg(complained_on=near["on"].min())


@inquiries.sentence
def inquiry_sentence(rows: ir.Table) -> Text:
    counted = rows.aggregate(
        all=rows.count(), waiting=(~rows.is_answered).sum().fill_null(0),
        advised=rows.advice.isin(list(ADVICE)[:-1]).sum().fill_null(0),
        followed=(rows.advice == "followed").sum().fill_null(0),
    ).to_pandas().iloc[0].astype(int)  # fmt: skip
    if not counted["all"]:
        return Text("Nobody has asked anything.", "没有咨询。")
    advice = (
        Text(f" Of {counted.advised:,} on a product {counted.followed:,} led to buying it.",
             f"就商品咨询的 {counted.advised:,} 次中，{counted.followed:,} 次其后购买了该商品。")
        if counted.advised else Text("", "")
    )  # fmt: skip
    return Text(
        f"{counted.waiting:,} of {counted['all']:,} inquiries have no answer.{advice.en}",
        f"{counted['all']:,} 次咨询中，{counted.waiting:,} 次未获答复。{advice.zh}",
    )
