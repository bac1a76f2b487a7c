"""Lift: how much more did those bring who were treated than those who were held out, and how sure is it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.analyses.shrinkage import spread
from shuke.lazy import pd

Figures = NDArray[np.floating[Any]]
"""One number for each experiment."""

#: Below this chance the sizes of the arms are not what was planned (Fabijan et al. 2019).
IMBALANCED = 0.001
#: Customers whom each arm needs, and buyers whom both together need, before anything is told of a difference.
ENOUGH_CUSTOMERS, ENOUGH_BUYERS = 30, 20


@dataclass(frozen=True)
class Sums:
    """What is to be known of an arm: customers, and the sums of an outcome `y` and of the same figure
    before, `x`.
    """

    n: Figures
    y: Figures
    yy: Figures
    x: Figures
    xx: Figures
    xy: Figures

    @property
    def mean(self) -> Figures:
        return self.y / self.n

    @property
    def scatter(self) -> Figures:
        """Squared deviations of the outcome from its mean."""
        return np.maximum(self.yy - self.y**2 / self.n, 0.0)

    @property
    def scatter_before(self) -> Figures:
        return self.xx - self.x**2 / self.n

    @property
    def together(self) -> Figures:
        """How outcome and figure before deviate together."""
        return self.xy - self.x * self.y / self.n

    def less(self, theta: Figures) -> Sums:
        """The same arm with y - theta x as its outcome."""
        squares = self.yy - 2 * theta * self.xy + theta**2 * self.xx
        return Sums(self.n, self.y - theta * self.x, squares, self.x, self.xx, self.xy - theta * self.xx)


@dataclass(frozen=True)
class Lift:
    """A difference per customer, treated less control, and the ends of its 95 % interval."""

    value: Figures
    low: Figures
    high: Figures


def raw(treated: Sums, control: Sums) -> Lift:
    """The difference of two means with Student's interval, whose variance is that within both arms together.

    Welch's would take a control group's variance from the control group alone. Spending is skewed and that
    group small, so that where no large order fell into it both its mean and its variance are too low: of
    campaigns without any effect, with 200 of 4,000 held out, Welch's interval excludes zero in 10 of 100,
    this one in 5 (`tests/analyses/test_lift.py`). It is somewhat too wide where a campaign makes spending
    vary more, and too narrow where it makes it vary less and few are held out.
    """
    from scipy.stats import t  # heavy, and only a build needs it

    free = np.maximum(treated.n + control.n - 2, 1)
    variance = (treated.scatter + control.scatter) / free
    reach = t.ppf(0.975, free) * np.sqrt(variance * (1 / treated.n + 1 / control.n))
    value = treated.mean - control.mean
    return Lift(value, value - reach, value + reach)


def adjusted(treated: Sums, control: Sums) -> Lift:
    """The same, less what was to be expected of each customer by the figure of the time before (CUPED).

        y' = y - theta x        theta = cov(x, y) / var(x) within both arms together

    Deng, Xu, Kohavi and Walker (2013), Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data. The variance shrinks by the square of the correlation; the difference stays
    unbiased, for who is held out does not depend on the time before.
    """
    return raw(treated.less(theta(treated, control)), control.less(theta(treated, control)))


def theta(treated: Sums, control: Sums) -> Figures:
    together = treated.together + control.together
    before = treated.scatter_before + control.scatter_before
    known = before > 1e-9 * (treated.xx + control.xx)
    return np.where(known, together / np.where(known, before, 1.0), 0.0)


def shares(treated: Sums, control: Sums) -> Lift:
    """The difference of two shares, of outcomes that are 0 or 1, with Newcombe's interval (1998, method
    10).
    """
    p, q = treated.mean, control.mean
    (p_low, p_high), (q_low, q_high) = _wilson(p, treated.n), _wilson(q, control.n)
    below = np.sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    above = np.sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return Lift(p - q, p - q - below, p - q + above)


def sample_ratio_p(treated: Figures, control: Figures, planned: Figures) -> Figures:
    """How likely arms as unlike as these are, where the share `planned` was to be held out (chi-square test).

    Nothing (nan) where no share was planned.
    """
    from scipy.stats import chi2  # heavy, and only a build needs it

    expected = planned * (treated + control)
    off = (control - expected) ** 2
    return np.asarray(chi2.sf(off / expected + off / (treated + control - expected), 1))


def is_enough(treated: Sums, control: Sums, buyers: Figures) -> NDArray[np.bool_]:
    """Whether there is enough to tell anything of a difference."""
    return (np.minimum(treated.n, control.n) >= ENOUGH_CUSTOMERS) & (buyers >= ENOUGH_BUYERS)


def _wilson(share: Figures, trials: Figures) -> tuple[Figures, Figures]:
    low, high = spread(pd.Series(share), pd.Series(trials))
    return low.to_numpy(float), high.to_numpy(float)
