import numpy as np
import pandas as pd
import pytest

from shuke.models import tenures
from shuke.models.ranking import auc
from shuke.models.tenures import AHEAD, Tenures


def seen(*rows: tuple[int, bool, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["months", "lost", "customers"])


def test_the_hazard_is_endings_over_months_lived_in_each_year_of_tenure():
    # A thousand ended in the middle of their sixth month, a thousand are in the middle of their 24th.
    fit = tenures.fit(seen((5, True, 1000), (23, False, 1000)))
    first, second = fit.hazards
    assert first == pytest.approx(1000 / (5.5 * 1000 + 12 * 1000), rel=0.01)
    assert second < first / 50


def test_where_nobody_has_left_yet_somebody_will():
    fit = tenures.fit(seen((0, False, 3)))
    assert 0 < fit.hazards[0] < 0.05
    assert fit.staying(np.array([0.0]))[0, -1] < 1


def test_staying_multiplies_month_by_month_and_the_last_year_holds_for_all_later():
    staying = Tenures(np.array([0.1, 0.5])).staying(np.array([10.0, 500.0]))
    assert staying.shape == (2, AHEAD)
    assert staying[0, :3] == pytest.approx([0.9, 0.81, 0.405])
    assert staying[1, :2] == pytest.approx([0.5, 0.25])


def test_auc_counts_pairs_in_the_right_order_and_equal_ones_half():
    figure = np.array([3.0, 1.0, 2.0, 2.0])
    hits, misses = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.0, 2.0, 0.0, 1.0])
    # Of six pairs the 3 wins three, the 2 wins two and draws one.
    assert auc(figure, hits, misses) == pytest.approx(5.5 / 6)
    assert auc(figure, hits, np.zeros(4)) is None
