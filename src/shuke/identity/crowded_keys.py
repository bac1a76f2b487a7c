"""Crowded keys: which have so many records that sharing one says nothing?"""

import ibis.expr.types as ir

from shuke.identity.candidates import MOST, keys
from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key=("rule", "key"),
    title=Text("Keys that too many share", "过多记录共用的比对键"),
    area="identity",
    subject=None,
    columns=[
        Column("rule", Type.TEXT, Text("Rule", "规则")),
        Column("key", Type.TEXT, Text("Key", "键"), personal="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
    ],
)
def crowded_keys(comparables: ir.Table, identifiers: ir.Table, *, most: int = MOST) -> ir.Table:
    """The keys that more than `most` records hold; nobody is compared for sharing one of them.

    One row per rule and key.
    """
    held = keys(comparables, identifiers)
    shared = held.group_by(["rule", "key"]).agg(records=held.count())
    return shared.filter(shared.records > most)
