"""Do intervals hold as often as they say, and is the naive forecast left only for what is better?"""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from shuke.models.calendar_effects import effects, moving_days
from shuke.models.reconciliation import in_cents, reconciled
from shuke.models.series_forecasts import horizon, series_forecast

MONTHS, AHEAD = 42, 6


def series(rng: np.random.Generator, kind: str, months: int = MONTHS + AHEAD) -> np.ndarray:
    """Seasons that stay, with noise; a level that walks; a level that rises; or noise alone."""
    at, season = np.arange(months), rng.normal(size=12) * 0.15
    noise = rng.normal(size=months)
    level = {
        "stable": season[at % 12] + 0.08 * noise,
        "walk": season[at % 12] + np.cumsum(rng.normal(size=months) * 0.04) + 0.05 * noise,
        "trend": season[at % 12] + 0.01 * at + 0.08 * noise,
        "noise": 0.1 * noise,
    }[kind]
    return np.exp(8 + level)


def test_what_comes_lies_within_the_interval_about_95_times_in_100():
    """Of the months of 120 made-up series; those of one series are not independent, so 90 to 99 will do."""
    rng, held, closer = np.random.default_rng(1), [], []
    for kind in ("stable", "walk", "trend", "noise"):
        for _ in range(30):
            whole = series(rng, kind)
            known, came = whole[:MONTHS], whole[MONTHS:]
            found = series_forecast(known, AHEAD)
            held.append((found.low <= came) & (came <= found.high))
            closer.append(
                np.abs(np.log(found.values / came)).mean() / np.abs(np.log(found.naive / came)).mean()
            )
    share, ratio = float(np.mean(held)), float(np.exp(np.mean(np.log(closer))))
    print(f"{share:.3f} of {np.size(held)} months within the interval; off {ratio:.2f} as much as a year ago")
    assert 0.90 <= share <= 0.99
    assert ratio < 0.9


def test_what_repeats_to_the_letter_is_foretold_as_a_year_ago():
    found = series_forecast(np.tile([5.0, 9, 2, 7, 1, 8, 3, 6, 4, 10, 12, 11], 3), AHEAD)
    assert found.method == "seasonal_naive" and found.error == pytest.approx(0, abs=1e-12)
    assert found.values == pytest.approx([5, 9, 2, 7, 1, 8]) and found.low == pytest.approx(found.high)


def test_nothing_is_foretold_beyond_a_quarter_of_what_is_known():
    assert [horizon(months, 6) for months in (0, 7, 8, 12, 23, 24, 99)] == [0, 0, 2, 3, 5, 6, 6]


@pytest.mark.parametrize("values", [[0.0] * 30, [0.0, -5, 3, 0, 0, 2, 1, 0, 4, 2, 0, 1], [7.0] * 9])
def test_months_without_sales_and_refunds_beyond_revenue_are_foretold_too(values):
    found = series_forecast(np.array(values), 2)
    assert np.isfinite([found.values, found.low, found.high]).all()
    assert (found.low <= found.values + 1e-9).all() and (found.values <= found.high + 1e-9).all()


def months(first: int, number: int) -> list[date]:
    return [date(first + n // 12, n % 12 + 1, 1) for n in range(number)]


def test_the_spring_festival_is_in_the_month_in_which_it_falls_that_year():
    days = moving_days([date(2025, 1, 1), date(2026, 1, 1), date(2025, 2, 1), date(2026, 2, 1)], "CN")
    # 29 January 2025, 17 February 2026: so people bought for it in another month, too.
    assert days[0, 0] > days[1, 0] and days[3, 0] > days[2, 0]
    assert days[0, 1] > days[1, 1] and days[3, 1] > days[2, 1]


def test_what_a_moving_feast_brings_is_found_and_what_is_chance_is_not():
    rng, known = np.random.default_rng(2), months(2021, 60)
    ahead = months(2026, 3)
    pull = moving_days([*known, *ahead], "CN")[:, 1] * 0.02
    sold = np.exp(9 + pull[:60] + rng.normal(size=60) * 0.02)
    found = effects(sold, known, "CN", ahead=ahead)
    assert found[:60] / found[:60].mean() == pytest.approx(
        np.exp(pull[:60]) / np.exp(pull[:60]).mean(), rel=0.15
    )
    assert found[61] / found[60] == pytest.approx(np.exp(pull[61] - pull[60]), rel=0.15)
    noise = [np.exp(9 + rng.normal(size=60) * 0.1) for _ in range(100)]
    chance = sum((effects(each, known, "CN", ahead=ahead) != 1).any() for each in noise)
    assert chance <= 14  # 99.9 times in 100, where five can be expected
    assert (effects(sold, known, "ZZ", ahead=ahead) == 1).all()
    assert (effects(sold[:20], known[:20], "CN", ahead=[]) == 1).all()


def test_parts_add_up_to_the_whole_and_the_sure_one_moves_least():
    found = reconciled(np.array([100.0, 40, 50, 70, 20]), np.array([4.0, 1, 9, 4, 4]), [[1, 2], [3, 4]])
    assert found[0] == pytest.approx(found[1] + found[2]) == pytest.approx(found[3] + found[4])
    assert abs(found[1] - 40) < abs(found[2] - 50)
    cents = in_cents(np.array([1.005, 2.005, 3.333]), Decimal("6.35"))
    assert sum(cents) == Decimal("6.35") and cents[:2] == [Decimal("1.00"), Decimal("2.00")]
