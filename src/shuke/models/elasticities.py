"""Elasticities: which line fits best through logarithms of price and quantity, given only their sums?

Least squares within groups (fixed effects) needs of each group no more than how many observations there are,
the sums of the variables, and the sums of their products. The engine adds those up; what is here is small.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A variable that moves less than this (of its logarithm) explains nothing.
STILL = 1e-4


@dataclass(frozen=True)
class Moments:
    """Of k groups: `n` observations, `sums` (k, v) of v variables, `products` (k, v, v) of each two."""

    n: Floats
    sums: Floats
    products: Floats

    def __add__(self, other: "Moments") -> "Moments":
        return Moments(self.n + other.n, self.sums + other.sums, self.products + other.products)

    @property
    def means(self) -> Floats:
        return self.sums / np.maximum(self.n, 1)[:, None]

    @property
    def within(self) -> Floats:
        """Products of deviations from each group's own means."""
        return self.products - self.sums[:, :, None] * self.means[:, None, :]


@dataclass(frozen=True)
class Fit:
    """Of each row the first coefficient, its standard error, and the degrees of freedom left.

    Where the variable did not move, or moved only with another one, or no freedom is left: NaN.
    """

    slope: Floats
    error: Floats
    freedom: Floats

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        from scipy.stats import t  # heavy, and only a build needs it

        reach = t.ppf((1 + level) / 2, np.maximum(self.freedom, 1)) * self.error
        return self.slope - reach, self.slope + reach

    @property
    def p_values(self) -> Floats:
        from scipy.stats import t  # heavy, and only a build needs it

        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = 2 * t.sf(np.abs(self.slope / self.error), np.maximum(self.freedom, 1))
        return found


def fitted(within: Floats, degrees: Floats, *, by: list[int], of: int) -> Fit:
    """Least squares of variable `of` on the variables `by`, of each of k matrices of deviations.

    `degrees` are the observations less the group means taken out. Standard errors are the classical ones.
    """
    spread = np.sqrt(np.maximum(np.diagonal(within, axis1=1, axis2=2), 0))
    moves = spread > STILL * np.sqrt(np.maximum(degrees, 1))[:, None]
    unit = np.where(moves, spread, np.inf)
    scaled = within / unit[:, :, None] / unit[:, None, :]
    inverse = np.linalg.pinv(scaled[:, by][:, :, by], rcond=1e-9, hermitian=True)
    slopes = np.einsum("kij,kj->ki", inverse, scaled[:, by, of])
    explained = np.einsum("ki,ki->k", slopes, scaled[:, by, of])
    freedom = degrees - moves[:, by].sum(axis=1)
    seen = np.einsum("kij,kji->ki", inverse, scaled[:, by][:, :, by])[:, 0]  # 1 where it can be told apart
    usable = moves[:, by[0]] & moves[:, of] & (freedom >= 2) & (seen > 1 - 1e-6)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.maximum(1 - explained, 1e-12) / np.maximum(freedom, 1)
        scale = unit[:, of] / unit[:, by[0]]
        error = np.sqrt(left * inverse[:, 0, 0]) * scale
    return Fit(
        np.where(usable, slopes[:, 0] * np.where(usable, scale, 0), np.nan),
        np.where(usable, error, np.nan),
        freedom,
    )


def shrunk(slopes: Floats, errors: Floats, *, towards: float) -> Floats:
    """Each slope drawn towards a common one by how unsure it is (DerSimonian and Laird 1986).

    One that is not known, NaN, goes all the way.
    """
    known = np.isfinite(slopes) & np.isfinite(errors)
    if not known.any():
        return np.full_like(slopes, towards)
    weights = 1 / errors[known] ** 2
    middle = float(np.average(slopes[known], weights=weights))
    excess = float((weights * (slopes[known] - middle) ** 2).sum()) - (known.sum() - 1)
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    between = max(excess / scale, 0.0) if scale > 0 else 0.0
    own = np.where(known, between / (between + np.where(known, errors, 1.0) ** 2), 0.0)
    found: Floats = own * np.where(known, slopes, 0.0) + (1 - own) * towards
    return found


def squared_error(later: Moments, means: Floats, slopes: Floats) -> float:
    """Of later observations, each foretold as its group's earlier mean plus slope times the move of price.

    The first variable is the price, the last the quantity.
    """
    price, sold = means[:, 0], means[:, -1]
    prices = later.products[:, 0, 0] - 2 * price * later.sums[:, 0] + later.n * price**2
    solds = later.products[:, -1, -1] - 2 * sold * later.sums[:, -1] + later.n * sold**2
    both = (
        later.products[:, 0, -1]
        - price * later.sums[:, -1]
        - sold * later.sums[:, 0]
        + later.n * price * sold
    )
    return float((solds - 2 * slopes * both + slopes**2 * prices).sum())


def discoveries(p_values: Floats, *, rate: float = 0.05) -> NDArray[np.bool_]:
    """Which of many tries hold, with at most `rate` of them false (Benjamini and Hochberg 1995)."""
    told = np.where(np.isfinite(p_values), p_values, 1.0)
    ordered = np.sort(told)
    holds = ordered <= rate * np.arange(1, len(told) + 1) / max(len(told), 1)
    cut = ordered[holds].max() if holds.any() else -1.0
    found: NDArray[np.bool_] = told <= cut
    return found
