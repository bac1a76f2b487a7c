"""Relative importance: which of several causes that go together explains how much of an outcome?"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def explained(correlations: Floats, causes: tuple[int, ...]) -> float:
    """R² of the regression of the last variable on some of the others, from their correlations."""
    if not causes:
        return 0.0
    chosen = list(causes)
    with_outcome = correlations[chosen, -1]
    return float(with_outcome @ np.linalg.pinv(correlations[np.ix_(chosen, chosen)]) @ with_outcome)


def shares(correlations: Floats) -> Floats:
    """The part of R² that each cause adds, averaged over every order in which they may be taken in.

    `correlations` are those of the causes and, last, the outcome. The parts add up to R²: the values of
    Shapley (1953), as Lindeman, Merenda and Gold (1980) took them for regression (LMG in Grömping 2006,
    relaimpo).
    """
    many = len(correlations) - 1
    known = {
        some: explained(correlations, some)
        for size in range(many + 1)
        for some in combinations(range(many), size)
    }
    found = np.zeros(many)
    for some, without in known.items():
        weight = factorial(len(some)) * factorial(many - len(some) - 1) if len(some) < many else 0
        for cause in set(range(many)) - set(some):
            found[cause] += weight * (known[tuple(sorted((*some, cause)))] - without)
    return found / factorial(many)


def correlated(n: float, sums: Floats, products: Floats) -> Floats | None:
    """Correlations from how many there are, sums and sums of products; None where a variable never varies."""
    scatter = products - np.outer(sums, sums) / n
    spread = np.sqrt(np.maximum(np.diag(scatter), 0))
    if (spread <= 1e-9 * np.sqrt(n)).any():
        return None
    return np.asarray(scatter / np.outer(spread, spread))
