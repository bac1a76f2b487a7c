"""Likelihood: which positive parameters make what was seen most likely?"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Objective = Callable[[Floats], tuple[float, Floats]]
"""Parameters -> (log-likelihood, its gradient by each of them)."""

#: Parameters are looked for between exp(-REACH) and exp(REACH); further out nothing tells them apart.
REACH = 14.0


def total(weights: Floats, values: Floats) -> float:
    """Their products, added up. A dot product would be BLAS's, whose threads wait for one another longer."""
    return float(np.sum(weights * values))


def most_likely(objective: Objective, start: Sequence[float], *, weight: float) -> Floats | None:
    """The parameters at the top of the likelihood, found by BFGS on their logarithms.

    `weight` is how many observations the likelihood sums up. None where no top is found, or where
    there is nothing to sum up.
    """
    # Heavy, and wanted only where something is fitted. Its L-BFGS-B would do, but spends its time in the
    # threads of BLAS, for matrices of four by four.
    from scipy.optimize import minimize

    if weight <= 0:
        return None

    def downhill(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(np.clip(logs, -REACH, REACH))
        likelihood, gradient = objective(parameters)
        inside = np.abs(logs) < REACH
        return -likelihood / weight, np.where(inside, -gradient * parameters / weight, 0.0)

    with np.errstate(all="ignore"):  # far-out trials of the line search overflow, and are refused for it
        found = minimize(downhill, np.log(start), jac=True, method="BFGS", options={"gtol": 1e-6})
    flat = bool(np.max(np.abs(found.jac)) < 1e-3)
    parameters: Floats = np.exp(np.clip(found.x, -REACH, REACH))
    return parameters if flat and np.isfinite(found.fun) else None
