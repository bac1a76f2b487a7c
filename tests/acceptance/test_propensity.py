"""Does `propensity` find more buyers than habit does, on data that it was not made for, or step back?"""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from shuke.models.propensity import bought_it_then, propensity
from tests.acceptance.real_sales import JOURNEY, RETAIL, sales
from tests.engine_fixtures import Tables


def back_tested(desk: Tables, query: str, folder: Path, *, until: date, **asked: Any) -> dict[str, Any]:
    rows, at = sales(desk, query, folder), until - timedelta(days=90)
    then = rows.filter(rows.day <= at)
    made = desk.checkpoint(desk.made(propensity, then, as_of=at, **asked))
    grade = bought_it_then(made, rows, at=at, until=until)
    method = made.method.max().to_pyarrow().as_py()
    for each in grade.measures:
        print(f"{query.split('/')[1]}: {method}, {each.name} {each.value:.4f} beside {each.naive:.4f}")
    return {each.name: each for each in grade.measures} | {"method": method}


@pytest.mark.parametrize(
    ("query", "until"),
    [(RETAIL, date(2011, 12, 9)), (JOURNEY, date(2017, 12, 31))],
    ids=["retail", "journey"],
)
def test_the_tenth_that_it_names_holds_more_buyers_than_habit_does(duckdb, shared_data, query, until):
    found = back_tested(duckdb, query, shared_data, until=until)
    assert found["recall_own_rate"].value >= found["recall_own_rate"].naive
    assert found["recall_popularity"].value > found["recall_popularity"].naive


@pytest.mark.parametrize(
    ("query", "until"),
    [
        pytest.param(RETAIL, date(2011, 12, 9), marks=pytest.mark.xfail(
            reason="Thirteen months tell of no season, and its last weeks are the busiest of the year.")),
        (JOURNEY, date(2017, 12, 31)),
    ],
    ids=["retail", "journey"],
)  # fmt: skip
def test_what_it_promises_comes_true_within_a_fifth(duckdb, shared_data, query, until):
    found = back_tested(duckdb, query, shared_data, until=until)
    assert found["hit_rate"].value == pytest.approx(found["hit_rate"].naive, rel=0.2)
