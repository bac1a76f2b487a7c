"""EASE: by how much does each product speak for each other, given who bought what together?"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def ease(gram: Floats, *, penalty: float) -> Floats:
    """Weights W of the model x ≈ x W with an empty diagonal: row j says what having bought j speaks for.

    `gram` holds how many customers bought both of two products, and on its diagonal how many bought each.
    With P = (G + λI)⁻¹, W_ji = -P_ji / P_ii off the diagonal: the closed form of Steck, Embarrassingly
    Shallow Autoencoders for Sparse Data (2019). It is ridge regression of every product on all others.
    """
    if not len(gram):
        return gram
    from scipy.linalg import lapack  # heavy, and only builds need it

    # In single precision, which halves the time; the weights are wanted to three digits.
    penalised = np.asfortranarray(gram + penalty * np.eye(len(gram)), dtype=np.float32)
    factor, _ = lapack.spotrf(penalised, lower=1, overwrite_a=1)
    lower, _ = lapack.spotri(factor, lower=1, overwrite_c=1)
    inverse = np.tril(lower) + np.tril(lower, -1).T
    weights: Floats = (inverse / -np.diag(inverse)).astype(np.float64)
    np.fill_diagonal(weights, 0)
    return weights


def cosine(gram: Floats) -> Floats:
    """How alike the buyers of two products are: those of both over the geometric mean of those of each.

    Item-item neighbours as in Sarwar and others (2001). Products that nobody bought are like none.
    """
    buyers = np.sqrt(np.diag(gram))
    both = gram / np.where(buyers > 0, buyers, 1) / np.where(buyers > 0, buyers, 1)[:, None]
    np.fill_diagonal(both, 0)
    return both


def strongest(weights: Floats, many: int) -> Floats:
    """The `many` greatest weights of each row, where they are above zero; all else is zero."""
    kept = np.maximum(weights, 0)
    if len(kept) <= many:
        return kept
    least = -np.partition(-kept, many - 1, axis=1)[:, many - 1 : many]
    return np.where(kept >= least, kept, 0)
