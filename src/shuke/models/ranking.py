"""Ranking: does a figure put those to whom it happened before those to whom it did not?"""

import numpy as np

from shuke.models.likelihood import Floats


def auc(figure: Floats, hits: Floats, misses: Floats) -> float | None:
    """The chance that one to whom it happened has the higher figure than one to whom it did not.

    By the distinct values of the figure, with how many of each there are; equal figures count half (Mann
    and Whitney 1947). None where it happened to all or to nobody.
    """
    order = np.argsort(figure)
    values, at = np.unique(figure[order], return_inverse=True)
    good = np.bincount(at, weights=hits[order], minlength=len(values))
    bad = np.bincount(at, weights=misses[order], minlength=len(values))
    pairs = float(good.sum() * bad.sum())
    below = np.cumsum(bad) - bad
    return float(good @ (below + bad / 2)) / pairs if pairs else None
