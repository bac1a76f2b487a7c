"""Subgroups: which cells of a table differ from what lies around them, more than chance would have it?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Figures = NDArray[np.float64]

#: From this variance of a count on its distribution is as good as normal.
_SMOOTH = 100.0
#: Customers that each corner of a comparison of four needs.
_CORNER = 5


@dataclass(frozen=True)
class CellSums:
    """Sufficient statistics of every cell: an axis for each attribute, and the last one for the measures.

    `n` customers of whom the measure is known, `s` the sum of their scores, `q` that of the squares. The last
    value of each attribute stands for all that are too rare to be looked at.
    """

    n: Figures
    s: Figures
    q: Figures

    @property
    def depth(self) -> int:
        return self.n.ndim - 1

    def over(self, *axes: int) -> CellSums:
        """The same with some attributes left out of account; their axes are of length one."""
        return CellSums(*(part.sum(axis=axes, keepdims=True) for part in (self.n, self.s, self.q)))

    def less(self, other: CellSums) -> CellSums:
        return CellSums(self.n - other.n, self.s - other.s, self.q - other.q)

    @property
    def mean(self) -> Figures:
        return self.s / np.maximum(self.n, 1)

    @property
    def scatter(self) -> Figures:
        """Squared deviations from the mean."""
        return np.maximum(self.q - self.s**2 / np.maximum(self.n, 1), 0.0)


@dataclass(frozen=True)
class Judged:
    """Of each cell and measure: whether it was tried, p, and the axis of the parent it is least unlike."""

    tried: NDArray[np.bool_]
    p: Figures
    parent: NDArray[np.intp]


def judged(cells: CellSums, flags: NDArray[np.bool_], *, least: int) -> Judged:
    """Test every cell against each of its parents, and beyond what its parents explain together.

    A parent is the cell with one condition less. Were the condition of no matter, the cell would be a draw
    from its parent without replacement, so that the sum of scores s of its n of N members has

        E s = n S / N        Var s = n σ² (1 − n / N)        Pitman (1937)

    which is held to be normal; of a `flag`, whose scores are 0 and 1, the tail is exact (Fisher 1934). Where
    two attributes act each by itself, their common cell differs from both parents; it is told only where the
    two together do what neither does, which the contrast of the four cells around it says. p is the greatest
    of all these (Berger 1982), so that a group that one of its parents explains is none.
    """
    shape = cells.n.shape
    tried = np.broadcast_to(cells.n >= least, shape).copy()
    for axis in range(cells.depth):
        last: list[Any] = [slice(None)] * cells.n.ndim
        last[axis] = -1
        tried[tuple(last)] = False
    p, parent = np.zeros(shape), np.zeros(shape, dtype=np.intp)
    for axis in range(cells.depth):
        whole = cells.over(axis)
        known = (whole.n - cells.n >= least) & (whole.scatter > 0)
        tried &= known
        against = drawn(cells, whole, flags)
        parent = np.where(against > p, axis, parent)
        p = np.maximum(p, against)
    for i, j in combinations(range(cells.depth), 2):
        p = np.maximum(p, _together(cells, i, j))
    return Judged(tried, np.where(tried, p, 1.0), parent)


def drawn(cells: CellSums, whole: CellSums, flags: NDArray[np.bool_]) -> Figures:
    """The chance that a random draw from the parent is as unlike it as the cell is; two-sided."""
    n, total = cells.n, np.broadcast_to(whole.n, cells.n.shape)
    mean = whole.mean
    variance = whole.scatter / np.maximum(total - 1, 1) * n * (total - n) / np.maximum(total, 1)
    away = np.abs(cells.s - n * mean)
    # A count moves by whole customers: half a one is not yet unlike.
    away = np.where(flags, np.maximum(away - 0.5, 0), away)
    p = _two_sided(away / np.sqrt(np.where(variance > 0, variance, np.inf)))
    few = np.broadcast_to(flags, n.shape) & (variance < _SMOOTH) & (n > 0)
    if few.any():
        hits = np.broadcast_to(whole.s, n.shape)[few]
        p[few] = _exact(cells.s[few], n[few], hits, total[few])
    return p


def unlike_the_rest(hits: Figures, trials: Figures) -> Figures:
    """p of each part's share of hits beside that of all other parts together: exact where they are few."""
    whole = CellSums(*(np.repeat(each.sum(), len(each)) for each in (trials, hits, hits)))
    flag = np.ones(len(hits), dtype=bool)
    return drawn(CellSums(trials, hits, hits), whole, flag)


def stratified(cells: CellSums, flags: NDArray[np.bool_]) -> Figures:
    """p of each value of the first attribute with like compared with like in every other attribute.

    The sums over the strata of what the value's customers have and of what a draw from the stratum would
    have (Mantel and Haenszel 1959).
    """
    whole = cells.over(0)
    others = tuple(range(1, cells.depth))
    n, total = cells.n, np.broadcast_to(whole.n, cells.n.shape)
    each = whole.scatter / np.maximum(total - 1, 1) * n * (total - n) / np.maximum(total, 1)
    variance = each.sum(axis=others)
    away = np.abs((cells.s - n * whole.mean).sum(axis=others))
    away = np.where(flags, np.maximum(away - 0.5, 0), away)
    return _two_sided(away / np.sqrt(np.where(variance > 1e-9, variance, np.inf)))


def _together(cells: CellSums, i: int, j: int) -> Figures:
    """p of the contrast of four cells: with both conditions, with either, with none of them."""
    row, column, all_ = cells.over(j), cells.over(i), cells.over(i, j)
    both = cells
    one, other = row.less(cells), column.less(cells)
    none = all_.less(row).less(column.less(cells))
    corners = (both, one, other, none)
    enough = np.all([np.broadcast_to(c.n, cells.n.shape) >= _CORNER for c in corners], axis=0)
    contrast = both.mean - one.mean - other.mean + none.mean
    free = np.maximum(sum(c.n for c in corners) - len(corners), 1)
    spread = sum(c.scatter for c in corners) / free
    error = np.sqrt(np.maximum(spread * sum(1 / np.maximum(c.n, 1) for c in corners), 0))
    z = np.abs(contrast) / np.where(error > 0, error, np.inf)
    return np.where(enough, _two_sided(z), 1.0)


def _two_sided(z: Figures) -> Figures:
    from scipy.special import ndtr  # heavy, and only builds need it

    return 2 * ndtr(-np.asarray(z, dtype=float))


def _exact(x: Figures, n: Figures, hits: Figures, total: Figures) -> Figures:
    """Twice the smaller tail of the hypergeometric distribution."""
    more, fewer = _tail(x, n, hits, total), _tail(n - x, n, total - hits, total)
    return np.minimum(2 * np.minimum(more, fewer), 1.0)


def _tail(x: Figures, n: Figures, hits: Figures, total: Figures) -> Figures:
    """The chance of `x` hits or more among `n` of `total` of whom so many are hits."""
    from scipy.special import gammaln  # heavy, and only builds need it

    def choose(a: Figures, b: Figures) -> Figures:
        return gammaln(a + 1) - gammaln(b + 1) - gammaln(a - b + 1)

    term = np.exp(choose(hits, x) + choose(total - hits, n - x) - choose(total, n))
    sum_, k = term.copy(), x.copy()
    for _ in range(int(np.minimum(n, hits).max() - x.min()) + 1):
        term = term * (hits - k) * (n - k) / np.maximum((k + 1) * (total - hits - n + k + 1), 1)
        term = np.maximum(term, 0.0)
        sum_, k = sum_ + term, k + 1
        if (term <= 1e-12 * sum_).all():
            break
    return np.minimum(sum_, 1.0)
