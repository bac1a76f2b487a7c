"""Models: by which figures are two records weighed in this project, and which version are they?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shuke.identity.comparisons import COMPARISONS, Comparison

#: The version that is shipped; those learnt from a project's own records count from 1.
SHIPPED = 0


@dataclass(frozen=True)
class Model:
    """The comparisons of each kind of customer, with the m and u from which every build starts."""

    version: int = SHIPPED
    comparisons: Mapping[str, tuple[Comparison, ...]] = field(default_factory=lambda: COMPARISONS)

    def learnt(self, kind: str, figures: Mapping[str, Mapping[str, tuple[float, float]]]) -> "Model":
        """The model with other m and u for a kind: `figures[comparison][level] = (m, u)`."""
        own = tuple(c.learnt(figures.get(c.name, {})) for c in self.comparisons[kind])
        return replace(self, comparisons={**self.comparisons, kind: own})

    def to_json(self) -> dict[str, Any]:
        """What a version needs to be the same again: its figures; what they mean stands in the code."""
        return {
            "version": self.version,
            "figures": {
                kind: {c.name: {level.name: [level.m, level.u] for level in c.levels} for c in comparisons}
                for kind, comparisons in self.comparisons.items()
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Model":
        """The model of a version's figures; what has come to be compared since has the shipped ones."""
        model = cls(value["version"])
        for kind, comparisons in value["figures"].items():
            figures = {
                name: {level: (m, u) for level, (m, u) in levels.items()}
                for name, levels in comparisons.items()
            }
            model = model.learnt(kind, figures)
        return model
