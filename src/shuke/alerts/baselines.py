"""Baselines: how far from what its own history lets one expect is a figure of today?

A figure is compared on the scale of logarithms with the median of its last eight peers: the same weekday of
the weeks before, or the spans of seven days before. Where the year before knew better what this time of the
year brings, its own departure from its peers is added: each series takes the way that has erred less. What
is left over the year is the noise, by its median absolute deviation, which no single odd day can blow up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Peers whose median is expected, and the days of history that are needed beyond them.
PEERS, WEEK, YEAR, HISTORY = 8, 7, 364, 182

#: The tails of a t with so many degrees of freedom: real figures stray further than normal ones.
FREEDOM = 8


@dataclass(frozen=True)
class Departure:
    """How one figure stands beside what was expected."""

    value: float
    expected: float
    p: float  # the chance of straying so far, two-sided


def departures(values: Floats, *, days: int, last: int) -> list[Departure]:
    """For each of the `last` newest days of a series without gaps, the sum of the `days` that end there;
    nothing where the history is too short, or does not move at all.

    departures(sales, days=1, last=7)   each of seven days beside its weekdays
    departures(sales, days=7, last=7)   the week until each of them beside the weeks before
    """
    summed = np.convolve(values, np.ones(days))[days - 1 : len(values)]
    if len(summed) < PEERS * WEEK + HISTORY + last:
        return []
    told = np.log1p(np.maximum(summed, 0.0))
    peers = _peers(told)
    plain = told - peers
    ways = [(plain, peers)]
    if len(told) >= PEERS * WEEK + YEAR + HISTORY + last:
        before = np.concatenate([np.full(YEAR, np.nan), plain[:-YEAR]])
        ways.append((plain - before, peers + before))
    left, expected = min(ways, key=lambda way: _noise(way[0], last))
    noise = _noise(left, last)
    if not noise > 0:
        return []
    from scipy.stats import t as student  # heavy, and only a build needs it

    p = 2 * student.sf(np.abs(left[-last:]) / noise, FREEDOM)
    rows = zip(summed[-last:], np.expm1(expected[-last:]), p, strict=True)
    return [Departure(float(value), float(mean), float(chance)) for value, mean, chance in rows]


def _peers(told: Floats) -> Floats:
    """The median of each figure's peers; none where there are too few before it."""
    before = [np.concatenate([np.full(WEEK * n, np.nan), told[: -WEEK * n]]) for n in range(1, PEERS + 1)]
    return np.asarray(np.median(np.stack(before), axis=0))


def _noise(left: Floats, last: int) -> float:
    """Of the year before the days that are looked at: 1.4826 times the median absolute deviation, which is
    the standard deviation where it is normal."""
    history = left[-YEAR - last : -last]
    seen = history[~np.isnan(history)]
    return float(1.4826 * np.median(np.abs(seen)))
