"""Stats: how sure may one be of a share that was counted?"""

from dataclasses import dataclass

import ibis.expr.types as ir

#: Of a standard normal variable, 95 % lies within this many deviations of its mean.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """The ends of an interval, as numbers or as columns."""

    low: ir.FloatingValue
    high: ir.FloatingValue


def wilson(hits: ir.NumericValue, trials: ir.NumericValue, *, z: float = Z95) -> Interval:
    """The score interval of a share of `hits` in `trials` (Wilson 1927), null where nothing was tried."""
    n = trials.cast("float64").nullif(0)
    share = hits.cast("float64") / n
    middle = share + z * z / (2 * n)
    spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).sqrt()
    whole = 1 + z * z / n
    return Interval((middle - spread) / whole, (middle + spread) / whole)
