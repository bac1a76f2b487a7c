"""False discoveries: of many hypotheses tested, which hold beyond chance?"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def as_many(found: Floats, expected: Floats) -> Floats:
    """The chance of finding as many or more where so many are expected, by the Poisson distribution.

    For the number in both of two groups it is a bound from above of Fisher's exact test (one-sided).
    """
    from scipy.special import gammainc  # heavy, and only builds need it

    return np.where(found > 0, gammainc(np.maximum(found, 1), expected), 1.0)


def corrected(p: Floats, tried: int) -> Floats:
    """The least share of false discoveries with which each is called one, of `tried` in all.

    q of the k-th smallest p is the least of p_j tried / j over j from k (Benjamini and Hochberg 1995). What
    was tried and is not in `p` counts as p = 1.
    """
    order = np.argsort(p, kind="stable")
    ranks = np.arange(1, len(p) + 1)
    steps = p[order] * max(tried, len(p)) / np.maximum(ranks, 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q
