"""Holdout: which recommender would have found what customers bought next?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shuke.models.ease import Floats, cosine, ease
from shuke.models.ranked_lists import strongest, top

#: With fewer customers to try it on, nobody can say which is better.
ENOUGH = 30

#: How many products a customer is shown in the trial, and at most which part of all: of a list of nearly all
#: of them, every way finds everything.
SHOWN, PART = 20, 4

#: Penalties of EASE that are tried, as multiples of how many buyers a product has.
PENALTIES = (3.0, 10.0, 30.0)

#: What the most popular product of all may count beside the ties to what a customer bought.
PRIORS = (0.001, 0.01, 0.05)

#: By so many of the products most bought is told how many buyers a product has.
TYPICAL = 1000


@dataclass(frozen=True)
class HoldoutPurchases:
    """What some customers had bought by a day, and what they bought for the first time after it.

    Both have a row per customer and a column per product, and hold 0 or 1; `before` is sparse. Of all
    customers by that day are `gram` and, for each product, `lately`: how many bought it in the last season.
    """

    before: Any
    after: Floats
    gram: Floats
    lately: Floats


@dataclass(frozen=True)
class RecommenderChoice:
    """A way to recommend, and the share of what was bought next that it found (recall)."""

    method: str
    penalty: float | None
    seasonal: bool = False
    prior: float = PRIORS[-1]
    recall: float = 0.0

    def weights(self, gram: Floats, lately: Floats) -> Floats:
        plain = cosine(gram) if self.penalty is None else ease(gram, penalty=self.penalty * _typical(gram))
        return plain * in_season(gram, lately) if self.seasonal else plain


def in_season(gram: Floats, lately: Floats) -> Floats:
    """Of the buyers of each product, the share who bought it lately; of few, nearer to all."""
    share: Floats = (lately + 1) / (np.diag(gram) + 1)
    return share


def best(trial: HoldoutPurchases, *, neighbours: int) -> RecommenderChoice:
    """The way with the greatest recall; `popular` where no other is better, or too few can tell."""
    share = trial.lately / max(trial.lately.max(initial=0), 1)
    popular = RecommenderChoice("popular", None, recall=_recall(np.tile(share, (len(trial.after), 1)), trial))
    if len(trial.after) < ENOUGH:
        return popular
    tried = [(popular, trial.after), *_tried(trial, neighbours)]
    way, scores = max(tried, key=lambda one: one[0].recall)
    if way is popular:
        return way
    beside = [replace(way, prior=p, recall=_recall(scores + np.float32(p) * share, trial)) for p in PRIORS]
    return max([popular, *beside], key=lambda one: one.recall)


def _tried(trial: HoldoutPurchases, neighbours: int) -> Iterator[tuple[RecommenderChoice, Floats]]:
    """Each way with its scores."""
    for method, penalty in (("neighbours", None), *(("ease", penalty) for penalty in PENALTIES)):
        way = RecommenderChoice(method, penalty)
        plain = way.weights(trial.gram, trial.lately)
        for seasonal in (False, True):
            weights = plain * in_season(trial.gram, trial.lately) if seasonal else plain
            scores = (trial.before @ strongest(weights, neighbours)).toarray()
            yield replace(way, seasonal=seasonal, recall=_recall(scores, trial)), scores


def _typical(gram: Floats) -> float:
    """How many buyers a product has, of those most bought, which are the first."""
    return float(np.diag(gram)[:TYPICAL].mean())


def _recall(scores: Floats, trial: HoldoutPurchases) -> float:
    """What the best scores find of what came, of as much as can be shown; the mean over customers."""
    if not len(scores):
        return 0.0
    shown = min(SHOWN, max(1, scores.shape[1] // PART))
    fresh = np.array(scores, np.float32)
    fresh[trial.before.nonzero()] = 0
    who, what, _, _ = top(fresh, shown)
    hits = np.bincount(who, trial.after[who, what], minlength=len(scores))
    return float(np.mean(hits / np.minimum(trial.after.sum(axis=1), shown)))
