"""Models: by which figures are two records weighed in this project, and which version are they?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from shuke.identity.candidates import RULES, TELLING
from shuke.identity.comparisons import COMPARISONS, Comparison

#: The version that is shipped; those learnt from a project's own records count from 1.
SHIPPED = 0


def rare_columns() -> tuple[str, ...]:
    """The columns whose values' rarity can count."""
    levels = [level for kind in COMPARISONS.values() for comparison in kind for level in comparison.levels]
    return tuple(sorted({level.rare for level in levels if level.rare}))


@dataclass(frozen=True)
class Model:
    """The comparisons of each kind of customer with their m and u.

    `rarest` has, for each column whose values' rarity counts, the share of a value that occurs once in the
    project: to agree on a rare name weighs more than on a common one. It is empty where nobody has counted.
    """

    version: int = SHIPPED
    comparisons: Mapping[str, tuple[Comparison, ...]] = field(default_factory=lambda: COMPARISONS)
    rarest: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """Of all that a pair's weight depends on, beside its two records."""
        return hashlib.sha256(
            repr((self.version, self.comparisons, sorted(self.rarest.items()), RULES, TELLING)).encode()
        ).hexdigest()[:12]

    def counted(self, kind: str) -> tuple[str, ...]:
        """The columns by which a kind is compared and whose values' rarity counts and has been counted."""
        levels = (level for comparison in self.comparisons[kind] for level in comparison.levels)
        return tuple(sorted({level.rare for level in levels if level.rare in self.rarest and level.rare}))

    def learnt(self, kind: str, figures: Mapping[str, Mapping[str, tuple[float, float]]]) -> "Model":
        """The model with other m and u for a kind: `figures[comparison][level] = (m, u)`."""
        own = tuple(c.learnt(figures.get(c.name, {})) for c in self.comparisons[kind])
        return replace(self, comparisons={**self.comparisons, kind: own})

    def to_json(self) -> dict[str, Any]:
        """What a version needs to be the same again: its figures; what they mean stands in the code."""
        return {
            "version": self.version,
            "rarest": dict(self.rarest),
            "figures": {
                kind: {c.name: {level.name: [level.m, level.u] for level in c.levels} for c in comparisons}
                for kind, comparisons in self.comparisons.items()
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Model":
        """The model of a version's figures; what has come to be compared since has the shipped ones."""
        model = cls(value["version"], rarest=value["rarest"])
        for kind, comparisons in value["figures"].items():
            figures = {
                name: {level: (m, u) for level, (m, u) in levels.items()}
                for name, levels in comparisons.items()
            }
            model = model.learnt(kind, figures)
        return model
