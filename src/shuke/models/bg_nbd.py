"""BG/NBD: how often will customers buy who may leave after any purchase?

Fader, Hardie and Lee, "Counting Your Customers" the Easy Way (Marketing Science 24, 2005): while alive a
customer buys at random at a rate λ of their own; after each purchase they leave with a chance p of their
own; λ is gamma distributed (shape r, rate α) over customers, p beta (a, b). Times are in any one unit.
"""

from dataclasses import dataclass

import numpy as np

from shuke.models.histories import PurchaseHistories
from shuke.models.likelihood import Floats, most_likely, total


@dataclass(frozen=True)
class BgNbd:
    """The fitted model."""

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, groups: PurchaseHistories) -> float:
        return _BgNbdLikelihood(groups)(np.array([self.r, self.alpha, self.a, self.b]))[0]

    def alive(self, groups: PurchaseHistories) -> Floats:
        """The chance that they have not left; 1 for whoever never came back, who cannot have left yet."""
        x = groups.frequency
        left = np.where(x > 0, self.a / np.maximum(self.b + x - 1, 1e-12), 0.0)
        longer = (self.alpha + groups.age) / (self.alpha + groups.recency)
        with np.errstate(over="ignore"):
            return 1 / (1 + left * longer ** (self.r + x))

    def purchases(self, groups: PurchaseHistories, span: float) -> Floats:
        """How many further purchases to expect within `span` (the paper's equation 10)."""
        from scipy.special import hyp2f1  # heavy, and wanted only where something is foretold

        x, whole = groups.frequency, self.alpha + groups.age
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6  # at 1 the formula is 0 / 0
        c = a + self.b + x - 1
        alive, steady = self.alive(groups), (self.r + x) * span / whole
        with np.errstate(all="ignore"):
            series = hyp2f1(self.r + x, self.b + x, c, span / (whole + span))
            told = c / (a - 1) * (1 - (whole / (whole + span)) ** (self.r + x) * series) * alive
        # Nobody buys more than they would if they stayed, however the series rounds.
        most = steady * alive
        return np.clip(np.where(np.isfinite(told), told, most), 0.0, most)


def fit(groups: PurchaseHistories) -> BgNbd | None:
    """By maximum likelihood; none where that has no top."""
    start = (1.0, max(groups.mean_gap, 1e-3), 1.0, 3.0)
    found = most_likely(_BgNbdLikelihood(groups), start, weight=groups.size)
    return None if found is None else BgNbd(*map(float, found))


class _BgNbdLikelihood:
    """The log-likelihood of (r, α, a, b) and its gradient.

    What depends on frequency alone is worked out once for each frequency that occurs.
    """

    def __init__(self, groups: PurchaseHistories) -> None:
        self.groups = groups
        self.back = groups.frequency > 0
        self.frequencies, self.which = np.unique(groups.frequency, return_inverse=True)
        self.counts = np.bincount(self.which, weights=groups.customers, minlength=len(self.frequencies))

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        by_frequency, gradient = self._by_frequency(*map(float, parameters))
        by_time, more = self._by_time(*map(float, parameters))
        return by_frequency + by_time, gradient + more

    def _by_frequency(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        from scipy.special import gammaln, psi  # heavy

        x, n = self.frequencies, self.counts.astype(np.float64)
        rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        stay = gammaln(b + x) - gammaln(b) + gammaln(a + b) - gammaln(a + b + x)
        both = psi(a + b) - psi(a + b + x)
        by_r = psi(r + x) - psi(r) + np.log(alpha)
        by_b = both + psi(b + x) - psi(b)
        gradient = np.array([total(n, by_r), n.sum() * r / alpha, total(n, both), total(n, by_b)])
        return total(n, rate + stay), gradient

    def _by_time(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        """Of having stayed until now, or having left at the last purchase, added up in logarithms."""
        groups, n = self.groups, self.groups.customers
        shape, later = r + groups.frequency, np.maximum(b + groups.frequency - 1, 1e-12)
        now, then = np.log(alpha + groups.age), np.log(alpha + groups.recency)
        odds = np.where(self.back, np.log(a / later) + shape * (now - then), -np.inf)  # of having left
        left = 1 / (1 + np.exp(-odds))
        by_alpha = (1 - left) / (alpha + groups.age) + left / (alpha + groups.recency)
        gradient = np.array(
            [
                -total(n, now + left * (then - now)),
                -total(n, shape * by_alpha),
                total(n, left) / a,
                -total(n, left / later),
            ]
        )
        return total(n, np.logaddexp(0.0, odds) - shape * now), gradient
