"""Survival: how long do customers stay?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.departures import SEASONS, YES_NO
from shuke.analyses.kaplan_meier import curve
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: By what customers are told apart, with the words for it.
ATTRIBUTES: dict[str, Text] = {
    "gender": Text("Gender", "性别"),
    "region": Text("Region", "地区"),
    "first_channel": Text("First channel", "首购渠道"),
    "first_category": Text("First category", "首购类别"),
    "first_season": Text("Season of first purchase", "首购季节"),
    "first_discounted": Text("First bought at a discount", "首购有折扣"),
}

#: What their values are called, where they are not names.
VALUES: dict[str, Text] = {
    **SEASONS, **YES_NO, "all": Text("all", "全部"),
    "female": Text("female", "女"), "male": Text("male", "男"), "other": Text("other", "其他"),
}  # fmt: skip

MONTH = 365.25 / 12


@table(
    key=("attribute", "value", "age"),
    theme="leaving",
    title=Text("Survival of customers", "客户存续曲线"),
    about=Text("How long do customers stay?", "客户能留多久？"),
    reading=Text(
        "The line is the share of customers who are still customers that many months after their first "
        "purchase; the band is where it truly lies, 95 times in 100. The steeper the line, the more leave.",
        "线为首购之后若干个月仍为客户的比例，带为其 95% 区间；线越陡，离开的人越多。"),
    limits=Text(
        "Leaving is read off silence (see departures), so nobody leaves before the shortest limit has "
        "passed. The right end rests on few customers, and on those who came long ago.",
        "离开由沉默判定（见「客户去留」），故期限未满前无人离开。曲线右端只依据少数早期客户。"),
    subject=None,
    columns=[
        Column("attribute", Type.TEXT, Text("Attribute", "属性"),
            codes={"all": Text("all customers", "全部客户"), **ATTRIBUTES}, note=Text(
            "`all` for all customers together, else a column of departures.",
            "`all` 为全部客户，其余为「客户去留」的列。")),
        Column("value", Type.TEXT, Text("Value", "取值"), codes=VALUES),
        Column("age", Type.INTEGER, Text("Months since first purchase", "首购后月数"), unit="month"),
        Column("at_risk", Type.INTEGER, Text("Customers followed so far", "仍在观察的客户数"), unit="count"),
        Column("lost", Type.INTEGER, Text("Lost in the month", "当月流失"), unit="count"),
        Column("share", Type.NUMBER, Text("Still customers", "仍为客户的比例"), unit="share"),
        Column("low", Type.NUMBER, Text("Still customers, at least", "比例下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Still customers, at most", "比例上限"), unit="share"),
    ],
)  # fmt: skip
def survival(
    departures: ir.Table, *, checkpoint: Checkpoint, min_customers: int = 30, max_values: int = 8
) -> ir.Table:
    """The share of customers who stay beyond each month, of all and by what they were when they came.

    One row per attribute, value and month since the first purchase, as long as somebody is followed: of
    all customers, and of the `max_values` commonest values of each attribute that at least `min_customers`
    have. A month is 365.25 / 12 days; `at_risk` had been customers for that long and not been lost before.
    With d lost among n at risk on each day,

        share = product of (1 − d / n)                                        Kaplan and Meier (1958)
        interval = share ^ exp(± 1.96 √(sum of d / (n (n − d))) / ln share)   Greenwood (1926), log-log

    Lost is who has been silent for longer than their limit (see `departures`); all others are censored
    today: they have stayed at least until now.
    """
    counted = by_attribute(departures, min_customers=min_customers)
    most = counted.groupby(["attribute", "value"]).size_of.first()
    ranks = most.groupby("attribute").rank(method="first", ascending=False)
    kept = set(ranks[ranks <= max_values].index)
    frames = [
        _monthly(group).assign(attribute=names[0], value=names[1])
        for names, group in counted.groupby(["attribute", "value"])
        if names in kept
    ]
    columns = [column.name for column in survival.columns]
    whole = pd.concat(frames) if frames else pd.DataFrame(columns=columns)
    return checkpoint(ibis.memtable(whole[columns], schema=survival.schema))


def by_attribute(departures: ir.Table, *, min_customers: int) -> pd.DataFrame:
    """How many were lost and how many last seen after so many days, by value of each attribute.

    `all` is an attribute of one value; of the others only values that `min_customers` customers have.
    """
    everybody = departures.mutate(all=ibis.literal("all"))
    counted = ibis.union(*(_counted(everybody, attribute) for attribute in (*ATTRIBUTES, "all")))
    frame = counted.to_pandas().astype({"tenure_days": "int64", "lost": "int64", "left": "int64"})
    size = (frame.lost + frame.left).groupby([frame.attribute, frame.value]).transform("sum")
    common = (size >= min_customers) | (frame.attribute == "all")
    ordered = frame.assign(size_of=size)[common]
    return ordered.sort_values(["attribute", "value", "tenure_days"], ignore_index=True)


def _counted(people: ir.Table, attribute: str) -> ir.Table:
    # One attribute at a time: to turn them all into rows first takes the engine three times as long.
    told = people.filter(people[attribute].notnull())
    return told.group_by(
        attribute=ibis.literal(attribute), value=told[attribute], tenure_days=told.tenure_days
    ).agg(lost=told.lost.sum(), left=(~told.lost).sum())


def _monthly(group: pd.DataFrame) -> pd.DataFrame:
    found = curve(*(group[name].to_numpy() for name in ("tenure_days", "lost", "left")))
    ages = np.arange(int(found.days[-1] / MONTH) + 1)
    here = np.searchsorted(found.days, ages * MONTH, side="right") - 1  # -1: before the first day
    lost = np.concatenate([[0], found.lost.cumsum()])[here + 1]
    still = np.searchsorted(found.days, ages * MONTH, side="left")
    return pd.DataFrame(
        {
            "age": ages,
            "at_risk": found.at_risk[still].astype("int64"),
            "lost": np.diff(lost, prepend=0).astype("int64"),
            "share": np.where(here < 0, 1.0, found.share[here]),
            "low": np.where(here < 0, 1.0, found.low[here]),
            "high": np.where(here < 0, 1.0, found.high[here]),
        }
    )


@survival.chart
def survival_curve(rows: ir.Table) -> alt.LayerChart:
    everybody = rows.filter(rows.attribute == "all").order_by("age").to_pandas()
    title = {column.name: str(column.title) for column in survival.columns}
    base = alt.Chart(everybody).encode(x=alt.X("age:Q", title=title["age"]))
    percent = alt.Axis(format=".0%")
    tips = [
        *(alt.Tooltip(f"{name}:Q", title=title[name]) for name in ("age", "at_risk")),
        *(alt.Tooltip(f"{name}:Q", title=title[name], format=".1%") for name in ("share", "low", "high")),
    ]
    band = base.mark_area(opacity=0.25, interpolate="step-after", line=False).encode(
        y=alt.Y("low:Q", title=title["share"], axis=percent, scale=alt.Scale(domain=[0, 1])), y2="high:Q"
    )
    share = alt.Y("share:Q", title=title["share"], axis=percent)
    line = base.mark_line(interpolate="step-after").encode(y=share, tooltip=tips)
    return band + line


@survival.sentence
def stays(rows: ir.Table) -> Text:
    frame = rows.filter((rows.attribute == "all") & (rows.age <= 12)).order_by("age").to_pandas()
    if frame.empty or not frame.age.iloc[-1]:
        return Text("Too early to tell how long customers stay.", "尚早：还看不出客户能留多久。")
    last = frame.iloc[-1]
    months = "month" if last.age == 1 else "months"
    return Text(
        f"{last.share:.0%} of the customers are still customers {last.age} {months} after their first "
        f"purchase (between {last.low:.0%} and {last.high:.0%}).",
        f"首购 {last.age} 个月后，{last.share:.0%} 的客户仍为客户（区间 {last.low:.0%}–{last.high:.0%}）。",
    )
