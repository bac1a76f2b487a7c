"""Which places are alike, what sells in one and not in the other, and is it more than chance?"""

from datetime import date
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pytest
from scipy.stats import binom

from shuke.analyses.departures import departures
from shuke.analyses.place_distances import ComparedPlaces, differences, differing, together
from shuke.analyses.place_gaps import could_bring, gaps, largest_gap, place_gaps
from shuke.analyses.places import most_alike, nearest, places
from shuke.errors import NotEnoughData
from shuke.languages import speaking
from shuke.lazy import pd
from shuke.profiles.behaviour import behaviour
from shuke.profiles.customers import customers
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables

AS_OF = date(2026, 6, 30)
RUNS = 2000

#: In Bath and Hull people buy tea, in Leeds coffee; in Bath and Leeds cups too, of which Hull has none.
TOWNS = {"Bath": ("Somerset", ["tea", "tea", "cup"], 40), "Hull": ("Yorkshire", ["tea", "tea", "pot"], 42),
         "Leeds": ("Yorkshire", ["coffee", "coffee", "cup"], 41)}  # fmt: skip
SIZE = 60


def company(desk: Tables) -> tuple[ir.Table, ...]:
    people: list[Row] = []
    lines: list[Row] = []
    for town, (region, goods, age) in TOWNS.items():
        for n in range(SIZE):
            who, born = f"{town}{n:02}", date(2026 - age - n % 9, 1, 1)
            people.append({
                "customer_id": who, "city": town, "region": region, "kind": "person",
                "gender": "female" if n % 2 else "male", "birth_from": born, "birth_until": born,
            })  # fmt: skip
            lines += [
                sold(who, date(2026, 1 + n % 5, 1 + day), 10 + n % 7, product_id=name,
                     product_name=name.title(), category=name, order_id=f"{who}{day}")
                for day, name in enumerate(goods) if name != "cup" or n % 2
            ]  # fmt: skip
    seen = [
        {"customer_id": row["customer_id"], "first_day": date(2026, 1, 1), "tenure_days": 180, "lost": False,
         "region": row["region"]}
        for row in people
    ]  # fmt: skip
    return (
        written(desk, lines), desk.derived(customers, people), desk.derived(departures, seen),
        desk.derived(behaviour, [{"customer_id": row["customer_id"]} for row in people]),
    )  # fmt: skip


def compared(desk: Tables, market: list[Row] | None = None, **parameters: Any) -> tuple[ir.Table, ir.Table]:
    bought, who, seen, spoke = company(desk)
    told = desk.made(
        places, bought, who, seen, spoke, desk.landed("market", market), as_of=AS_OF, **parameters
    )
    return told, desk.made(place_gaps, told, bought, who, seen, as_of=AS_OF)


def test_alike_are_those_whose_customers_are_and_what_one_lacks_is_told(engine):
    told, lacking = compared(engine)
    near = {(row["kind"], row["place"]): row["other"] for row in engine.rows(told) if row["rank"] == 1}
    assert near["city", "Bath, Somerset"] == "Hull, Yorkshire"
    assert near["city", "Hull, Yorkshire"] == "Bath, Somerset"
    assert near["region", "Somerset"] == "Yorkshire"
    found = {
        (r["place"], r["other"], r["product_id"]): r for r in engine.rows(lacking) if r["kind"] == "city"
    }
    cups = found["Hull, Yorkshire", "Bath, Somerset", "cup"]
    assert (cups["buyers"], cups["other_buyers"], cups["customers"], cups["rank"]) == (0, 30, 60, 1)
    assert cups["could_buy"] == pytest.approx(30) and float(cups["could_bring"]) == pytest.approx(
        30 * 13, rel=0.1
    )
    assert cups["difference"] == pytest.approx(np.pi / 2)
    assert cups["low"] < cups["difference"] < cups["high"]
    assert ("Leeds, Yorkshire", "Bath, Somerset", "cup") not in found  # sells in both alike


def test_outside_figures_count_where_places_have_them(duckdb):
    figures = [{"indicator": "income", "region": town, "period": "2025-01-01", "value": value}
               for town, value in (("Bath", 900), ("Hull", 100), ("Leeds", 880))]  # fmt: skip
    told, _ = compared(duckdb, figures)
    rows = {(r["place"], r["other"]): r for r in duckdb.rows(told) if r["kind"] == "city"}
    bath = ("Bath, Somerset", "Leeds, Yorkshire"), ("Bath, Somerset", "Hull, Yorkshire")
    assert rows[bath[0]]["outside_distance"] < 0.1
    assert rows[bath[1]]["outside_distance"] > 2
    without = {(r["place"], r["other"]): r for r in duckdb.rows(compared(duckdb)[0]) if r["kind"] == "city"}
    assert without[bath[0]]["outside_distance"] is None
    assert without[bath[1]]["distance"] < rows[bath[1]]["distance"]


def test_too_few_customers_are_said(duckdb):
    with pytest.raises(NotEnoughData, match="with 500 customers each"):
        compared(duckdb, min_customers=500)


def test_sentence_and_picture_name_the_places(duckdb):
    told, lacking = (table.to_pandas() for table in compared(duckdb))
    assert most_alike(told).en.startswith("Customers are most alike in ")
    assert largest_gap(lacking, currency="GBP").en.count("£") == 1
    assert largest_gap(lacking.iloc[:0]).en.startswith("No product sells in one place")
    assert most_alike(told.iloc[:0]).en.startswith("There are too few places")
    with speaking("zh"):
        nearest(told).to_dict()
        could_bring(lacking).to_dict()


def shuffled(rng: np.random.Generator, scores: np.ndarray, where: np.ndarray) -> tuple[np.ndarray, ...]:
    place = np.eye(where.max() + 1)[rng.permutation(where)].T
    return place @ np.ones_like(scores), place @ scores, place @ scores**2


def test_where_people_are_shuffled_over_places_no_more_runs_than_stated_find_a_difference():
    rng = np.random.default_rng(7)
    where = np.repeat(np.arange(5), [50, 60, 80, 120, 300])
    scores = np.column_stack(
        [rng.normal(size=610), rng.exponential(size=610), rng.random(610) < 0.1, rng.integers(0, 5, 610)]
    ).astype(float)
    wrong = sum(
        bool(differing(differences(*shuffled(rng, scores, where))[2], 0.05)[1].any()) for _ in range(RUNS)
    )
    print(f"{wrong} of {RUNS} runs found a difference that is not there")
    assert wrong <= binom.ppf(0.9995, RUNS, 0.05)


def test_the_interval_of_a_difference_holds_the_true_one_as_often_as_it_says():
    rng, inside, true = np.random.default_rng(8), 0, 0.4
    for _ in range(RUNS):
        drawn = rng.normal(true, 1, 60), rng.normal(0, 1, 90)
        sums = (np.array([[f(x)] for x in drawn]) for f in (len, np.sum, lambda x: (x**2).sum()))
        low, high = ComparedPlaces(["a", "b"], [60, 90], *differences(*sums)).interval(0, 1, 0)
        inside += low <= true <= high
    assert inside >= binom.ppf(0.0005, RUNS, 0.95)
    assert inside <= binom.ppf(0.9995, RUNS, 0.95)


def test_where_buyers_are_drawn_alike_no_more_runs_than_stated_find_a_gap():
    rng = np.random.default_rng(9)
    sizes = np.array([[60, 300], [300, 60], [120, 80], [50, 50]])
    shares = np.concatenate([np.full(20, 0.03), np.full(10, 0.1), np.full(10, 0.4)])
    wrong = 0
    for _ in range(RUNS):
        here, there = (rng.binomial(sizes[:, [n]], shares) for n in (0, 1))
        n, m = (np.broadcast_to(sizes[:, [k]], here.shape) for k in (0, 1))
        tried = here + there >= 10
        wide = tried & (here * m * 2 <= there * n)
        frame = pd.DataFrame({"customers": n[wide], "other_customers": m[wide], "buyers": here[wide],
                              "other_buyers": there[wide], "each": 1.0})  # fmt: skip
        wrong += not gaps(frame, int(tried.sum()), 0.05).empty
    print(f"{wrong} of {RUNS} runs found a gap that is not there")
    assert wrong <= binom.ppf(0.9995, RUNS, 0.05)


def test_two_distances_count_alike_each_in_units_of_its_median():
    near = np.array([[0, 1.0, 2], [1, 0, 3], [2, 3, 0]])
    far = np.full((3, 3), np.nan)
    far[0, 1] = far[1, 0] = 5.0
    assert together(near, far)[0, 2] == pytest.approx(1.0)
    assert together(near, far)[0, 1] == pytest.approx(np.sqrt((0.25 + 1) / 2))
