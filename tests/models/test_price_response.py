import random
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shuke.analyses.motives import motives
from shuke.errors import NotEnoughData
from shuke.models.elasticities import Moments, discoveries, fitted, shrunk, squared_error
from shuke.models.price_response import elasticities, next_weeks, price_response, response
from tests.analyses.selling import sold, written
from tests.engine_fixtures import Row, Tables, close

MONDAY = date(2025, 1, 6)
AS_OF = MONDAY + timedelta(weeks=60)
CALM, MOVED, STEEP = 0.0, -1.0, -3.0


def table(desk: Tables, lines: list[Row], who: dict[str, str] | None = None, **asked):
    drawn = [{"customer_id": customer, "motive": motive} for customer, motive in (who or {}).items()]
    as_of = asked.pop("as_of", AS_OF)
    lines_, told = written(desk, lines), desk.derived(motives, drawn)
    return desk.checkpoint(desk.made(price_response, lines_, told, as_of=as_of, **asked))


def found(desk: Tables, lines: list[Row], *more, **asked) -> dict[tuple[str, str], Row]:
    return {(row["scope"], row["item"]): row for row in desk.rows(table(desk, lines, *more, **asked))}


def weekly(
    item: str, elasticity: float, *, weeks: int = 60, seed: int = 1, who: str = "anna", **more
) -> list[Row]:
    """One line a week at one of four prices, with so many pieces as the price lets expect, more or less."""
    chance = random.Random(seed)
    lines = []
    for week in range(weeks):
        price = (8, 9, 10, 12)[chance.randrange(4)]
        pieces = max(1, round(200 * (price / 10) ** elasticity * chance.lognormvariate(0, 0.15)))
        lines.append(sold("anna", MONDAY + timedelta(weeks=week, days=chance.randrange(7)), price * pieces,
                          product_id=item, category="Tea", quantity=pieces, price=price))  # fmt: skip
    return lines


#: The shop sells much else, so that one product hardly moves the whole.
ELSE = [
    sold("bert", MONDAY + timedelta(weeks=week), 9000, product_id="ELSE", quantity=9000) for week in range(60)
]
SHOP = [*ELSE, *weekly("A", MOVED), *weekly("B", STEEP, seed=2), *weekly("C", CALM, seed=3)]


def test_the_response_is_found_where_prices_moved(engine):
    rows = found(engine, SHOP, {"anna": "price", "bert": "product"})
    for item, elasticity in (("A", MOVED), ("B", STEEP), ("C", CALM)):
        row = rows["product", item]
        assert row["elasticity_low"] < elasticity < row["elasticity_high"]
        assert row["elasticity_high"] - row["elasticity_low"] < 0.9
        assert row["clear"] == (elasticity != CALM)
    assert ("product", "ELSE") not in rows, "its price never moved"
    whole = rows["all", "all"]
    assert (whole["products"], whole["left_out"], whole["weeks"]) == (3, 1, 180)
    assert (rows["category", "Tea"]["products"], rows["segment", "price"]["products"]) == (3, 3)
    assert close(rows["segment", "price"]["elasticity"], whole["elasticity"]), "she bought them all"
    assert ("segment", "product") not in rows, "he bought nothing whose price moved"


def test_too_few_weeks_or_prices_tell_nothing_and_are_counted(duckdb):
    lines = [*weekly("A", MOVED, weeks=11), *ELSE, *SHOP[:0]]
    rows = found(duckdb, lines)
    assert set(rows) == {("all", "all")}
    assert (rows["all", "all"]["left_out"], rows["all", "all"]["elasticity"]) == (2, None)
    assert response(table(duckdb, lines)).en == (
        "The prices of 2 products did not move enough to tell how quantity follows them."
    )
    assert ("product", "A") in found(duckdb, lines, min_weeks=11)


def test_a_discount_acts_as_a_price_does_and_the_full_price_beside_it(duckdb):
    chance, lines = random.Random(4), list(ELSE)
    for week in range(60):
        off = chance.choice([0, 0.1, 0.2, 0.3])
        pieces = round(200 * np.exp(4 * off) * chance.lognormvariate(0, 0.1))
        lines.append(sold("anna", MONDAY + timedelta(weeks=week), round(10 * pieces * (1 - off), 2),
                          product_id="A", quantity=pieces, discount=round(10 * pieces * off, 2)))  # fmt: skip
    row = found(duckdb, lines)["product", "A"]
    assert row["discount_low"] < np.expm1(0.4) < row["discount_high"]
    assert abs(row["discount_effect"] - np.expm1(0.4)) < 0.05


def test_what_foretold_the_last_weeks_no_better_steps_back(duckdb):
    """Until the last weeks buyers followed the price; then they turned it round."""
    until = AS_OF - timedelta(weeks=8)
    early = [line for line in weekly("A", STEEP) if line["day"] <= until]
    late = [line for line in weekly("A", -STEEP, seed=5) if line["day"] > until]
    turned = found(duckdb, [*ELSE, *early, *late])
    assert {row["method"] for row in turned.values()} == {"baseline"}
    assert {row["used"] for row in turned.values()} == {0.0}
    steady = found(duckdb, SHOP)
    assert {row["method"] for row in steady.values()} == {"log_log"}
    assert abs(steady["product", "B"]["used"] - STEEP) < 0.5
    assert "foretold no better" in response(table(duckdb, [*ELSE, *early, *late])).en


def test_the_weeks_to_come_are_held_against_what_was_foretold(duckdb):
    at = MONDAY + timedelta(weeks=40)
    made = table(duckdb, [line for line in SHOP if line["day"] <= at], as_of=at)
    lines = written(duckdb, SHOP)
    grade = next_weeks(made, lines, at=at, until=AS_OF)
    (error,) = grade.measures
    assert (grade.subjects, error.beats_naive) == (3, True)
    assert error.naive and error.value < 0.6 * error.naive
    with pytest.raises(NotEnoughData):
        next_weeks(made, lines, at=AS_OF, until=AS_OF + timedelta(days=30))


@pytest.mark.parametrize(
    "lines",
    [[], [sold("anna", "2025-02-03", 10, product_id="A")], [sold("anna", "2025-02-03", -10, product_id="A")],
     [sold("anna", "2025-02-03", 0, product_id="A")], [sold("anna", "2025-02-03", 5)]],
)  # fmt: skip
def test_little_or_nothing_sold_gives_no_response_and_no_nonsense(duckdb, lines):
    made = table(duckdb, lines)
    assert all(row["elasticity"] is None for row in duckdb.rows(made))
    assert response(made).en
    elasticities(made).to_dict()


def test_the_picture_and_its_sentence_say_how_quantity_follows_the_price(duckdb):
    made = table(duckdb, SHOP)
    assert len(elasticities(made).to_dict()["layer"]) == 2
    assert "of the 3 products whose price moved 2 show a clear response, and 1 whose price did not" in (
        response(made).en
    )
    assert "2 种反应明确，另有 1 种变动不足" in response(made).zh


POINTS = st.lists(
    st.lists(st.tuples(*[st.floats(-2, 2).map(lambda x: round(x, 2))] * 3), min_size=1, max_size=8),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=60)
@given(POINTS)
def test_sums_give_the_line_that_dummies_for_each_group_would(groups):
    """Least squares with a constant for each group, the plain way, against the sums alone."""
    blocks = [np.array(points) for points in groups]
    moments = Moments(
        np.array([float(len(block)) for block in blocks]),
        np.array([block.sum(axis=0) for block in blocks]),
        np.array([block.T @ block for block in blocks]),
    )
    fit = fitted(moments.within.sum(axis=0)[None], (moments.n - 1).sum()[None], by=[0, 1], of=2)
    every = np.vstack(blocks)
    dummies = np.repeat(np.eye(len(blocks)), [len(block) for block in blocks], axis=0)
    design = np.hstack([every[:, :2], dummies])
    slopes, _, rank, _ = np.linalg.lstsq(design, every[:, 2], rcond=None)
    left = every[:, 2] - design @ slopes
    freedom = len(every) - rank
    if rank < design.shape[1] or freedom < 2 or np.linalg.cond(design) > 1e4 or left @ left < 1e-6:
        return
    error = np.sqrt(left @ left / freedom * np.linalg.inv(design.T @ design)[0, 0])
    assert (fit.slope[0], fit.error[0]) == pytest.approx((slopes[0], error), rel=1e-4, abs=1e-6)
    low, high = fit.interval()
    assert high[0] - low[0] == pytest.approx(2 * stats.t.ppf(0.975, freedom) * error, rel=1e-4)


def test_what_cannot_be_told_apart_has_no_slope():
    still, twins = [[1, 2, 3], [1, 3, 5], [1, 5, 2], [1, 1, 9]], [[1, 1, 3], [2, 2, 5], [5, 5, 2], [3, 3, 9]]
    for points in (still, twins):
        block = np.array(points, dtype=float)
        moments = Moments(np.array([4.0]), block.sum(axis=0)[None], (block.T @ block)[None])
        assert np.isnan(fitted(moments.within, moments.n - 1, by=[0, 1], of=2).slope[0])


def test_an_unsure_slope_is_drawn_to_the_common_one_and_a_sure_one_stays():
    drawn = shrunk(np.array([-4.0, 2.0, -1.0, np.nan]), np.array([0.01, 0.01, 50.0, 1.0]), towards=-1.5)
    assert abs(drawn[0] + 4) < 0.1 and abs(drawn[1] - 2) < 0.1
    assert abs(drawn[2] + 1.5) < 0.1 and drawn[3] == -1.5


def test_the_error_of_later_observations_is_that_of_each_summed_up():
    block, means, slope = (
        np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 4.5]]),
        np.array([[1.5, 4.0]]),
        np.array([-0.5]),
    )
    later = Moments(np.array([3.0]), block.sum(axis=0)[None], (block.T @ block)[None])
    one_by_one = sum((y - (4.0 - 0.5 * (x - 1.5))) ** 2 for x, y in block)
    assert squared_error(later, means, slope) == pytest.approx(one_by_one)


def test_of_many_tries_those_hold_that_benjamini_and_hochberg_let_hold():
    """The example of their paper (1995, table 1): of fifteen tries the first four hold at 5 %."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
         0.6528, 0.7590, 1.0]  # fmt: skip
    assert discoveries(np.array(p)).tolist() == [True] * 4 + [False] * 11
    assert not discoveries(np.array([np.nan, 0.9])).any()
