from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.analyses.successions import awaited, beginnings, discovered, successions
from tests.analyses.selling import FIRST, sold, written
from tests.engine_fixtures import Row, Tables


def lines(*visits: tuple[str, int, str]) -> list[Row]:
    return [sold(who, FIRST + timedelta(days=day), 5, category=shelf) for who, day, shelf in visits]


def begun(desk, rows):
    return beginnings(written(desk, rows), desk.checkpoint)


#: Fifty buy a tent and half a year later a stove; all buy bread whenever they like.
CAMPERS = [
    *lines(*((f"{n}", n % 30, "Tents") for n in range(60))),
    *lines(*((f"{n}", n % 30 + 180 + n, "Stoves") for n in range(50))),
    *lines(*((f"{n}", day, "Bread") for n in range(60) for day in (n * 7 % 50, 90 + n * 11 % 200))),
    *lines(*(("first", day, shelf) for day, shelf in enumerate(("Stoves", "Tents", "Bread")))),
]  # fmt: skip


def test_who_comes_to_one_thing_after_another_is_found_and_awaited(engine):
    start = begun(engine, CAMPERS)
    found = successions(start, gap_days=90, lead=1.1)
    assert set(found.wanted) == {"Stoves"}
    found = found[found.sign == "Tents"]
    row = found.iloc[0]
    assert row.share == pytest.approx(50 / 60)
    # Fifty waits of 180 to 229 days, and their quartiles between two of them.
    assert (row.after, row.until) == tuple(np.quantile(np.arange(180, 230), [0.25, 0.75]))
    waiting = engine.rows(
        engine.checkpoint(awaited(start, found, as_of=FIRST + timedelta(days=230))), "customer_id"
    )
    assert {r["customer_id"] for r in waiting} == {str(n) for n in range(50, 60)}


def test_what_is_bought_more_often_comes_first_by_chance_and_is_not_found(duckdb):
    dice = np.random.default_rng(6)
    rows = lines(
        *((f"{n}", int(day), "Bread") for n in range(200) for day in dice.integers(0, 700, 12)),
        *((f"{n}", int(day), "Wine") for n in range(200) for day in dice.integers(0, 700, 2)),
        *((f"{n}", 0, "Start") for n in range(200)),
        ("first", 0, "Bread"), ("first", 0, "Wine"),
    )  # fmt: skip
    found = successions(begun(duckdb, rows), gap_days=30, lead=1.0)
    assert ("Bread", "Wine") not in set(zip(found.sign, found.wanted, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_waits_and_shares_are_what_going_through_every_customer_gives(duckdb, seed):
    dice = np.random.default_rng(seed)
    visits = {
        (f"{n}", int(day), shelf)
        for n in range(120)
        for shelf in ("Tea", "Cups", "Kettles")
        for day in dice.integers(0, 500, dice.integers(0, 5))
    }
    found = successions(begun(duckdb, lines(*visits)), gap_days=-1000, lead=0.0, false_share=1.0)
    first = pd.DataFrame(sorted(visits), columns=["who", "day", "shelf"]).pivot_table(
        index="who", columns="shelf", values="day", aggfunc="min"
    )
    assert len(found) >= 4
    for row in found.itertuples():
        waits = (first[row.wanted] - first[row.sign]).dropna()
        waits = waits[waits != 0]
        after = waits[waits > 0]
        assert (row.after, row.until) == pytest.approx(tuple(np.quantile(after, [0.25, 0.75])))
        assert row.share == pytest.approx(len(after) / (first[row.sign].count() - (waits < 0).sum()))


def test_few_who_have_both_tell_nothing(duckdb):
    few = lines(*((f"{n}", 0, "Tents") for n in range(20)), *((f"{n}", 200, "Stoves") for n in range(20)))
    assert successions(begun(duckdb, few), gap_days=90, lead=1.1).empty
    assert successions(begun(duckdb, []), gap_days=90, lead=1.1).empty


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=12))
def test_discoveries_are_those_of_benjamini_and_hochberg(p):
    ordered = sorted(p)
    held = [x for n, x in enumerate(ordered, start=1) if x <= 0.05 * n / len(p)]
    expected = [x <= max(held, default=-1.0) for x in p]
    assert discovered(pd.Series(p, dtype=float), 0.05).tolist() == expected


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 90), st.sampled_from("XYZ")), max_size=25))
def test_beginnings_are_what_counting_by_hand_gives(duckdb_engine, tmp_path_factory, visits):
    desk = Tables(duckdb_engine, tmp_path_factory.mktemp("begun"))
    found = {
        (r["customer_id"], r["category"]): (r["first"], r["days"])
        for r in desk.rows(begun(desk, lines(*visits)))
    }
    expected = {}
    for who, _, shelf in visits:
        days = {day for one, day, other in visits if (one, other) == (who, shelf)}
        expected[who, shelf] = (FIRST + timedelta(days=min(days)), len(days))
    assert found == expected


def test_a_lead_that_is_sure_but_small_is_no_stage(duckdb):
    start = begun(duckdb, CAMPERS)
    assert "Tents" in set(successions(start, gap_days=90, lead=1.9).sign)
    assert successions(start, gap_days=90, lead=2.1).empty
