"""Shrinkage: how likely is an outcome, given similar customers, and does similarity help at all?"""

from __future__ import annotations

import numpy as np

from shuke.lazy import pd
from shuke.stats import Z95


def shrunk(cells: pd.DataFrame, prior: pd.Series) -> pd.Series:
    """The chance in each cell of `hits` in `trials`, drawn towards `prior` by as much as cells differ.

    Beta-binomial: (hits + k prior) / (trials + k). The strength k is 1/rho - 1, and rho, the correlation
    within a cell, is found by moments from how far hits scatter beyond what chance alone explains
    (Williams 1982).
    """
    n, p = cells.trials.to_numpy(float), prior.to_numpy(float)
    chance = p * (1 - p)
    beyond = float(((cells.hits.to_numpy(float) - n * p) ** 2 - n * chance).sum())
    possible = float((n * (n - 1) * chance).sum())
    rho = min(max(beyond / possible if possible > 0 else 0.0, 1e-4), 0.5)
    k = 1 / rho - 1
    return pd.Series((cells.hits.to_numpy(float) + k * p) / (n + k), index=cells.index)


def pooled(cells: pd.DataFrame, by: list[str]) -> pd.Series:
    """For each cell the chance of all cells that agree in `by`; half a hit in one trial added to each."""
    sums = cells.groupby(by)[["hits", "trials"]].transform("sum").astype(float)
    return (sums.hits + 0.5) / (sums.trials + 1)


def spread(chance: pd.Series, trials: pd.Series) -> tuple[pd.Series, pd.Series]:
    """The ends of the score interval around a chance that rests on so many trials (Wilson 1927)."""
    n = trials.astype(float).clip(lower=1)
    middle = chance + Z95**2 / (2 * n)
    half = Z95 * np.sqrt(chance * (1 - chance) / n + Z95**2 / (4 * n * n))
    whole = 1 + Z95**2 / n
    return ((middle - half) / whole).clip(0, 1), ((middle + half) / whole).clip(0, 1)


def log_score(cells: pd.DataFrame, chance: pd.Series) -> float:
    """The log-likelihood of what came, each trial by itself; the greater, the better foretold."""
    p = chance.to_numpy(float).clip(1e-9, 1 - 1e-9)
    hits, missed = cells.hits.to_numpy(float), (cells.trials - cells.hits).to_numpy(float)
    return float((hits * np.log(p) + missed * np.log(1 - p)).sum())
