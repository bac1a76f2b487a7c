"""Identities: under which customer id does each record stand, now and for ever?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.clusters import clusters
from shuke.identity.identifiers import record_of
from shuke.identity.links import token
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

_ID = Column("customer_id", Type.TEXT, Text("Customer", "客户编号"))


@table(
    key="record",
    title=Text("Identities", "身份"),
    area="identity",
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("record_id", Type.TEXT, Text("Number in the source", "来源内编号"), personal="identifier"),
        _ID,
        Column("founding", Type.FLAG, Text("Founding record", "首条记录")),
        Column("records", Type.INTEGER, Text("Records of the customer", "客户记录数"), unit="count"),
    ],
)
def identities(
    landed_people: ir.Table, links: ir.Table, landed_issued_ids: ir.Table, *, checkpoint: Checkpoint
) -> ir.Table:
    """The customer of every record.

    One row per record. A cluster keeps the oldest id that was ever issued to one of its records; one
    that has none is given a new id, made from its least record and so the same on every engine.
    """
    records = landed_people.select("source", "record_id", record=record_of(landed_people)).distinct()
    joined = clusters(links.select("record", token=token(links)), checkpoint=checkpoint)
    labelled = records.left_join(joined, "record")
    clustered = checkpoint(
        labelled.select(
            "record", "source", "record_id", cluster=ibis.coalesce(labelled.cluster, labelled.record)
        )
    )
    named = clustered.left_join(_names(clustered, landed_issued_ids), "cluster")
    sized = ibis.window(group_by="cluster")
    return named.mutate(founding=named.record == named.founder, records=named.count().over(sized))


@table(
    key="issued_id",
    title=Text("Customer ids ever issued", "历来发放的客户编号"),
    area="identity",
    columns=[
        Column("issued_id", Type.TEXT, Text("Issued id", "发放编号")),
        Column("record", Type.TEXT, Text("Founding record", "首条记录"), personal="identifier"),
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


def _names(clustered: ir.Table, issued: ir.Table) -> ir.Table:
    """One row per cluster: its `customer_id` and the founding record of that id."""
    known = clustered.inner_join(issued.select("record", "customer_id", "build"), "record")
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
        customer_id=ibis.coalesce(both.kept_id, issue(both.least)),
        founder=ibis.coalesce(both.kept_founder, both.least),
    )


def issue(record: ir.StringValue) -> ir.StringValue:
    """The id that a founding record gives to its customer: 64 bits of its digest."""
    return ibis.literal("C") + record.hexdigest("md5").substr(0, 16).upper()
