"""Interpurchase times: how long is it from one purchase to the next?

The gaps between purchases of a customer are gamma distributed (regularity k, pace ν), and ν is gamma
distributed over customers (shape q, rate γ). It is the model that Colombo and Jiang (1999) have for amounts,
told of time, as in Platzer and Reutterer (Marketing Science 35, 2016): at k = 1 purchases fall at random,
above it they are the more regular. After x gaps that add up to S, the next one is B y / (1 - y), where
B = γ + S and y is beta distributed (k, k x + q).
"""

from dataclasses import dataclass

import numpy as np

from shuke.models.likelihood import Floats, most_likely, total


@dataclass(frozen=True)
class InterpurchaseTimes:
    """Customers alike in how many gaps they left and how long those are together.

    `logarithms` are those of each single gap, added up over gaps and customers.
    """

    count: Floats
    whole: Floats
    logarithms: Floats
    customers: Floats


@dataclass(frozen=True)
class InterpurchaseModel:
    """The fitted model."""

    k: float
    q: float
    gamma: float

    def gone(self, count: Floats, silence: Floats) -> Floats:
        """The share of gaps that are shorter than this silence, in terms of B."""
        from scipy.special import betainc  # heavy

        found: Floats = betainc(self.k, self.k * count + self.q, silence / (1 + silence))
        return found

    def quantile(self, share: float, count: Floats, silence: Floats) -> Floats:
        """A quantile of the gap, in terms of B, where it is known to be longer than the silence."""
        from scipy.special import betaincinv  # heavy

        past = self.gone(count, silence)
        part = betaincinv(self.k, self.k * count + self.q, past + (1 - past) * share)
        return part / np.maximum(1 - part, 1e-9)


def fit(gaps: InterpurchaseTimes) -> InterpurchaseModel | None:
    """By maximum likelihood; none where that has no top."""
    weight = float(gaps.customers.sum())
    if not weight:
        return None
    typical = float(np.average(gaps.whole / gaps.count, weights=gaps.customers))
    found = most_likely(lambda at: _likelihood(gaps, at), (1.0, 2.0, max(typical, 1.0)), weight=weight)
    return None if found is None else InterpurchaseModel(*map(float, found))


def _likelihood(gaps: InterpurchaseTimes, parameters: Floats) -> tuple[float, Floats]:
    """The log-likelihood of (k, q, γ) and its gradient."""
    from scipy.special import gammaln, psi  # heavy

    k, q, gamma = map(float, parameters)
    x, n, longest = gaps.count, gaps.customers, np.log(gamma + gaps.whole)
    shape, logs = k * x + q, float(gaps.logarithms.sum())
    likelihood = gammaln(shape) - gammaln(q) + q * np.log(gamma) - x * gammaln(k) - shape * longest
    gradient = np.array(
        [
            total(n, x * (psi(shape) - psi(k) - longest)) + logs,
            total(n, psi(shape) - psi(q) + np.log(gamma) - longest),
            total(n, q / gamma - shape / (gamma + gaps.whole)),
        ]
    )
    return total(n, likelihood) + (k - 1) * logs, gradient


@dataclass(frozen=True)
class DropoutModel:
    """After each purchase a customer leaves for good with a chance of their own, which is beta (a, b)."""

    a: float
    b: float

    def returns(self, count: Floats, past: Floats) -> Floats:
        """The chance to come again after so many gaps, and a silence that outlasts the share `past` of them.

        They came back `count` times, so that the chance is beta (a, b + count); to stay and not to have come
        yet has the chance 1 - past.
        """
        there = (self.b + count) * (1 - past)
        return there / (self.a + there)


def leaving(count: Floats, past: Floats, customers: Floats) -> DropoutModel | None:
    """By maximum likelihood, of customers alike in their gaps and silence; none where that has no top."""
    from scipy.special import gammaln, psi  # heavy

    still = 1 - past

    def likelihood(parameters: Floats) -> tuple[float, Floats]:
        a, b = map(float, parameters)
        each, mixed = a + b + count, a + (b + count) * still
        stayed = gammaln(b + count) - gammaln(b) + gammaln(a + b) - gammaln(each)
        by_a = psi(a + b) - psi(each) + 1 / mixed - 1 / each
        by_b = psi(b + count) - psi(b) + psi(a + b) - psi(each) + still / mixed - 1 / each
        gradient = np.array([total(customers, by_a), total(customers, by_b)])
        return total(customers, stayed + np.log(mixed) - np.log(each)), gradient

    found = most_likely(likelihood, (1.0, 4.0), weight=float(customers.sum()))
    return None if found is None else DropoutModel(*map(float, found))
