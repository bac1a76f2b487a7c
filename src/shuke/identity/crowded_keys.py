"""Crowded keys: which have so many records that sharing one says nothing?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.blocking import FEW, KEY, MOST, keys, keys_of
from shuke.identity.incremental import anything
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=KEY,
    title=Text("Keys that too many share", "过多记录共用的比对键"),
    area="identity",
    subject=None,
    columns=[
        Column("rule", Type.TEXT, Text("Rule", "规则")),
        Column("key", Type.TEXT, Text("Key", "键"), personal="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
    ],
)
def crowded_keys(  # noqa: PLR0917  # the tables that it is made from
    comparables: ir.Table,
    identifiers: ir.Table,
    changed_records: ir.Table,
    kept_comparables: ir.Table,
    kept_identifiers: ir.Table,
    kept_crowded_keys: ir.Table,
    *,
    most: int = MOST,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The keys that more than `most` records hold; nobody is compared for sharing one of them.

    One row per rule and key. Counted are the keys that a changed record holds or held.
    """
    if not anything(kept_comparables):
        return _crowded(keys(comparables, identifiers), most)
    now, then = (comparables, identifiers), (kept_comparables, kept_identifiers)
    touched = checkpoint(keys_of(changed_records, now, then))
    anew = _crowded(keys(comparables, identifiers).semi_join(touched, KEY), most)
    return anew.select(*crowded_keys.schema).union(kept_crowded_keys.anti_join(touched, KEY))


def _crowded(held: ir.Table, most: int) -> ir.Table:
    shared = held.group_by(*KEY).agg(records=held.count())
    fewer = ibis.cases(*((shared.rule == rule, min(few, most)) for rule, few in FEW.items()), else_=most)
    return shared.filter(shared.records > fewer)
