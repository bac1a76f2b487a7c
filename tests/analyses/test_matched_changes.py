import numpy as np
import pytest
from scipy import stats

from shuke.analyses.matched_changes import Changes, MatchedDifference, difference_in_differences

RUNS = 2000
#: Of a share of 95 % over so many runs, 99.9 % lie within.
BAND = 3.29 * np.sqrt(0.05 * 0.95 / RUNS)

DRAWS = {
    "even": lambda rng, n: rng.normal(0, 1, n),
    "spending": lambda rng, n: rng.gamma(0.5, 2, n) - rng.gamma(0.5, 2, n),
    "bought or not": lambda rng, n: (rng.random(n) < 0.5).astype(float) - (rng.random(n) < 0.5),
}


def changes(y: np.ndarray, cell: np.ndarray, cells: int) -> Changes:
    counted, total = np.bincount(cell, minlength=cells), np.bincount(cell, y, cells)
    return Changes(counted.astype(float), total.astype(float), np.bincount(cell, y * y, cells).astype(float))


def run(rng: np.random.Generator, draw, effect: float, sizes: tuple[int, int, int]) -> MatchedDifference:
    """Customers of some cells are likelier reached, and change of themselves."""
    reached, others, cells = sizes
    likely = rng.dirichlet(np.full(cells, 2.0))
    mine = rng.choice(cells, reached, p=likely)
    theirs = rng.choice(cells, others, p=(likely + np.roll(likely, 3)) / 2)
    drift = np.linspace(-1, 1, cells)
    return difference_in_differences(
        changes(draw(rng, reached) + drift[mine] + effect, mine, cells),
        changes(draw(rng, others) + drift[theirs], theirs, cells),
    )


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("sizes", [(40, 60, 8), (60, 400, 12)])
def test_the_interval_covers_what_is_true_and_nothing_is_found_where_nothing_is(kind, sizes):
    rng = np.random.default_rng(5)
    effects = [run(rng, DRAWS[kind], 0.3, sizes) for _ in range(RUNS)]
    assert abs(sum(e.low <= 0.3 <= e.high for e in effects) / RUNS - 0.95) <= BAND
    nothing = [run(rng, DRAWS[kind], 0.0, sizes) for _ in range(RUNS)]
    assert sum(e.p <= 0.05 for e in nothing) / RUNS <= 0.05 + BAND


def test_in_one_cell_it_is_the_difference_of_two_means_by_welch():
    rng = np.random.default_rng(2)
    a, b = rng.normal(1, 1, 40), rng.normal(0, 3, 50)
    told = difference_in_differences(changes(a, np.zeros(40, int), 1), changes(b, np.zeros(50, int), 1))
    welch = stats.ttest_ind(a, b, equal_var=False)
    reach = welch.confidence_interval()
    assert (told.effect, told.p) == pytest.approx((a.mean() - b.mean(), welch.pvalue))
    assert (told.low, told.high) == pytest.approx((reach.low, reach.high))


def test_who_has_nobody_alike_is_not_compared():
    mine = Changes(np.array([2.0, 3.0]), np.array([2.0, 99.0]), np.array([4.0, 9999.0]))
    others = Changes(np.array([4.0, 1.0]), np.array([2.0, 1.0]), np.array([2.0, 1.0]))
    told = difference_in_differences(mine, others)
    assert (told.matched, told.alike, told.change, told.alike_change, told.effect) == (2, 4, 1.0, 0.5, 0.5)
    empty = difference_in_differences(Changes(*np.zeros((3, 2))), others)
    assert empty.matched == 0 and np.isnan(empty.effect)


def test_where_nobody_differs_nothing_is_found():
    same = Changes(np.array([40.0]), np.array([40.0]), np.array([40.0]))
    told = difference_in_differences(same, same)
    assert told.effect == 0 and told.p == 1 and np.isnan(told.low)
