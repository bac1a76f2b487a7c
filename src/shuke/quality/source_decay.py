"""Decay: how fast does what a source says go stale?"""

from math import log

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.stats import Z95
from shuke.tables import Column, Type, table

#: What does not change, so that another value is a correction and no change.
LASTING = ("birth_date", "age", "gender", "kind", "since")

_DAY = 86_400


@table(
    key=("source", "attribute"),
    first="half_life",
    title=Text("Decay of sources", "来源信息衰减"),
    about=Text("How fast does what a source says go stale?", "各来源的信息多快过时？"),
    area="quality",
    subject=None,
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("facts", Type.INTEGER, Text("Facts", "信息数"), unit="count"),
        Column("replaced", Type.INTEGER, Text("Replaced", "被替换数"), unit="count"),
        Column("days", Type.NUMBER, Text("Days watched", "观察天数"), unit="day"),
        Column("half_life", Type.NUMBER, Text("Half-life", "半衰期"), unit="day", note=Text(
            "Days after which half of such values have been replaced.", "半数此类值被替换所需天数。")),
        Column("low", Type.NUMBER, Text("At least", "下限"), unit="day"),
        Column("high", Type.NUMBER, Text("At most", "上限"), unit="day"),
    ],
)  # fmt: skip
def source_decay(facts: ir.Table, *, min_replacements: int = 10) -> ir.Table:
    """How long values stand in a source until the same record gives another.

    One row per source and attribute with at least `min_replacements` replacements; fewer tell nothing. A
    value is watched from when it was first said until the next value was, or until it was last said, where
    none followed (censored). With replacements at a constant rate the half-life is ln 2 · days watched /
    replacements; `low` and `high` are its 95 % interval, on the logarithm, as of a Poisson count. What does
    not change in life is left out, and so is what nobody has dated.
    """
    dated = facts.filter(facts.first_at.notnull() & ~facts.attribute.isin(LASTING))
    in_turn = ibis.window(group_by=["record", "attribute"], order_by=[dated.first_at, dated.value])
    watched = dated.mutate(next_at=dated.first_at.lead(1).over(in_turn))
    ends = ibis.coalesce(watched.next_at, watched.collected_at)
    stood = (ends.epoch_seconds() - watched.first_at.epoch_seconds()).cast("float64") / _DAY
    counted = (
        watched.mutate(stood=stood, replaced=watched.next_at.notnull().cast("int64"))
        .group_by("source", "attribute")
        .agg(facts=lambda t: t.count(), replaced=lambda t: t.replaced.sum(), days=lambda t: t.stood.sum())
    )
    enough = counted.filter((counted.replaced >= min_replacements) & (counted.days > 0))
    half_life = enough.days * log(2) / enough.replaced
    unsure = (Z95 / enough.replaced.cast("float64").sqrt()).exp()
    return enough.mutate(half_life=half_life, low=half_life / unsure, high=half_life * unsure)
