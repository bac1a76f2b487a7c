"""Clusters: which records are connected by links?"""

import ibis
import ibis.expr.types as ir

from shuke.tables.derived import Checkpoint


def clusters(edges: ir.Table, *, checkpoint: Checkpoint) -> ir.Table:
    """Label every record with the least record that it hangs together with.

    `edges` has rows `record_l`, `record_r`, in either order. One row per record: `record`, `cluster`.
    Connected components: in each round a whole cluster takes the least label that any of its members has
    an edge to, and then the label of that label (Shiloach and Vishkin 1982), so that long chains take few
    rounds. Only edges between two clusters are looked at again.
    """
    labels = checkpoint(_nearest(edges))
    while True:
        edges = checkpoint(_open(edges, labels))
        if not edges.count().execute():
            return labels
        labels = checkpoint(_jump(checkpoint(_moved(labels, edges))))


def _nearest(edges: ir.Table) -> ir.Table:
    """Give each record the least of itself and those beside it."""
    both = edges.select(record="record_l", beside="record_r").union(
        edges.select(record="record_r", beside="record_l")
    )
    return both.group_by("record").agg(cluster=ibis.least(both.record, both.beside).min())


def _open(edges: ir.Table, labels: ir.Table) -> ir.Table:
    """The edges between two clusters, with the greater (`was`) and the lesser of their labels."""
    left = labels.select(record_l="record", label_l="cluster")
    right = labels.select(record_r="record", label_r="cluster")
    ends = edges.select("record_l", "record_r").join(left, "record_l").join(right, "record_r")
    return ends.filter(ends.label_l != ends.label_r).select(
        "record_l", "record_r", was=ibis.greatest(ends.label_l, ends.label_r),
        cluster=ibis.least(ends.label_l, ends.label_r),
    )  # fmt: skip


def _moved(labels: ir.Table, edges: ir.Table) -> ir.Table:
    """Give each record the label that its cluster takes, if it takes one."""
    hooks = edges.group_by(cluster=edges.was).agg(taken=edges.cluster.min())
    beside = labels.left_join(hooks, "cluster")
    return beside.select("record", cluster=ibis.coalesce(beside.taken, beside.cluster))


def _jump(labels: ir.Table) -> ir.Table:
    """Give each record the label of its label."""
    further = labels.select(cluster="record", beyond="cluster")
    return further.join(labels, "cluster").select("record", cluster="beyond")
