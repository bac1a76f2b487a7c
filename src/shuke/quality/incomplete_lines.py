"""Incomplete lines: of the order lines of each source, how many do not say when, to whom, or for how much?

A line without a day is in no month, one without an amount is worth nothing, and one without a customer is
nobody's; a source whose lines are mostly so was read wrongly more often than not.
"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.semantic_types import TITLES, SemanticType

_SENSES = {sense.value: TITLES[sense] for sense in SemanticType}


@table(
    key=("source", "sense"),
    first="-share",
    title=Text("Incomplete order lines", "信息不全的明细"),
    about=Text(
        "How many order lines of each source have no day, no amount or no customer.",
        "各来源的订单明细中没有日期、金额或客户的行数。",
    ),
    area="quality",
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("sense", Type.TEXT, Text("Lacks", "缺少"), codes=_SENSES),
        Column("lacking", Type.INTEGER, Text("Lines without it", "缺少的行数"), unit="count"),
        Column("lines", Type.INTEGER, Text("Lines", "明细行数"), unit="count"),
        Column("share", Type.NUMBER, Text("Share", "占比"), unit="share"),
    ],
)  # fmt: skip
def incomplete_lines(purchases: ir.Table) -> ir.Table:
    """One row per source with order lines and sense, `lacking` of `lines` being without it."""
    lacks = {
        SemanticType.DAY: purchases.day.isnull(),
        SemanticType.AMOUNT: purchases.stated_amount.isnull(),
        SemanticType.CUSTOMER: purchases.customer_id.isnull(),
    }
    counted = purchases.group_by("source").agg(
        lines=purchases.count(), **{sense.value: lack.sum() for sense, lack in lacks.items()}
    )
    parts = [
        counted.select("source", "lines", sense=ibis.literal(sense.value), lacking=counted[sense.value])
        for sense in lacks
    ]
    every = ibis.union(*parts)
    return every.mutate(share=every.lacking.cast(float) / every.lines)
