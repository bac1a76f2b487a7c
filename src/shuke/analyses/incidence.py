"""Incidence: what share has come to something by which day, where something else may come first?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.stats import Z95

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class CumulativeIncidence:
    """The share that has come to it by each of `days`, and the ends of its interval."""

    days: NDArray[np.int64]
    share: Floats
    low: Floats
    high: Floats

    def by(self, day: float) -> tuple[float, float, float]:
        """Share and ends by a day; nothing before the first."""
        found = int(np.searchsorted(self.days, day, side="right")) - 1
        if found < 0:
            return 0.0, 0.0, 1.0
        return float(self.share[found]), float(self.low[found]), float(self.high[found])

    def reached(self, share: float) -> int | None:
        """The first day by which so many have come to it."""
        found = np.flatnonzero(self.share >= share)
        return int(self.days[found[0]]) if found.size else None


def incidence(days: NDArray[Any], came: Floats, other: Floats, left: Floats) -> CumulativeIncidence:
    """The estimate of Aalen and Johansen (1978) from counts by day: to whom it came, to whom something else
    came first, and who was last seen then without either.

    The interval is that of the delta method's variance (Marubini and Valsecchi 1995) on the log-log scale
    (Choudhury 2002). One minus the estimate of Kaplan and Meier would take those to whom something else came
    for such as may still come, and tell too much.
    """
    order = np.argsort(days, kind="stable")
    came, other, left = (x[order].astype(float) for x in (came, other, left))
    at_risk = np.maximum((came + other + left)[::-1].cumsum()[::-1], 1)
    events = came + other
    free = np.cumprod(1 - events / at_risk)
    before = np.concatenate([[1.0], free[:-1]])
    share = np.cumsum(before * came / at_risk)
    low, high = _ends(share, _variance(share, before, came, events, at_risk), at_risk)
    return CumulativeIncidence(days[order].astype(np.int64), share, low, high)


def _variance(share: Floats, before: Floats, came: Floats, events: Floats, at_risk: Floats) -> Floats:
    stay = np.maximum(at_risk - events, 1)
    ahead = share[:, None] - share[None, :]
    until = np.tril(np.ones((len(share), len(share))))
    parts = (
        ahead**2 * events / (at_risk * stay)
        + before**2 * came * (at_risk - came) / at_risk**3
        - 2 * ahead * before * came / at_risk**2
    )
    return np.maximum((parts * until).sum(1), 0.0)


def _ends(share: Floats, variance: Floats, at_risk: Floats) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    base = np.where(inside, share, 0.5)
    width = Z95 * np.sqrt(variance) / np.abs(base * np.log(base))
    n = at_risk[0] if len(at_risk) else 1.0
    widest = Z95**2 / (n + Z95**2)  # of none in so many, at most
    low = np.where(inside, base ** np.exp(width), np.where(share > 0, 1 - widest, 0.0))
    high = np.where(inside, base ** np.exp(-width), np.where(share > 0, 1.0, widest))
    return low, high
