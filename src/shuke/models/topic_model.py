"""Topic model: which texts are about the same thing, and in which words is it said?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.models.text_words import words
from shuke.models.threads import one_thread

Weights = Mapping[str, float]
"""The words of a topic, each with what it weighs; the squares add up to one."""

#: So many words tell a topic.
WORDS = 60
DIMENSIONS = 100
#: Of so many texts, in the order in which they are given, topics are learnt.
MOST = 50_000
#: Below this likeness a text is about something else.
LEAST_LIKENESS = 0.12
#: From this likeness on, two topics of different builds are one.
SAME = 0.4


def learn(texts: Sequence[str], *, topics: int, smallest: int) -> list[dict[str, float]]:
    """The topics of different texts, the largest first; none where too few words stand in several texts.

    Words weighed by how rare they are (Salton and Buckley 1988), brought to a hundred dimensions that words
    of one meaning share (latent semantic analysis, Deerwester et al. 1990), and clustered (k-means++, Arthur
    and Vassilvitskii 2007). A topic is what its texts have in common; clusters of fewer than `smallest` are
    none.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # heavy, and only builds need it

    told = list(texts[:MOST])
    vectors = TfidfVectorizer(
        analyzer=words, sublinear_tf=True, min_df=2, max_df=0.3 if len(told) >= 100 else 1.0
    )
    try:
        counted = vectors.fit_transform(told)
    except ValueError:  # no word stands in two texts
        return []
    heard = np.flatnonzero(np.diff(counted.indptr))
    number = min(topics, len(heard) // smallest, counted.shape[1] - 1)
    if number < 1:
        return []
    rows = counted[heard]
    labels = _clustered(rows, number) if _varies(rows) else np.zeros(len(heard), int)
    sizes = np.bincount(labels, minlength=number)
    order = [int(n) for n in np.argsort(-sizes, kind="stable") if sizes[n] >= smallest]
    names = vectors.get_feature_names_out()
    return [_weights(np.asarray(rows[labels == n].mean(0)).ravel(), names) for n in order]


def _varies(rows: Any) -> bool:
    """Whether not all texts have the same words."""
    return bool((np.asarray(rows.max(0).todense()) - np.asarray(rows.min(0).todense())).max() > 1e-9)


def _clustered(rows: Any, number: int) -> NDArray[Any]:
    from sklearn.cluster import KMeans  # heavy, and only builds need it
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    with one_thread():
        svd = TruncatedSVD(min(DIMENSIONS, rows.shape[1] - 1, rows.shape[0]), random_state=0)
        places = normalize(svd.fit_transform(rows))
        number = min(number, len(np.unique(places.round(6), axis=0)))  # what is said alike is one place
        return np.asarray(KMeans(number, n_init=3, random_state=0).fit_predict(places))


def _weights(centre: NDArray[Any], names: NDArray[Any]) -> dict[str, float]:
    best = np.argsort(-centre, kind="stable")[:WORDS]
    best = best[centre[best] > 0]
    length = float(np.linalg.norm(centre[best])) or 1.0
    return {str(names[n]): float(centre[n]) / length for n in best}


def likeness(one: Weights, other: Weights) -> float:
    """The cosine of the words of two topics."""
    return sum(weight * other.get(word, 0.0) for word, weight in one.items())


def matched(found: Sequence[Weights], earlier: Sequence[Weights]) -> dict[int, int]:
    """Which of the found topics is which earlier one: the pairs that together are most alike."""
    if not found or not earlier:
        return {}
    from scipy.optimize import linear_sum_assignment  # heavy, and only builds need it

    alike = np.array([[likeness(a, b) for b in earlier] for a in found])
    pairs = zip(*linear_sum_assignment(-alike), strict=True)
    return {int(n): int(m) for n, m in pairs if alike[n, m] >= SAME}


@dataclass(frozen=True)
class AssignedTopics:
    """Of each text, the place of the topic that it is most like (−1: of none), and how alike."""

    topic: NDArray[np.int64]
    likeness: NDArray[np.float64]


def assigned(texts: Sequence[str], topics: Sequence[Weights]) -> AssignedTopics:
    """A text counts each of its words once, of those that any topic knows."""
    from scipy.sparse import csr_matrix

    if not topics or not texts:
        return AssignedTopics(np.full(len(texts), -1), np.zeros(len(texts)))
    known = {word: n for n, word in enumerate(sorted({w for topic in topics for w in topic}))}
    cells = [(row, known[w]) for row, text in enumerate(texts) for w in set(words(text)) if w in known]
    ones = np.ones(len(cells))
    rows, columns = np.array(cells).reshape(-1, 2).T
    said = csr_matrix((ones, (rows, columns)), shape=(len(texts), len(known)))
    of = [(known[w], n, weight) for n, topic in enumerate(topics) for w, weight in topic.items()]
    there, which, weights = (np.array(part) for part in zip(*of, strict=True))
    matrix = csr_matrix((weights, (there, which)), shape=(len(known), len(topics)))
    size = np.sqrt(np.maximum(np.asarray(said.sum(1)).ravel(), 1))
    alike = np.asarray((said @ matrix).todense()) / size[:, None]
    best = alike.argmax(1)
    most = alike[np.arange(len(texts)), best]
    return AssignedTopics(np.where(most >= LEAST_LIKENESS, best, -1), most)
