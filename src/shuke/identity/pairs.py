"""Pairs: which two records are probably of one customer, and how probably?"""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from shuke.identity.compared_pairs import KINDS
from shuke.identity.estimates import APART, share
from shuke.identity.match_weights import PRIOR, SOURCES, contradictory, with_bearers
from shuke.identity.scoring import CONTRADICTORY, SILENT, Scorer, letter
from shuke.languages import Text
from shuke.tables import Column, Type, table

Weights = Mapping[tuple[str, str, str], Mapping[str, float]]
"""Rows of `match_weights`, by kind, comparison and level."""


@table(
    key=("record_l", "record_r"),
    title=Text("Probable pairs", "疑似同一客户的记录对"),
    area="identity",
    subject=None,
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "另一记录"), personal="identifier"),
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
def pairs(
    compared_pairs: ir.Table,
    match_weights: ir.Table,
    bearers: ir.Table,
    *,
    scorer: Scorer,
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
    found = [
        _weighed(possible.filter(possible.kind == kind), bearers, weights, kind, scorer) for kind in KINDS
    ]
    return ibis.union(*found, _apart(near.filter(apart), scorer))


def _apart(pairs: ir.Table, scorer: Scorer) -> ir.Table:
    """Pairs that contradict each other."""
    return pairs.select(
        "record_l", "record_r", "kind", version=ibis.literal(scorer.model.version),
        weight=ibis.literal(APART), probability=ibis.literal(0.0), apart=ibis.literal(True),
        said=_said(pairs.levels),
    )  # fmt: skip


def _said(levels: ir.StringValue) -> ir.IntegerValue:
    """In how many comparisons neither is silent."""
    return levels.replace(SILENT, "").replace(CONTRADICTORY, "").length()


def _weighed(pairs: ir.Table, bearers: ir.Table, weights: Weights, kind: str, scorer: Scorer) -> ir.Table:
    """Pairs of one kind that do not contradict each other."""
    told = with_bearers(pairs, bearers, scorer.model.comparisons[kind])
    known = ibis.memtable(
        [
            {"levels": levels, "bits": _bits(levels, weights, kind, scorer)}
            for levels in pairs.select("levels").distinct().to_pyarrow()["levels"].to_pylist()
        ],
        schema=ibis.schema({"levels": "string", "bits": "float64"}),
    )
    lean = {name: w["weight"] for (of, what, name), w in weights.items() if (of, what) == (kind, SOURCES)}
    between = ibis.cases(
        *((told.sources == name, w) for name, w in sorted({"": 0.0, **lean}.items())), else_=0.0
    )
    summed = told.mutate(between=between).inner_join(known, "levels")
    beforehand = weights.get((kind, PRIOR, ""), {"weight": 0.0})
    rarity = _rarity(summed, weights, kind, scorer)
    weight = (summed.bits + rarity + summed.between).round(4)
    odds = ibis.literal(2.0) ** (weight + beforehand["weight"]).clip(-100.0, 100.0)
    return summed.select(
        "record_l", "record_r", kind=ibis.literal(kind), version=ibis.literal(scorer.model.version),
        weight=weight, probability=odds / (odds + 1),
        apart=ibis.literal(False), said=_said(summed.levels),
    )  # fmt: skip


def _rarity(pairs: ir.Table, weights: Weights, kind: str, scorer: Scorer) -> ir.FloatingValue:
    """In bits, how much rarer that is which two records have in common than what records have on average."""
    crowd = weights.get((kind, PRIOR, ""), {"m": 1.0, "u": 1.0})
    total = ibis.literal(0.0)
    for place, comparison in enumerate(scorer.model.comparisons[kind]):
        for nth, level in enumerate(comparison.levels):
            if level.rare and (row := weights.get((kind, comparison.name, level.name))):
                others = ibis.greatest(pairs[comparison.name] - 2.0, 0.0)
                borne = share(others, row["u"], crowd["m"], crowd["u"])
                at = pairs.levels.substr(place, 1) == letter(nth)
                total += ibis.ifelse(at, (ibis.literal(row["u"]) / borne).log2(), 0.0)
    return total


def _bits(levels: str, weights: Weights, kind: str, scorer: Scorer) -> float:
    """What the levels of a pair weigh together, without rarity."""
    total = 0.0
    for said, comparison in zip(levels, scorer.model.comparisons[kind], strict=False):
        for nth, level in enumerate(comparison.levels):
            if said == letter(nth):
                total += weights[kind, comparison.name, level.name]["weight"]
    return round(total, 4)
