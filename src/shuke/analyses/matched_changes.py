"""Matched changes: how much more than others alike did those change whom a measure reached, and how sure?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.floating[Any]]
"""One number for each cell of customers alike."""

#: Of those reached, and of those alike, so many are needed before anything is told of a difference.
ENOUGH = 30


@dataclass(frozen=True)
class Changes:
    """What is to be known of a group in each cell: customers, and the sums of their changes and squares."""

    n: Figures
    y: Figures
    yy: Figures


@dataclass(frozen=True)
class MatchedDifference:
    """How much more the reached changed, on the average; the 95 % interval, and the chance of it by "
    "chance."""

    matched: int
    alike: int
    change: float
    alike_change: float
    effect: float
    low: float
    high: float
    p: float


def difference_in_differences(reached: Changes, others: Changes) -> MatchedDifference:
    """The mean change of the reached less that of the others in their own cells, where there are two of
    these.

        tau_i    = change of i − mean change of the others in i's cell
        effect   = mean of tau_i over the N reached                       the effect on the reached
        variance = (V − Σ n v / N + Σ n² v / N²) / (N − 1) + Σ n² v / N²

    with V the mean squared deviation of tau_i, n and m the reached and the others of a cell, and v = s² / m
    the variance of the others' mean: what all reached of a cell share is no scatter of theirs (as in exact
    matching, Iacus, King, Porro 2012; Abadie and Imbens 2006). The interval is Student's, with the degrees of
    freedom of Satterthwaite (1946).
    """
    both = (reached.n > 0) & (others.n >= 2)
    n, y, yy = (part[both] for part in (reached.n, reached.y, reached.yy))
    m, ty, tyy = (part[both] for part in (others.n, others.y, others.yy))
    size, alike = int(n.sum()), int(m.sum())
    if min(size, alike) < 2:
        return MatchedDifference(size, alike, *(float("nan"),) * 6)
    mean = ty / m
    noise = np.maximum(tyy - ty**2 / m, 0.0) / (m - 1) / m
    change, alike_change = float(y.sum() / size), float((n * mean).sum() / size)
    effect = change - alike_change
    squares = (yy - 2 * mean * y + n * mean**2).sum() / size - effect**2
    shared = n**2 * noise / size**2
    own = max(squares - (n * noise).sum() / size + shared.sum(), 0.0) / (size - 1)
    variance = own + float(shared.sum())
    free = _degrees(own, shared, size, m)
    return MatchedDifference(size, alike, change, alike_change, effect, *_student(effect, variance, free))


def _degrees(own: float, shared: Figures, size: int, others: Figures) -> float:
    parts = own**2 / (size - 1) + float((shared**2 / (others - 1)).sum())
    return (own + float(shared.sum())) ** 2 / parts if parts > 0 else float(size - 1)


def _student(effect: float, variance: float, free: float) -> tuple[float, float, float]:
    from scipy.special import stdtr, stdtrit  # heavy, and only a build needs it

    if variance <= 0:  # nobody differs from anybody: there is nothing to judge by
        return float("nan"), float("nan"), 1.0
    deviation = float(np.sqrt(variance))
    reach = float(stdtrit(free, 0.975)) * deviation
    return effect - reach, effect + reach, float(2 * stdtr(free, -abs(effect) / deviation))
