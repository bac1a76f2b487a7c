"""Removal effects: how many of the purchases after journeys would be missing without one of the stops?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.floating[Any]]


def removal_effects(starts: Matrix, moves: Matrix, bought: Matrix, lost: Matrix) -> Matrix:
    """Of journeys as a Markov chain of the first order, the share of purchases that passes each stop.

    `starts`, `bought` and `lost` count, for each stop, the journeys that begin there, end there with a
    purchase, and end there without one; `moves` the steps from one (row) to another (column). Anderl, Becker,
    von Wangenheim and Schumann (2016), Mapping the customer journey: who comes to a stop that is removed is
    lost. What is lost without it is hence what would have passed it:

        N = (I − Q)⁻¹,   removal_i = P(to come by i) · P(to buy from i on) / P(to buy)
                                   = (s N)_i / N_ii · (N r)_i / (s N r)

    One factorisation tells of all stops; steps from a stop to itself change nothing. Zeros where nobody
    bought.
    """
    leaving = moves.sum(1) + bought + lost
    step = np.where(leaving > 0, leaving, 1.0)
    inverse = np.linalg.inv(np.eye(len(starts)) - moves / step[:, None])
    begun = starts / max(starts.sum(), 1.0)
    came, buys = begun @ inverse, inverse @ (bought / step)
    whole = float(begun @ buys)
    if whole <= 0:
        return np.zeros(len(starts))
    effects: Matrix = came / np.diag(inverse) * buys / whole
    return effects
