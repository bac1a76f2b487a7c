"""Sizes against published ones."""

import pytest

from shuke.engage.sample_size import Design, for_mean, for_rate, provable_mean, provable_rate

HALVES = Design(control=0.5)


def test_rates_are_those_of_power_prop_test():
    """R, ?power.prop.test: p1 = .50, p2 = .75, power = .90 gives n = 76.7 in each group."""
    assert for_rate(0.50, 0.25, design=Design(control=0.5, power=0.9)) == 154  # 2 x 76.65


def test_means_are_those_of_the_rule_of_sixteen():
    """Kohavi et al. 2009, section 3.1: 3.75 a user with a deviation of 30, a change of 5 %: 409,600 a
    variant; 5 % of users buy, a change of 5 %: 121,600. Their 16 is 15.7.
    """
    assert for_mean(30, 0.05 * 3.75, design=HALVES) / 2 == pytest.approx(409_600, rel=0.02)
    assert for_mean((0.05 * 0.95) ** 0.5, 0.05 * 0.05, design=HALVES) / 2 == pytest.approx(121_600, rel=0.02)


def test_holding_few_out_needs_more_and_knowing_the_time_before_spares_some():
    halves = for_mean(10, 1, design=HALVES)
    assert for_mean(10, 1) == pytest.approx(halves * 0.25 / (0.05 * 0.95), rel=1e-3)
    assert for_mean(10, 1, correlation=0.6, design=HALVES) == pytest.approx(halves * 0.64, abs=1)


@pytest.mark.parametrize("design", [HALVES, Design(), Design(control=0.1, alpha=0.1, power=0.9)])
def test_what_a_size_proves_is_what_the_size_is_asked_for(design):
    effect = provable_rate(0.1, 50_000, design=design)
    assert effect is not None and for_rate(0.1, effect, design=design) == pytest.approx(50_000, abs=1)
    change = provable_mean(30, 50_000, correlation=0.5, design=design)
    assert change is not None
    assert for_mean(30, change, correlation=0.5, design=design) == pytest.approx(50_000, abs=1)


def test_a_handful_proves_nothing():
    assert provable_rate(0.1, 1) is None and provable_mean(30, 1) is None
    assert provable_rate(0.1, 10) is None
    assert provable_rate(1.0, 10_000) is None
