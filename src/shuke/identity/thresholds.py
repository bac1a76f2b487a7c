"""Thresholds: from which probability are two records merged, and from which reviewed?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table

#: However precise one wants it, what is as probable as this is merged: else, where little is known of anybody
#: and no line keeps the wanted precision, all would be asked about.
_HIGHEST = 0.98

#: How finely a threshold is set: in steps of one over so many.
_STEPS = 1_000

#: Where a third record alone puts together more of what is merged than this share, probabilities, which are
#: of two records, do not tell how much of it is right.
_THIRD = 0.02
_EVEN = 0.5


@table(
    key="kind",
    title=Text("Thresholds of identity", "身份阈值"),
    area="identity",
    subject=None,
    columns=[
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("version", Type.INTEGER, Text("Version of the model", "模型版本")),
        Column("wanted_precision", Type.NUMBER, Text("Wanted precision", "期望精确率"), unit="share"),
        Column("merge_at", Type.NUMBER, Text("Merged from", "自动合并阈值"), unit="share"),
        Column("review_at", Type.NUMBER, Text("Asked about from", "人工审核阈值"), unit="share"),
        Column("precision", Type.NUMBER, Text("Estimated precision", "估计精确率"), unit="share"),
        Column("recall", Type.NUMBER, Text("Estimated recall", "估计召回率"), unit="share"),
        Column("merged_pairs", Type.INTEGER, Text("Pairs merged", "自动合并对数"), unit="count"),
        Column("review_pairs", Type.INTEGER, Text("Pairs to be asked about", "待审核对数"), unit="count"),
    ],
)
def thresholds(
    scored_pairs: ir.Table, *, precision: float = 0.995, merge_at: float = 0.9, review_at: float = 0.3
) -> ir.Table:
    """Where the line is drawn for people and for organisations, and what is to be expected of it.

    One row per kind of which any pair was found. Pairs are merged from the least probability, not below
    `merge_at`, at which the mean of all probabilities from there on, which is the expected share of right
    merges, reaches the wanted
    `precision`; and from 0.98 on in any case. The estimated recall is the share that these have in the sum of
    all probabilities: of matches that share a key at all. Both are as good as the model's probabilities;
    where too many records come together that would not by themselves, nothing is said of precision.
    """
    high = scored_pairs.filter(scored_pairs.probability >= merge_at)
    steps = high.group_by("kind", step=(high.probability * _STEPS).floor().cast("int64")).agg(
        scored_pairs=high.count(), expected=high.probability.sum()
    )
    above = ibis.window(group_by="kind", order_by=ibis.desc("step"), following=0)
    summed = steps.mutate(total=steps.scored_pairs.sum().over(above), right=steps.expected.sum().over(above))
    # The line stands where it is asked to, unless pairs right above it spoil the precision.
    lowest_step = summed.step.min().over(group_by="kind")
    share = summed.mutate(line=ibis.ifelse(summed.step == lowest_step, merge_at, summed.step / _STEPS))
    good = share.filter(share.right / share.total >= precision)
    lowest = good.group_by("kind").agg(line=good.line.min())
    kinds = scored_pairs.group_by("kind").agg(
        version=scored_pairs.version.max(), expected=scored_pairs.probability.sum()
    )
    lines = kinds.left_join(lowest, "kind").select(
        "kind",
        "version",
        "expected",
        line=_drawn(lowest.line, merge_at),
    )
    judged = scored_pairs.select("kind", "probability").inner_join(lines, "kind")
    merged, asked = judged.probability >= judged.line, judged.probability.between(review_at, 1)
    counted = judged.group_by("kind", "version", "expected", "line").agg(
        merged_pairs=merged.sum(),
        review_pairs=(asked & ~merged).sum(),
        right=judged.probability.sum(where=merged).fill_null(0.0),
    )
    thirds = _by_a_third(scored_pairs.inner_join(lines.select("kind", "line"), "kind"))
    counted = counted.left_join(thirds, "kind").drop("kind_right")
    told = counted.thirds.fill_null(0) <= _THIRD * (counted.merged_pairs + counted.thirds.fill_null(0))
    return counted.select(
        "kind", "version", "merged_pairs", "review_pairs",
        wanted_precision=ibis.literal(precision),
        merge_at=counted.line,
        review_at=ibis.least(review_at, counted.line),
        precision=told.ifelse(counted.right / counted.merged_pairs.nullif(0), ibis.null("float64")),
        recall=counted.right / counted.expected,
    )  # fmt: skip


def _by_a_third(judged: ir.Table) -> ir.Table:
    """Per kind, how many two records are each merged with a third, and not likely one by themselves."""
    merged = judged.filter(judged.probability >= judged.line)
    either = merged.select("kind", here="record_l", there="record_r").union(
        merged.select("kind", here="record_r", there="record_l")
    )
    other = either.select("here", record_r="there")
    met = either.rename(record_l="there").inner_join(other, "here")
    implied = met.filter(met.record_l < met.record_r).select("kind", "record_l", "record_r").distinct()
    likely = judged.filter(judged.probability >= _EVEN).select("record_l", "record_r")
    alone = implied.anti_join(likely, ["record_l", "record_r"])
    return alone.group_by("kind").agg(thirds=alone.count())


def _drawn(line: ir.FloatingValue, merge_at: float) -> ir.FloatingValue:
    """The line that the wanted precision asks for, as far as it is followed."""
    highest = max(_HIGHEST, merge_at)
    return ibis.least(ibis.coalesce(line, highest), highest).cast("float64")
