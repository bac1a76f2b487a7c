import random
from itertools import count, pairwise

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.identity.clusters import clusters
from tests.engine_fixtures import Tables

SCHEMA = ibis.schema({"record_l": "string", "record_r": "string"})


def clustered(desk: Tables, edges: list[tuple[str, str]]) -> dict[str, str]:
    table = desk.of(SCHEMA, [{"record_l": left, "record_r": right} for left, right in edges])
    return {row["record"]: row["cluster"] for row in desk.rows(clusters(table, checkpoint=desk.checkpoint))}


def united(edges: list[tuple[str, str]]) -> dict[str, str]:
    """The same by union-find, one edge after the other."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for left, right in edges:
        parent[root(left)] = root(right)
    least: dict[str, str] = {}
    for record in sorted(parent):
        least.setdefault(root(record), record)
    return {record: least[root(record)] for record in parent}


def test_records_hang_together_through_any_chain_of_edges(engine):
    edges = [("d", "b"), ("d", "e"), ("c", "f"), ("f", "c"), ("g", "g")]
    assert clustered(engine, edges) == {"b": "b", "d": "b", "e": "b", "c": "c", "f": "c", "g": "g"}


def test_no_edges_make_no_clusters(duckdb):
    assert clustered(duckdb, []) == {}


@given(st.lists(st.tuples(st.sampled_from("abcdefghijkl"), st.sampled_from("abcdefghijkl")), max_size=15))
def test_clusters_are_those_of_union_find(duckdb_engine, tmp_path_factory, edges):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("clusters"))
    assert clustered(desk, edges) == united(edges)


@pytest.mark.parametrize("order", ["up", "down", "worst", "random"])
def test_a_long_chain_takes_few_rounds(duckdb, order):
    names = [f"{n:04}" for n in range(1500)]
    places = {
        "up": names,
        "down": names[::-1],
        # The least at one end, and beyond it all others falling away from it.
        "worst": names[:1] + names[:0:-1],
        "random": random.Random(7).sample(names, len(names)),
    }[order]
    rounds = count()

    def counting(table):
        next(rounds)
        return duckdb.checkpoint(table)

    table = duckdb.of(SCHEMA, [{"record_l": a, "record_r": b} for a, b in pairwise(places)])
    found = duckdb.rows(clusters(table, checkpoint=counting))
    assert {row["cluster"] for row in found} == {"0000"}
    assert len(found) == 1500
    assert next(rounds) <= 3 * 12  # three checkpoints a round
