"""Sentiment model: does a text praise or blame, learnt from texts that customers rated themselves?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.models.threads import one_thread

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

#: With fewer rated texts of either side, unlike one another, nothing is learnt.
FEWEST = 10
FOLDS = 5
#: So many different texts are enough to learn from.
MOST = 20_000
#: Compound scores of VADER between these are neither praise nor blame (Hutto and Gilbert 2014).
VADER_NEUTRAL = 0.05


@dataclass(frozen=True)
class SentimentFit:
    """What was learnt, and what a model that had not seen the text says of each that it was learnt from."""

    vectors: Any
    weights: Any
    held_out: Floats

    def predict(self, texts: Sequence[str]) -> Floats:
        """The chance that each text praises."""
        return np.asarray(self.weights.predict_proba(_features(self.vectors, texts))[:, 1])


def fit(texts: Sequence[str], praises: Flags) -> SentimentFit | None:
    """Logistic regression on character n-grams and, of words in letters, on what VADER says of them.

    Each of `texts` stands once, so that none is on both sides of a fold; None where too few are of a side.
    Characters need no words to be cut, forgive slips of the pen, and take "not good" for something else than
    "good"; that what VADER knows of English is a feature lets the model judge words that nobody rated here.
    """
    if min(praises.sum(), (~praises).sum()) < FEWEST:
        return None
    from sklearn.model_selection import StratifiedKFold  # heavy, and only builds need it

    held_out = np.full(len(texts), 0.5)
    listed = np.array(texts, dtype=object)
    with one_thread():
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(texts, praises):
            vectors, weights = _fitted(listed[train], praises[train])
            held_out[test] = weights.predict_proba(_features(vectors, listed[test]))[:, 1]
        vectors, weights = _fitted(listed, praises)
    return SentimentFit(vectors, weights, held_out)


def vader(texts: Sequence[str]) -> Floats:
    """From −1 (blame) to 1 (praise), by a dictionary and rules of English (Hutto and Gilbert 2014)."""
    return np.array([_analyser().polarity_scores(text)["compound"] for text in texts], float)


def _fitted(texts: Any, praises: Flags) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 4), sublinear_tf=True, max_features=100_000,
        min_df=2 if len(texts) > 500 else 1,
    ).fit(texts)  # fmt: skip
    weights = LogisticRegression(C=3.0, class_weight="balanced", max_iter=500)
    return vectors, weights.fit(_features(vectors, texts), praises)


def _features(vectors: Any, texts: Any) -> Any:
    from scipy.sparse import csr_matrix, hstack

    scores = csr_matrix(vader(list(texts))[:, None])
    return hstack([vectors.transform(texts), scores]).tocsr()


@cache
def _analyser() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # type: ignore[import-untyped]

    return SentimentIntensityAnalyzer()
