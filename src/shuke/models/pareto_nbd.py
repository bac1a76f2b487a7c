"""Pareto/NBD: how often will customers buy who may leave at any moment?

Schmittlein, Morrison and Colombo, Counting Your Customers (Management Science 33, 1987): while alive a
customer buys at random at a rate λ of their own and leaves at random at a rate μ of their own; λ is gamma
distributed (shape r, rate α) over customers, μ gamma too (s, β). Times are in any one unit. The integral
over the moment of leaving, which the paper writes with hypergeometric functions, is added up by
Gauss-Legendre quadrature after a substitution that makes it smooth; so it has a gradient, and no overflow.
"""

from dataclasses import dataclass

import numpy as np

from shuke.models.histories import PurchaseHistories
from shuke.models.likelihood import Floats, most_likely, total

#: Points of the quadrature, and their weights, on the way from 0 to 1.
_NODES, _AREAS = np.polynomial.legendre.leggauss(32)  # from -1 to 1
_POINTS, _WEIGHTS = (_NODES + 1) / 2, _AREAS / 2


@dataclass(frozen=True)
class ParetoNbd:
    """The fitted model."""

    r: float
    alpha: float
    s: float
    beta: float

    def log_likelihood(self, groups: PurchaseHistories) -> float:
        return _ParetoNbdLikelihood(groups)(np.array([self.r, self.alpha, self.s, self.beta]))[0]

    def alive(self, groups: PurchaseHistories) -> Floats:
        """The chance that they have not left."""
        stayed, left = _ParetoNbdLikelihood(groups).ways(self.r, self.alpha, self.s, self.beta)
        return 1 / (1 + np.exp(np.clip(left.total - stayed, -700, 700)))

    def purchases(self, groups: PurchaseHistories, span: float) -> Floats:
        """How many further purchases to expect within `span`."""
        still = self.beta + groups.age
        rate = (self.r + groups.frequency) / (self.alpha + groups.age)
        s = self.s if abs(self.s - 1) > 1e-6 else 1 + 1e-6  # at 1 the formula is 0 / 0
        time = still / (s - 1) * -np.expm1((s - 1) * (np.log(still) - np.log(still + span)))
        return rate * time * self.alive(groups)


def fit(groups: PurchaseHistories) -> ParetoNbd | None:
    """By maximum likelihood; none where that has no top."""
    typical = max(groups.mean_gap, 1e-3)
    found = most_likely(_ParetoNbdLikelihood(groups), (0.7, typical, 0.7, typical), weight=groups.size)
    return None if found is None else ParetoNbd(*map(float, found))


@dataclass(frozen=True)
class _Left:
    """The logarithm of having left between the last purchase and now, and means over that moment."""

    total: Floats
    log_alpha: Floats  # of log(α + moment)
    log_beta: Floats
    per_alpha: Floats  # of 1 / (α + moment)
    per_beta: Floats


class _ParetoNbdLikelihood:
    """The log-likelihood of (r, α, s, β) and its gradient."""

    def __init__(self, groups: PurchaseHistories) -> None:
        self.groups = groups

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        from scipy.special import gammaln, psi  # heavy

        r, alpha, s, beta = map(float, parameters)
        groups, x, n = self.groups, self.groups.frequency, self.groups.customers
        stayed, left = self.ways(r, alpha, s, beta)
        gone = 1 / (1 + np.exp(np.clip(stayed - left.total, -700, 700)))
        known = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        now_alpha, now_beta = alpha + groups.age, beta + groups.age
        log_alpha = np.log(now_alpha) + gone * (left.log_alpha - np.log(now_alpha))
        log_beta = np.log(now_beta) + gone * (left.log_beta - np.log(now_beta))
        per_alpha = 1 / now_alpha + gone * (left.per_alpha - 1 / now_alpha)
        per_beta = s / now_beta + gone * ((s + 1) * left.per_beta - s / now_beta)
        gradient = np.array(
            [
                total(n, psi(r + x) - psi(r) + np.log(alpha) - log_alpha),
                total(n, r / alpha - (r + x) * per_alpha),
                total(n, np.log(beta) - log_beta + gone / s),
                total(n, s / beta - per_beta),
            ]
        )
        return total(n, known + np.logaddexp(stayed, left.total)), gradient

    def ways(self, r: float, alpha: float, s: float, beta: float) -> tuple[Floats, _Left]:
        """Logarithms of the two ways to have bought no more: having stayed until now, and having left.

        Having left is ∫ s (α+t)^-(r+x) (β+t)^-(s+1) dt from the last purchase until now. In the logarithm of
        min(α, β) + t the integrand is smooth, and what is left of it thirty powers of e later is nothing.
        """
        groups, x = self.groups, self.groups.frequency
        stayed = -(r + x) * np.log(alpha + groups.age) - s * np.log(beta + groups.age)
        near, far = min(alpha, beta), max(alpha, beta)
        end = np.minimum(groups.age, (far + groups.recency) * np.exp(30 / (r + s + x)) - far)
        first = np.log(near + groups.recency)
        length = np.maximum(np.log(near + end) - first, 0.0)
        moment = np.exp(first[:, None] + length[:, None] * _POINTS) - near
        from_alpha, from_beta = alpha + moment, beta + moment
        log_alpha, log_beta = np.log(from_alpha), np.log(from_beta)
        height = -(r + x)[:, None] * log_alpha - (s + 1) * log_beta + np.log(near + moment)
        top = height.max(1)
        share = _WEIGHTS * np.exp(height - top[:, None])
        area = share.sum(1)
        share /= area[:, None]
        with np.errstate(divide="ignore"):  # who bought today has had no time to leave
            total = np.log(s * length * area) + top
        return stayed, _Left(
            total,
            (share * log_alpha).sum(1),
            (share * log_beta).sum(1),
            (share / from_alpha).sum(1),
            (share / from_beta).sum(1),
        )
