import math
from decimal import Decimal
from fractions import Fraction

import ibis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.stats import average, rounded, two_shares, wilson
from tests.engine_fixtures import Tables, close

COUNTS = ibis.schema({"hits": "int64", "trials": "int64"})
SUMS = ibis.schema({"total": "decimal(18, 4)", "parts": "int64"})


def test_the_score_interval_is_the_published_one(engine):
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3 (score without continuity correction)
    published = {
        (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }  # fmt: skip
    rows = engine.of(COUNTS, [{"hits": hits, "trials": trials} for hits, trials in published])
    interval = wilson(rows.hits, rows.trials)
    found = engine.rows(rows.mutate(low=interval.low, high=interval.high))
    assert {(r["hits"], r["trials"]): (round(r["low"], 4), round(r["high"], 4)) for r in found} == published


def test_where_nothing_was_tried_there_is_no_interval(engine):
    rows = engine.of(COUNTS, [{"hits": 0, "trials": 0}])
    interval = wilson(rows.hits, rows.trials)
    assert engine.rows(rows.select(low=interval.low, high=interval.high)) == [{"low": None, "high": None}]


def test_averages_round_a_half_up_alike_everywhere(engine):
    expected = {
        ("10.0000", 4): "2.5000", ("10.0000", 3): "3.3333", ("20.0000", 3): "6.6667",
        ("1234.5700", 8): "154.3213", ("0.0003", 2): "0.0002", ("-10.0000", 4): "-2.5000",
        ("98765432.1000", 7): "14109347.4429", ("0", 5): "0",
    }  # fmt: skip
    rows = engine.of(SUMS, [{"total": total, "parts": parts} for total, parts in expected])
    found = engine.rows(rows.mutate(each=average(rows.total, rows.parts)))
    assert {(r["total"], r["parts"]): r["each"] for r in found} == {
        (Decimal(total), parts): Decimal(each) for (total, parts), each in expected.items()
    }


def test_a_half_is_rounded_up_alike_everywhere_though_it_came_out_just_below(engine):
    # 56.465 is stored as 56.46499…; 36 months of 30.4375 days by way of their logarithm.
    figures = {
        (56.465, 2): 56.47,
        (math.exp(math.log(36 * 30.4375)), 1): 1095.8,
        (243.5, 0): 244,
        (-2.5, 0): -2,
    }
    rows = engine.of(ibis.schema({"x": "float64"}), [{"x": x} for x, _ in figures])
    for (x, places), expected in figures.items():
        found = engine.rows(rows.filter(rows.x == x).select(y=rounded(rows.x, places)))
        assert found == [{"y": expected}]


@given(st.lists(st.tuples(st.integers(0, 10**11), st.integers(1, 400)), min_size=1, max_size=20))
def test_an_average_is_never_further_from_the_truth_than_its_last_place(
    duckdb_engine, tmp_path_factory, pairs
):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("averages"))
    rows = desk.of(SUMS, [{"total": Decimal(pence) / 100, "parts": parts} for pence, parts in pairs])
    for row in desk.rows(rows.mutate(each=average(rows.total, rows.parts))):
        truth = Fraction(row["total"]) / row["parts"]
        assert abs(Fraction(row["each"]) - truth) <= Fraction(1, 20_000) + Fraction(1, 10**9)


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (1, 1), (3, 7), (50, 100)])
def test_an_interval_holds_its_share(duckdb, hits, trials):
    rows = duckdb.of(COUNTS, [{"hits": hits, "trials": trials}])
    interval = wilson(rows.hits, rows.trials)
    found = duckdb.rows(rows.select(low=interval.low, high=interval.high))[0]
    assert -1e-12 <= found["low"] <= hits / trials <= found["high"] <= 1 + 1e-12
    assert not close(found["low"], found["high"])


def test_two_shares_are_as_far_apart_as_a_pooled_test_says(engine):
    schema = ibis.schema(dict.fromkeys(("a", "n", "b", "m"), "int64"))
    rows = engine.of(schema, [{"a": 90, "n": 100, "b": 80, "m": 100}, {"a": 5, "n": 5, "b": 7, "m": 7}])
    found = engine.rows(rows.mutate(z=two_shares(rows.a, rows.n, rows.b, rows.m)), "a", "z")
    assert {row["a"]: row["z"] and round(row["z"], 6) for row in found} == {90: 1.980295, 5: None}
