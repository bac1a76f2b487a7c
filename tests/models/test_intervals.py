import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuke.models.bg_nbd import BgNbd
from shuke.models.forecasts import HoldoutPeriod, fitted, futures
from shuke.models.gamma_gamma import GammaGamma
from shuke.models.histories import PurchaseHistories
from shuke.models.intervals import HIGH, LOW, Count

SPENDERS = GammaGamma(p=3.0, q=4.0, gamma=60.0)


@settings(max_examples=10, deadline=None)
@given(st.floats(0.05, 6), st.floats(0.05, 1), st.floats(0.3, 9), st.integers(0, 99))
def test_what_is_promised_is_what_drawing_many_gives(often, alive, shape, seed):
    """Those who have left buy nothing; the others at a rate of their own, drawn for each."""
    dice = np.random.default_rng(seed)
    here = dice.random(20_000) < alive
    drawn = np.where(here, dice.poisson(dice.gamma(shape, often / shape, 20_000)), 0)
    count = Count(*(np.array([figure]) for figure in (often * alive, alive, shape)))
    low, high = count.quantile(LOW), count.quantile(HIGH)
    inside = ((drawn >= low) & (drawn <= high)).mean()
    assert count.within(low, high)[0] == pytest.approx(inside, abs=0.015)
    assert count.within(low, high)[0] >= HIGH - LOW - 1e-9


def test_where_nearly_all_buy_nothing_the_promise_says_so():
    rare = Count(np.array([0.02]), np.array([0.5]), np.array([1.0]))
    assert rare.within(rare.quantile(LOW), rare.quantile(HIGH))[0] > 0.97
    assert rare.worth_within(LOW)[0] > 0.97
    busy = Count(np.array([50.0]), np.array([1.0]), np.array([50.0]))
    assert busy.worth_within(LOW)[0] == pytest.approx(HIGH - LOW)


def company(seed: int = 5) -> PurchaseHistories:
    dice = np.random.default_rng(seed)
    frequency = dice.integers(0, 9, 300).astype(float)
    recency = np.where(frequency > 0, dice.uniform(30, 300, 300), 0.0)
    return PurchaseHistories(frequency, recency, recency + dice.uniform(5, 120, 300), np.ones(300))


@pytest.mark.parametrize(("busier", "kept"), [(1.0, (0.9, 1.1)), (6.0, (0.0, 0.85))])
def test_what_held_less_often_than_promised_is_widened_and_promised_less(busier, kept):
    """In the trial customers bought as often as was to be expected, or six times as often."""
    groups, dice = company(), np.random.default_rng(1)
    plain = fitted(groups, lambda: HoldoutPeriod(groups, np.zeros(300), 91)).model
    later = dice.poisson(busier * plain.purchases(groups, 91) * plain.alive(groups)).astype(float)
    fit = fitted(groups, lambda: HoldoutPeriod(groups, later, 91))
    told = futures(fit, groups, SPENDERS, discount_rate=0.1)
    assert kept[0] <= fit.kept <= kept[1]
    assert (fit.low < LOW) == (busier > 1)
    for span in ("3m", "6m", "12m"):
        assert told[f"purchases_{span}_within"].between(0, 1).all()
        assert told[f"value_{span}_within"].between(0, 1).all()
    assert isinstance(fit.model, BgNbd) or fit.method == "baseline"
