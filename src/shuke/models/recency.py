"""Recency: of those who have been silent for so long, how many stay away?

The plainest forecast of who is gone, which any other has to beat: customers in groups by the length of their
silence, each with the share that stayed away; longer silence never means less (isotonic: Ayer and others
1955). Between the middles of two groups the log odds lie on the line through both.
"""

from dataclasses import dataclass

import numpy as np

from shuke.models.likelihood import Floats

#: So many groups, of as many customers each.
GROUPS = 8
#: Chances of a group are kept this far from certainty.
SURE = 0.995


@dataclass(frozen=True)
class RecencyCurve:
    """Log odds by the logarithm of silence: a line that bends at some knots, each by so much."""

    shift: float
    slope: float
    bends: tuple[tuple[float, float], ...]

    def log_odds(self, silence: Floats) -> Floats:
        total: Floats = self.shift + self.slope * silence
        for knot, bend in self.bends:
            total = total + bend * np.maximum(silence - knot, 0.0)
        return total

    def crossing(self) -> float | None:
        """Where the log odds come to nothing; none where they never do."""
        begin, slope = -np.inf, self.slope
        for end, bend in (*self.bends, (np.inf, 0.0)):
            height = float(self.log_odds(np.array([begin if np.isfinite(begin) else 0.0]))[0])
            found = (begin if np.isfinite(begin) else 0.0) - height / slope if slope > 0 else np.nan
            if begin <= found <= end:
                return float(found)
            begin, slope = end, slope + bend
        return None


def fit(silence: Floats, gone: Floats, customers: Floats) -> RecencyCurve:
    """The curve of groups of so many `customers` each, silent alike, of whom so many are `gone`."""
    from sklearn.isotonic import isotonic_regression  # heavy: only where something is fitted

    order = np.argsort(silence, kind="stable")
    count = customers[order]
    before = np.cumsum(count) - count / 2
    group = np.minimum((before * GROUPS / count.sum()).astype(int), GROUPS - 1)
    _, group = np.unique(group, return_inverse=True)
    many = np.bincount(group, weights=count)
    middle = np.bincount(group, weights=count * silence[order]) / many
    overall = gone.sum() / customers.sum()
    # One customer more, who is as likely gone as all are.
    share = (np.bincount(group, weights=gone[order]) + overall) / (many + 1)
    rising = np.clip(isotonic_regression(share, sample_weight=many), 1 - SURE, SURE)
    return _through(middle, np.log(rising / (1 - rising)))


def _through(knots: Floats, heights: Floats) -> RecencyCurve:
    """The line from each knot to the next, which goes on beyond the first and the last."""
    apart = np.diff(knots)
    slopes = np.diff(heights)[apart > 0] / apart[apart > 0]
    if not len(slopes):
        return RecencyCurve(float(heights[0]), 0.0, ())
    inner = knots[:-1][apart > 0][1:]
    bends = tuple((float(knot), float(bend)) for knot, bend in zip(inner, np.diff(slopes), strict=True))
    return RecencyCurve(float(heights[0] - slopes[0] * knots[0]), float(slopes[0]), bends)
