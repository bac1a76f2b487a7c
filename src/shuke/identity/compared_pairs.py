"""Compared pairs: which records have enough in common to be compared, and what came of each comparison?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.candidates import KEY, candidates, differing, ends, keys, keys_of
from shuke.identity.changed_records import differences
from shuke.identity.kept import anything
from shuke.identity.scoring import Scorer
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

KINDS = ("person", "organisation")


@table(
    key=("record_l", "record_r"),
    title=Text("Compared pairs", "已比对的记录对"),
    area="identity",
    subject=None,
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "另一记录"), personal="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("levels", Type.TEXT, Text("Levels of agreement", "各项一致程度"), note=Text(
            "A letter for each comparison of the kind: `a` its first level, `-` where a record is silent.",
            "每项比对一个字母：`a` 为第一级，`-` 表示一方未提供。")),
    ],
)  # fmt: skip
def compared_pairs(  # noqa: PLR0917  # the tables that it is made from
    comparables: ir.Table,
    identifiers: ir.Table,
    crowded_keys: ir.Table,
    changed_records: ir.Table,
    kept_comparables: ir.Table,
    kept_identifiers: ir.Table,
    kept_crowded_keys: ir.Table,
    kept_compared_pairs: ir.Table,
    *,
    checkpoint: Checkpoint,
    scorer: Scorer,
) -> ir.Table:
    """The pairs of records that share a key (see `candidates`), with what came of each comparison.

    One row per pair, `record_l` before `record_r`. Compared are the pairs of which one record is new or says
    something else than in the build before; what came of the others then still holds, for it depends on two
    records alone.
    """
    held = keys(comparables, identifiers)
    if anything(kept_compared_pairs):
        now, then = (comparables, identifiers), (kept_comparables, kept_identifiers)
        moved = differences(*(t.select(*KEY) for t in (crowded_keys, kept_crowded_keys)))
        regrouped = held.semi_join(moved, KEY).select("record")
        stale = checkpoint(differing(changed_records, now, then).union(regrouped).distinct())
        held = held.semi_join(checkpoint(keys_of(stale, now)), KEY)
    else:
        stale = comparables.select("record")
    met = checkpoint(candidates(checkpoint(held.anti_join(crowded_keys, KEY)), stale))
    found = []
    for kind in KINDS:
        own = comparables.filter(comparables.kind == kind)
        of_kind = met.semi_join(own.select(record_l="record"), "record_l")
        touched = own.semi_join(ends(of_kind), "record")
        made = scorer.compare(touched, of_kind, kind=kind)
        found.append(made.select("record_l", "record_r", "levels", kind=ibis.literal(kind)))
    kept = kept_compared_pairs.anti_join(stale.select(record_l="record"), "record_l").anti_join(
        stale.select(record_r="record"), "record_r"
    )
    found.append(kept.select(found[0].columns))
    return ibis.union(*found)
