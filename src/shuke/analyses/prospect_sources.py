"""Prospect sources: which lists, cards and surveys bring the best customers, and whom of them did we have?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.false_discoveries import corrected
from shuke.analyses.subgroups import unlike_the_rest
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt, pd
from shuke.stats import average, wilson
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key="source",
    first="-good_rate",
    theme="market",
    title=Text("Sources of prospects", "潜在客户来源"),
    about=Text(
        "Which lists, cards and surveys bring the best customers, and whom of them did we have already?",
        "哪些名单、名片与问卷带来最好的客户，其中哪些人早已是客户？"),
    reading=Text(
        "Each line is the share of a source's people who became good customers, with its interval. The "
        "strong ones bring more or fewer than the others by more than chance.",
        "每条线为该来源中成为优质客户的比例及其区间；深色者与其他来源的差异不是偶然。"),
    limits=Text(
        "That somebody became a customer after they were listed does not say that the list made them one. "
        "Lists without a day count from the day on which they were received.",
        "列入名单之后成为客户，不等于名单带来了客户。名单未注明日期者自接收日起算。"),
    subject=None,
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("people", Type.INTEGER, Text("People", "人数"), unit="count"),
        Column("already", Type.INTEGER, Text("Customers already", "早已是客户"), unit="count", note=Text(
            "Bought before they were listed, be it under another name.", "列入之前已购买，包括以其他名称。")),
        Column("became", Type.INTEGER, Text("Became customers", "此后成为客户"), unit="count"),
        Column("open", Type.INTEGER, Text("Yet to be won", "待争取"), unit="count"),
        Column("rate", Type.NUMBER, Text("Became customers, share", "转化率"), unit="share", note=Text(
            "Of those who were none.", "占原非客户者的比例。")),
        Column("rate_low", Type.NUMBER, Text("Share, at least", "转化率下限"), unit="share"),
        Column("rate_high", Type.NUMBER, Text("Share, at most", "转化率上限"), unit="share"),
        Column("good", Type.INTEGER, Text("Became good customers", "成为优质客户"), unit="count", note=Text(
            "Of the quarter of all buyers who spent most.", "属于消费最高的四分之一购买者。")),
        Column("good_rate", Type.NUMBER, Text("Became good customers, share", "优质转化率"), unit="share"),
        Column("good_low", Type.NUMBER, Text("Good ones, at least", "优质转化率下限"), unit="share"),
        Column("good_high", Type.NUMBER, Text("Good ones, at most", "优质转化率上限"), unit="share"),
        Column("spent", Type.MONEY, Text("Bought since, each", "此后人均消费"), unit="currency"),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("differs", Type.FLAG, Text("More than chance", "非偶然")),
    ],
)  # fmt: skip
def prospect_sources(
    listed_people: ir.Table, *, checkpoint: Checkpoint, false_discovery_rate: float = 0.05
) -> ir.Table:
    """What came of the people whom each source names that sells nothing itself (see `listed_people`).

    One row per source. Shares are of those who had not bought by the first day on which it named them, with
    Wilson's interval (1927); that of good customers is held against that of all other such sources (Fisher
    1934, corrected by Benjamini and Hochberg 1995).
    """
    people = listed_people
    before, since = people.bought_before > 0, people.bought_since > 0
    good = ~before & since & people.is_good
    sums = people.group_by("source").agg(
        people=people.count(), already=before.sum(), became=(~before & since).sum(),
        open=(~before & ~since).sum(), good=good.sum(),
        spent_all=people.spent.sum(where=~before).fill_null(0),
    )  # fmt: skip
    new = sums.people - sums.already
    ends, best = wilson(sums.became, new), wilson(sums.good, new)
    told = sums.mutate(
        rate=sums.became.cast("float64") / new.nullif(0),
        rate_low=ibis.greatest(ends.low, 0.0), rate_high=ends.high,
        good_rate=sums.good.cast("float64") / new.nullif(0),
        good_low=ibis.greatest(best.low, 0.0), good_high=best.high,
        spent=average(sums.spent_all, new.nullif(0)).cast(str),
    )  # fmt: skip
    frame = told.order_by("source").to_pandas()
    if frame.empty:
        raise NotEnoughData(N_("No source names people without selling to them."))
    return checkpoint(ibis.memtable(_corrected(frame, false_discovery_rate), schema=_MEMORY))


def _corrected(frame: pd.DataFrame, rate: float) -> pd.DataFrame:
    new = (frame.people - frame.already).to_numpy(float)
    p = unlike_the_rest(frame.good.to_numpy(float), new)
    adjusted = np.where(new > 0, corrected(p, len(p)), np.nan)
    return frame.assign(p_adjusted=adjusted, differs=adjusted <= rate)[list(_MEMORY)]


#: Both engines take a decimal that may be missing as a text.
_MEMORY = {
    "source": "string", **dict.fromkeys(("people", "already", "became", "open"), "int64"),
    **dict.fromkeys(("rate", "rate_low", "rate_high"), "float64"), "good": "int64",
    **dict.fromkeys(("good_rate", "good_low", "good_high"), "float64"), "spent": "string",
    "p_adjusted": "float64", "differs": "boolean",
}  # fmt: skip


@prospect_sources.chart
def good_shares(frame: pd.DataFrame) -> alt.LayerChart:
    shown = frame[frame.good_rate.notna()].sort_values("good_rate", ascending=False)
    columns = ["source", "good_rate", "good_low", "good_high", "differs", "people", "good"]
    base = alt.Chart(shown[columns]).encode(
        y=alt.Y("source:N", sort=None, title=None),
        opacity=alt.condition("datum.differs", alt.value(1.0), alt.value(0.4)),
        tooltip=[alt.Tooltip(f"{n}:Q", title=str(prospect_sources[n].title)) for n in ("people", "good")],
    )
    title = str(prospect_sources["good_rate"].title)
    x = alt.X("good_low:Q", title=title, axis=alt.Axis(format=".0%"))
    return base.mark_rule().encode(x=x, x2="good_high:Q") + base.mark_point(filled=True).encode(
        x=alt.X("good_rate:Q", title=title, axis=alt.Axis(format=".0%"))
    )


@prospect_sources.sentence
def best_source(frame: pd.DataFrame) -> Text:
    already = int(frame.already.sum())
    known = frame[frame.good_rate.notna()].sort_values(["good_rate", "source"], ascending=[False, True])
    had = Text(
        f"{already:,} of the people listed were customers already.", f"名单中有 {already:,} 人早已是客户。"
    )
    if known.empty or not known.good.sum():
        return Text(f"{had.en} No source has brought a good customer yet.", f"{had.zh}尚无来源带来优质客户。")
    row = known.iloc[0]
    if not known.differs.any():
        return Text(
            f"No source differs from the others in good customers by more than chance. {had.en}",
            f"各来源带来优质客户的比例之差均可能出于偶然。{had.zh}",
        )
    return Text(
        f"“{row.source}” brings the most good customers: {row.good_rate:.1%} of those new to us (between "
        f"{row.good_low:.1%} and {row.good_high:.1%}). {had.en}",
        f"「{row.source}」带来的优质客户最多：占原非客户者的 {row.good_rate:.1%}"
        f"（区间 {row.good_low:.1%}–{row.good_high:.1%}）。{had.zh}",
    )
