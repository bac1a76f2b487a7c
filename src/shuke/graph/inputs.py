"""Inputs: what is a run told, beside the tables that it makes from one another?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from shuke.alerts import rule_settings
from shuke.app import Project
from shuke.graph.landed import Landed
from shuke.identity.models import Model
from shuke.identity.pseudonyms import Pseudonym
from shuke.identity.scoring import Scorer
from shuke.segments.definitions import Readable
from shuke.settings import Settings
from shuke.store.landing import Receipt
from shuke.tables import Derived

#: The answers that change from day to day as records do. A table that goes on from the previous build does so
#: whatever they were then.
_DATA = ("as_of", "days_ahead", "looks_back", "deliveries")


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What every table of a run may ask for."""

    landed: Landed
    settings: Settings
    pseudonym: Pseudonym
    model: Model
    days_ahead: int | None = None  # how far to look, where that is asked; else the tables' own defaults
    segments: tuple[Readable, ...] = ()
    looks_back: bool = False  # from a day before the newest; then nothing is counted against what stood

    @classmethod
    def of(
        cls,
        project: Project,
        receipts: Sequence[Receipt],
        as_of: date,
        *,
        version: int | None = None,
        days_ahead: int | None = None,
        segments: tuple[Readable, ...] = (),
        looks_back: bool = False,
    ) -> "Inputs":
        """What a run over these batches of a project is told, as of a day; `version` is the model's."""
        return cls(
            landed=Landed(project.landing, receipts, as_of, project.settings.zone),
            settings=rule_settings.applied(project.settings, project.operations),
            pseudonym=project.pseudonym, model=project.model(version),
            days_ahead=days_ahead, segments=segments, looks_back=looks_back,
        )  # fmt: skip

    def answers(self, step: Derived) -> dict[str, Any]:
        """What is answered to a step's questions: what the run supplies, and what the company decides."""
        ahead = {"days_ahead": self.days_ahead} if self.days_ahead and "days_ahead" in step.keywords else {}
        supplied = {q: self._supplied[q] for q in step.keywords if q in self._supplied}
        told = self.settings.answers(step.learns_for or step.name)
        return supplied | {q: a for q, a in told.items() if q in step.keywords} | ahead

    def decided(self, step: Derived) -> dict[str, str]:
        """The answers that hold until somebody decides otherwise, as a fingerprint takes them in."""
        return {q: self._told(a) for q, a in self.answers(step).items() if q not in _DATA}

    def found(self, step: Derived) -> dict[str, str]:
        """The other answers."""
        asked = {q: self._told(a) for q, a in self.answers(step).items() if q in _DATA}
        return asked | ({"scorer": repr(self.model.to_json())} if "scorer" in step.keywords else {})

    @cached_property
    def _supplied(self) -> dict[str, Any]:
        return {
            "as_of": self.landed.as_of, "currency": self.settings.currency, "zone": self.settings.zone,
            "country": self.settings.country, "pseudonym": self.pseudonym, "segments": self.segments,
            "looks_back": self.looks_back, "deliveries": self.landed.deliveries,
        }  # fmt: skip

    def _told(self, answer: Any) -> str:
        return self.pseudonym.mark if answer is self.pseudonym else repr(answer)


def of_engine(step: Derived, model: Model, engine: Callable[[], Any]) -> dict[str, Any]:
    """What only an engine that is open can answer: how rows are computed now, and how pairs are compared."""
    answers: dict[str, Callable[[], Any]] = {
        "checkpoint": lambda: engine().checkpoint,
        "scorer": lambda: Scorer(model, engine().linkage),
    }
    return {parameter: answers[parameter]() for parameter in step.keywords if parameter in answers}
