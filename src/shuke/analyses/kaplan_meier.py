"""Kaplan-Meier: what share lasts until which day, and do groups differ in it?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.stats import Z95

Floats = NDArray[np.float64]

#: Of a group of which fewer would be lost were all alike, chi-square says little (Cochran 1954).
_FEWEST_EXPECTED = 5


@dataclass(frozen=True)
class SurvivalCurve:
    """Survival on each of `days`: the share that lasts beyond, the ends of its interval, who is at risk."""

    days: NDArray[np.int64]
    at_risk: Floats
    lost: Floats
    share: Floats
    low: Floats
    high: Floats

    def beyond(self, day: float) -> int | None:
        """The position of the last of `days` that is not after `day`; none before the first."""
        found = int(np.searchsorted(self.days, day, side="right")) - 1
        return found if found >= 0 else None


def curve(days: NDArray[Any], lost: NDArray[Any], left: NDArray[Any]) -> SurvivalCurve:
    """The estimate of Kaplan and Meier (1958) from counts by day: `lost` on it, and last seen (`left`) on it.

    The interval is that of Greenwood's variance (1926) on the log-log scale, which keeps it within 0 and 1
    (Kalbfleisch and Prentice 1980). Where nobody or everybody was lost the variance says nothing, and the
    score interval of those at risk stands in.
    """
    order = np.argsort(days, kind="stable")
    events, whole = lost[order].astype(float), (lost + left)[order].astype(float)
    at_risk = whole[::-1].cumsum()[::-1]
    share = np.cumprod(1 - events / np.maximum(at_risk, 1))
    low, high = _interval(events, at_risk, share)
    return SurvivalCurve(days[order].astype(np.int64), at_risk, events, share, low, high)


def _interval(events: Floats, at_risk: Floats, share: Floats) -> tuple[Floats, Floats]:
    inside = (share > 0) & (share < 1)
    n, stay = np.maximum(at_risk, 1), np.maximum(at_risk - events, 1)  # where all go, nothing is inside
    variance = np.cumsum(events / (n * stay))
    logs = np.log(np.where(inside, share, 0.5))
    width = Z95 * np.sqrt(variance) / np.abs(logs)
    base = np.where(inside, share, 0.5)
    score = Z95**2 / (at_risk + Z95**2)  # of none in so many, at most
    low = np.where(inside, base ** np.exp(width), np.where(share > 0, 1 - score, 0.0))
    high = np.where(inside, base ** np.exp(-width), np.where(share > 0, 1.0, score))
    return low, high


def comparable(lost: Floats, left: Floats) -> NDArray[np.bool_]:
    """Of which groups (columns of counts by day) enough would be lost, were all alike, to compare them.

    That rests on their sizes and on all losses together, never on the group's own, so it favours no group.
    """
    size = (lost + left).sum(axis=0)
    return size * lost.sum() >= _FEWEST_EXPECTED * size.sum()


def log_rank(lost: Floats, left: Floats) -> tuple[float, int, float]:
    """Whether groups last equally long: chi-square, degrees of freedom, p (Mantel 1966, Peto and Peto 1972).

    `lost` and `left` count by day (rows, in order) and group (columns).
    """
    from scipy.special import chdtrc  # heavy, and only builds need it; scipy.stats takes a second

    at_risk = (lost + left)[::-1].cumsum(axis=0)[::-1]
    everybody, events = at_risk.sum(axis=1), lost.sum(axis=1)
    heard = (events > 0) & (everybody > 1)
    share = at_risk[heard] / everybody[heard, None]
    n, d = everybody[heard], events[heard]
    excess = (lost[heard] - d[:, None] * share).sum(axis=0)
    weight = d * (n - d) / (n - 1)
    spread = np.diag(weight @ share) - (share * weight[:, None]).T @ share
    there = np.flatnonzero(np.diag(spread) > 1e-12)[:-1]  # the last follows from the others
    if not there.size:
        return 0.0, 0, 1.0
    free = np.ix_(there, there)
    statistic = float(excess[there] @ np.linalg.pinv(spread[free], hermitian=True) @ excess[there])
    return statistic, there.size, float(chdtrc(there.size, statistic))
