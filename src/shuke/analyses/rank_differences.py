"""Rank differences: do those with a mark rate higher than the others, by how much, and beyond chance?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.stats import Z95

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class RankDifference:
    """Cliff's delta of each mark, the ends of its interval, and the chance of as great a one by chance."""

    delta: Floats
    low: Floats
    high: Floats
    p: Floats


def rank_difference(marked: Floats, others: Floats) -> RankDifference:
    """Of counts by level of rating (last but one axis, from the worst) and mark (last axis).

        delta = P(marked rate higher) − P(marked rate lower)             Cliff (1993)
        p       of the rank sum test with ties, continuity corrected     Mann and Whitney (1947)
        interval, from the variance of placements                Brunner, Munzel (2000); Feng, Cliff (2004)

    The marked are held against the others alone, so that the two groups share nobody.
    """
    n, m = marked.sum(-2), others.sum(-2)
    below, same = _below(others), others
    u = (marked * (below + same / 2)).sum(-2)  # pairs in which the marked one rates higher, ties half
    pairs = np.maximum(n * m, 1)
    superior = u / pairs
    variances = _variance(marked, below + same / 2, n, m), _variance(others, _place(marked), m, n)
    delta = 2 * superior - 1
    low, high = _interval(delta, *variances, n, m)
    return RankDifference(delta, low, high, _p(u, marked + others, n, m))


def _interval(delta: Floats, mine: Floats, theirs: Floats, n: Floats, m: Floats) -> tuple[Floats, Floats]:
    """Where all of one group rate above all of the other, nothing varies: then what so few leave possible."""
    from scipy.special import stdtrit  # heavy, and only builds need it

    whole = mine + theirs
    parts = mine**2 / np.maximum(n - 1, 1) + theirs**2 / np.maximum(m - 1, 1)
    free = np.where(parts > 0, whole**2 / np.where(parts > 0, parts, 1), 1e9)
    reach = stdtrit(np.maximum(free, 1), 0.975) ** 2 * 4 * whole
    apart = whole <= 1e-12
    below = np.where(apart, 1.0, 1 - delta**2 + reach)
    middle = (delta - delta**3) / below
    half = np.sqrt(reach * ((1 - delta**2) ** 2 + reach)) / below
    fewest = np.minimum(n, m)
    least = (fewest - Z95**2) / (fewest + Z95**2)
    low = np.where(apart & (delta > 0), least, np.where(apart, delta, middle - half))
    high = np.where(apart & (delta < 0), -least, np.where(apart, delta, middle + half))
    return np.maximum(low, -1), np.minimum(high, 1)


def _below(counts: Floats) -> Floats:
    """How many rate lower than each level."""
    return counts.cumsum(-2) - counts


def _place(counts: Floats) -> Floats:
    return _below(counts) + counts / 2


def _variance(mine: Floats, place: Floats, n: Floats, m: Floats) -> Floats:
    """Of the mean of the shares of the other group that each of mine is above."""
    share = place / np.maximum(m, 1)[..., None, :]
    middle = (mine * share).sum(-2) / np.maximum(n, 1)
    scatter = (mine * (share - middle[..., None, :]) ** 2).sum(-2)
    return scatter / np.maximum(n - 1, 1) / np.maximum(n, 1)


def _p(u: Floats, together: Floats, n: Floats, m: Floats) -> Floats:
    from scipy.special import ndtr  # heavy, and only builds need it

    size = n + m
    ties = (together**3 - together).sum(-2) / np.maximum(size * (size - 1), 1)
    variance = n * m / 12 * (size + 1 - ties)
    off = np.maximum(np.abs(u - n * m / 2) - 0.5, 0.0)
    known = variance > 1e-9
    z = off / np.sqrt(np.where(known, variance, 1.0))
    return np.where(known, 2 * ndtr(-z), 1.0)
