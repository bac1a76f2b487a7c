"""Clusters: when links are followed to their ends, which records hang together?"""

import ibis
import ibis.expr.types as ir

from shuke.tables.derived import Checkpoint


def clusters(memberships: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Label every record with the least record that it hangs together with.

    `memberships` has one row per `record` and `token`; records of one token hang together. One row per
    record: `record`, `cluster`. Connected components: in each round a whole cluster takes the least label
    that any of its members shares a token with, and then the label of that label (Shiloach and Vishkin
    1982), so that long chains take few rounds. Only tokens that join two clusters are looked at again.
    """
    labels = checkpoint(_nearest(memberships))
    while True:
        hooks = checkpoint(_hooks(memberships, labels))
        if not hooks.count().execute():
            return labels
        labels = checkpoint(_jump(_moved(labels, hooks)))


def _nearest(memberships: ir.Table) -> ir.Table:
    """Give each record the least record that has any of its tokens."""
    least = memberships.group_by("token").agg(cluster=memberships.record.min())
    reached = memberships.join(least, "token").select("record", "cluster")
    return reached.group_by("record").agg(cluster=reached.cluster.min())


def _hooks(memberships: ir.Table, labels: ir.Table) -> ir.Table:
    """For each cluster that shares a token with a lesser one, the least of those: `was`, `cluster`."""
    held = memberships.join(labels, "record").select("token", "cluster")
    tokens = held.group_by("token").agg(least=held.cluster.min(), most=held.cluster.max())
    reached = held.join(tokens.filter(tokens.least < tokens.most), "token")
    lesser = reached.filter(reached.least < reached.cluster)
    return lesser.group_by(was=lesser.cluster).agg(cluster=lesser.least.min())


def _moved(labels: ir.Table, hooks: ir.Table) -> ir.Table:
    """Give each record the label that its cluster takes, if it takes one."""
    beside = labels.left_join(hooks.select(cluster="was", taken="cluster"), "cluster")
    return beside.select("record", cluster=ibis.coalesce(beside.taken, beside.cluster))


def _jump(labels: ir.Table) -> ir.Table:
    """Give each record the label of its label."""
    further = labels.select(cluster="record", beyond="cluster")
    return further.join(labels, "cluster").select("record", cluster="beyond")
