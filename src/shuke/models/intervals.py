"""Intervals: between how many purchases, and how much money, will it come out four times in five?"""

from dataclasses import dataclass

import numpy as np

from shuke.models.gamma_gamma import GammaGamma
from shuke.models.likelihood import Floats

#: One time in ten it is less, one time in ten it is more.
LOW, HIGH = 0.1, 0.9

#: How far out the lower end may be moved where it held less often than that; the upper end as far.
FURTHER = (LOW, 0.05, 0.025, 0.01)


@dataclass(frozen=True)
class Count:
    """How many purchases will come: none from those who have left, else a negative binomial number.

    `shape` is r + frequency, as if those who stay never left; `mean` is over all, those who left included.
    """

    mean: Floats
    alive: Floats
    shape: Floats

    @property
    def _if_alive(self) -> Floats:
        return self.mean / np.maximum(self.alive, 1e-9)

    @property
    def _chance(self) -> Floats:
        return self.shape / (self.shape + self._if_alive)

    def quantile(self, share: float) -> Floats:
        from scipy.stats import nbinom  # heavy

        alive = np.maximum(self.alive, 1e-9)
        within = (share - (1 - alive)) / alive
        found: Floats = nbinom.ppf(np.clip(within, 0.0, 1.0), self.shape, self._chance)
        return beside(np.where((within > 0) & (self.mean > 0), np.nan_to_num(found), 0.0), self.mean, share)

    def within(self, low: Floats, high: Floats) -> Floats:
        """The chance that the number lies between, the ends included.

        Of whole numbers that is hardly ever what the quantiles were asked for, but more: where nine in ten
        buy nothing, "none" alone holds nine times in ten.
        """
        from scipy.stats import nbinom  # heavy

        reached, missed = nbinom.cdf([np.floor(high), np.ceil(low) - 1], self.shape, self._chance)
        gone = np.where(low <= 0, 1 - self.alive, 0.0)
        found: Floats = self.alive * np.nan_to_num(reached - missed, nan=1.0) + gone
        return np.clip(found, 0.0, 1.0)

    @property
    def nothing(self) -> Floats:
        """The chance that none will come."""
        found: Floats = 1 - self.alive + self.alive * self._chance**self.shape
        return found

    def worth_within(self, low: float) -> Floats:
        """The chance that what they spend lies between the quantiles `low` and 1 - `low`, these included.

        Who is likelier than that to spend nothing, spends nothing less than the lower end.
        """
        return np.maximum(np.where(self.nothing > low, 1 - low, 1 - 2 * low), self.nothing)

    def worth(self, share: float, spenders: GammaGamma, frequency: Floats) -> Floats:
        """A quantile of what they will spend together, as a multiple of what one is expected to be worth.

        None where the number is none, else a gamma variable with the mean and variance of the sum: with
        A = p·frequency + q, E[sum²] is (E[n]/p + E[n²]) (A-1)/(A-2) times the expected worth squared.
        """
        from scipy.special import gammaincinv  # heavy

        often = self._if_alive
        squares = self.alive * (often + often**2 * (1 + 1 / self.shape))
        sure = np.maximum(spenders.p * frequency + spenders.q, 2.1)  # the variance is infinite at 2
        nothing = self.nothing
        some = np.maximum(1 - nothing, 1e-12)
        mean = self.mean / some
        variance = (self.mean / spenders.p + squares) * (sure - 1) / (sure - 2) / some - mean**2
        scale = np.maximum(variance, 1e-12) / np.maximum(mean, 1e-12)
        within = (share - nothing) / some
        found = gammaincinv(np.maximum(mean / scale, 1e-9), np.clip(within, 0.0, 1.0)) * scale
        return beside(np.where((within > 0) & (self.mean > 0), np.nan_to_num(found), 0.0), self.mean, share)


def beside(quantile: Floats, mean: Floats, share: float) -> Floats:
    """An end of an interval that holds the mean as well, which of what is rare lies above nearly all."""
    return np.clip(quantile, 0.0, mean) if share < 0.5 else np.maximum(quantile, mean)
