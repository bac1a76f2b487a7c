"""Category successions: which category do customers come to after which other, and how long after?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.analyses.stage_signs import KnownThen
from shuke.analyses.successions import beginnings, successions
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("sign", "wanted"),
    learns_for="life_stages",
    first="-share",
    theme="offering",
    title=Text("What comes after what", "品类先后"),
    about=Text(
        "Which category do customers come to after which other, and how long after?",
        "客户先买哪类、后买哪类，相隔多久？"),
    limits=Text(
        "It says what comes after what, not why.", "只说明先后，不说明原因。"),
    subject=None,
    columns=[
        Column("sign", Type.TEXT, Text("First", "先购类别")),
        Column("wanted", Type.TEXT, Text("Then", "后购类别")),
        Column("after", Type.INTEGER, Text("Days between, at least", "间隔天数下限"), unit="day", note=Text(
            "The first quartile.", "第一四分位数。")),
        Column("until", Type.INTEGER, Text("Days between, at most", "间隔天数上限"), unit="day", note=Text(
            "The third quartile.", "第三四分位数。")),
        Column("share", Type.NUMBER, Text("Come to it", "后来购买的比例"), unit="share"),
    ],
)  # fmt: skip
def category_successions(
    purchases: ir.Table,
    customers: ir.Table,
    facts: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    gap_days: int = 90,
    lead: float = 1.25,
) -> ir.Table:
    """The pairs of categories of which the one comes after the other beyond chance, as `life_stages` says.

    One row per pair. `share` is that of all who bought the first and had not bought the other before.
    """
    known = KnownThen.of(purchases, customers, facts, as_of)
    found = successions(beginnings(known.goods, checkpoint), gap_days=gap_days, lead=lead)
    whole = found.assign(after=found.after.astype("int64"), until=found.until.astype("int64"))
    return ibis.memtable(whole.reset_index(drop=True), schema=category_successions.schema)
