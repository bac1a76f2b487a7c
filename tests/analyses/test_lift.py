"""What an experiment tells must be true as often as it says."""

import numpy as np
import pytest
from scipy import stats

from shuke.analyses.lift import Lift, Sums, adjusted, is_enough, raw, sample_ratio_p, shares, theta

CAMPAIGNS = 2000
LOW, HIGH = stats.binom.ppf([0.0005, 0.9995], CAMPAIGNS, 0.05) / CAMPAIGNS


def of(y, x) -> Sums:
    """The sums along the last axis."""
    n = np.full(y.shape[:-1], float(y.shape[-1]))
    return Sums(n, y.sum(-1), (y * y).sum(-1), x.sum(-1), (x * x).sum(-1), (x * y).sum(-1))


def spending(rng, campaigns, customers, *, buying, more=1.0):
    """What customers spend before and after: most nothing, some much, and those who buy often go on
    buying.
    """
    rate = rng.gamma(0.6, buying / 0.6, size=(campaigns, customers)).astype(np.float32)

    def spent(times):
        bought = rng.random(rate.shape, dtype=np.float32) < 1 - np.exp(-times * rate)
        found = np.zeros(rate.shape)
        found[bought] = np.exp(3 + rng.standard_normal(int(bought.sum())))
        return found

    return spent(3.0), more * spent(1.0)


def arms(rng, *, customers, held, buying, more=1.0):
    """Sums of treated and control in each of many campaigns, a hundred drawn at a time."""
    parts = []
    for _ in range(CAMPAIGNS // 100):
        before, after = spending(rng, 100, customers - held, buying=buying, more=more)
        quiet_before, quiet = spending(rng, 100, held, buying=buying)
        parts.append((after, before, quiet, quiet_before))
    return parts


def judged(parts, way):
    found = [way(of(y, x), of(v, u)) for y, x, v, u in parts]
    return np.concatenate([lift.low for lift in found]), np.concatenate([lift.high for lift in found])


@pytest.mark.parametrize(("customers", "held"), [(2000, 100), (1000, 500)])
def test_of_campaigns_without_effect_one_in_twenty_looks_as_if_it_had_one(customers, held):
    parts = arms(np.random.default_rng(20261130), customers=customers, held=held, buying=0.2)
    bought = [tuple((side > 0).astype(float) for side in part) for part in parts]
    for way, sample in ((raw, parts), (adjusted, parts), (adjusted, bought), (shares, bought)):
        low, high = judged(sample, way)
        assert LOW <= np.mean((low > 0) | (high < 0)) <= HIGH, way.__name__


def welch(treated, control):
    """The interval that takes each arm's variance from that arm alone."""
    parts = [arm.scatter / (arm.n - 1) / arm.n for arm in (treated, control)]
    free = sum(parts) ** 2 / sum(
        part**2 / (arm.n - 1) for part, arm in zip(parts, (treated, control), strict=True)
    )
    value, reach = treated.mean - control.mean, stats.t.ppf(0.975, free) * np.sqrt(sum(parts))
    return Lift(value, value - reach, value + reach)


def test_with_few_held_out_the_usual_interval_would_see_effects_that_are_none():
    parts = arms(np.random.default_rng(20261130), customers=4000, held=200, buying=0.2)
    low, high = judged(parts, welch)
    assert 0.08 < np.mean((low > 0) | (high < 0)) < 0.12


def test_the_interval_holds_the_true_effect_as_often_as_it_says():
    """Half held out: exactly. One in twenty: no less often, for spending more it varies more."""
    rng = np.random.default_rng(7)
    rate = rng.gamma(0.6, 0.2 / 0.6, size=4_000_000)
    truth = 0.1 * np.exp(3.5) * np.mean(1 - np.exp(-rate))
    for held, most in ((500, 1 - LOW), (50, 0.99)):
        parts = arms(rng, customers=1000, held=held, buying=0.2, more=1.1)
        for way in (raw, adjusted):
            low, high = judged(parts, way)
            assert 1 - HIGH <= np.mean((low <= truth) & (truth <= high)) <= most, (held, way.__name__)


def test_adjusting_narrows_the_interval_by_the_correlation():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2, 20_000))
    y = 0.8 * x + 0.6 * rng.normal(size=x.shape) + np.array([[0.1], [0.0]])
    treated, control = of(y[0], x[0]), of(y[1], x[1])
    plain, narrow = raw(treated, control), adjusted(treated, control)
    assert (narrow.high - narrow.low) / (plain.high - plain.low) == pytest.approx(0.6, abs=0.01)
    assert narrow.low < 0.1 < narrow.high
    assert theta(treated, control) == pytest.approx(0.8, abs=0.01)


def test_without_anything_known_of_before_both_are_one():
    y, nothing = np.arange(50.0), np.zeros(50)
    treated, control = of(y, nothing), of(y[::2], nothing[::2])
    assert adjusted(treated, control) == raw(treated, control)


def test_means_are_told_apart_as_students_test_does():
    first, second = (
        np.array([30.02, 29.99, 30.11, 29.97, 30.01, 29.99]),
        np.array([29.89, 29.93, 29.72, 29.98]),
    )
    found = raw(of(first, first), of(second, second))
    reference = stats.ttest_ind(first, second).confidence_interval()
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))


def test_shares_are_those_of_newcombes_table():
    """Newcombe 1998, table II, method 10: 56/70 less 48/80."""
    treated, control = _hits(56, 70), _hits(48, 80)
    found = shares(treated, control)
    assert (found.value[0], found.low[0], found.high[0]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_arms_unlike_the_plan_are_seen():
    found = sample_ratio_p(
        np.array([9_500.0, 9_300, 9_500]), np.array([500.0, 700, 500]), np.array([0.05, 0.05, np.nan])
    )
    assert found[0] == 1
    assert found[1] == pytest.approx(stats.chisquare([700, 9_300], [500, 9_500]).pvalue)
    assert np.isnan(found[2])


def test_little_is_called_too_little():
    few, many = _hits(10, 29), _hits(10, 30)
    assert list(is_enough(many, few, np.array([20.0]))) == [False]
    assert list(is_enough(many, many, np.array([19.0]))) == [False]
    assert list(is_enough(many, many, np.array([20.0]))) == [True]


def _hits(hits: int, trials: int) -> Sums:
    y = np.zeros((1, trials))
    y[0, :hits] = 1
    return of(y, np.zeros_like(y))
