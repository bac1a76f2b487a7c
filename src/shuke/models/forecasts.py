"""Forecasts: what can be expected of customers with this purchase history?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from shuke.lazy import pd
from shuke.models import bg_nbd, pareto_nbd
from shuke.models.bg_nbd import BgNbd
from shuke.models.gamma_gamma import GammaGamma
from shuke.models.histories import PurchaseHistories
from shuke.models.intervals import FURTHER, HIGH, LOW, Count
from shuke.models.likelihood import Floats
from shuke.models.pareto_nbd import ParetoNbd
from shuke.models.same_rate import SameRate

#: How many days the months of the columns have.
SPANS = {"3m": 91, "6m": 182, "12m": 365}

#: Fewer customers, or fewer who came back, and no model is tried.
LEAST_CUSTOMERS, LEAST_BACK = 50, 10

#: From more groups on the second opinion is fitted on coarser ones.
MOST_GROUPS = 5_000

#: Years of further purchases that count in the residual value.
YEARS = 10


@dataclass(frozen=True)
class HoldoutPeriod:
    """Groups as they were some time ago, how many `later` purchases each made, and within which span."""

    groups: PurchaseHistories
    later: Floats
    span: int

    def error(self, model: BgNbd | SameRate) -> float:
        """Mean absolute error of the purchases foretold."""
        missed = np.abs(model.purchases(self.groups, self.span) - self.later)
        return float(np.average(missed, weights=self.groups.customers))


@dataclass(frozen=True)
class FittedForecast:
    """The model that foretells purchases, and a second opinion on who is still there.

    Intervals begin at the quantile `low` and end as far below 1. `kept` is how often they held in the trial
    for each time that the model promised.
    """

    method: str
    model: BgNbd | SameRate
    second: ParetoNbd | None
    low: float = LOW
    kept: float = 1.0

    def alive(self, groups: PurchaseHistories) -> Floats:
        """Of who never came back BG/NBD cannot tell: there it is the second opinion's."""
        told = self.model.alive(groups)
        if self.second is None or isinstance(self.model, SameRate):
            return told
        return np.where(groups.frequency > 0, told, self.second.alive(groups))


def fitted(now: PurchaseHistories, tried: Callable[[], HoldoutPeriod]) -> FittedForecast:
    """BG/NBD, if it foretold the span of a trial better than everybody's rate so far; else that rate."""
    plain = FittedForecast("baseline", SameRate(now.mean_gap), None)
    if now.size < LEAST_CUSTOMERS:
        return plain
    trial = tried()
    then = trial.groups
    if then.size < LEAST_CUSTOMERS or then.repeaters < LEAST_BACK:
        return plain
    earlier, model, second = bg_nbd.fit(then), bg_nbd.fit(now), _second(now)
    if earlier is None or model is None or trial.error(earlier) >= trial.error(SameRate(then.mean_gap)):
        return FittedForecast("baseline", plain.model, second, *_held(SameRate(then.mean_gap), trial))
    return FittedForecast("bg_nbd", model, second, *_held(earlier, trial))


def _held(model: BgNbd | SameRate, trial: HoldoutPeriod) -> tuple[float, float]:
    """From which quantile on intervals held four times in five, and how often for each time promised."""
    count, customers = _count(model, trial.groups, trial.span), trial.groups.customers
    for low in FURTHER:
        ends = count.quantile(low), count.quantile(1 - low)
        inside = (trial.later >= ends[0]) & (trial.later <= ends[1])
        held = float(np.average(inside, weights=customers))
        if held >= HIGH - LOW:
            break
    promised = float(np.average(count.within(*ends), weights=customers))
    return low, held / max(promised, 1e-9)


def _count(model: BgNbd | SameRate, groups: PurchaseHistories, days: int) -> Count:
    return Count(model.purchases(groups, days), model.alive(groups), model.r + groups.frequency)


def _second(now: PurchaseHistories) -> ParetoNbd | None:
    """A second opinion, which may see a large company in fewer groups: its integrals take their time."""
    return pareto_nbd.fit(now if len(now.age) <= MOST_GROUPS else now.coarser(28.0))


def futures(
    fit: FittedForecast,
    groups: PurchaseHistories,
    spenders: GammaGamma,
    *,
    discount_rate: float,
    days_ahead: int = SPANS["3m"],
) -> pd.DataFrame:
    """One row per group: who is alive, purchases by span, and their worth in terms of that of one.

    The shortest span has `days_ahead` days.
    """
    unknown = np.full(len(groups.age), np.nan)
    columns = {
        "alive": fit.alive(groups),
        "alive_pareto": fit.second.alive(groups) if fit.second else unknown,
        "ahead": _discounted(fit.model, groups, discount_rate),
    }
    for span, days in (SPANS | {"3m": days_ahead}).items():
        count = _count(fit.model, groups, days)
        columns[f"purchases_{span}"] = count.mean
        for end, share in (("low", fit.low), ("high", 1 - fit.low)):
            columns[f"purchases_{span}_{end}"] = count.quantile(share)
            columns[f"worth_{span}_{end}"] = count.worth(share, spenders, groups.frequency)
        ends = (columns[f"purchases_{span}_{end}"] for end in ("low", "high"))
        columns[f"purchases_{span}_within"] = np.minimum(count.within(*ends) * fit.kept, 1.0)
        columns[f"value_{span}_within"] = np.minimum(count.worth_within(fit.low) * fit.kept, 1.0)
    return pd.DataFrame(columns)


def _discounted(model: BgNbd | SameRate, groups: PurchaseHistories, rate: float) -> Floats:
    """The purchases of the years to come, each counted as much less as its middle is away."""
    by_year = [model.purchases(groups, 365 * year) for year in range(YEARS + 1)]
    in_year = np.diff(np.array(by_year), axis=0)
    middles = np.arange(YEARS) + 0.5
    # Not a product of matrices: BLAS's ends in other digits on another number of threads.
    discounted: Floats = ((1 + rate) ** -middles[:, None] * in_year).sum(0)
    return discounted
