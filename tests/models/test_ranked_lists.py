import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from shuke.models import ranked_lists as module
from shuke.models.ranked_lists import POPULAR, InterestMatrix, Offer, lists, strongest, top
from shuke.models.signals import PURCHASE, VIEW


def test_only_the_strongest_above_zero_are_kept():
    weights = np.array([[0, 3.0, -1, 2], [1, 0, 0, 0], [5, 6, 0, 7], [-1, -2, -3, 0]])
    kept = strongest(weights, 2).toarray()
    assert kept.tolist() == [[0, 3, 0, 2], [1, 0, 0, 0], [0, 6, 0, 7], [0, 0, 0, 0]]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6))
def test_the_best_are_those_that_sorting_gives_and_equals_go_by_their_number(seed, many):
    scores = np.random.default_rng(seed).integers(-2, 9, (5, 131)).astype(np.float32)
    rows, columns, rank, found = top(scores, many)
    expected = [
        (row, column, n, scores[row, column])
        for row in range(5)
        for n, column in enumerate(np.argsort(-scores[row], kind="stable")[:many], start=1)
        if scores[row, column] > 0
    ]
    assert list(zip(rows, columns, rank, found, strict=True)) == expected


PRODUCTS, CUSTOMERS = 6, 5


@st.composite
def shops(draw: st.DrawFn) -> tuple[InterestMatrix, Offer]:
    """Interests of a few customers, and ties with weights that no two sums share."""
    draws = np.random.default_rng(draw(st.integers(0, 10_000)))
    products = np.flatnonzero(draws.random(PRODUCTS) < 0.8)
    who, product = np.nonzero(draws.random((CUSTOMERS, PRODUCTS)) < 0.4)
    signal = draws.choice([PURCHASE, VIEW], len(who))
    cares = InterestMatrix(draws.integers(0, 2, CUSTOMERS), who, product, draws.random(len(who)), signal)
    ties = draws.random((PRODUCTS, len(products))) * (draws.random((PRODUCTS, len(products))) < 0.5)
    again = draws.random(PRODUCTS) * (draws.random(PRODUCTS) < 0.3)
    return cares, Offer(products, csr_matrix(ties), again, csr_matrix(draws.random((2, len(products))) * 0.2))


@settings(max_examples=15, deadline=None)
@given(shops())
def test_the_lists_are_what_adding_up_by_hand_gives(shop):
    cares, offer = shop
    ties, crowds = offer.ties.toarray(), offer.crowds.toarray()
    expected = []
    for customer in range(CUSTOMERS):
        own = np.flatnonzero(cares.who == customer)
        scored = []
        for column, item in enumerate(offer.products):
            parts = [(crowds[cares.crowd[customer], column], cares.crowd[customer], POPULAR)]
            for n in own:
                j = cares.product[n]
                weight = ties[j, column] + (offer.again[j] if j == item else 0)
                parts.append((cares.interest[n] * weight, j, cares.signal[n]))
            had = any(cares.product[n] == item and cares.signal[n] == PURCHASE for n in own)
            if not had or offer.again[item]:
                scored.append((sum(part for part, _, _ in parts), item, max(parts)))
        best = sorted(scored, key=lambda one: -one[0])[:3]
        expected += [
            (customer, n, item, pytest.approx(score), loudest[1], loudest[2])
            for n, (score, item, loudest) in enumerate(best, start=1)
        ]
    found = lists(cares, offer, many=3)
    rows = zip(
        found.who, found.rank, found.product, found.score, found.because, found.signal, strict=True
    )  # fmt: skip
    assert list(rows) == expected


def test_it_makes_no_difference_how_many_are_made_at_a_time(monkeypatch):
    draws = np.random.default_rng(1)
    cares = InterestMatrix(
        np.zeros(7, int), np.arange(7), np.arange(7) % 4, np.ones(7), np.full(7, VIEW)
    )  # fmt: skip
    offer = Offer(np.arange(4), csr_matrix(draws.random((4, 4))), np.zeros(4), csr_matrix((1, 4)))
    whole = lists(cares, offer, many=2)
    monkeypatch.setattr(module, "AT_ONCE", 8)
    parts = lists(cares, offer, many=2)
    for name in ("who", "rank", "product", "score", "because", "signal"):
        assert getattr(parts, name).tolist() == getattr(whole, name).tolist()


def test_of_nobody_and_of_nothing_there_is_no_list():
    nobody = InterestMatrix(*(np.zeros(0, int),) * 5)
    nothing = Offer(np.zeros(0, int), csr_matrix((4, 0)), np.zeros(4), csr_matrix((1, 0)))
    assert not len(lists(nobody, nothing, many=3).who)
    somebody = InterestMatrix(*(np.zeros(1, int),) * 5)
    assert not len(lists(somebody, nothing, many=3).who)
