"""Ranked lists: which few products come first for a customer, and what is the main reason for each?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shuke.models.signals import PURCHASE

Whole = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]

#: In the place of the kind of signal: nothing that one did, but what is popular.
POPULAR = -1

#: Lists are made of so many scores at a time.
AT_ONCE = 4_000_000

#: Scores are looked through in so many parts.
STRIPES = 16


@dataclass(frozen=True)
class Offer:
    """What may be offered, the columns of its matrices, and what speaks for it, their rows."""

    products: Whole  # the number of the product in each column
    ties: Any  # sparse: how much interest in each product speaks for each column
    again: Floats  # how much having bought a product speaks for itself
    crowds: Any  # sparse: how popular each column is in each crowd


@dataclass(frozen=True)
class InterestMatrix:
    """Who cares for what: of each customer, numbered from 0, the crowd; and interests ordered by customer."""

    crowd: Whole
    who: Whole
    product: Whole
    interest: Floats
    signal: Whole

    def between(self, start: int, stop: int) -> "InterestMatrix":
        """Some of the customers alone, numbered from 0."""
        a, b = np.searchsorted(self.who, (start, stop))
        return InterestMatrix(
            self.crowd[start:stop], self.who[a:b] - start, self.product[a:b], self.interest[a:b],
            self.signal[a:b],
        )  # fmt: skip


@dataclass(frozen=True)
class Lists:
    """The best for each: a row per customer and rank, with what had the greatest part in the score."""

    who: Whole
    rank: Whole
    product: Whole
    score: Floats
    because: Whole  # a product's number; the customer's crowd where the signal is POPULAR
    signal: Whole


def lists(cares: InterestMatrix, offer: Offer, *, many: int) -> Lists:
    """The `many` products of the greatest score of each customer, those of equal score by their number.

    The score is Σ interest x tie, and what the crowd finds popular, and interest x again for what one has
    bought. Left out is what scores nothing, and what one has bought that is not bought again and again.
    """
    step = max(AT_ONCE // max(len(offer.products), 1), 1)
    ties = _Ties(offer)
    parts = []
    for start in range(0, len(cares.crowd), step):
        some = cares.between(start, start + step)
        who, column, rank, score = top(_scores(some, offer), many)
        because, signal = ties.loudest(some, who, column)
        parts.append((who + start, rank, offer.products[column], score, because, signal))
    if not parts:
        return Lists(*(np.zeros(0, np.int64),) * 3, np.zeros(0, np.float32), *(np.zeros(0, np.int64),) * 2)
    return Lists(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def top(scores: Floats, many: int) -> tuple[Whole, Whole, Whole, Floats]:
    """Row, column, rank from 1, and score of the `many` greatest above zero of each row; equals by column."""
    rows, columns = np.nonzero(scores >= _bar(scores, many)[:, None])
    found = scores[rows, columns]
    order = np.lexsort((columns, -found, rows))
    rows, columns, found = rows[order], columns[order], found[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, rows) + 1
    kept = rank <= many
    return rows[kept], columns[kept], rank[kept], found[kept]


def strongest(weights: Floats, many: int) -> Any:
    """The `many` greatest weights of each row, where they are above zero; sparse."""
    from scipy.sparse import csr_matrix  # heavy, and only builds need it

    rows, columns, _, found = top(weights, many)
    return csr_matrix((found, (rows, columns)), weights.shape)


def _bar(scores: Floats, many: int) -> Floats:
    """What `many` scores of each row reach at least, and few others; above zero.

    If `many` stripes of a row have a greatest score of x or more, then `many` scores have. That is known
    ten times as soon as which these are.
    """
    least = np.finfo(np.float32).tiny
    width = scores.shape[1] // STRIPES
    if width <= many:
        return np.full(len(scores), least, np.float32)
    stripes = scores[:, : width * STRIPES].reshape(len(scores), STRIPES, width).max(axis=1)
    return np.maximum(np.partition(stripes, width - many, axis=1)[:, width - many], least)


def _scores(cares: InterestMatrix, offer: Offer) -> Floats:
    from scipy.sparse import csr_matrix  # heavy, and only builds need it

    shape = (len(cares.crowd), offer.ties.shape[0])
    matrix = csr_matrix((cares.interest, (cares.who, cares.product)), shape)
    scores: Floats = (matrix @ offer.ties + offer.crowds[cares.crowd]).toarray()
    column = _columns(offer)[cares.product]
    there = column >= 0
    cell, again = (cares.who[there], column[there]), offer.again[cares.product[there]]
    had = (cares.signal[there] == PURCHASE) & (again == 0)
    scores[cell] = np.where(had, 0, scores[cell] + cares.interest[there] * again)
    return scores


def _columns(offer: Offer) -> Whole:
    """The column of each product, -1 where it may not be offered."""
    column = np.full(len(offer.again), -1)
    column[offer.products] = np.arange(len(offer.products))
    return column


class _Ties:
    """What speaks for what, so that any pair is found at once."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        tied = np.flatnonzero(np.diff(offer.ties.indptr))
        self._row = np.full(len(offer.again), len(tied))  # the last row, of zeros, is of all the others
        self._row[tied] = np.arange(len(tied))
        self._weights = np.vstack(
            [offer.ties[tied].toarray(), np.zeros((1, len(offer.products)), np.float32)]
        )

    def loudest(self, cares: InterestMatrix, who: Whole, column: Whole) -> tuple[Whole, Whole]:
        """What has the greatest part in each score of `who` and `column`, and by which signal."""
        start, stop = np.searchsorted(cares.who, who), np.searchsorted(cares.who, who, side="right")
        many = stop - start
        listed = np.repeat(np.arange(len(who)), many)
        at = np.arange(len(listed)) - np.repeat(np.cumsum(many) - many - start, many)
        product, column_ = cares.product[at], column[listed]
        itself = product == self._offer.products[column_]
        weight = self._weights[self._row[product], column_] + itself * self._offer.again[product]
        part = cares.interest[at] * weight
        most = np.asarray(self._offer.crowds[cares.crowd[who], column]).ravel()
        because, signal = cares.crowd[who].copy(), np.full(len(who), POPULAR)
        greatest = most.copy()
        np.maximum.at(greatest, listed, part)
        # Backwards, so that of equal parts the first stays.
        first = np.flatnonzero((part == greatest[listed]) & (part > most[listed]))[::-1]
        because[listed[first]], signal[listed[first]] = product[first], cares.signal[at[first]]
        return because, signal
