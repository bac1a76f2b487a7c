"""Pairs: which two records are probably of one customer, and how probably?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.candidates import KEY, candidates, differing, ends, keys, keys_of
from shuke.identity.changed_records import differences
from shuke.identity.kept import anything
from shuke.identity.scoring import FEW, Scorer
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

KINDS = ("person", "organisation")


@table(
    key=("record_l", "record_r"),
    title=Text("Probable pairs", "疑似同一客户的记录对"),
    area="identity",
    subject=None,
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "另一记录"), personal="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("version", Type.INTEGER, Text("Version of the model", "模型版本")),
        Column("model", Type.TEXT, Text("Model", "模型")),
        Column("weight", Type.NUMBER, Text("Weight of evidence", "证据权重"), note=Text(
            "log2 of how much likelier the two records are what they are if they are one customer's.",
            "若两条记录属同一客户，其现状的可能性是否则的多少倍，取以 2 为底的对数。")),
        Column("probability", Type.NUMBER, Text("Probability", "概率"), unit="share"),
    ],
)  # fmt: skip
def pairs(  # noqa: PLR0917  # the tables that it is made from
    comparables: ir.Table,
    identifiers: ir.Table,
    crowded_keys: ir.Table,
    changed_records: ir.Table,
    kept_comparables: ir.Table,
    kept_identifiers: ir.Table,
    kept_crowded_keys: ir.Table,
    kept_pairs: ir.Table,
    *,
    checkpoint: Checkpoint,
    scorer: Scorer,
) -> ir.Table:
    """The pairs of records for whose being one customer there is some evidence.

    One row per pair, `record_l` before `record_r`. Compared are the pairs that share a key (see `candidates`)
    and of which one record is new or says something else than in the build before; what was found of the
    others then still holds, for a weight depends on two records and the model alone. Under another model all
    are compared anew. `probability` takes into account among how many records the two were found: beforehand
    each is expected to have one other of its kind.
    """
    held = keys(comparables, identifiers)
    known = kept_pairs.filter(kept_pairs.model == scorer.model.digest)
    if anything(known):
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
        scored = scorer.score(touched, of_kind, kind=kind)
        found.append(scored.select("record_l", "record_r", "weight", kind=ibis.literal(kind)))
    kept = known.anti_join(stale.select(record_l="record"), "record_l").anti_join(
        stale.select(record_r="record"), "record_r"
    )
    found.append(kept.select(found[0].columns))
    return _judged(ibis.union(*found), comparables, scorer)


def _judged(weighed: ir.Table, comparables: ir.Table, scorer: Scorer) -> ir.Table:
    """The pairs with their probabilities: Bayes' rule, from even chances per record."""
    among = comparables.group_by("kind").agg(records=comparables.count())
    beside = weighed.inner_join(among, "kind")
    odds = ibis.literal(2.0) ** beside.weight / ibis.greatest(beside.records, FEW)
    return beside.select(
        "record_l",
        "record_r",
        "kind",
        "weight",
        version=ibis.literal(scorer.model.version),
        model=ibis.literal(scorer.model.digest),
        probability=odds / (odds + 1),
    )
