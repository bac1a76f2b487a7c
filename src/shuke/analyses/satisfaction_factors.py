"""Satisfaction factors: what marks the satisfied and the dissatisfied?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.experiences import ATTRIBUTES, MARKS, YES
from shuke.analyses.false_discoveries import corrected
from shuke.analyses.rank_differences import rank_difference
from shuke.analyses.survey_scores import MEASURES
from shuke.languages import Text, language
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

VALUES = {
    YES: Text("yes", "是"), "female": Text("female", "女"), "male": Text("male", "男"),
    "person": Text("person", "个人"), "organisation": Text("organisation", "单位"),
}  # fmt: skip

VERDICTS = ["good", "bad"]


@table(
    key=("measure", "mark", "value"),
    first="-at_least",
    theme="feeling",
    title=Text("What marks the satisfied", "满意与不满意的客户有何不同"),
    about=Text("What marks the satisfied and the dissatisfied?", "满意与不满意的客户有何不同？"),
    reading=Text(
        "Each line is a mark of customers: right of the middle those with it rate higher than the others, "
        "left "
        "of it lower. The line is where the difference lies at 95 %; only the strong ones are more than "
        "chance.",
        "每条线为一种客户特征：中线右侧表示有此特征者评分更高，左侧更低；线段为差异的 95% 区间，"
        "仅深色者不是偶然。"),
    limits=Text(
        "A difference is no cause: who had to complain may be hard to please, and who buys much may rate "
        "highly "
        "because they are content. Only those who answered are compared. Marks that go together are found "
        "together.",
        "差异并非原因：投诉者可能本就难以取悦，购买多者可能正因满意。只比较作答者；相伴的特征会一同出现。"),
    subject=None,
    columns=[
        Column("measure", Type.TEXT, Text("Measures", "衡量"), codes=MEASURES),
        Column("mark", Type.TEXT, Text("Mark", "特征"), codes=MARKS),
        Column("value", Type.TEXT, Text("Value", "取值"), codes=VALUES),
        Column("customers", Type.INTEGER, Text("Customers with it", "有此特征的客户数"), unit="count"),
        Column("others", Type.INTEGER, Text("Customers without", "无此特征的客户数"), unit="count"),
        Column("good", Type.NUMBER, Text("Satisfied with it", "有此特征者的满意比例"), unit="share"),
        Column("others_good", Type.NUMBER, Text("Satisfied without", "无此特征者的满意比例"), unit="share"),
        Column("bad", Type.NUMBER, Text("Dissatisfied with it", "有此特征者的不满意比例"), unit="share"),
        Column("others_bad", Type.NUMBER, Text("Dissatisfied without",
            "无此特征者的不满意比例"), unit="share"),
        Column("difference", Type.NUMBER, Text("Difference", "差异"), note=Text(
            "How much likelier one with the mark rates higher than one without, less the reverse: from −1 to "
            "1.",
            "有此特征者比无者评分更高的概率，减去相反的概率：−1 至 1。")),
        Column("low", Type.NUMBER, Text("Difference, at least", "差异下限")),
        Column("high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("at_least", Type.NUMBER, Text("Size that is sure", "可确信的差异大小"), note=Text(
            "The end of the interval that is nearer to no difference; 0 where it holds none.",
            "区间中更接近零的一端；区间含零时为 0。")),
        Column("p", Type.NUMBER, Text("p", "p 值"), unit="share"),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("separates", Type.FLAG, Text("More than chance", "非偶然")),
    ],
)  # fmt: skip
def satisfaction_factors(
    experiences: ir.Table,
    *,
    checkpoint: Checkpoint,
    min_customers: int = 10,
    max_values: int = 20,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """What those who rate highly, or lowly, have in common: what they are, and what happened before.

    One row per measure, mark and value that at least `min_customers` who answered have, and as many have
    not; of each mark the `max_values` commonest values. Ratings of those with it and without are compared by
    rank:

        difference = P(with it rate higher) − P(without it rate higher)    Cliff (1993)
        p            of the rank sum test with ties                        Mann and Whitney (1947)
        interval     from placements               Brunner and Munzel (2000), Feng and Cliff (2004)

    `p_adjusted` is p corrected over everything tried (Benjamini and Hochberg 1995), and `separates` is true
    where it is at most `false_discovery_rate`: of all that are called different, no more than that share is
    chance. Of attributes only customers of whom it is known are compared. Rows stand by the difference that
    is sure, the greatest first. What customers went through is in `experiences`.
    """
    levels = experiences.group_by("measure", "mark", "value", "standing", "verdict").agg(
        customers=experiences.count()
    )
    frame = levels.order_by("measure", "mark", "value", "standing", "verdict").to_pandas()
    found = [
        row
        for _, part in frame.groupby("measure")
        for row in _compared(part, min_customers=min_customers, max_values=max_values)
    ]
    columns = list(satisfaction_factors.schema)
    told = pd.DataFrame(found, columns=columns)
    if found:
        told["p_adjusted"] = corrected(told.p.to_numpy(float), len(told))
        told["separates"] = told.p_adjusted <= false_discovery_rate
        told["at_least"] = np.maximum(np.maximum(told.low, -told.high), 0.0)
    return checkpoint(ibis.memtable(told, schema=satisfaction_factors.schema))


def _compared(part: pd.DataFrame, *, min_customers: int, max_values: int) -> list[dict[str, object]]:
    """The marks of those who answered to one measure."""
    everybody = part[part.mark == ""]
    found: list[dict[str, object]] = []
    for mark, rows in part[part.mark != ""].groupby("mark"):
        # An attribute has one value, so its rows are all of whom it is known.
        whole = rows if mark in ATTRIBUTES else everybody
        sizes = rows.groupby("value").customers.sum()
        rest = int(whole.customers.sum()) - sizes
        enough = sizes[(sizes >= min_customers) & (rest >= min_customers)]
        common = enough.sort_index().sort_values(ascending=False, kind="stable").index[:max_values]
        if len(common):
            found += _differing(str(mark), rows[rows.value.isin(common)], whole)
    return found


def _differing(mark: str, rows: pd.DataFrame, whole: pd.DataFrame) -> list[dict[str, object]]:
    levels = np.sort(whole.standing.unique())
    marked = _counts(rows, "standing").reindex(levels, fill_value=0)
    everybody = whole.groupby("standing").customers.sum().reindex(levels, fill_value=0)
    mine = marked.to_numpy(float)
    told = rank_difference(mine, everybody.to_numpy(float)[:, None] - mine)
    verdicts = _counts(rows, "verdict").reindex(VERDICTS, fill_value=0)
    of_all = whole.groupby("verdict").customers.sum().reindex(VERDICTS, fill_value=0)
    size = int(everybody.sum())
    return [
        {
            "measure": rows.measure.iloc[0], "mark": mark, "value": value,
            "customers": int(n), "others": int(size - n),
            **{name: verdicts[value][name] / n for name in VERDICTS},
            **{f"others_{name}": (of_all[name] - verdicts[value][name]) / (size - n) for name in VERDICTS},
            "difference": told.delta[k], "low": told.low[k], "high": told.high[k], "p": told.p[k],
        }
        for k, (value, n) in enumerate(zip(marked.columns, mine.sum(0), strict=True))
    ]  # fmt: skip


def _counts(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    return rows.pivot_table(index=by, columns="value", values="customers", aggfunc="sum", fill_value=0)


def _called(row: pd.Series) -> Text:
    mark = MARKS[row.mark]
    if row.value == YES:
        return mark
    value = VALUES.get(row.value, Text(row.value, row.value))
    return Text(f"{mark.en}: {value.en}", f"{mark.zh}：{value.zh}")


@satisfaction_factors.chart
def factors(frame: pd.DataFrame) -> alt.LayerChart:
    """The twenty whose difference is surest."""
    best = frame.sort_values(["at_least", "p"], ascending=[False, True]).head(20)
    names = [f"{_called(row).in_(language())} · {MEASURES[row.measure]}" for _, row in best.iterrows()]
    shown = best.assign(called=names)
    title = {column.name: str(column.title) for column in satisfaction_factors.columns}
    base = alt.Chart(shown).encode(
        y=alt.Y("called:N", sort=names, title=None, axis=alt.Axis(labelLimit=320)),
        opacity=alt.condition("datum.separates", alt.value(1.0), alt.value(0.35)),
    )
    tips = [
        alt.Tooltip("called:N", title=title["mark"]), alt.Tooltip("customers:Q", title=title["customers"]),
        alt.Tooltip("good:Q", title=title["good"], format=".0%"),
        alt.Tooltip("others_good:Q", title=title["others_good"], format=".0%"),
        alt.Tooltip("p_adjusted:Q", title=title["p_adjusted"], format=".2g"),
    ]  # fmt: skip
    ends = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=title["difference"], scale=alt.Scale(domain=[-1, 1])), x2="high:Q"
    )
    zero = alt.Chart(pd.DataFrame({"none": [0.0]})).mark_rule(strokeDash=[3, 3]).encode(x="none:Q")
    return zero + ends + base.mark_point(filled=True, size=70).encode(x="difference:Q", tooltip=tips)


@satisfaction_factors.sentence
def factor_sentence(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text(
            "Too few customers have answered to say what marks the satisfied and the dissatisfied.",
            "作答的客户太少，无法说明满意与不满意者有何不同。",
        )
    strong = frame[frame.separates.astype(bool)]
    if strong.empty:
        return Text(
            f"None of {len(frame)} marks tells the satisfied from the dissatisfied beyond chance.",
            f"{len(frame)} 个特征中，没有一个能在偶然之外区分满意与不满意的客户。",
        )
    top = strong.sort_values(["at_least", "p"], ascending=[False, True]).iloc[0]
    called = _called(top)
    return Text(
        f"{len(strong)} of {len(frame)} marks tell the satisfied from the dissatisfied. Most does "
        f"“{called.en}”: "
        f"of {top.customers:,} such customers {top.good:.0%} are satisfied, of the others "
        f"{top.others_good:.0%}.",
        f"{len(frame)} 个特征中有 {len(strong)} 个能区分满意与否，以「{called.zh}」最明显：此类 "
        f"{top.customers:,} 位"
        f"客户中 {top.good:.0%} 满意，其余为 {top.others_good:.0%}。",
    )
