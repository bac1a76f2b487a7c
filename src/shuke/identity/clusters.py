"""Clusters: when links are followed to their ends, which records hang together?"""

import ibis.expr.types as ir

from shuke.tables.derived import Checkpoint


def clusters(memberships: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Label every record with the least record that it hangs together with.

    `memberships` has one row per `record` and `token`; records of one token hang together. One row per
    record: `record`, `cluster`. Connected components: in each round a whole cluster takes the least label
    that any of its members shares a token with, and then the label of that label (Shiloach and Vishkin
    1982), so that long chains take few rounds.
    """
    labels = checkpoint(memberships.select("record", cluster="record").distinct())
    while True:
        joined = checkpoint(_jump(_hook(_spread(memberships, labels), labels)))
        moved = joined.anti_join(labels, ["record", "cluster"]).count().execute()
        labels = joined
        if not moved:
            return labels


def _spread(memberships: ir.Table, labels: ir.Table) -> ir.Table:
    """Give each record the least label under any of its tokens."""
    held = memberships.join(labels, "record").select("record", "token", "cluster")
    least = held.group_by("token").agg(cluster=held.cluster.min())
    reached = memberships.join(least, "token").select("record", "cluster")
    return reached.group_by("record").agg(cluster=reached.cluster.min())


def _hook(reached: ir.Table, labels: ir.Table) -> ir.Table:
    """Give each record the least label that any record of its cluster has reached."""
    moved = labels.select("record", was="cluster").join(reached, "record")
    least = moved.group_by("was").agg(cluster=moved.cluster.min())
    return moved.select("record", "was").join(least, "was").select("record", "cluster")


def _jump(labels: ir.Table) -> ir.Table:
    """Give each record the label of its label."""
    further = labels.select(cluster="record", beyond="cluster")
    return labels.join(further, "cluster").select("record", cluster="beyond")
