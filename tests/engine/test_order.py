"""Floats come to one sum, and rows to Python in one order, in whatever order they stand."""

from itertools import permutations
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from tests.engine_fixtures import Tables

#: In another order they come to 0, 1 or 2.
PARTS = (1e16, 1.0, -1e16, 1.0)
SCHEMA = ibis.schema({"n": "int64", "one": "string", "x": "float64"})

ADDED: dict[str, Any] = {
    "sum": lambda x: x.sum(),
    "sum of some": lambda x: x.sum(where=x != 0),
    "mean": lambda x: x.mean(),
    "deviation": lambda x: x.std(),
    "variance": lambda x: x.var(how="pop"),
}


def in_every_order(engine: Tables) -> list[ir.Table]:
    rows = [{"one": "a", "x": x} for x in PARTS] + [{"one": "b", "x": None}]
    orders = [[rows[n] for n in order] for order in permutations(range(5))][::30]
    return [engine.of(SCHEMA, [{"n": n} | row for n, row in enumerate(order)]) for order in orders]


@pytest.mark.parametrize("how", ADDED)
def test_floats_add_up_to_the_same_in_any_order(engine: Tables, how: str):
    tables = in_every_order(engine)
    of_groups = [t.group_by("one").agg(of=ADDED[how](t.x)).order_by("one") for t in tables]
    of_all = [t.agg(of=ADDED[how](t.x)) for t in tables]
    beside = [t.mutate(of=ADDED[how](t.x).over(group_by="one")).select("one", "of") for t in tables]
    for found in (of_groups, of_all, beside):
        first, *others = (engine.rows(each) for each in found)
        assert all(other == first for other in others)


def test_nothing_adds_up_to_nothing(engine: Tables):
    table = engine.of(SCHEMA, [{"n": 1, "one": "b"}])
    found = table.group_by("one").agg(**{how: of(table.x) for how, of in ADDED.items()})
    assert engine.rows(found) == [{"one": "b"} | dict.fromkeys(ADDED)]


def test_one_number_has_no_deviation(engine: Tables):
    table = engine.of(SCHEMA, [{"n": 1, "one": "a", "x": 0.1}])
    found = table.agg(sum=table.x.sum(), sample=table.x.std(), population=table.x.std(how="pop"))
    assert engine.rows(found) == [{"sum": 0.1, "sample": None, "population": 0.0}]


def test_a_window_with_an_order_adds_in_that_order(engine: Tables):
    table = engine.of(SCHEMA, [{"n": n, "one": "a", "x": x} for n, x in enumerate(PARTS)])
    so_far = ibis.window(order_by="n", following=0)
    found = table.select("n", sum=table.x.sum().over(so_far), all=table.x.sum().over(ibis.window()))
    assert [row["sum"] for row in engine.rows(found)] == [1e16, 1e16, 0.0, 1.0]
    assert {row["all"] for row in engine.rows(found)} == {0.0}  # -1e16 + 1 + 1 + 1e16


def test_rows_come_to_python_sorted_by_all_that_they_hold(engine: Tables):
    rows = [{"n": n % 7, "one": "ab"[n % 2], "x": n / 7} for n in range(50)]
    table = engine.of(SCHEMA, rows)
    found = table.order_by(ibis.desc("one"))
    assert table.to_pandas().to_dict("records") == sorted(rows, key=lambda row: tuple(row.values()))
    in_turn = sorted(rows, key=lambda row: (row["one"] == "a", row["n"], row["x"]))
    assert found.to_pandas().to_dict("records") == in_turn
    assert found.limit(3).to_pandas().to_dict("records") == in_turn[:3]
