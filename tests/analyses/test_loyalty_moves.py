"""Whose attachment has grown or faded since the last build?"""

from typing import Any

import pytest

from shuke.analyses.loyalty import loyalty
from shuke.analyses.loyalty_moves import loyalty_moves, moved_by, who_moved
from tests.engine_fixtures import Tables


def moves(desk: Tables, now: dict[str, Any], before: dict[str, Any]):
    both = [
        desk.derived(loyalty, [{"customer_id": c, "loyalty": v} for c, v in t.items()]) for t in (now, before)
    ]
    return desk.made(loyalty_moves, *both)


def test_who_is_known_in_both_builds_has_moved_by_the_difference(engine):
    found = engine.rows(moves(engine, {"a": 60.0, "b": 30.0, "c": 50.0}, {"a": 52.0, "b": 41.5, "d": 10.0}))
    assert {row["customer_id"]: row["change"] for row in found} == {
        "a": pytest.approx(8), "b": pytest.approx(-11.5),
    }  # fmt: skip


def test_a_little_up_or_down_is_not_told(duckdb):
    table = moves(duckdb, {"a": 60.0, "b": 30.0, "c": 50.0}, {"a": 55.0, "b": 35.1, "c": 54.9})
    assert who_moved(table).en == (
        "Of 3 customers the index of 1 has risen by 5 points or more, and that of 1 has fallen by as much."
    )
    assert len(moved_by(table).to_dict()["datasets"]) == 1


def test_in_the_first_build_there_is_nobody(duckdb):
    table = moves(duckdb, {"a": 60.0}, {})
    assert who_moved(table).en == "There is no earlier build to compare with."
