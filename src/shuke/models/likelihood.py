"""Likelihood: which positive parameters make what was seen most likely?"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Objective = Callable[[Floats], tuple[float, Floats]]
"""Parameters -> (log-likelihood, its gradient by each of them)."""

#: Parameters are looked for between exp(-REACH) and exp(REACH); further out nothing tells them apart.
REACH = 14.0


def most_likely(objective: Objective, start: Sequence[float], *, weight: float) -> Floats | None:
    """The parameters at the top of the likelihood, found by L-BFGS-B on their logarithms.

    `weight` is how many observations the likelihood sums up. None where no top is found, or where
    there is nothing to sum up.
    """
    from scipy.optimize import minimize  # heavy, and wanted only where something is fitted

    if weight <= 0:
        return None

    def downhill(logs: Floats) -> tuple[float, Floats]:
        parameters = np.exp(logs)
        likelihood, gradient = objective(parameters)
        return -likelihood / weight, -gradient * parameters / weight

    with np.errstate(all="ignore"):  # far-out trials of the line search overflow, and are refused for it
        found = minimize(
            downhill, np.log(start), jac=True, method="L-BFGS-B", bounds=[(-REACH, REACH)] * len(start),
            options={"ftol": 1e-12, "gtol": 1e-7, "maxiter": 500},
        )  # fmt: skip
    parameters: Floats = np.exp(found.x)
    flat = bool(np.max(np.abs(found.jac[np.abs(found.x) < REACH]), initial=0.0) < 1e-3)
    return parameters if flat and np.isfinite(found.fun) else None
