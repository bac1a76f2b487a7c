from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from shuke.errors import NotEnoughData
from shuke.models.item_signals import SIGNALS
from shuke.models.propensity import bought_it_then, expected_bars, propensity, who_needs_it
from shuke.models.propensity_model import fitted, recall
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)


def shop(customers: int = 300, days: int = 400) -> list[Row]:
    """A third buys coffee every month and beans with it, a third tea every other month, a third came once.

    Of those who buy coffee every tenth takes to a machine, dear or cheap, in each month; nobody else does.
    """
    rows = []
    for n in range(customers):
        who, kind = f"{n:04}", n % 3
        every = {0: 30, 1: 60, 2: 1000}[kind]
        for nth, ago in enumerate(range(days - n % 29, 0, -every)):
            day = AS_OF - timedelta(days=ago)
            shelf, price = (("Coffee", 8), ("Tea", 5), ("Cake", 3))[kind]
            rows.append(sold(who, day, price + n % 3, category=shelf, product_name=shelf, product_id=shelf))
            if kind == 0 and (n // 3 + nth) % 10 == 0:
                rows.append(sold(who, day, 90 + n, category="Machines", product_name="Coffee machine Uno",
                                 product_id="M1"))  # fmt: skip
    return rows


def made(desk: Tables, rows: list[Row], as_of: date = AS_OF, **asked):
    return desk.checkpoint(desk.made(propensity, written(desk, rows), as_of=as_of, **asked))


def test_who_buys_coffee_needs_the_machine_and_is_told_when_and_how_much(engine):
    rows = engine.rows(made(engine, shop(), item="coffee machines"))
    assert len(rows) == 30 and {row["item"] for row in rows} == {"coffee machines"}
    # Nobody but who buys coffee ever took to one.
    assert {int(row["customer_id"]) % 3 for row in rows} == {0}
    first = next(row for row in rows if row["rank"] == 1)
    assert 0 < first["chance_low"] <= first["chance"] <= first["chance_high"] < 1
    assert first["likely_by"] > AS_OF and float(first["usual_amount"]) > 80
    assert float(first["expected_value"]) == pytest.approx(
        first["chance"] * float(first["usual_amount"]), abs=1
    )
    assert first["times_bought"] > 0 and first["reason"].startswith(
        f"Bought it {first['times_bought']} times"
    )
    assert {row["price_class"] for row in rows} >= {"low", "high"}


def test_without_a_wish_the_most_bought_categories_are_told_of(duckdb):
    rows = duckdb.rows(made(duckdb, shop(), max_items=2))
    assert {row["item"] for row in rows} == {"Cake", "Coffee"}  # of equals the first by name
    assert [r["rank"] for r in sorted(rows, key=lambda r: (r["item"], r["rank"]))] == [*range(1, 31)] * 2


def test_a_code_means_its_product_and_a_name_that_nobody_sold_is_told_as_such(duckdb):
    assert {row["item"] for row in duckdb.rows(made(duckdb, shop(), item="M1"))} == {"M1"}
    with pytest.raises(NotEnoughData, match="called 'bicycles'"):
        made(duckdb, shop(), item="bicycles")
    with pytest.raises(NotEnoughData, match="more than 180 days old"):
        made(duckdb, shop(days=100))
    with pytest.raises(NotEnoughData):
        made(duckdb, [])


def test_goods_without_categories_go_by_their_names(duckdb):
    rows = [{**row, "category": None} for row in shop()]
    assert {row["item"] for row in duckdb.rows(made(duckdb, rows, max_items=1))} == {"Cake"}


def test_it_is_graded_by_the_buyers_it_finds_beside_two_habits(duckdb):
    at = AS_OF - timedelta(days=60)
    rows = shop()
    then = made(duckdb, [row for row in rows if row["day"] <= at], as_of=at, horizon_days=60)
    grade = bought_it_then(then, written(duckdb, rows), at=at, until=AS_OF)
    by = {each.name: each for each in grade.measures}
    assert set(by) == {"recall_own_rate", "recall_popularity", "hit_rate"} and grade.subjects == 120
    assert by["recall_popularity"].beats_naive and by["recall_popularity"].value <= 1
    assert "of those who then bought it" in grade.sentence.en and "实际买家" in grade.sentence.zh
    with pytest.raises(NotEnoughData):
        bought_it_then(then.limit(0), written(duckdb, rows), at=at, until=AS_OF)


def test_the_picture_and_its_sentence_tell_what_promises_most(duckdb):
    table = made(duckdb, shop())
    assert expected_bars(table).to_dict()["mark"]["type"] == "bar"
    assert "can be expected to buy it" in who_needs_it(table).en and "预计有" in who_needs_it(table).zh
    assert who_needs_it(table.limit(0)).en == "Nobody has bought anything yet."


def pairs(rng: np.random.Generator, *, by_habit: bool) -> pd.DataFrame:
    """A thousand customers and an item; who buys it follows their habit or what else they buy."""
    frame = pd.DataFrame({name: rng.normal(size=1000) for name in SIGNALS})
    frame["own_chance"] = 1 / (1 + np.exp(-frame.own_rate))
    frame["popular_chance"] = rng.random(1000)
    told = frame.own_rate if by_habit else 2 * frame.affinity
    return frame.assign(item="x", hit=(rng.random(1000) < 1 / (1 + np.exp(2 - 2 * told))).astype(int))


def test_where_habit_tells_all_it_takes_the_place_of_the_model():
    rng = np.random.default_rng(6)
    taken = [fitted(pairs(rng, by_habit=True), pairs(rng, by_habit=True)).method for _ in range(10)]
    assert taken.count("own_rate") >= 5
    assert fitted(pairs(rng, by_habit=False), pairs(rng, by_habit=False)).method == "model"


def test_equal_scores_share_the_room_that_is_left():
    rows = pd.DataFrame({"item": ["x"] * 20, "hit": [1, 0] * 10})
    assert recall(rows, np.zeros(20)) == pytest.approx(0.1)
    assert recall(rows, rows.hit.to_numpy(float)) == pytest.approx(0.2)
