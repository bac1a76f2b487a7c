import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from shuke.models.ease import cosine, ease
from shuke.models.holdout import HoldoutPurchases, best


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.integers(0, 1), min_size=4, max_size=4), min_size=3, max_size=12))
def test_ease_is_the_ridge_regression_of_each_product_on_the_others(rows):
    bought, penalty = np.array(rows, dtype=float), 2.0
    weights = ease(bought.T @ bought, penalty=penalty)
    for i in range(4):
        others = [j for j in range(4) if j != i]
        x = bought[:, others]
        by_hand = np.linalg.solve(x.T @ x + penalty * np.eye(3), x.T @ bought[:, i])
        assert weights[others, i] == pytest.approx(by_hand, abs=1e-4)
        assert weights[i, i] == 0


def test_the_cosine_is_of_those_who_bought_both_over_those_of_each():
    gram = np.array([[4.0, 2, 0], [2, 9, 0], [0, 0, 0]])
    assert cosine(gram) == pytest.approx(np.array([[0, 2 / 6, 0], [2 / 6, 0, 0], [0, 0, 0]]))


def test_what_finds_most_of_what_came_is_taken_and_popularity_if_nothing_finds_more():
    pairs = np.array(np.kron(np.eye(30), np.ones((1, 2))), dtype=np.float32)
    seen, came = pairs.copy(), pairs.copy()
    seen[:, 1::2], came[:, 0::2] = 0, 0
    gram = np.array(50 * np.kron(np.eye(30), np.ones((2, 2))), dtype=np.float32)
    lately = np.ones(60)
    assert best(HoldoutPurchases(csr_matrix(seen), came, gram, lately), neighbours=5).recall == 1.0
    assert (
        best(HoldoutPurchases(csr_matrix(seen), came, 50 * np.eye(60), lately), neighbours=5).method
        == "popular"
    )
    assert (
        best(HoldoutPurchases(csr_matrix(seen[:5]), came[:5], gram, lately), neighbours=5).method == "popular"
    )


def test_the_season_counts_where_what_is_in_season_is_what_comes():
    # Whoever has the first of a kind buys one of the two others: that which is bought now.
    kinds = np.kron(np.eye(40), np.array([[1.0, 0, 0]]))
    came = np.roll(kinds, 2, axis=1)
    gram = 50 * np.kron(np.eye(40), np.ones((3, 3)))
    season = np.tile([25.0, 5, 25], 40)
    way = best(HoldoutPurchases(csr_matrix(kinds), came, gram, season), neighbours=1)
    assert (way.seasonal, way.recall) == (True, 1.0)
