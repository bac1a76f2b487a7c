"""Held out: which way of recommending would have found what customers bought next?"""

from dataclasses import dataclass

import numpy as np

from shuke.models.ease import Floats, cosine, ease, strongest

#: With fewer customers to try it on, nobody can say which is better.
ENOUGH = 30

#: How many products a customer is shown in the trial, and at most which part of all: of a list of nearly all
#: of them, every way finds everything.
SHOWN, PART = 20, 4

#: Penalties of EASE that are tried.
PENALTIES = (100.0, 300.0, 1000.0)


@dataclass(frozen=True)
class Trial:
    """What some customers had bought by a day, and what they bought for the first time after it.

    Both have a row per customer and a column per product, and hold 0 or 1. `gram` and `popular` are of
    all customers by that day.
    """

    before: Floats
    after: Floats
    gram: Floats
    popular: Floats


@dataclass(frozen=True)
class Way:
    """A way to recommend, and the share of what was bought next that it found (recall)."""

    method: str
    penalty: float | None
    recall: float

    def weights(self, gram: Floats) -> Floats:
        return cosine(gram) if self.penalty is None else ease(gram, penalty=self.penalty)


def best(trial: Trial, *, neighbours: int) -> Way:
    """The way with the greatest recall; `popular` where no other is better, or too few can tell."""
    popular = Way("popular", None, _recall(np.tile(trial.popular, (len(trial.before), 1)), trial))
    if len(trial.before) < ENOUGH:
        return popular
    ways = [Way("neighbours", None, 0.0), *(Way("ease", penalty, 0.0) for penalty in PENALTIES)]
    tried = [
        Way(w.method, w.penalty, _recall(trial.before @ strongest(w.weights(trial.gram), neighbours), trial))
        for w in ways
    ]
    return max([popular, *tried], key=lambda way: way.recall)


def _recall(scores: Floats, trial: Trial) -> float:
    """What the best scores find of what came, of as much as can be shown; the mean over customers."""
    if not len(scores):
        return 0.0
    shown = min(SHOWN, max(1, scores.shape[1] // PART))
    fresh = np.where(trial.before > 0, -np.inf, scores)
    # Equals by number, for the same on every machine.
    order = np.argsort(-fresh, axis=1, kind="stable")[:, :shown]
    hits = np.take_along_axis(trial.after, order, axis=1).sum(axis=1)
    return float(np.mean(hits / np.minimum(trial.after.sum(axis=1), shown)))
