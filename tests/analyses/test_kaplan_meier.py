import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from shuke.analyses.false_discoveries import corrected
from shuke.analyses.kaplan_meier import comparable, curve, log_rank

#: Weeks of remission of children with leukaemia under 6-MP and under a placebo; those in the second list
#: were still in remission when last seen (Freireich and others, Blood 21, 1963).
TREATED = ([6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
PLACEBO = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], list[int]())


def counted(lost, left):
    days = np.arange(1, 40)
    return days, *(np.array([of.count(day) for day in days]) for of in (lost, left))


def test_the_curve_of_the_leukaemia_trial_is_the_published_one():
    found = curve(*counted(*TREATED))
    shares = {week: round(float(found.share[found.beyond(week)]), 4) for week in (6, 7, 10, 13, 16, 22, 23)}
    # Kleinbaum and Klein, Survival Analysis (2012), table of the treatment group
    assert shares == {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}


def test_the_interval_is_greenwoods_on_the_log_log_scale():
    found = curve(*counted(*TREATED))
    at = found.beyond(10)
    # variance of ln S is 3/(21·18) + 1/(17·16) + 1/(15·14) = 0.016375; ln S = -0.28386
    width = np.exp(1.959963984540054 * np.sqrt(0.01637488) / 0.28385)
    assert found.low[at] == pytest.approx(0.752941**width, abs=2e-4)
    assert found.high[at] == pytest.approx(0.752941 ** (1 / width), abs=2e-4)


def test_the_log_rank_test_of_the_leukaemia_trial_is_the_published_one():
    _, lost, left = counted(*TREATED)
    _, lost_too, left_too = counted(*PLACEBO)
    found = log_rank(np.column_stack([lost, lost_too]) * 1.0, np.column_stack([left, left_too]) * 1.0)
    assert found[0] == pytest.approx(16.79, abs=0.005) and found[1] == 1
    assert found[2] == pytest.approx(4.17e-5, rel=0.01)


def test_groups_without_anybody_lost_are_not_told_apart():
    nobody = np.zeros((3, 2))
    assert log_rank(nobody, np.ones((3, 2))) == (0.0, 0, 1.0)


def test_where_nobody_or_everybody_is_lost_the_ends_are_those_of_a_score_interval():
    none = curve(np.array([5, 9]), np.array([0, 0]), np.array([3, 4]))
    assert list(none.share) == [1, 1] and none.high[1] == 1 and 0.4 < none.low[1] < 0.6
    all_ = curve(np.array([5]), np.array([8]), np.array([0]))
    assert all_.share[0] == 0 and all_.low[0] == 0 and 0 < all_.high[0] < 0.4


PEOPLE = st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=1, max_size=20)


@settings(max_examples=15)
@given(PEOPLE)
def test_the_curve_is_what_following_each_one_gives(people):
    days = np.arange(1, 9)
    lost, left = (np.array([people.count((int(day), is_)) for day in days]) for is_ in (True, False))
    known = lost + left > 0
    found = curve(days[known], lost[known], left[known])
    share = 1.0
    for position, day in enumerate(days[known]):
        at_risk = sum(until >= day for until, _ in people)
        share *= 1 - sum(until == day and is_lost for until, is_lost in people) / at_risk
        assert found.share[position] == pytest.approx(share)
        assert 0 <= found.low[position] <= found.share[position] + 1e-12
        assert found.share[position] <= found.high[position] + 1e-12 <= 1 + 1e-9


RUNS = 2000

#: How common the values of six attributes are: even, uneven, many, and rare ones.
SPLITS = [
    (0.5, 0.5),
    (0.4, 0.3, 0.15, 0.1, 0.05),
    (0.25,) * 4,
    (0.85, 0.15),
    (0.9, 0.04, 0.06),
    (0.965, 0.035),
]


def tables_by_day(days, lost, labels, size):
    """Counts of the lost and of those last seen, by day and group."""
    at = np.unique(days, return_inverse=True)[1]
    counts = np.zeros((2, at.max() + 1, size))
    np.add.at(counts, ((~lost).astype(int), at, labels), 1)
    return counts


@pytest.mark.parametrize(
    ("customers", "mean_stay"),
    [(80, 300), (400, 300), (400, 5000), (1000, 5000), (1500, 6000), (1000, 40000)],
)
def test_where_stays_are_shuffled_no_more_runs_than_stated_find_what_splits_them(customers, mean_stay):
    """Small companies too, and those that hardly lose anybody, where chi-square alone is wrong too often."""
    rng = np.random.default_rng(6)
    labels = [rng.choice(len(shares), customers, p=shares) for shares in SPLITS]
    stay, followed = rng.exponential(mean_stay, customers), rng.uniform(30, 800, customers)
    days, lost = np.minimum(stay, followed).astype(int), stay < followed
    wrong = 0
    for _ in range(RUNS):
        order = rng.permutation(customers)
        p = []
        for label, shares in zip(labels, SPLITS, strict=True):
            gone, seen = tables_by_day(days[order], lost[order], label, len(shares))
            kept = ((gone + seen).sum(axis=0) >= 30) & comparable(gone, seen)
            if kept.sum() > 1:
                p.append(log_rank(gone[:, kept], seen[:, kept])[2])
        wrong += bool((corrected(np.array(p), len(p)) <= 0.05).any())
    print(f"{wrong} of {RUNS} runs found something that is not there")
    assert wrong <= binom.ppf(0.9995, RUNS, 0.05)
