"""Does the evaluation count what a count of every single pair would count?"""

from collections import Counter
from itertools import combinations
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.engine import Engine
from shuke.identity import evaluation
from shuke.identity.evaluation import Agreement
from tests.engine_fixtures import Row, Tables

SCHEMA = ibis.schema(dict.fromkeys(("record", "source", "cluster", "customer"), "string"))
EDGES = ibis.schema({"record_l": "string", "record_r": "string", "cause": "string", "weight": "float64"})


def row(record: str, cluster: str, customer: str) -> Row:
    return {"record": record, "source": record.partition(":")[0], "cluster": cluster, "customer": customer}


#: A mother and her daughter under one customer, and a man in two.
FAMILY = [
    row("till:1", "mother", "A"), row("web:1", "mother", "A"), row("web:2", "daughter", "A"),
    row("till:3", "man", "B"), row("web:3", "man", "C"), row("web:4", "other", "D"),
]  # fmt: skip


def test_pairs_are_right_where_customer_and_truth_agree(engine: Tables):
    found = evaluation.pairs(engine.of(SCHEMA, FAMILY))
    assert (found.said, found.true, found.right) == (3, 2, 1)
    assert (found.precision, found.recall, found.f1) == pytest.approx((1 / 3, 1 / 2, 2 / 5))


def test_a_cluster_is_right_only_whole(engine: Tables):
    found = evaluation.clusters(engine.of(SCHEMA, FAMILY))
    assert (found.said, found.true, found.right) == (4, 4, 1), "only the other is exactly one customer"


def test_errors_are_told_by_the_sources_that_they_lie_between(engine: Tables):
    found = engine.rows(
        evaluation.by_sources(engine.of(SCHEMA, FAMILY)), "source_l", "source_r", "false", "missed"
    )
    assert [tuple(r.values()) for r in found] == [("till", "web", 1, 1), ("web", "web", 1, 0)]


def test_errors_are_told_by_what_linked_or_compared_them(engine: Tables):
    edges: list[Row] = [
        {"record_l": "till:1", "record_r": "web:1", "cause": "1 phone"},
        {"record_l": "till:1", "record_r": "web:2", "cause": "2 scored", "weight": 9.0},
        {"record_l": "till:1", "record_r": "web:2", "cause": "1 phone"},
        {"record_l": "till:3", "record_r": "web:3", "cause": "2 scored", "weight": 3.0},
    ]
    found = engine.rows(
        evaluation.by_cause(engine.of(SCHEMA, FAMILY), engine.of(EDGES, edges)), "error", "cause", "pairs"
    )
    assert [tuple(r.values()) for r in found] == [("false", "1 phone", 1), ("missed", "2 scored", 1)]


def test_examples_are_errors_and_no_more_than_asked(engine: Tables):
    judged = engine.of(SCHEMA, FAMILY)
    found = engine.rows(evaluation.examples(judged, at_most=5), "error", "record_l", "record_r")
    assert [tuple(r.values()) for r in found] == [
        ("false", "till:1", "web:2"), ("missed", "till:3", "web:3"),
    ]  # fmt: skip
    assert engine.rows(evaluation.examples(judged, at_most=0)) == []


def test_nothing_said_is_nothing_wrong():
    assert Agreement.of(0, 0, 0) == Agreement(0, 0, 0, 1.0, 1.0, 1.0)
    assert (Agreement.of(0, 5, 0).precision, Agreement.of(0, 5, 0).f1) == (1.0, 0.0)


rows = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.sampled_from("PQR")), max_size=9)


@settings(max_examples=30, deadline=None)
@given(told=rows)
def test_counts_are_those_of_every_single_pair(
    duckdb_engine: Engine, tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, str, str]]
):
    duckdb = Tables(duckdb_engine, tmp_path_factory.getbasetemp())
    people = [row(f"{s}:{n}", cluster, customer) for n, (s, cluster, customer) in enumerate(told)]
    judged = duckdb.of(SCHEMA, people)
    truth, said = _same(people, "cluster"), _same(people, "customer")
    assert evaluation.pairs(judged) == Agreement.of(len(said), len(truth), len(said & truth))
    found = {
        (r["source_l"], r["source_r"]): (r["false"], r["missed"])
        for r in duckdb.rows(evaluation.by_sources(judged))
    }
    false, missed = _between(said - truth), _between(truth - said)
    assert found == {pair: (false[pair], missed[pair]) for pair in false.keys() | missed.keys()}
    groups = [{frozenset(g) for g in _groups(people, name).values()} for name in ("customer", "cluster")]
    whole = Agreement.of(len(groups[0]), len(groups[1]), len(groups[0] & groups[1]))
    assert evaluation.clusters(judged) == whole
    shown = duckdb.rows(evaluation.examples(judged, at_most=100))
    wrong = {"false": said - truth, "missed": truth - said}
    assert all(frozenset((r["record_l"], r["record_r"])) in wrong[r["error"]] for r in shown)
    assert {r["error"] for r in shown} == {error for error, some in wrong.items() if some}


def _groups(people: list[Row], name: str) -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {}
    for person in people:
        found.setdefault(person[name], []).append(person["record"])
    return found


def _same(people: list[Row], name: str) -> set[frozenset[str]]:
    return {frozenset(two) for group in _groups(people, name).values() for two in combinations(group, 2)}


def _between(some: set[frozenset[str]]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(sorted(record.partition(":")[0] for record in two)) for two in some)
