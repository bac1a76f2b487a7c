"""Training: how often do this company's own records agree, of one customer and of two?

The method is Splink's: u from random pairs, m by expectation maximisation over pairs that agree on something
else (Winkler 1988; Linacre and others 2022). Little data is given little weight: what is learnt is mixed
with what is shipped, which counts as much as so many pairs.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.identity.models import Model, rare_columns
from shuke.identity.scoring import Linkage, settings
from shuke.tables.derived import Checkpoint

#: Fewer records of a kind than this, or fewer pairs that are one customer's, and nothing is learnt.
RECORDS, MATCHES = 2_000, 300

#: How many random pairs, and how many pairs of one customer, the shipped figures are worth.
_SHIPPED_U, _SHIPPED_M = 100_000, 200
_RANDOM_PAIRS = 1_000_000

#: On what pairs agree among which m is learnt; what they agree on is learnt from the others.
_AGREEING = {
    "person": ("birth", "email", "sound"),
    "organisation": ("organisation", "postcode"),
}

#: Levels that are a rule rather than a frequency: they keep their figures.
_FIXED = ("twin", "household")


def figures(
    model: Model, kind: str, records: ir.Table, *, linkage: Linkage, checkpoint: Checkpoint, matches: float
) -> dict[str, dict[str, tuple[float, float]]]:
    """m and u of every level: `[comparison][level]`.

    `records` are rows of `comparables` of the kind with `birth` as digits and `customer_id`: u is learnt from
    one record of each customer, among which there are no matches that could pass for chance. `matches` is
    how many pairs of one customer are expected.
    """
    from splink import Linker, block_on  # heavy, and only training needs it

    logging.getLogger("splink").setLevel(logging.ERROR)  # levels that no pair reaches keep their figures
    api = linkage.open()
    how = settings(_without_rules(model), kind, similarity=linkage.similarity)
    everybody = api.register(checkpoint(records).op().name)
    first = records.group_by("customer_id").agg(record=records.record.min())
    apart = api.register(checkpoint(records.semi_join(first, "record")).op().name)
    chance = Linker(apart, how, log_level=None)
    chance.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=1)
    random_pairs = min(_RANDOM_PAIRS, int(first.count().execute()) ** 2 / 2)
    learner = Linker(everybody, chance.misc.save_model_to_json(), log_level=None)
    for column in _AGREEING[kind]:
        learner.training.estimate_parameters_using_expectation_maximisation(
            block_on(column), max_pairs=_RANDOM_PAIRS, estimate_without_term_frequencies=True
        )
    return _mixed(model, kind, learner.misc.save_model_to_json(), random_pairs, matches)


def _without_rules(model: Model) -> Model:
    """The model without its rules, whose many columns would tie the comparisons to one another."""
    kinds = {
        kind: tuple(
            replace(c, levels=tuple(x for x in c.levels if x.name not in _FIXED)) for c in comparisons
        )
        for kind, comparisons in model.comparisons.items()
    }
    return replace(model, comparisons=kinds, rarest={})


def _mixed(
    model: Model, kind: str, learnt: Mapping[str, Any], random_pairs: float, matches: float
) -> dict[str, dict[str, tuple[float, float]]]:
    found = {c["output_column_name"]: c["comparison_levels"] for c in learnt["comparisons"]}
    mixed: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison in model.comparisons[kind]:
        told = {level["label_for_charts"]: level for level in found[comparison.name]}
        mixed[comparison.name] = {
            level.name: (
                _between(level.m, told[level.name].get("m_probability"), _SHIPPED_M, matches),
                _between(level.u, told[level.name].get("u_probability"), _SHIPPED_U, random_pairs),
            )
            for level in comparison.levels
            if level.name not in _FIXED
        }
    return mixed


def _between(shipped: float, learnt: float | None, worth: float, seen: float) -> float:
    return shipped if learnt is None else (shipped * worth + learnt * seen) / (worth + seen)


def rarities(records: ir.Table) -> ir.Table:
    """How often the values of each column occur whose rarity can count: `column`, `value`, `share`.

    Values that occur once are left out; `rarest` has their share.
    """
    counted = []
    for column in rare_columns():
        held = records.filter(records[column].notnull())
        times = held.group_by(value=held[column]).agg(times=held.count())
        shared = times.mutate(total=times.times.sum().over(), column=ibis.literal(column))
        counted.append(shared.filter(shared.times > 1))
    every = ibis.union(*counted)
    return every.select("column", "value", share=every.times.cast("float64") / every.total)


def rarest(records: ir.Table) -> dict[str, float]:
    """The share of a value that occurs once, by column; columns without values are left out."""
    (held,) = records.agg(**{c: records[c].count() for c in rare_columns()}).to_pyarrow().to_pylist()
    return {column: 1 / held[column] for column in rare_columns() if held[column]}
