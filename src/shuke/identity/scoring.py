"""Scoring: how much weight of evidence is there that two records are one customer?

The work is done by Splink on the engine that computes the build.
"""

import math
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import ibis
import ibis.expr.types as ir

from shuke.identity.comparisons import Comparison
from shuke.identity.models import Model
from shuke.languages import Text
from shuke.tables.derived import Checkpoint

#: Pairs of less weight are not kept: they would not be one customer even among a thousand records.
LEAST = 3.0

#: Among fewer records than this, chance is taken for what it would be among so many.
FEW = 1_000


class Linkage(Protocol):
    """What an engine brings for Splink; see `engine.Linkage`."""

    @property
    def similarity(self) -> str: ...
    def open(self) -> Any: ...
    def table(self, name: str) -> ir.Table: ...


class Unscored:
    """Stands in for a scorer where only the shape of a table is asked for."""

    model = Model()

    def score(self, records: ir.Table, pairs: ir.Table, *, kind: str) -> ir.Table:  # noqa: ARG002
        return pairs.select("record_l", "record_r", weight=ibis.literal(0.0))


@dataclass(frozen=True)
class Scorer:
    """Weighs pairs by a model. `rarities` has `column`, `value`, `share`: how often a value occurs."""

    model: Model
    linkage: Linkage
    checkpoint: Checkpoint
    rarities: ir.Table | None = None

    def score(self, records: ir.Table, pairs: ir.Table, *, kind: str) -> ir.Table:
        """The pairs whose weight is at least `LEAST`: `record_l`, `record_r`, `weight`.

        `records` are rows of `comparables`. The weight is log2 of how much likelier the two are what they are
        if they are of one customer than if not.
        """
        made = self._weighed(records, pairs, kind, least=LEAST)
        return self.checkpoint(made.select("record_l", "record_r", weight="match_weight"))

    def compare(self, records: ir.Table, pairs: ir.Table, *, kind: str) -> ir.Table:
        """All the pairs, with what came of each comparison.

        Beside `record_l`, `record_r` and `weight` there are, for each comparison, `level_…`: the place of the
        level from the last one, 0, upwards, -1 where a record is silent, and `weight_…`.
        """
        made = self._weighed(records, pairs, kind, explained=True)
        found = {}
        for comparison in self.model.comparisons[kind]:
            found[f"level_{comparison.name}"] = made[f"gamma_{comparison.name}"]
            rarity = f"mw_tf_adj_{comparison.name}"
            plain = made[f"mw_{comparison.name}"]
            found[f"weight_{comparison.name}"] = plain + made[rarity] if rarity in made.columns else plain
        return self.checkpoint(made.select("record_l", "record_r", weight="match_weight", **found))

    def _weighed(
        self,
        records: ir.Table,
        pairs: ir.Table,
        kind: str,
        *,
        least: float | None = None,
        explained: bool = False,
    ) -> ir.Table:
        from splink import Linker  # heavy, and only builds need it

        api = self.linkage.open()
        # The birth date as digits, to see in how many two differ.
        told = self.checkpoint(records.mutate(birth=records.birth_date.strftime("%Y%m%d")))
        how = settings(self.model, kind, similarity=self.linkage.similarity, explained=explained)
        # Nobody but this module writes these settings: there is no need to look them through.
        linker = Linker(api.register(told.op().name), how, log_level=None, validate_settings=False)
        for column in self.model.counted(kind):
            shares = self.checkpoint(self._shares(told, column)).op().name
            linker.table_management.register_term_frequency_lookup(api.register(shares), column)
        met = pairs.select(join_key_l="record_l", join_key_r="record_r", match_key=ibis.literal("0"))
        linker.table_management.register_blocked_pairs_for_predict(
            api.register(self.checkpoint(met).op().name)
        )
        found = linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        return self.linkage.table(found.physical_name)

    def _shares(self, records: ir.Table, column: str) -> ir.Table:
        """How often each value that the records have in a column occurs among all: as Splink looks it up."""
        assert self.rarities is not None
        counted = self.rarities.filter(self.rarities.column == column).select("value", "share")
        held = records.filter(records[column].notnull()).select(value=column).distinct()
        beside = held.left_join(counted, "value")
        # What has not been counted yet is taken for as rare as anything that has.
        share = beside.share.fill_null(self.model.rarest[column])
        return beside.select(**{column: beside.value, f"tf_{column}": share})


def settings(model: Model, kind: str, *, similarity: str, explained: bool = False) -> dict[str, Any]:
    """The model as Splink reads it. At even prior odds the weight that comes out is the evidence alone."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": 0.5,
        "blocking_rules_to_generate_predictions": ["1 = 1"],  # the pairs are brought along
        "retain_intermediate_calculation_columns": explained,
        "retain_matching_columns": explained,
        "comparisons": [
            {
                "output_column_name": comparison.name,
                "comparison_levels": list(_levels(comparison, similarity, model.counted(kind))),
            }
            for comparison in model.comparisons[kind]
        ],
    }


def _levels(comparison: Comparison, similarity: str, counted: Container[str]) -> Iterator[dict[str, Any]]:
    yield {"sql_condition": comparison.silent, "label_for_charts": "silent", "is_null_level": True}
    for level in comparison.levels:
        last = level is comparison.levels[-1]
        yield {
            "sql_condition": "ELSE" if last else _in_latin(level.condition, similarity),
            "label_for_charts": level.name,
            "m_probability": level.m,
            "u_probability": level.u,
        } | (_rarity(level.rare) if level.rare in counted else {})


def _in_latin(condition: str, similarity: str) -> str:
    """The condition in the engine's words, comparing letter by letter what is plain Latin on both sides."""

    def asked(found: re.Match[str]) -> str:
        measure, left, right = found.groups()
        plain = f"bit_length({left}) = 8 * length({left}) and bit_length({right}) = 8 * length({right})"
        name, otherwise = (similarity, "0.0") if measure == "similar" else (measure, "1000")
        silent = f"when {left} is null or {right} is null then null"
        return f"(case {silent} when {plain} then {name}({left}, {right}) else {otherwise} end)"

    return re.sub(r"(similar|levenshtein)\((\w+), (\w+)\)", asked, condition)


def _rarity(column: str | None) -> dict[str, Any]:
    # Of a column that nobody has counted, Splink would count what happens to be compared.
    return {
        "tf_adjustment_column": column,
        "tf_adjustment_weight": 1.0,
        "tf_minimum_u_value": 1e-6,  # what occurs once may occur again
        "disable_tf_exact_match_detection": True,
    }


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one comparison of two records added."""

    comparison: str
    title: Text
    level: Text
    weight: float  # log2; 0 where a record is silent
    left: tuple[str, ...]  # what the two say, in the comparison's columns that say something
    right: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    """How probable it is that two records are one customer: prior and steps add up to the weight."""

    kind: str
    prior: float
    steps: tuple[Step, ...]
    weight: float
    probability: float


def prior(among: int) -> float:
    """log2 of the odds that two records are one customer's, before they are looked at.

    Beforehand each is expected to have one other among all of its kind; among few records, chance is taken
    for what it would be among `FEW`.
    """
    return -math.log2(max(among, FEW))


def waterfall(scorer: Scorer, left: Mapping[str, Any], right: Mapping[str, Any], *, among: int) -> Waterfall:
    """Compare two rows of `comparables` of one kind and say what each comparison adds."""
    kind = left["kind"]
    schema = {name: "date" if name == "birth_date" else "string" for name in left}
    records = ibis.memtable([dict(left), dict(right)], schema=ibis.schema(schema))
    pair = ibis.memtable([{"record_l": left["record"], "record_r": right["record"]}])
    (found,) = scorer.compare(records, pair, kind=kind).to_pyarrow().to_pylist()
    steps = tuple(
        Step(
            comparison=comparison.name,
            title=comparison.title,
            level=comparison.at(found[f"level_{comparison.name}"]),
            weight=found[f"weight_{comparison.name}"],
            left=_told(left, comparison),
            right=_told(right, comparison),
        )
        for comparison in scorer.model.comparisons[kind]
    )
    weight = prior(among) + found["weight"]
    return Waterfall(
        kind=kind, prior=prior(among), steps=steps, weight=weight, probability=1 / (1 + 2.0**-weight)
    )


def _told(record: Mapping[str, Any], comparison: Comparison) -> tuple[str, ...]:
    columns = ("birth_date" if column == "birth" else column for column in comparison.columns)
    return tuple(str(record[column]) for column in columns if record[column])
