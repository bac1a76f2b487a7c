"""Grades: how well did a table foretell what then happened?"""

from dataclasses import dataclass
from typing import Literal

from shuke.languages import Text


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure of a grade, beside what a naive forecast gets of the same subjects.

    `better` says which way is good: `higher` (AUC, recall), `lower` (an error), or `near`: as close to
    `naive` as can be, which then is what was promised (the coverage of an interval).
    """

    name: str
    title: Text
    value: float
    naive: float | None = None
    better: Literal["higher", "lower", "near"] = "higher"
    unit: str | None = None

    @property
    def is_promise(self) -> bool:
        """Whether `naive` is no forecast to beat but what was promised."""
        return self.naive is not None and self.better == "near"

    @property
    def beats_naive(self) -> bool | None:
        """Whether it is better than the naive forecast; none where there is nothing to beat."""
        if self.naive is None or self.better == "near":
            return None
        return self.value > self.naive if self.better == "higher" else self.value < self.naive


@dataclass(frozen=True, kw_only=True)
class Grade:
    """How a table's forecasts of one day came out: of how many subjects, by which measures, in words."""

    subjects: int
    measures: tuple[Measure, ...]
    sentence: Text
