"""Clusters: when links are followed to their ends, which records hang together?"""

import ibis
import ibis.expr.types as ir

from shuke.tables.derived import Checkpoint


def clusters(memberships: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Label every record with the least record that it hangs together with.

    `memberships` has one row per `record` and `token`; records of one token hang together. One row per
    record: `record`, `cluster`. Connected components by spreading the least label over tokens, with
    pointer jumping (Shiloach and Vishkin 1982), so that long chains take few rounds.
    """
    labels = checkpoint(memberships.select("record", cluster="record").distinct())
    while True:
        spread = checkpoint(_jump(_spread(memberships, labels)))
        moved = spread.join(labels, ["record", "cluster"]).count().execute() != labels.count().execute()
        labels = spread
        if not moved:
            return labels


def _spread(memberships: ir.Table, labels: ir.Table) -> ir.Table:
    held = memberships.join(labels, "record").select("record", "token", "cluster")
    least = held.group_by("token").agg(cluster=held.cluster.min())
    reached = memberships.join(least, "token").select("record", "cluster")
    return reached.group_by("record").agg(cluster=reached.cluster.min())


def _jump(labels: ir.Table) -> ir.Table:
    further = labels.select(cluster="record", beyond="cluster")
    joined = labels.left_join(further, "cluster")
    return joined.select(
        "record", cluster=ibis.least(labels.cluster, joined.beyond.fill_null(labels.cluster))
    )
