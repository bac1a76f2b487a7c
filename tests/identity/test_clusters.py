import random
from itertools import count

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.identity.clusters import clusters
from tests.engine_fixtures import Tables

SCHEMA = ibis.schema({"record": "string", "token": "string"})


def clustered(desk: Tables, memberships: list[tuple[str, str]]) -> dict[str, str]:
    table = desk.of(SCHEMA, [{"record": record, "token": token} for record, token in memberships])
    return {row["record"]: row["cluster"] for row in desk.rows(clusters(table, checkpoint=desk.checkpoint))}


def united(memberships: list[tuple[str, str]]) -> dict[str, str]:
    """The same by union-find, one membership after the other."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for record, token in memberships:
        parent[root(f"token {token}")] = root(record)
    least: dict[str, str] = {}
    for record, _ in memberships:
        least[root(record)] = min(least.get(root(record), record), record)
    return {record: least[root(record)] for record, _ in memberships}


def test_records_hang_together_through_any_chain_of_tokens(engine):
    memberships = [("b", "phone"), ("d", "phone"), ("d", "mail"), ("e", "mail"), ("c", "card"), ("f", "card")]
    assert clustered(engine, memberships) == {"b": "b", "d": "b", "e": "b", "c": "c", "f": "c"}


def test_no_memberships_make_no_clusters(duckdb):
    assert clustered(duckdb, []) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdefghijkl"), st.sampled_from("123456789")), max_size=25, unique=True
    )
)
def test_clusters_are_those_of_union_find(duckdb_engine, tmp_path_factory, memberships):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("clusters"))
    assert clustered(desk, memberships) == united(memberships)


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
    memberships = [(name, str(n + side)) for n, name in enumerate(places) for side in (0, 1)]
    rounds = count()

    def counting(table):
        next(rounds)
        return duckdb.checkpoint(table)

    table = duckdb.of(SCHEMA, [{"record": record, "token": token} for record, token in memberships])
    found = duckdb.rows(clusters(table, checkpoint=counting))
    assert {row["cluster"] for row in found} == {"0000"}
    assert len(found) == 1500
    assert next(rounds) <= 2 * 12  # two checkpoints a round
