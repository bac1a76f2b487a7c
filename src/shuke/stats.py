"""Stats: what is an average, to the last digit on every engine, and how sure may one be of a share?"""

from dataclasses import dataclass

import ibis.expr.types as ir

#: Of a standard normal variable, 95 % lies within this many deviations of its mean.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Interval:
    """The ends of an interval, as numbers or as columns."""

    low: ir.FloatingValue
    high: ir.FloatingValue


def average(total: ir.DecimalValue, parts: ir.NumericValue) -> ir.DecimalValue:
    """`total` over `parts` as a decimal of four places, rounded half up; null where there are no parts.

    Worked out in floating point and whole numbers, which engines treat alike; each divides decimals in
    its own way.
    """
    return rounded(total.cast("float64") / parts.cast("float64"), 4).cast("decimal(18, 4)")


def rounded(value: ir.FloatingValue, places: int) -> ir.FloatingValue:
    """To so many decimal places, halves up; each engine's own rounding takes other figures for halves."""
    scale = 10**places
    # The least that keeps a half a half, where what was worked out before has left it just below.
    return (value * scale + 0.5 + 1e-6).floor() / scale


def wilson(hits: ir.NumericValue, trials: ir.NumericValue, *, z: float = Z95) -> Interval:
    """The score interval of a share of `hits` in `trials` (Wilson 1927), null where nothing was tried."""
    n = trials.cast("float64").nullif(0)
    share = hits.cast("float64") / n
    middle = share + z * z / (2 * n)
    spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).sqrt()
    whole = 1 + z * z / n
    return Interval((middle - spread) / whole, (middle + spread) / whole)


def two_shares(
    hits: ir.NumericValue, trials: ir.NumericValue, other_hits: ir.NumericValue, other_trials: ir.NumericValue
) -> ir.FloatingValue:
    """By how many deviations the first share is above the second, were both draws of one (pooled z test).

    Null where nothing was tried or where all agree, for then there is nothing to tell apart.
    """
    n, m = trials.cast("float64").nullif(0), other_trials.cast("float64").nullif(0)
    pooled = (hits + other_hits).cast("float64") / (n + m)
    spread = (pooled * (1 - pooled) * (1 / n + 1 / m)).sqrt().nullif(0)
    return (hits.cast("float64") / n - other_hits.cast("float64") / m) / spread
