"""Reconciliation: what do forecasts of a whole and of its parts say once the parts add up to the whole?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from shuke.models.series_forecasts import Floats

CENT = Decimal("0.01")


def reconciled(values: Floats, variances: Floats, partitions: Sequence[Sequence[int]]) -> Floats:
    """The nearest figures that add up, the sure ones moved least.

    The first value is the whole; each partition names the places of parts that make it up. With W the
    variances and C the sums that have to be nothing,

        y − W Cᵀ (C W Cᵀ)⁻¹ C y        Wickramasuriya, Athanasopoulos and Hyndman (2019)
    """
    constraints = np.zeros((len(partitions), len(values)))
    constraints[:, 0] = 1
    for row, parts in zip(constraints, partitions, strict=True):
        row[list(parts)] = -1
    weights = np.maximum(variances, 1e-9 * max(float(variances.max(initial=0)), 1.0))
    spread = weights[:, None] * constraints.T
    return np.asarray(
        values - spread @ np.linalg.solve(constraints @ spread, constraints @ values), dtype=float
    )


def in_cents(values: Floats, whole: Decimal) -> list[Decimal]:
    """Parts to the cent that add up to the whole to the cent: the largest one takes what rounding leaves."""
    parts = [Decimal(repr(float(value))).quantize(CENT) for value in values]
    if parts:
        largest = max(range(len(parts)), key=lambda n: (abs(parts[n]), -n))
        parts[largest] += whole - sum(parts, Decimal(0))
    return parts
