"""Score intervals: how sure are a share, a net promoter score and a mean of so many answers?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.stats import Z95

Floats = NDArray[np.floating[Any]]
Ends = tuple[Floats, Floats]


def share(hits: Floats, n: Floats) -> Ends:
    """The ends of the score interval of a share (Wilson 1927)."""
    p = hits / n
    half = Z95 * np.sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
    middle, whole = p + Z95**2 / (2 * n), 1 + Z95**2 / n
    return (middle - half) / whole, (middle + half) / whole


def net(good: Floats, bad: Floats, n: Floats) -> Ends:
    """The ends of the interval of (good − bad) / n, by the adjusted Wald method of Rocks (2016).

    Three answers are added, three quarters of one at either end. Rocks, Interval estimation for the "net
    promoter score", The American Statistician 70 (4): of six methods it covers best and is the simplest.
    """
    whole = n + 3
    up, down = (good + 0.75) / whole, (bad + 0.75) / whole
    middle = up - down
    half = Z95 * np.sqrt((up + down - middle**2) / whole)
    return np.maximum(middle - half, -1.0), np.minimum(middle + half, 1.0)


def mean(total: Floats, squares: Floats, n: Floats) -> Ends:
    """The ends of Student's interval of a mean of ratings from 0 to 1.

    Where all say the same, or one says it alone, nothing is known of how ratings vary: then that of Wilson
    stands in, as if each had been all or nothing, which is as far as ratings can vary.
    """
    from scipy.special import stdtrit  # heavy, and only builds need it

    middle = total / n
    scatter = np.maximum(squares - n * middle**2, 0.0)
    free = np.maximum(n - 1, 1)
    half = stdtrit(free, 0.975) * np.sqrt(scatter / free / n)
    widest = share(total, n)
    alike = scatter <= 1e-9 * n
    low, high = np.where(alike, widest[0], middle - half), np.where(alike, widest[1], middle + half)
    return np.clip(low, 0, 1), np.clip(high, 0, 1)
