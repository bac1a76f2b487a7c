"""Waterfall: what does each comparison of two records add to the weight of evidence?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from shuke.identity.comparisons import Comparison
from shuke.identity.estimates import APART, share
from shuke.identity.match_weights import PRIOR, SOURCES, two
from shuke.identity.models import Model
from shuke.identity.scoring import CONTRADICTORY, FIRST, SILENT, Scorer
from shuke.identity.term_frequencies import WHOLE
from shuke.languages import Text

_SILENT = Text("one is silent", "一方未提供")


@dataclass(frozen=True, kw_only=True)
class WaterfallStep:
    """What one comparison of two records added."""

    comparison: str
    title: Text
    level: Text
    weight: float  # log2; 0 where a record is silent
    left: tuple[str, ...] = ()  # what the two say, in the comparison's columns that say something
    right: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """How probable it is that two records are one customer: prior and steps add up to the weight."""

    kind: str
    prior: float
    steps: tuple[WaterfallStep, ...]
    weight: float
    probability: float


@dataclass(frozen=True)
class MeasuredWeights:
    """What a build has measured: rows of `match_weights`, and those of `bearers` of two records."""

    weights: Sequence[Mapping[str, Any]]
    term_frequencies: Sequence[Mapping[str, Any]]

    def at(self, kind: str, comparison: str, level: str) -> Mapping[str, Any] | None:
        named = (kind, comparison, level)
        return next((w for w in self.weights if (w["kind"], w["comparison"], w["level"]) == named), None)

    def others(self, feature: str) -> float:
        """How many besides two records bear what these have in common."""
        borne = (row[feature] or 1.0 for row in self.term_frequencies)
        return max(min(borne, default=1.0) - 2, 0.0)

    def expected(self, feature: str) -> float:
        """How many would bear it by chance; 0 where that is not known."""
        return (
            max((row["namesakes"] or 0.0 for row in self.term_frequencies), default=0.0)
            if feature in WHOLE
            else 0.0
        )


def waterfall(
    scorer: Scorer, left: Mapping[str, Any], right: Mapping[str, Any], *, by: MeasuredWeights
) -> Waterfall:
    """Compare two rows of `normalised_records` of one kind and say what each comparison adds."""
    kind = left["kind"]
    schema = dict.fromkeys(left, "string") | {"birth_date": "date", "familiar": "boolean"}
    records = ibis.memtable([dict(left), dict(right)], schema=ibis.schema(schema))
    pair = ibis.memtable([{"record_l": left["record"], "record_r": right["record"], "match_key": "asked"}])
    (found,) = scorer.compare(records, pair, kind=kind).to_pyarrow().to_pylist()
    said = (
        *_steps(scorer.model, (kind, found["levels"]), (left, right), by),
        *_between(kind, left["record"], right["record"], by),
    )
    steps = (*said, *_contradiction(found["levels"], sum(step.weight for step in said)))
    row = by.at(kind, PRIOR, "")
    prior = row["weight"] if row else 0.0
    weight = prior + sum(step.weight for step in steps)
    return Waterfall(
        kind=kind, prior=prior, steps=steps, weight=weight, probability=1 / (1 + 2.0 ** -max(weight, -100.0))
    )


def _steps(
    model: Model,
    found: tuple[str, str],
    said: tuple[Mapping[str, Any], Mapping[str, Any]],
    by: MeasuredWeights,
) -> Iterator[WaterfallStep]:
    """`found` are the kind and the levels of the pair."""
    kind, levels = found
    crowd = by.at(kind, PRIOR, "")
    for comparison, letter in zip(model.comparisons[kind], levels, strict=False):
        level = None if letter == SILENT else comparison.levels[ord(letter) - ord(FIRST)]
        row = by.at(kind, comparison.name, level.name) if level else None
        weight = row["weight"] if row else 0.0
        if level and row and crowd and level.rare:
            usual = by.expected(level.rare) / (crowd["m"] * crowd["u"]) or row["u"]
            borne = share(by.others(level.rare), usual, crowd["m"], crowd["u"])
            weight += math.log2(row["u"] / borne)
        told = (_told(record, comparison) for record in said)
        yield WaterfallStep(
            comparison=comparison.name, title=comparison.title, level=level.title if level else _SILENT,
            weight=round(weight, 4), left=next(told), right=next(told),
        )  # fmt: skip


def _between(kind: str, one: str, other: str, by: MeasuredWeights) -> Iterator[WaterfallStep]:
    sources = two(one.partition(":")[0], other.partition(":")[0])
    if row := by.at(kind, SOURCES, sources):
        title = Text("Sources", "来源")
        yield WaterfallStep(
            comparison=SOURCES, title=title, level=Text(sources, sources), weight=row["weight"]
        )


def _contradiction(levels: str, others: float) -> Iterator[WaterfallStep]:
    """Outweighs whatever else two records have in common, so that all together come to `APART`."""
    if levels[-1] == CONTRADICTORY:
        level = Text("what one customer cannot both say", "同一客户不可能兼有的信息")
        yield WaterfallStep(
            comparison="contradiction",
            title=Text("Contradiction", "矛盾"),
            level=level,
            weight=APART - others,
        )


def _told(record: Mapping[str, Any], comparison: Comparison) -> tuple[str, ...]:
    columns = ("birth_date" if column == "birth" else column for column in comparison.columns)
    return tuple(str(record[column]) for column in columns if record.get(column))
