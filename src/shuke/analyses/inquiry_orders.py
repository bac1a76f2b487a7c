"""Inquiry orders: how often does an inquiry lead to an order, and how fast?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from shuke.analyses.incidence import incidence
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

GROUPS: dict[str, Text] = {
    "all": Text("All inquiries", "全部咨询"),
    "topic": Text("Topic", "主题"),
    "channel": Text("Channel", "渠道"),
    "department": Text("Department", "部门"),
    "is_answered": Text("Answered", "已答复"),
}
VALUES = {"all": Text("all", "全部"), "true": Text("yes", "是"), "false": Text("no", "否")}
#: After so many days it is told.
DAYS = (7, 30, 90)


@table(
    key=("group", "value", "days"),
    theme="feeling",
    title=Text("Orders upon inquiries", "咨询后的购买"),
    about=Text("How often does an inquiry lead to an order, and how fast?", "咨询带来购买的比例与速度如何？"),
    reading=Text(
        "Each dot is the share of inquiries of a group after which the customer had bought within 30 days; "
        "the "
        "line is where it lies at 95 %.",
        "每个点为该组咨询后 30 天内购买的比例，线为其 95% 区间。"),
    limits=Text(
        "Who asks may have bought anyway. A customer who asks twice counts twice, which makes the intervals "
        "somewhat too narrow.",
        "咨询者也许本就会购买。咨询两次者计两次，区间因此略窄。"),
    subject=None,
    columns=[
        Column("group", Type.TEXT, Text("Inquiries by", "分组"), codes=GROUPS),
        Column("value", Type.TEXT, Text("Value", "取值"), codes=VALUES),
        Column("days", Type.INTEGER, Text("Within so many days", "天数内"), unit="day"),
        Column("inquiries", Type.INTEGER, Text("Inquiries", "咨询次数"), unit="count"),
        Column("unanswered", Type.INTEGER, Text("Without an answer", "未答复"), unit="count"),
        Column("share", Type.NUMBER, Text("Had bought", "已购买比例"), unit="share"),
        Column("low", Type.NUMBER, Text("At least", "下限"), unit="share"),
        Column("high", Type.NUMBER, Text("At most", "上限"), unit="share"),
        Column("half_by", Type.INTEGER, Text("Half of those within", "其中半数所用天数"), unit="day"),
    ],
)  # fmt: skip
def inquiry_orders(inquiries: ir.Table, *, checkpoint: Checkpoint, min_inquiries: int = 10) -> ir.Table:
    """The share of inquiries after which the customer bought within 7, 30 and 90 days, with 95 % intervals.

    One row per group of at least `min_inquiries` inquiries and number of days. A complaint that comes first
    is another outcome, and inquiries of less than so long ago are followed as far as time has gone:

        share = sum of S(t−) d(t) / n(t)      Aalen and Johansen (1978); interval: see `incidence`

    `half_by` is the day by which half of those had bought who had by the last of the days.
    """
    days = ibis.ifelse(
        inquiries.complained_on.notnull(), inquiries.complained_on.delta(inquiries.day, unit="day"),
        ibis.coalesce(inquiries.days_to_order, inquiries.followed_days),
    )  # fmt: skip
    ended = inquiries.mutate(
        after=days, other=inquiries.complained_on.notnull().cast("int64"), all=ibis.literal("all"),
        came=(inquiries.complained_on.isnull() & inquiries.ordered_on.notnull()).cast("int64"),
    )  # fmt: skip
    parts = [_counted(ended.filter(ended[name].notnull()), name) for name in GROUPS]
    frame = ibis.union(*parts).order_by("group", "value", "after").to_pandas()
    rows = [
        row
        for _, part in frame.groupby(["group", "value"])
        if part.whole.sum() >= min_inquiries
        for row in _told(part)
    ]
    schema = inquiry_orders.schema
    return checkpoint(ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema))


def _counted(rows: ir.Table, name: str) -> ir.Table:
    return rows.group_by("after", group=ibis.literal(name), value=rows[name].cast("string")).agg(
        came=rows.came.sum(), other=rows.other.sum(), whole=rows.count(), unanswered=(~rows.is_answered).sum()
    )


def _told(part: pd.DataFrame) -> list[dict[str, object]]:
    came, other, whole = (part[name].to_numpy(float) for name in ("came", "other", "whole"))
    curve = incidence(part.after.to_numpy(), came, other, whole - came - other)
    last = curve.by(DAYS[-1])[0]
    first = part.iloc[0]
    return [
        {
            "group": first.group, "value": first.value, "days": days, "inquiries": int(whole.sum()),
            "unanswered": int(part.unanswered.sum()), "share": share, "low": low, "high": high,
            "half_by": curve.reached(last / 2) if last > 0 else None,
        }
        for days in DAYS for share, low, high in [curve.by(days)]
    ]  # fmt: skip


def _called(group: str, value: str) -> str:
    return str(GROUPS[group]) if group == "all" else f"{GROUPS[group]}: {VALUES.get(value, value)}"


@inquiry_orders.chart
def shares(frame: pd.DataFrame) -> alt.LayerChart:
    month = frame[frame.days == DAYS[1]].sort_values(["share", "value"], ascending=[False, True])
    names = [_called(str(row.group), str(row.value)) for row in month.itertuples()]
    shown = month.assign(called=names)
    title = {column.name: str(column.title) for column in inquiry_orders.columns}
    base = alt.Chart(shown).encode(
        y=alt.Y("called:N", sort=names, title=None, axis=alt.Axis(labelLimit=280)),
        tooltip=["called", alt.Tooltip("inquiries:Q", title=title["inquiries"]),
                 alt.Tooltip("share:Q", title=title["share"], format=".0%")],
    )  # fmt: skip
    dots = base.mark_point(filled=True, size=70).encode(
        x=alt.X("share:Q", title=title["share"], axis=alt.Axis(format=".0%"))
    )
    reach = alt.X("low:Q", title=title["share"], axis=alt.Axis(format=".0%"))
    return base.mark_rule().encode(x=reach, x2="high:Q") + dots


@inquiry_orders.sentence
def order_sentence(frame: pd.DataFrame) -> Text:
    whole = frame[(frame.group == "all") & (frame.days == DAYS[1])]
    if whole.empty:
        return Text("There are too few inquiries to tell what comes of them.", "咨询太少，无法说明其结果。")
    row = whole.iloc[0]
    fast = (
        Text(f", half of them within {int(row.half_by)} days", f"，其中半数在 {int(row.half_by)} 天内")
        if pd.notna(row.half_by) else Text("", "")
    )  # fmt: skip
    return Text(
        f"After {row.share:.0%} of {row.inquiries:,} inquiries the customer bought within a month (between "
        f"{row.low:.0%} and {row.high:.0%}){fast.en}.",
        f"{row.inquiries:,} 次咨询后，{row.share:.0%} 在一个月内购买（区间 {row.low:.0%}–"
        f"{row.high:.0%}）{fast.zh}。",
    )
