"""Satisfaction: how content are those who answer, by net promoter score, satisfaction and effort?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses import score_intervals
from shuke.analyses.score_intervals import Floats
from shuke.analyses.survey_scores import MEASURES
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

YEAR, EARLIER = "year", "year_before"
PERIODS = {YEAR: Text("last 12 months", "最近 12 个月"), EARLIER: Text("12 months before", "前 12 个月")}

#: The one that is told first, where there are several.
_FIRST = ("nps", "csat", "ces", "renewal", "trust", "product", "other")


@table(
    key=("measure", "question", "period"),
    first="-period",
    theme="feeling",
    title=Text("Satisfaction", "满意度"),
    about=Text("How content are those who answer?", "作答客户有多满意？"),
    reading=Text(
        "Each line is a question, month by month; the band is where the figure lies at 95 % had everybody "
        "been "
        "asked. Where bands overlap, two months may well be alike.",
        "每条线为一个问题的逐月得分，带为其 95% 区间。两月的带若重叠，可能并无差别。"),
    limits=Text(
        "Who answers is not who buys: the pleased and the angry answer most, and those who have left are "
        "seldom "
        "asked. The interval tells of chance alone, not of that.",
        "作答者不等于购买者：特别满意或不满者更常作答，已离开者很少被问到。区间只反映偶然误差。"),
    subject=None,
    columns=[
        Column("measure", Type.TEXT, Text("Measures", "衡量"), codes=MEASURES),
        Column("question", Type.TEXT, Text("Question", "问题"), note=Text(
            "Of `product`: all questions together; see product_opinions.", "`product` 为所有问题合计。")),
        Column("period", Type.TEXT, Text("Period", "时段"), codes=PERIODS, note=Text(
            "`year`: the last 365 days; `year_before`: the 365 before; else a month, such as `2026-05`.",
            "`year` 最近 365 天，`year_before` 之前的 365 天，其余为月份，如 `2026-05`。")),
        Column("answers", Type.INTEGER, Text("Answers", "回答数"), unit="count"),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("value", Type.NUMBER, Text("Value", "得分"), unit="point", note=Text(
            "`nps`: per cent of 9 and 10 less per cent of 0 to 6. `ces`: the mean score, of effort turned "
            "round. "
            "All others: per cent who give one of the upper quarter, such as 4 or 5 of 5.",
            "`nps`：9–10 分的百分比减 0–6 分的百分比；`ces`：平均分，费力题反向计；"
            "其余：评分位于量表上四分之一（如 5 分中的 4、5 分）的百分比。")),
        Column("low", Type.NUMBER, Text("At least", "下限"), unit="point"),
        Column("high", Type.NUMBER, Text("At most", "上限"), unit="point"),
        Column("rating", Type.NUMBER, Text("Mean rating", "平均评分比例"), unit="share"),
        Column("good", Type.INTEGER, Text("Satisfied", "满意"), unit="count"),
        Column("middling", Type.INTEGER, Text("In between", "一般"), unit="count"),
        Column("bad", Type.INTEGER, Text("Dissatisfied", "不满意"), unit="count"),
        Column("lowest", Type.NUMBER, Text("Lowest score", "最低分"), unit="point"),
        Column("highest", Type.NUMBER, Text("Highest score", "最高分"), unit="point"),
    ],
)  # fmt: skip
def satisfaction(survey_scores: ir.Table, *, as_of: date, checkpoint: Checkpoint) -> ir.Table:
    """Net promoter score, customer satisfaction and customer effort, with 95 % intervals.

    One row per question and period in which somebody answered. All ratings of products are one row a period.

        nps  = 100 × (9 and 10 − 0 to 6) / answers     Reichheld (2003); interval: adjusted Wald, Rocks (2016)
        csat = 100 × upper quarter / answers           Wilson (1927)
        ces  = mean score                              Dixon, Freeman, Toman (2010); Student, or where all say
                                                       the same Wilson's

    A customer who answers twice in a period counts twice; `customers` tells how many they are.
    """
    asked = survey_scores.mutate(
        question=ibis.ifelse(survey_scores.measure == "product", "", survey_scores.question),
        age=ibis.literal(as_of).delta(survey_scores.day, unit="day"),
    )
    year = ibis.cases((asked.age < 365, YEAR), (asked.age < 730, EARLIER), else_="")
    periods = asked.mutate(period=year).filter(lambda t: t.period != "")
    both = periods.union(asked.mutate(period=asked.day.cast(str).substr(0, 7)))
    counts = both.group_by("measure", "question", "period").agg(
        answers=both.count(), customers=both.customer_id.nunique(),
        rating=both.rating.sum(), squares=(both.rating * both.rating).sum(),
        **{name: (both.verdict == name).sum() for name in ("good", "middling", "bad")},
        lowest=both.lowest.min(), highest=both.highest.max(),
    )  # fmt: skip
    frame = counts.order_by("measure", "question", "period").to_pandas()
    schema = satisfaction.schema
    return checkpoint(ibis.memtable(_valued(frame)[list(schema)], schema=schema))


def _valued(frame: pd.DataFrame) -> pd.DataFrame:
    n, good, bad, total = (frame[name].to_numpy(float) for name in ("answers", "good", "bad", "rating"))
    width, lowest = (frame.highest - frame.lowest).to_numpy(float), frame.lowest.to_numpy(float)
    shares, nets = score_intervals.share(good, n), score_intervals.net(good, bad, n)
    means = score_intervals.mean(total, frame.squares.to_numpy(float), n)
    is_nps, is_ces = (frame.measure.to_numpy() == name for name in ("nps", "ces"))

    def chosen(nps: Floats, ces: Floats, others: Floats) -> Floats:
        return np.select([is_nps, is_ces], [nps, ces], others)

    return frame.assign(
        value=chosen(100 * (good - bad) / n, lowest + width * total / n, 100 * good / n),
        low=chosen(100 * nets[0], lowest + width * means[0], 100 * shares[0]),
        high=chosen(100 * nets[1], lowest + width * means[1], 100 * shares[1]),
        rating=total / n,
    )


@satisfaction.chart
def months(frame: pd.DataFrame) -> alt.LayerChart | alt.VConcatChart:
    """Of each measure the question that most have answered."""
    monthly = frame[~frame.period.isin(list(PERIODS)) & (frame.measure != "other")]
    most = monthly.groupby(["measure", "question"]).answers.sum().reset_index()
    told = most.sort_values(["answers", "question"]).drop_duplicates("measure", keep="last")
    shown = monthly.merge(told[["measure", "question"]])
    parts = [_months_of(part, str(MEASURES[m])) for m, part in shown.groupby("measure", sort=False)]
    return alt.vconcat(*parts) if parts else _months_of(shown, "")


def _months_of(part: pd.DataFrame, title: str) -> alt.LayerChart:
    base = alt.Chart(part.assign(month=pd.to_datetime(part.period))).encode(x=alt.X("month:T", title=None))
    names = {name: str(satisfaction[name].title) for name in ("value", "low", "high", "answers")}
    tips = [alt.Tooltip(f"{name}:Q", title=names[name], format=".1f") for name in ("value", "low", "high")]
    line = base.mark_line(point=True).encode(
        y=alt.Y("value:Q", title=title),
        tooltip=["period", *tips, alt.Tooltip("answers:Q", title=names["answers"])],
    )
    band = base.mark_area(opacity=0.2, line=False).encode(y="low:Q", y2="high:Q")
    return (band + line).properties(width=640, height=140)


@satisfaction.sentence
def score_sentence(frame: pd.DataFrame) -> Text:
    recent = frame[(frame.period == YEAR) & (frame.answers > 0)]
    if recent.empty:
        return Text(
            "Nobody has answered with a score in the last twelve months.", "最近 12 个月没有评分回答。"
        )
    rank = recent.measure.map({measure: place for place, measure in enumerate(_FIRST)})
    best = recent.assign(rank=rank).sort_values(["rank", "answers"], ascending=[True, False]).iloc[0]
    before = frame[
        (frame.period == EARLIER) & (frame.measure == best.measure) & (frame.question == best.question)
    ]
    told, change = _told(best), _change(best, before)
    return Text(f"{told.en}{change.en}.", f"{told.zh}{change.zh}。")


def _told(row: pd.Series) -> Text:
    value, low, high, n = row.value, row.low, row.high, f"{int(row.answers):,}"
    if row.measure == "nps":
        return Text(
            f"The net promoter score is {value:.0f} (between {low:.0f} and {high:.0f}, of {n} answers)",
            f"净推荐值为 {value:.0f}（区间 {low:.0f} 至 {high:.0f}，{n} 个回答）",
        )
    if row.measure == "ces":
        return Text(
            f"Ease is {value:.1f} of {row.highest:.0f} (between {low:.1f} and {high:.1f}, of {n} answers)",
            f"省力程度为 {value:.1f}/{row.highest:.0f}（区间 {low:.1f} 至 {high:.1f}，{n} 个回答）",
        )
    return Text(
        f"{value:.0f} % of {n} answers are good ones (between {low:.0f} % and {high:.0f} %)",
        f"{n} 个回答中 {value:.0f}% 为好评（区间 {low:.0f}% 至 {high:.0f}%）",
    )


def _change(now: pd.Series, before: pd.DataFrame) -> Text:
    """Against the year before, where the intervals lie apart or say nothing."""
    if before.empty:
        return Text("", "")
    then = before.iloc[0]
    if now.low > then.high:
        return Text(f", up from {then.value:.1f} a year before", f"，高于前一年的 {then.value:.1f}")
    if now.high < then.low:
        return Text(f", down from {then.value:.1f} a year before", f"，低于前一年的 {then.value:.1f}")
    return Text(", much as a year before", "，与前一年无明显差别")
