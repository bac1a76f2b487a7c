"""Listed people: whom does a source name that sells nothing itself, and what did they buy?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Of those who bought the quarter who spent most are good customers.
GOOD = 0.75


@table(
    key=("customer_id", "source"),
    first="-spent",
    theme="market",
    title=Text("People on lists", "名单上的人"),
    about=Text(
        "Whom do lists, cards and surveys name, and what did they buy before and after?",
        "名单、名片与问卷提到哪些人，他们此前此后买了什么？"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("listed_on", Type.DATE, Text("First named", "首次列入")),
        Column("bought_before", Type.INTEGER, Text("Lines bought before", "此前购买行数"), unit="count"),
        Column("bought_since", Type.INTEGER, Text("Lines bought since", "此后购买行数"), unit="count"),
        Column("spent", Type.MONEY, Text("Bought since", "此后消费"), unit="currency"),
        Column("is_good", Type.FLAG, Text("A good customer", "优质客户"), note=Text(
            "Among the quarter of all buyers who spent most.", "属于消费最高的四分之一购买者。")),
    ],
)  # fmt: skip
def listed_people(
    landed_people: ir.Table,
    identities: ir.Table,
    purchases: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The people whom each source without order lines names, and what they bought before and since.

    One row per customer and source. Who is who is told by identity: somebody listed at an exhibition may be a
    customer under another name. The day is the first on which the source named them, or on which its records
    were received where it states none. Lines are those of goods, whoever sold them.
    """
    selling = purchases.select("source").distinct()
    people = landed_people.select("source", "record_id", "collected_at", "received_at")
    leads = people.anti_join(selling, "source")
    named = leads.select(
        "source", record=leads.source + ":" + leads.record_id,
        day=to_local(ibis.coalesce(leads.collected_at, leads.received_at), zone).date(),
    )  # fmt: skip
    here = named.filter((named.day <= as_of).fill_null(True))
    known = here.inner_join(identities.select("record", "customer_id"), "record")
    listed = checkpoint(known.group_by("customer_id", "source").agg(listed_on=known.day.min()))
    goods = purchases.filter(
        purchases.customer_id.notnull() & (purchases.kind == "goods") & (purchases.day <= as_of)
    )
    totals = goods.group_by("customer_id").agg(total=goods.amount.sum())
    ends = totals.agg(enough=totals.total.cast("float64").quantile(GOOD))
    beside = totals.cross_join(ends)
    good = beside.select("customer_id", is_good=beside.total.cast("float64") >= beside.enough)
    theirs = goods.select("customer_id", "day", "amount").inner_join(listed, "customer_id")
    since = theirs.day >= theirs.listed_on
    sums = theirs.group_by("customer_id", "source").agg(
        bought_before=(~since).sum(), bought_since=since.sum(), spent=theirs.amount.sum(where=since)
    )
    rows = listed.left_join(sums, ["customer_id", "source"]).drop("customer_id_right", "source_right")
    full = rows.left_join(good, "customer_id").drop("customer_id_right")
    nothing = {name: full[name].fill_null(0) for name in ("bought_before", "bought_since", "spent")}
    return full.mutate(**nothing, is_good=full.is_good.fill_null(False))
