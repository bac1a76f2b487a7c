"""Gamma-gamma: how much does a customer spend each time?

Fader, Hardie and Lee, RFM and CLV (Journal of Marketing Research 42, 2005); Fader and Hardie, The
Gamma-Gamma Model of Monetary Value (2013): amounts of a customer are gamma distributed (shape p, rate ν), and
ν is gamma distributed over customers (shape q, rate γ), whatever the frequency.
"""

from dataclasses import dataclass

import numpy as np

from shuke.models.likelihood import Floats, most_likely, total


@dataclass(frozen=True)
class Spenders:
    """Customers alike in how often they came back and how much they spent each time (both above zero)."""

    frequency: Floats
    spend: Floats
    customers: Floats

    @property
    def size(self) -> float:
        return float(self.customers.sum())

    @property
    def correlation(self) -> float:
        """Of frequency with the logarithm of the spend; 0 where either is the same for all."""
        if self.size < 2:
            return 0.0
        both = np.cov(self.frequency, np.log(self.spend), fweights=self.customers.astype(int))
        spread = float(np.sqrt(both[0, 0] * both[1, 1]))
        return float(both[0, 1]) / spread if spread > 1e-12 else 0.0


@dataclass(frozen=True)
class GammaGamma:
    """The fitted model."""

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """What somebody of whom nothing is known spends; infinite where q is 1 or less."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def log_likelihood(self, spenders: Spenders) -> float:
        return _likelihood(spenders, np.array([self.p, self.q, self.gamma]))[0]

    def spend(self, frequency: Floats, spend: Floats) -> Floats:
        """What each purchase to come is expected to be worth, by the mean of `frequency` ones so far."""
        return self.p * (self.gamma + frequency * spend) / (self.p * frequency + self.q - 1)


def fit(spenders: Spenders) -> GammaGamma | None:
    """By maximum likelihood; none where that has no top, or where the mean would be infinite."""
    typical = float(np.average(spenders.spend, weights=spenders.customers)) if spenders.size else 1.0
    start = (2.0, 3.0, typical)
    found = most_likely(lambda at: _likelihood(spenders, at), start, weight=spenders.size)
    if found is None or found[1] <= 1:
        return None
    return GammaGamma(*map(float, found))


def _likelihood(spenders: Spenders, parameters: Floats) -> tuple[float, Floats]:
    """The log-likelihood of (p, q, γ) and its gradient."""
    from scipy.special import gammaln, psi  # heavy

    p, q, gamma = map(float, parameters)
    x, m, n = spenders.frequency, spenders.spend, spenders.customers
    px, whole = p * x, gamma + m * x
    likelihood = (
        gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(gamma)
        + (px - 1) * np.log(m) + px * np.log(x) - (px + q) * np.log(whole)
    )  # fmt: skip
    share = np.log(m * x / whole)
    gradient = np.array(
        [
            total(n, x * (psi(px + q) - psi(px) + share)),
            total(n, psi(px + q) - psi(q) + np.log(gamma / whole)),
            total(n, q / gamma - (px + q) / whole),
        ]
    )
    return total(n, likelihood), gradient
