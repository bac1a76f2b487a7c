"""Opinion topics: what is most spoken of, what is blamed, and what is on the rise?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses import score_intervals
from shuke.analyses.false_discoveries import corrected
from shuke.languages import Text, language
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

OTHER = {"other": Text("other", "其他")}


@table(
    key="topic_no",
    first="-texts",
    theme="feeling",
    title=Text("What customers talk about", "客户谈论的主题"),
    about=Text(
        "What is most spoken of, what is blamed, and what is on the rise?", "谈论最多、批评最多、"
            "正在上升的各是什么？"),
    reading=Text(
        "Each bar is a topic of the last year; its colour tells how many of its texts blame. Topics are "
        "named by "
        "their words until somebody gives them a name.",
        "每条为最近一年的一个主题，颜色为其中贬义文字的比例。主题在有人命名之前以其词语为名。"),
    limits=Text(
        "Who writes is not who buys. A topic tells what is spoken of, not why. Rising means a larger part of "
        "all "
        "texts than before, beyond chance.",
        "发言者不等于购买者。主题说明谈论什么，而非为何。上升指其占全部文字的比例较前增加且非偶然。"),
    subject=None,
    columns=[
        Column("topic_no", Type.INTEGER, Text("Topic", "主题编号")),
        Column("topic", Type.TEXT, Text("Name of the topic", "主题名称"), codes=OTHER),
        Column("texts", Type.INTEGER, Text("Texts in a year", "一年文字数"), unit="count"),
        Column("share", Type.NUMBER, Text("Of all texts", "占全部文字"), unit="share"),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("complaints", Type.INTEGER, Text("Complaints", "投诉"), unit="count"),
        Column("suggestions", Type.INTEGER, Text("Suggestions", "建议"), unit="count"),
        Column("praise", Type.INTEGER, Text("Praise", "表扬"), unit="count"),
        Column("blame_share", Type.NUMBER, Text("Blame, of those that can be "
                                                "told", "贬义比例"), unit="share"),
        Column("blame_low", Type.NUMBER, Text("Blame, at least", "贬义比例下限"), unit="share"),
        Column("blame_high", Type.NUMBER, Text("Blame, at most", "贬义比例上限"), unit="share"),
        Column("waiting", Type.INTEGER, Text("Complaints without an answer", "投诉未获答复"), unit="count"),
        Column("days_to_answer", Type.NUMBER, Text("Days until answered, "
                                                   "median", "答复天数中位数"), unit="day"),
        Column("repeats", Type.INTEGER, Text("Made again", "重复提出"), unit="count"),
        Column("product_id", Type.TEXT, Text("Product named most", "提及最多的商品")),
        Column("department", Type.TEXT, Text("Department named most", "涉及最多的部门")),
        Column("recent", Type.INTEGER, Text("Texts lately", "近期文字数"), unit="count"),
        Column("expected", Type.NUMBER, Text("As many were to be expected", "预期近期文字数"), unit="count"),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all topics", "校正后 p 值"), unit="share"),
        Column("rising", Type.FLAG, Text("On the rise", "正在上升")),
    ],
)  # fmt: skip
def opinion_topics(
    opinions: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    recent_days: int = 90,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """The topics of the last 365 days: how often, by whom and how they are spoken of, and which rise.

    One row per topic of which somebody spoke in that time (see `topics`); 0 is what fits none. Of texts whose
    sentiment can be told, `blame_share` blame (Wilson 1927). A topic is on the rise where in the last
    `recent_days` days more was said of it than its part of the days before would lead to expect:

        expected = texts of the topic × recent texts of all / texts of all
        p        = chance of as many or more, binomial; corrected over all topics (Benjamini, Hochberg 1995)
    """
    age = ibis.literal(as_of).delta(opinions.day, unit="day")
    year = opinions.filter(age < 365)
    told = year.mutate(recent=ibis.literal(as_of).delta(year.day, unit="day") < recent_days)
    counts = told.group_by("topic_no", "topic").agg(
        texts=told.count(), customers=told.customer_id.nunique(),
        complaints=(told.form == "complaint").sum(), suggestions=(told.form == "suggestion").sum(),
        praise=(told.form == "praise").sum(), blame=(told.sentiment == "blame").sum(),
        judged=told.sentiment.isin(["praise", "blame"]).sum(), waiting=told.waiting.sum(),
        days_to_answer=told.days_to_answer.quantile(0.5), repeats=told.is_repeat.sum(),
        recent=told.recent.sum(),
    )  # fmt: skip
    whole = counts
    for column in ("product_id", "department"):
        whole = whole.left_join(_most(told, column), "topic_no").drop("topic_no_right")
    frame = whole.order_by("topic_no").to_pandas()
    schema = opinion_topics.schema
    return checkpoint(ibis.memtable(_risen(frame, false_discovery_rate)[list(schema)], schema=schema))


def _most(rows: ir.Table, column: str) -> ir.Table:
    named = rows.filter(rows[column].notnull())
    uses = named.group_by("topic_no", column).agg(times=named.count())
    first = ibis.window(group_by="topic_no", order_by=[uses.times.desc(), uses[column]])
    ranked = uses.mutate(nth=ibis.row_number().over(first))
    return ranked.filter(ranked.nth == 0).select("topic_no", column)


def _risen(frame: pd.DataFrame, rate: float) -> pd.DataFrame:
    from scipy.special import betainc  # heavy, and only builds need it

    texts, recent, judged = (frame[name].to_numpy(float) for name in ("texts", "recent", "judged"))
    part = recent.sum() / max(texts.sum(), 1)
    # The chance of as many or more of so many; of none it is one.
    p = np.where(recent > 0, betainc(np.maximum(recent, 1), texts - recent + 1, part), 1.0)
    adjusted = corrected(p, len(p))
    some = np.maximum(judged, 1)
    low, high = score_intervals.share(frame.blame.to_numpy(float), some)
    known = judged > 0
    days = frame.days_to_answer.astype(object)
    return frame.assign(
        share=texts / max(texts.sum(), 1), expected=texts * part, p_adjusted=adjusted,
        rising=(adjusted <= rate) & (recent > texts * part),
        days_to_answer=days.where(frame.days_to_answer.notna(), None),
        **{
            name: pd.Series(figure, index=frame.index, dtype=object).where(pd.Series(known,
            index=frame.index), None) for name, figure in {
                "blame_share": frame.blame.to_numpy(float) / some, "blame_low": low, "blame_high": high
            }.items()
        },
    )  # fmt: skip


def _called(name: str) -> str:
    return OTHER[name].in_(language()) if name in OTHER else name


@opinion_topics.chart
def topics_bars(frame: pd.DataFrame) -> alt.Chart:
    """The twenty most spoken of."""
    best = frame.sort_values(["texts", "topic_no"], ascending=[False, True]).head(20)
    shown = best.assign(called=[f"{row.topic_no} · {_called(row.topic)}" for row in best.itertuples()])
    title = {column.name: str(column.title) for column in opinion_topics.columns}
    bars: alt.Chart = alt.Chart(shown).mark_bar().encode(
        y=alt.Y("called:N", sort=list(shown.called), title=None, axis=alt.Axis(labelLimit=320)),
        x=alt.X("texts:Q", title=title["texts"]),
        color=alt.Color("blame_share:Q", title=title["blame_share"], legend=alt.Legend(format=".0%")),
        tooltip=[
            alt.Tooltip("called:N", title=title["topic"]), alt.Tooltip("texts:Q", title=title["texts"]),
            alt.Tooltip("blame_share:Q", title=title["blame_share"], format=".0%"),
            alt.Tooltip("waiting:Q", title=title["waiting"]),
        ],
    )  # fmt: skip
    return bars


@opinion_topics.sentence
def topic_sentence(frame: pd.DataFrame) -> Text:
    told = frame[frame.topic_no > 0]
    if told.empty:
        return Text(
            "Too few texts speak of the same thing to make topics of them.",
            "谈论同一事物的文字太少，无法归纳主题。",
        )
    most = told.sort_values(["texts", "topic_no"], ascending=[False, True]).iloc[0]
    rising = told[told.rising.astype(bool)].sort_values("p_adjusted")
    names = ", ".join(rising.topic.head(3)), "、".join(rising.topic.head(3))
    up = (
        Text(f"on the rise: {names[0]}.", f"正在上升的有：{names[1]}。") if len(rising)
        else Text("none is on the rise.", "没有主题在上升。")
    )  # fmt: skip
    return Text(
        f"Most is said of “{most.topic}” ({int(most.texts):,} texts in a year); {up.en}",
        f"谈论最多的是「{most.topic}」（一年 {int(most.texts):,} 条）；{up.zh}",
    )
