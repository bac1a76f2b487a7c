"""Same rate: how often will customers buy if they go on as they did so far?

It is what a model has to beat.
"""

from dataclasses import dataclass

import numpy as np

from shuke.models.histories import PurchaseHistories
from shuke.models.likelihood import Floats

#: Nobody's rate is told from fewer days.
LEAST_DAYS = 30.0


@dataclass(frozen=True)
class SameRate:
    """Repeat purchases over the time since the first, in days, and that for ever."""

    usual_gap: float
    r: float = 0.5  # how little is known of the rate of somebody who never came back

    def alive(self, groups: PurchaseHistories) -> Floats:
        """One half after a silence of a usual gap between purchases, and ever less."""
        own = np.where(groups.frequency > 0, groups.recency / np.maximum(groups.frequency, 1), self.usual_gap)
        gap = np.maximum(own, 1.0)
        return gap / (gap + groups.age - groups.recency)

    def purchases(self, groups: PurchaseHistories, span: float) -> Floats:
        return groups.frequency / np.maximum(groups.age, LEAST_DAYS) * span
