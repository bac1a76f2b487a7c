"""Oversized blocks: which have so many records that sharing one says nothing?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.blocking import FEW, KEY, MOST, keys, keys_of
from shuke.identity.incremental import anything
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=KEY,
    title=Text("Oversized blocks", "过大的比对块"),
    area="identity",
    subject=None,
    columns=[
        Column("rule", Type.TEXT, Text("Rule", "规则")),
        Column("key", Type.TEXT, Text("Key", "键"), pii="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
    ],
)
def oversized_blocks(  # noqa: PLR0917  # the tables that it is made from
    normalised_records: ir.Table,
    identifiers: ir.Table,
    changed_records: ir.Table,
    previous_normalised_records: ir.Table,
    previous_identifiers: ir.Table,
    previous_oversized_blocks: ir.Table,
    *,
    max_records: int = MOST,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The keys that more than `max_records` records hold; nobody is compared for sharing one of them.

    One row per rule and key. Counted are the keys that a changed record holds or held.
    """
    if not anything(previous_normalised_records):
        return _crowded(keys(normalised_records, identifiers), max_records)
    now, then = (normalised_records, identifiers), (previous_normalised_records, previous_identifiers)
    touched = checkpoint(keys_of(changed_records, now, then))
    anew = _crowded(keys(normalised_records, identifiers).semi_join(touched, KEY), max_records)
    return anew.select(*oversized_blocks.schema).union(previous_oversized_blocks.anti_join(touched, KEY))


def _crowded(held: ir.Table, max_records: int) -> ir.Table:
    shared = held.group_by(*KEY).agg(records=held.count())
    fewer = ibis.cases(
        *((shared.rule == rule, min(few, max_records)) for rule, few in FEW.items()), else_=max_records
    )
    return shared.filter(shared.records > fewer)
