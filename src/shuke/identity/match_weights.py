"""Match weights: how much does each agreement count among these records?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.identity.compared_pairs import KINDS
from shuke.identity.comparisons import Comparison
from shuke.identity.estimates import Estimates, ObservedLevels, estimated
from shuke.identity.scoring import CONTRADICTORY, Scorer, letter
from shuke.identity.term_frequencies import WHOLE
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

PRIOR, SOURCES = "prior", "sources"

#: What the column is called that says how many are expected to bear what two have in common in a comparison.
EXPECTED = "{}_expected"


@table(
    key=("kind", "comparison", "level"),
    title=Text("Match weights", "比对权重"),
    area="identity",
    subject=None,
    columns=[
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("comparison", Type.TEXT, Text("Comparison", "比对项")),
        Column("level", Type.TEXT, Text("Level", "级别"), note=Text(
            "Of `sources`, the two that records come from.", "`sources` 项为两条记录的来源。")),
        Column("m", Type.NUMBER, Text("Of one customer", "同一客户中的占比"), unit="share"),
        Column("u", Type.NUMBER, Text("By chance", "随机占比"), unit="share"),
        Column("weight", Type.NUMBER, Text("Weight of evidence", "证据权重"), note=Text(
            "log2(m / u); where rarity counts, what is left of it before the rarity of the value is known.",
            "log2(m / u)；计入稀有度的级别为尚未计入时的部分。")),
        Column("matches", Type.NUMBER, Text("Expected pairs of one customer", "预计同一客户的记录对数")),
    ],
)  # fmt: skip
def match_weights(
    normalised_records: ir.Table,
    compared_pairs: ir.Table,
    term_frequencies: ir.Table,
    *,
    scorer: Scorer,
    checkpoint: Checkpoint,
) -> ir.Table:
    """What each level of each comparison weighs, measured among the records of this build.

    One row per kind, comparison and level. u is how often it comes up by chance: in the pairs drawn by lot
    (see `chance`), each counted as far as it is not one customer's. m is how often it comes up of one
    customer: learnt by expectation maximisation from the compared pairs. What is shipped counts as so many
    pairs more (see `estimates`). Row `prior` has how many of all pairs are of one customer, rows `sources`
    the share that the pairs of two sources have in those that are (m) and in all (u): a source that numbers
    its customers seldom holds one twice.
    """
    rows: list[dict[str, Any]] = []
    for kind, sources in _records(normalised_records).items():
        comparisons = scorer.model.comparisons[kind]
        levels = compared_pairs.levels
        # Two that contradict each other are not one customer: what they share, they share by chance.
        telling = compared_pairs.drawn | _keyed(levels, comparisons) | ~contradictory(levels)
        # How many are left is known then, not guessed: a join holds the smaller side in memory.
        own = checkpoint(
            compared_pairs.filter(compared_pairs.kind == kind, telling).select(
                "record_l", "record_r", "levels", "near", "drawn"
            )
        )
        near, drawn = _counted(with_term_frequencies(own, term_frequencies, comparisons), comparisons)
        found = estimated(comparisons, near, drawn, records=sum(sources.values()), between=_between(sources))
        rows += _rows(kind, scorer, found)
    schema = {"kind": "string", "comparison": "string", "level": "string"}
    figures = dict.fromkeys(("m", "u", "weight", "matches"), "float64")
    return ibis.memtable(rows, schema=ibis.schema(schema | figures))


def _records(normalised_records: ir.Table) -> dict[str, dict[str, int]]:
    """How many records of each kind each source has."""
    counted = normalised_records.group_by("kind", source=source_of(normalised_records.record)).agg(
        n=normalised_records.count()
    )
    found: dict[str, dict[str, int]] = {}
    for row in counted.order_by("kind", "source").to_pyarrow().to_pylist():
        if row["kind"] in KINDS:
            found.setdefault(row["kind"], {})[row["source"]] = row["n"]
    return found


def contradictory(levels: ir.StringValue) -> ir.BooleanValue:
    """Whether the two contradict each other, of how they compare."""
    return levels.right(1) == CONTRADICTORY


def _keyed(levels: ir.StringValue, comparisons: Sequence[Comparison]) -> ir.BooleanValue:
    """Whether the two agree on what all who agree on are compared for, of how they compare."""
    return ibis.or_(
        *(
            levels.substr(place, 1) == letter(nth)
            for place, comparison in enumerate(comparisons)
            for nth, level in enumerate(comparison.levels)
            if level.keyed
        )
    )


def with_term_frequencies(
    pairs: ir.Table, term_frequencies: ir.Table, comparisons: Sequence[Comparison]
) -> ir.Table:
    """Compared pairs of one kind with their two `sources`, and how many bear what they have in common.

    That is in a column for each comparison in which rarity counts, 0 where it does not come to such a level;
    and in one of `EXPECTED` how many would have a whole name in common by chance, 0 where that is not known.
    """
    for side in "lr":
        own = term_frequencies.select(
            **{f"{name}_{side}": term_frequencies[name] for name in term_frequencies.columns}
        )
        pairs = pairs.left_join(own, f"record_{side}").drop(f"record_{side}_right")
    borne: dict[str, ir.Value] = {}
    for place, comparison in enumerate(comparisons):
        rare = [
            (
                pairs.levels.substr(place, 1) == letter(nth),
                ibis.least(*(pairs[f"{level.rare}_{side}"].fill_null(1.0) for side in "lr")),
            )
            for nth, level in enumerate(comparison.levels)
            if level.rare
        ]
        if rare:
            borne[comparison.name] = ibis.cases(*rare, else_=0.0)
        whole = [letter(nth) for nth, level in enumerate(comparison.levels) if level.rare in WHOLE]
        if whole:
            by_chance = ibis.greatest(*(pairs[f"namesakes_{side}"].fill_null(0.0) for side in "lr"))
            named = pairs.levels.substr(place, 1).isin(whole)
            borne[EXPECTED.format(comparison.name)] = named.ifelse(by_chance, 0.0)
    return pairs.select(
        "record_l", "record_r", "levels", "near", "drawn", **borne,
        sources=_both(source_of(pairs.record_l), source_of(pairs.record_r)),
    )  # fmt: skip


def source_of(record: ir.StringValue) -> ir.StringValue:
    """The source in the name of a record; no source has a colon in its name."""
    return record.substr(0, record.find(":"))


def two(one: str, other: str) -> str:
    """How two sources are named together, whichever comes first."""
    return " + ".join(sorted((one, other)))


def _both(one: ir.StringValue, other: ir.StringValue) -> ir.StringValue:
    """`two` in the engine."""
    return ibis.least(one, other) + " + " + ibis.greatest(one, other)


def _counted(pairs: ir.Table, comparisons: Sequence[Comparison]) -> tuple[ObservedLevels, ObservedLevels]:
    """How many of those that are near, and of those drawn, came to the same.

    Of many bearers the exact number does not matter, nor of those expected.
    """
    borne = {c.name: c.name for c in comparisons if c.name in pairs.columns}
    expected = {name: by for name in borne if (by := EXPECTED.format(name)) in pairs.columns}
    rough = {name: _rough(pairs[name]) for name in borne}
    rough |= {name: _magnitude(pairs[name]) for name in expected.values()}
    times = pairs.group_by("levels", "sources", "near", "drawn", **rough).agg(pairs=pairs.count())
    said = times.to_pyarrow().sort_by([(name, "ascending") for name in ("levels", "sources", *rough)])

    def those(flag: str) -> ObservedLevels:
        rows = said.filter(said[flag]).to_pydict()
        many, usual = ({name: rows[column] for name, column in c.items()} for c in (borne, expected))
        return ObservedLevels(rows["levels"], many, usual, rows["sources"], rows["pairs"])

    return those("near"), those("drawn")


def _rough(many: ir.FloatingValue) -> ir.FloatingValue:
    step = ibis.cases((many <= 8, 1.0), (many <= 32, 4.0), (many <= 256, 32.0), else_=256.0)
    return (many / step).round(0) * step


def _magnitude(many: ir.FloatingValue) -> ir.FloatingValue:
    """The power of two that is nearest; 0 stays 0."""
    return (ibis.literal(2.0) ** many.nullif(0.0).log2().round(0)).fill_null(0.0)


def _between(sources: Mapping[str, int]) -> dict[str, float]:
    """How many pairs of records there are between each two sources."""
    held = sorted(sources.items())
    return {
        two(one, other): n * (n - 1) / 2 if one == other else float(n * more)
        for at, (one, n) in enumerate(held)
        for other, more in held[at:]
    }


def _rows(kind: str, scorer: Scorer, found: Estimates) -> Iterator[dict[str, Any]]:
    def row(comparison: str, level: str, **figures: float) -> dict[str, Any]:
        blank = dict.fromkeys(("m", "u", "weight", "matches"))
        return {"kind": kind, "comparison": comparison, "level": level, **blank, **figures}

    yield row(
        PRIOR, "", weight=found.prior, matches=found.matches, m=found.crowd.customers, u=found.crowd.each
    )
    for comparison in scorer.model.comparisons[kind]:
        m, u = found.m[comparison.name], found.u[comparison.name]
        for level, one, other in zip(comparison.levels, m, u, strict=True):
            yield row(comparison.name, level.name, m=one, u=other, weight=round(math.log2(one / other), 4))
    for name, (one, other) in found.sources.items():
        weight = math.log2(one / other) if other else 0.0
        yield row(
            SOURCES, name, m=one, u=other, weight=round(weight, 4), matches=round(one * found.matches, 3)
        )
