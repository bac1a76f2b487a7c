"""Tenures: for how many more months will a contract run?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shuke.lazy import pd
from shuke.models.likelihood import Floats

#: Months of one year count together, and each year is drawn towards all by the weight of so many months.
_YEAR, _WEIGHT = 12, 60.0

#: How far anybody looks ahead, in months.
AHEAD = 120


@dataclass(frozen=True)
class Tenures:
    """The chance of ending in a month, by the years of a contract; the last holds for all that come after."""

    hazards: Floats

    def staying(self, months: Floats) -> Floats:
        """One row per tenure, one column per coming month: the chance to be there at its end."""
        years = (months[:, None] + np.arange(AHEAD)[None, :]) // _YEAR
        hazard = self.hazards[np.minimum(years.astype(int), len(self.hazards) - 1)]
        return np.cumprod(1 - hazard, axis=1)


def fit(seen: pd.DataFrame) -> Tenures:
    """From how many `customers` lasted `months`, of whom so many `lost`; the others are still there.

    The actuarial life table by years of tenure. Each hazard is the mean of a gamma posterior: endings over
    months lived, where `_WEIGHT` months of the average customer are added to both.
    """
    months, lost = seen.months.to_numpy(int), seen.lost.to_numpy(float)
    customers = seen.customers.to_numpy(float)
    years = int(months.max()) // _YEAR + 1
    endings = np.bincount(months // _YEAR, weights=lost * customers, minlength=years)
    lived = np.zeros(years)
    for year in range(years):
        inside = np.clip(months + 0.5 - year * _YEAR, 0, _YEAR)
        lived[year] = float(customers @ inside)
    # A half ending more: where nobody has left yet, somebody will.
    overall = (endings.sum() + 0.5) / max(lived.sum(), _WEIGHT)
    return Tenures(np.minimum((endings + overall * _WEIGHT) / (lived + _WEIGHT), 1.0))
