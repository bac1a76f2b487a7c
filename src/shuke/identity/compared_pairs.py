"""Compared pairs: which records are held against each other, and what came of each comparison?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.blocking import KEY, candidates, differing, ends, keys, keys_of
from shuke.identity.changed_records import differences
from shuke.identity.incremental import anything
from shuke.identity.random_pairs import drawn
from shuke.identity.scoring import Scorer
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

KINDS = ("person", "organisation")

_BOTH = ["record_l", "record_r"]

#: What led to comparing two records: a key that they share, the lot, or both.
_KEY, _LOT, _KEY_AND_LOT = "key", "lot", "key and lot"


@table(
    key=("record_l", "record_r"),
    title=Text("Compared pairs", "已比对的记录对"),
    area="identity",
    subject=None,
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "另一记录"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("levels", Type.TEXT, Text("Levels of agreement", "各项一致程度"), note=Text(
            "A letter for each comparison of the kind: `a` its first level, `-` where a record is silent.",
            "每项比对一个字母：`a` 为第一级，`-` 表示一方未提供。")),
        Column("near", Type.FLAG, Text("Share a key", "有共同键值")),
        Column("drawn", Type.FLAG, Text("Drawn to see what chance does", "为测随机水平而抽取")),
    ],
)  # fmt: skip
def compared_pairs(  # noqa: PLR0917  # the tables that it is made from
    normalised_records: ir.Table,
    identifiers: ir.Table,
    oversized_blocks: ir.Table,
    changed_records: ir.Table,
    previous_normalised_records: ir.Table,
    previous_identifiers: ir.Table,
    previous_oversized_blocks: ir.Table,
    previous_compared_pairs: ir.Table,
    *,
    checkpoint: Checkpoint,
    scorer: Scorer,
) -> ir.Table:
    """The pairs of records that share a key (see `candidates`), with what came of each comparison.

    One row per pair, `record_l` before `record_r`. Compared as well are pairs drawn by lot, to see what
    records have in common that are not one customer's (see `chance`). What came of a comparison depends on
    two records alone: made anew are only those of which one record is new or says something else than in
    the build before.
    """
    held, stale, kept = keys(normalised_records, identifiers), None, previous_compared_pairs
    if goes_on := anything(kept):
        now, then = (normalised_records, identifiers), (previous_normalised_records, previous_identifiers)
        moved = differences(*(t.select(*KEY) for t in (oversized_blocks, previous_oversized_blocks)))
        regrouped = held.semi_join(moved, KEY).select("record")
        stale = checkpoint(differing(changed_records, now, then).union(regrouped).distinct())
        held = held.semi_join(checkpoint(keys_of(stale, now)), KEY)
        kept = checkpoint(_without(kept, stale))
    met = candidates(checkpoint(held.anti_join(oversized_blocks, KEY)), stale)
    near = checkpoint(met.union(kept.filter(kept.near).select(*_BOTH)))
    found = []
    for kind in KINDS:
        own = normalised_records.filter(normalised_records.kind == kind)
        asked = _asked(near.semi_join(own.select(record_l="record"), "record_l"), _lot(own))
        if goes_on:
            asked = checkpoint(asked)
            anew = checkpoint(asked.anti_join(kept, _BOTH))
            touched = checkpoint(own.semi_join(ends(anew), "record"))
            made = scorer.compare(touched, anew, kind=kind)
            told = made.union(asked.inner_join(kept.select(*_BOTH, "levels"), _BOTH))
        else:
            told = scorer.compare(own, asked, kind=kind)
        found.append(
            told.select(
                *_BOTH, "levels", kind=ibis.literal(kind), near=told.match_key != _LOT,
                drawn=told.match_key != _KEY,
            )
        )  # fmt: skip
    return ibis.union(*found)


def _lot(records: ir.Table) -> ir.Table:
    return drawn(records.select("record"), int(records.count().to_pyarrow().as_py()))


def _asked(near: ir.Table, lot: ir.Table) -> ir.Table:
    """The pairs to hold against each other, each with its `match_key`."""
    met = near.mutate(key=True).outer_join(lot.mutate(lot=True), _BOTH)
    both = {end: ibis.coalesce(met[end], met[f"{end}_right"]) for end in _BOTH}
    return met.select(
        **both, match_key=ibis.cases((met.key.isnull(), _LOT), (met.lot.isnull(), _KEY), else_=_KEY_AND_LOT)
    )


def _without(pairs: ir.Table, records: ir.Table) -> ir.Table:
    """The pairs of other records."""
    left, right = (records.select(**{end: "record"}) for end in _BOTH)
    return pairs.anti_join(left, _BOTH[0]).anti_join(right, _BOTH[1])
