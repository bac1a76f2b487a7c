"""Scored pairs: which two records probably match, and how probably?"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.identity.compared_pairs import KINDS
from shuke.identity.comparisons import Comparison
from shuke.identity.estimates import APART, Population, share
from shuke.identity.match_weights import EXPECTED, PRIOR, SOURCES, contradictory, with_term_frequencies
from shuke.identity.scoring import CONTRADICTORY, FIRST, SILENT, Scorer
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

Weights = Mapping[tuple[str, str, str], Mapping[str, float]]
"""Rows of `match_weights`, by kind, comparison and level."""


@table(
    key=("record_l", "record_r"),
    title=Text("Scored pairs", "已评分的记录对"),
    area="identity",
    subject=None,
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "另一记录"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("version", Type.INTEGER, Text("Version of the model", "模型版本")),
        Column("weight", Type.NUMBER, Text("Weight of evidence", "证据权重"), note=Text(
            "log2 of how much likelier the two records are what they are if they are one customer's.",
            "若两条记录属同一客户，其现状的可能性是否则的多少倍，取以 2 为底的对数。")),
        Column("probability", Type.NUMBER, Text("Probability", "概率"), unit="share"),
        Column("apart", Type.FLAG, Text("Contradict each other", "相互矛盾")),
        Column("said", Type.INTEGER, Text("Comparisons that both can be held to", "双方均有信息的比对项数")),
    ],
)  # fmt: skip
def scored_pairs(
    compared_pairs: ir.Table,
    match_weights: ir.Table,
    term_frequencies: ir.Table,
    *,
    scorer: Scorer,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The pairs that share a key with their weight, and how probable it is that they are one customer.

    One row per pair, `record_l` before `record_r`. The weight is the sum of what `match_weights` says of
    each level and of how rare that is which the two have in common. `probability` takes into account
    among how many records the two were found, and how often the two sources have a customer in common.
    Two that contradict each other are not, whatever else they have in common.
    """
    weights = {
        (row["kind"], row["comparison"], row["level"]): row for row in match_weights.to_pyarrow().to_pylist()
    }
    near = compared_pairs.filter(compared_pairs.near)
    apart = contradictory(near.levels)
    possible = near.filter(~apart)
    found = []
    for kind in KINDS:
        # How many are left is known then, not guessed: a join holds the smaller side in memory.
        pairs = checkpoint(possible.filter(possible.kind == kind).drop("kind"))
        comparisons = scorer.model.comparisons[kind]
        told = checkpoint(with_term_frequencies(pairs, term_frequencies, comparisons))
        found.append(_weighed(told, weights, kind, scorer))
    return ibis.union(*found, _apart(near.filter(apart), scorer))


def _apart(scored_pairs: ir.Table, scorer: Scorer) -> ir.Table:
    """Pairs that contradict each other."""
    return scored_pairs.select(
        "record_l", "record_r", "kind", version=ibis.literal(scorer.model.version),
        weight=ibis.literal(APART), probability=ibis.literal(0.0), apart=ibis.literal(True),
        said=_said(scored_pairs.levels),
    )  # fmt: skip


def _said(levels: ir.StringValue) -> ir.IntegerValue:
    """In how many comparisons neither is silent."""
    return levels.replace(SILENT, "").replace(CONTRADICTORY, "").length()


def _weighed(told: ir.Table, weights: Weights, kind: str, scorer: Scorer) -> ir.Table:
    """Pairs of one kind that do not contradict each other, with how many bear what they have in common."""
    known = _known(told, weights, kind, scorer)
    lean = {name: w["weight"] for (of, what, name), w in weights.items() if (of, what) == (kind, SOURCES)}
    between = ibis.cases(
        *((told.sources == name, w) for name, w in sorted({"": 0.0, **lean}.items())), else_=0.0
    )
    summed = told.mutate(between=between).inner_join(known, "levels")
    prior = weights.get((kind, PRIOR, ""), {"weight": 0.0, "m": 1.0, "u": 1.0})
    crowd = Population(prior["m"], prior["u"])
    weight = (summed.bits + _rarity(summed, crowd, kind, scorer) + summed.between).round(4)
    against = (-weight - prior["weight"]).clip(-100.0, 100.0)
    return summed.select(
        "record_l", "record_r", kind=ibis.literal(kind), version=ibis.literal(scorer.model.version),
        weight=weight, probability=1 / (1 + ibis.literal(2.0) ** against),
        apart=ibis.literal(False), said=_said(summed.levels),
    )  # fmt: skip


def _known(scored_pairs: ir.Table, weights: Weights, kind: str, scorer: Scorer) -> ir.Table:
    """What the levels of pairs weigh without rarity, `bits`; and u where rarity counts, by comparison."""
    comparisons = scorer.model.comparisons[kind]
    rows = []
    for levels in scored_pairs.select("levels").distinct().to_pyarrow()["levels"].to_pylist():
        row: dict[str, Any] = {"levels": levels, "bits": 0.0}
        for said, comparison in zip(levels, comparisons, strict=False):
            if said != SILENT:
                level = comparison.levels[ord(said) - ord(FIRST)]
                found = weights[kind, comparison.name, level.name]
                row["bits"] += found["weight"]
                row[_u(comparison)] = found["u"] if level.rare else None
        rows.append(row)
    figures = ("bits", *(_u(comparison) for comparison in comparisons if comparison.rare))
    return ibis.memtable(
        [{name: row.get(name) for name in ("levels", *figures)} for row in rows],
        schema=ibis.schema({"levels": "string"} | dict.fromkeys(figures, "float64")),
    )


def _u(comparison: Comparison) -> str:
    return f"u_{comparison.name}"


def _rarity(scored_pairs: ir.Table, crowd: Population, kind: str, scorer: Scorer) -> ir.FloatingValue:
    """In bits, how much rarer that is which two records have in common than what records have on average."""
    total = ibis.literal(0.0)
    for comparison in scorer.model.comparisons[kind]:
        if comparison.rare:
            others, u = ibis.greatest(scored_pairs[comparison.name] - 2.0, 0.0), scored_pairs[_u(comparison)]
            usual = u
            if (expected := EXPECTED.format(comparison.name)) in scored_pairs.columns:
                usual = ibis.coalesce(scored_pairs[expected].nullif(0.0) / crowd.records, u)
            borne = share(others, usual, crowd.customers, crowd.each)
            total += (u / borne).log2().fill_null(0.0)
    return total
