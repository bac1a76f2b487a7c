"""Sample size: how many customers does a campaign need to prove an effect, and what could this many prove?"""

from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist


@dataclass(frozen=True, kw_only=True)
class Design:
    """How a campaign is to be judged: a two-sided test that is wrong in `alpha` of campaigns without any
    effect and finds an effect as large as is asked for in `power` of those that have it; `control` of all
    are held out.
    """

    control: float = 0.05
    alpha: float = 0.05
    power: float = 0.8

    @property
    def critical(self) -> float:
        return NormalDist().inv_cdf(1 - self.alpha / 2)

    @property
    def beyond(self) -> float:
        return NormalDist().inv_cdf(self.power)

    @property
    def parts(self) -> float:
        """The variance of a difference of two means, of so many customers in all, over that of one
        customer.
        """
        return 1 / (self.control * (1 - self.control))


DEFAULT = Design()


def for_rate(rate: float, effect: float, *, design: Design = DEFAULT) -> int:
    """Customers in all, both arms together, to prove that a share of buyers moves from `rate` by `effect`.

    Normal approximation with the pooled variance where nothing has changed (Fleiss, Levin and Paik 2003,
    chapter 4), without the correction for continuity.
    """
    return ceil(_asked_for_rate(rate, effect, design))


def for_mean(deviation: float, effect: float, *, correlation: float = 0.0, design: Design = DEFAULT) -> int:
    """Customers in all to prove that a mean moves by `effect`, of a figure with this standard `deviation`.

    `correlation` is that with the figure of the time before, for which CUPED adjusts: it spares its square.
    """
    variance = deviation**2 * (1 - correlation**2)
    return ceil((design.critical + design.beyond) ** 2 * variance * design.parts / effect**2)


def provable_rate(rate: float, customers: int, *, design: Design = DEFAULT) -> float | None:
    """The least rise of a share of buyers that so many customers in all would prove; none where none
    would.
    """
    from scipy.optimize import brentq  # heavy

    def lacking(effect: float) -> float:
        return _asked_for_rate(rate, effect, design) - customers

    most = 1 - rate
    if customers < 2 or most <= 0 or lacking(most) > 0:
        return None
    return float(brentq(lacking, most * 1e-9, most))


def provable_mean(
    deviation: float, customers: int, *, correlation: float = 0.0, design: Design = DEFAULT
) -> float | None:
    """The least change of a mean that so many customers in all would prove."""
    if customers < 2:
        return None
    left = deviation * sqrt(1 - correlation**2)
    return (design.critical + design.beyond) * left * sqrt(design.parts / customers)


def _asked_for_rate(rate: float, effect: float, design: Design) -> float:
    held, other, changed = design.control, 1 - design.control, rate + effect
    average = held * rate + other * changed
    unchanged = design.critical * sqrt(average * (1 - average) * design.parts)
    moved = design.beyond * sqrt(rate * (1 - rate) / held + changed * (1 - changed) / other)
    return ((unchanged + moved) / effect) ** 2
