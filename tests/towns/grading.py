"""Grading: how right is who is who, held against the truth?"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Grade(NamedTuple):
    """Of pairs of records: how many of the joined are one person's, how many of a person's are joined."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def graded(found: Mapping[str, str], truth: Mapping[str, int]) -> Grade:
    """`found` and `truth` say of the same records whose they are."""
    joined = _pairs(Counter(found[record] for record in truth).values())
    real = _pairs(Counter(truth.values()).values())
    right = _pairs(Counter((found[record], who) for record, who in truth.items()).values())
    return Grade(right / max(joined, 1), right / max(real, 1))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
