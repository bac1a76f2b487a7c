"""Identities: under which customer id does each record stand, now and for ever?"""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from shuke.identity.blocking import ends
from shuke.identity.changed_records import differences
from shuke.identity.cluster_conflicts import ClusterEvidence, Conflicts, against, profiles, rows, suspects
from shuke.identity.clusters import clusters
from shuke.identity.constrained_clustering import CERTAIN, DECIDED, PROBABLE, Edge, joined
from shuke.identity.exact_matches import CONTACTS
from shuke.identity.identifiers import record_of
from shuke.identity.incremental import anything
from shuke.identity.pseudonyms import Pseudonym
from shuke.identity.verdicts import Verdict, marks, standing, together, verdicts
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

_ID = Column("customer_id", Type.TEXT, Text("Customer", "客户编号"))

#: How long an id of the first form is.
_WITHOUT_KEY = len("C") + 16

#: Two records that are compared by no more than this, as by a phone and what goes with it, say too little
#: for a probability to be held against an identifier.
_FEW = 1


@table(
    key="record",
    title=Text("Identities", "身份"),
    area="identity",
    carries_over=("landed_issued_ids",),
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("record_id", Type.TEXT, Text("Number in the source", "来源内编号"), pii="identifier"),
        _ID,
        Column("founding", Type.FLAG, Text("Founding record", "首条记录")),
        Column("records", Type.INTEGER, Text("Records of the customer", "客户记录数"), unit="count"),
        Column("component", Type.TEXT, Text("Hangs together with", "关联组首条记录"), pii="identifier"),
    ],
)
def identities(  # noqa: PLR0917  # the tables that it is made from
    landed_people: ir.Table,
    identifiers: ir.Table,
    normalised_records: ir.Table,
    exact_matches: ir.Table,
    scored_pairs: ir.Table,
    thresholds: ir.Table,
    landed_decisions: ir.Table,
    landed_issued_ids: ir.Table,
    new_decisions: ir.Table,
    changed_records: ir.Table,
    previous_scored_pairs: ir.Table,
    previous_thresholds: ir.Table,
    previous_identities: ir.Table,
    *,
    max_records: int = 200,
    checkpoint: Checkpoint,
    pseudonym: Pseudonym,
) -> ir.Table:
    """The customer of every record.

    One row per record. Records are joined by decisions of people, by certain links, and by pairs at least
    as probable as the threshold of their kind says. A cluster that would break a guard is put together
    from its strongest edges on, without those that break it (`guards`, `cuts`); probable ones join at most
    `max_records` records. A cluster keeps the oldest id that was ever issued to one of its records; one that
    has none is given a new id, made from its least record and the project's key and so the same on every
    engine. `component` is the least of all records that anything joins to this one, be it cut or not. Only
    components in which a record, an edge, or a decision has changed are looked at.
    """
    records = checkpoint(landed_people.select("source", "record_id", record=record_of(landed_people)))
    decided = landed_decisions.semi_join(records, "record")
    affected = None
    if anything(previous_identities):
        seeds = ibis.union(
            changed_records, landed_decisions.select("record"), new_decisions.select("record"),
            _moved((scored_pairs, thresholds), (previous_scored_pairs, previous_thresholds)),
        )  # fmt: skip
        affected = checkpoint(_hanging_together(seeds, previous_identities))
        records = checkpoint(records.semi_join(affected, "record"))
        left = affected.select(record_l="record")
        exact_matches, scored_pairs = (
            exact_matches.semi_join(left, "record_l"),
            scored_pairs.semi_join(left, "record_l"),
        )
    held = standing(verdicts(rows(decided)))
    edges = checkpoint(_edges(exact_matches, scored_pairs, thresholds, held, records))
    found = clusters(edges, checkpoint=checkpoint)
    opposed = against(
        found, ClusterEvidence(normalised_records, identifiers, scored_pairs), checkpoint=checkpoint
    )
    doubtful = checkpoint(suspects(opposed, found, edges, max_records=max_records))
    doubted = found.semi_join(_with_marked(doubtful, found, held), "cluster")
    cut = _cut(checkpoint(doubted), edges, opposed, held=held, max_records=max_records)
    clustered = checkpoint(_settled(records, found, cut))
    named = clustered.left_join(_names(clustered, landed_issued_ids, pseudonym), "cluster")
    sized = ibis.window(group_by="cluster")
    anew = named.mutate(founding=named.record == named.founder, records=named.count().over(sized))
    if affected is None:
        return anew
    others = previous_identities.anti_join(affected, "record")
    return anew.select(*identities.schema).union(others)


@table(
    key="issued_id",
    title=Text("Customer ids ever issued", "历来发放的客户编号"),
    area="identity",
    laid_out_by="issued_id",
    columns=[
        Column("issued_id", Type.TEXT, Text("Issued id", "发放编号"), pii="identifier"),
        Column("record", Type.TEXT, Text("Founding record", "首条记录"), pii="identifier"),
        _ID,
        Column("build", Type.INTEGER, Text("Issued by build", "发放构建")),
    ],
)
def customer_ids(identities: ir.Table, landed_issued_ids: ir.Table) -> ir.Table:
    """Whom every id ever issued means now: the customer who holds its founding record.

    One row per id. `build` is empty for ids that this build issues.
    """
    old = landed_issued_ids.select(issued_id="customer_id", record="record", build="build")
    resolved = old.left_join(identities.select("record", "customer_id"), "record").select(
        "issued_id", "record", "customer_id", "build"
    )
    fresh = identities.filter(identities.founding).anti_join(old, [identities.customer_id == old.issued_id])
    return resolved.union(
        fresh.select(
            issued_id="customer_id", record="record", customer_id="customer_id", build=ibis.null("int64")
        )
    )


def _moved(now: tuple[ir.Table, ir.Table], then: tuple[ir.Table, ir.Table]) -> ir.Table:
    """The records of pairs that have another weight than then, or stand on the other side of their line."""
    weighed = (
        scored_pairs.inner_join(lines.select("kind", "merge_at"), "kind").select(
            "record_l",
            "record_r",
            weight=scored_pairs.weight.round(6),
            joins=scored_pairs.probability >= lines.merge_at,
        )
        for scored_pairs, lines in (now, then)
    )
    return ends(differences(*weighed))


def _hanging_together(seeds: ir.Table, kept: ir.Table) -> ir.Table:
    """The seeds and all records that hung together with one of them."""
    touched = kept.semi_join(seeds, "record").select("component").distinct()
    return seeds.union(kept.semi_join(touched, "component").select("record")).distinct()


def _edges(
    exact_matches: ir.Table,
    scored_pairs: ir.Table,
    thresholds: ir.Table,
    held: list[Verdict],
    records: ir.Table,
) -> ir.Table:
    """What joins two records that there are: `record_l`, `record_r`, and how strongly (see `cuts.Edge`)."""
    both = ["record_l", "record_r"]
    # Rounded, since the last digits of a weight are not the same on every engine.
    weighed = scored_pairs.select(*both, "kind", "probability", "said", weight=-scored_pairs.weight.round(6))
    judged = weighed.inner_join(thresholds.select("kind", "merge_at"), "kind")
    # A phone or a mailbox alone does not make one of two whom all that is known of them makes two.
    unlikely = judged.filter((judged.probability < judged.merge_at) & (judged.said > _FEW)).select(*both)
    told = exact_matches.filter(~exact_matches.kind.isin(CONTACTS)).union(
        exact_matches.filter(exact_matches.kind.isin(CONTACTS)).anti_join(unlikely, both)
    )
    agreeing = told.group_by(*both).agg(kinds=-told.kind.nunique())
    certain = agreeing.left_join(weighed, both).mutate(weight=ibis._.weight.fill_null(0.0))
    probable = judged.filter(judged.probability >= judged.merge_at).mutate(kinds=ibis.literal(0))
    ranked = [_ranked(certain, CERTAIN), _ranked(probable, PROBABLE)]
    if said := list(together(held)):
        decided = ibis.memtable([{"record_l": left, "record_r": right} for left, right in said])
        ranked.append(_ranked(decided.mutate(kinds=ibis.literal(0), weight=ibis.literal(0.0)), DECIDED))
    edges = ibis.union(*ranked)
    return edges.semi_join(records.select(record_l="record"), "record_l").semi_join(
        records.select(record_r="record"), "record_r"
    )


def _ranked(edges: ir.Table, rank: int) -> ir.Table:
    """Edges in the declared types, which a union asks for."""
    return edges.select(
        "record_l", "record_r", rank=ibis.literal(rank, "int64"), kinds=edges.kinds.cast("int64"),
        weight=edges.weight.cast("float64"),
    )  # fmt: skip


def _with_marked(doubtful: ir.Table, found: ir.Table, held: list[Verdict]) -> ir.Table:
    """The doubtful clusters, and those of records that somebody keeps apart from others."""
    named = sorted({record for record, _ in marks(held)})
    if not named:
        return doubtful
    marked = ibis.memtable([{"record": record} for record in named])
    return doubtful.union(found.semi_join(marked, "record").select("cluster")).distinct()


def _cut(
    doubted: ir.Table, edges: ir.Table, opposed: Conflicts, *, held: list[Verdict], max_records: int
) -> dict[str, str]:
    """The clusters of the records of doubtful clusters, once no guard is broken."""
    if not doubted.count().execute():
        return {}
    known = profiles(doubted, opposed, marks(held))
    within = edges.semi_join(doubted.select(record_l="record"), "record_l")
    columns = within.select(*Edge._fields).to_pyarrow().to_pydict()
    return joined(map(Edge, *columns.values()), known, max_records=max_records)


def _settled(records: ir.Table, found: ir.Table, cut: dict[str, str]) -> ir.Table:
    """The records with their component, and their cluster: what that is once doubtful ones are cut."""
    beside = records.left_join(found.select("record", component="cluster"), "record").drop("record_right")
    alone = beside.mutate(component=ibis.coalesce(beside.component, beside.record))
    if not cut:
        return alone.mutate(cluster=alone.component)
    anew = ibis.memtable(pa.table({"record": list(cut), "anew": list(cut.values())}))
    settled = alone.left_join(anew, "record").drop("record_right")
    return settled.mutate(cluster=ibis.coalesce(settled.anew, settled.component)).drop("anew")


def _names(clustered: ir.Table, issued: ir.Table, pseudonym: Pseudonym) -> ir.Table:
    """One row per cluster: its `customer_id` and the founding record of that id."""
    lasting = issued.filter(~guessable(issued.customer_id))
    known = clustered.inner_join(lasting.select("record", "customer_id", "build"), "record")
    oldest = ibis.window(group_by="cluster", order_by=[known.build, known.customer_id])
    kept = (
        known.mutate(nth=ibis.row_number().over(oldest))
        .filter(lambda t: t.nth == 0)
        .select("cluster", kept_id="customer_id", kept_founder="record")
    )
    least = clustered.group_by("cluster").agg(least=clustered.record.min())
    both = least.left_join(kept, "cluster")
    return both.select(
        "cluster",
        customer_id=ibis.coalesce(both.kept_id, _issued(both.least, pseudonym)),
        founder=ibis.coalesce(both.kept_founder, both.least),
    )


def _issued(record: ir.StringValue, pseudonym: Pseudonym) -> ir.StringValue:
    """The id that a founding record gives to its customer: 80 bits of its keyed digest."""
    return ibis.literal("C") + pseudonym(record).substr(0, 20).upper()


def guessable(customer_id: ir.StringValue) -> ir.BooleanValue:
    """Whether an id is of the first form, a digest of the founding record without a key.

    Whoever guesses a phone by which a record goes could tell by such an id that the guess is right. A build
    that meets one gives the customer a new id, to which the old one leads.
    """
    return customer_id.length() == _WITHOUT_KEY
