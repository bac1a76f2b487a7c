"""Retention factors: what tells those who stay from those who leave?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from shuke.analyses.false_discoveries import corrected
from shuke.analyses.kaplan_meier import comparable, curve, log_rank
from shuke.analyses.survival import ATTRIBUTES, VALUES, by_attribute
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key="attribute",
    first="p_adjusted",
    theme="returning",
    title=Text("What tells who stays", "影响留存的因素"),
    about=Text("What tells those who stay from those who leave?", "留下与离开的客户有何不同？"),
    reading=Text(
        "Each line reaches from the value of whose customers the fewest stay to that of whose the most "
        "stay. Only the strong ones are more than chance.",
        "每条线从留存最低的取值到留存最高的取值；仅深色者不是偶然。"),
    limits=Text(
        "A difference is no cause: whoever first came for baby goods differs from others in more than that. "
        "Attributes that nobody recorded cannot show.",
        "差异并非原因：首购母婴用品的客户在其他方面也与人不同。未记录的属性无从显示。"),
    subject=None,
    columns=[
        Column("attribute", Type.TEXT, Text("Attribute", "属性"), codes=ATTRIBUTES),
        Column("values", Type.INTEGER, Text("Values compared", "比较的取值数"), unit="count"),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("lost", Type.INTEGER, Text("Customers lost", "流失客户数"), unit="count"),
        Column("chi2", Type.NUMBER, Text("Log-rank statistic", "对数秩统计量")),
        Column("degrees", Type.INTEGER, Text("Degrees of freedom", "自由度"), unit="count"),
        Column("p", Type.NUMBER, Text("p", "p 值"), unit="share"),
        Column("p_adjusted", Type.NUMBER, Text("p, corrected for all tries", "校正后 p 值"), unit="share"),
        Column("separates", Type.FLAG, Text("More than chance", "非偶然")),
        Column("best_value", Type.TEXT, Text("Most stay", "留存最高"), codes=VALUES),
        Column("best_share", Type.NUMBER, Text("Of whom stay", "留存最高者比例"), unit="share"),
        Column("worst_value", Type.TEXT, Text("Fewest stay", "留存最低"), codes=VALUES),
        Column("worst_share", Type.NUMBER, Text("Of whom stay", "留存最低者比例"), unit="share"),
        Column("after_days", Type.INTEGER, Text("After so many days", "观察天数"), unit="day"),
    ],
)  # fmt: skip
def retention_factors(
    departures: ir.Table,
    *,
    checkpoint: Checkpoint,
    min_customers: int = 30,
    after_days: int = 365,
    false_discovery_rate: float = 0.05,
) -> ir.Table:
    """Which attributes of customers go with staying longer.

    One row per attribute (gender, region, first channel, first category, season of the first purchase,
    whether that was at a discount) of which at least two values have `min_customers` customers, of whom five
    would be lost were all alike (Cochran 1954); rarer values are left out. Whether the curves of survival
    (see `survival`) differ is told by the log-rank test:

        chi2 = Zᵀ V⁻ Z,   Z = lost − expected were all alike      Mantel (1966), Peto and Peto (1972)

    `p_adjusted` is p corrected over all attributes tried (Benjamini and Hochberg 1995), and `separates` is
    true where it is at most `false_discovery_rate`: of all that are called different, no more than that share
    is chance. Where customers' stays were shuffled 2,000 times, no more runs than that found something
    (`tests/analyses/test_kaplan_meier.py`). The best and worst value are those of the largest and least share
    still customers after `after_days`.
    """
    counted = by_attribute(departures, min_customers=min_customers)
    every = [_compared(str(name), group, after_days) for name, group in counted.groupby("attribute")]
    found = [row for row in every if row]
    columns = [column.name for column in retention_factors.columns]
    frame = pd.DataFrame(found, columns=columns)
    if found:
        frame["p_adjusted"] = corrected(frame.p.to_numpy(float), len(frame))
        frame["separates"] = frame.p_adjusted <= false_discovery_rate
    return checkpoint(ibis.memtable(frame, schema=retention_factors.schema))


def _compared(attribute: str, group: pd.DataFrame, after_days: int) -> dict[str, object] | None:
    """How the values of one attribute differ; nothing where fewer than two of them can be compared."""
    wide = group.pivot_table(index="tenure_days", columns="value", values=["lost", "left"], fill_value=0)
    lost, left = (wide[name].to_numpy(float) for name in ("lost", "left"))
    there = comparable(lost, left)
    if there.sum() < 2:
        return None
    chi2, degrees, p = log_rank(lost[:, there], left[:, there])
    kept = group[group.value.isin(wide["lost"].columns[there])]
    stays = {str(value): _share(rows, after_days) for value, rows in kept.groupby("value")}
    best, worst = max(stays, key=lambda v: stays[v]), min(stays, key=lambda v: stays[v])
    return {
        "attribute": attribute, "values": len(stays), "customers": int((kept.lost + kept.left).sum()),
        "lost": int(kept.lost.sum()), "chi2": chi2, "degrees": degrees, "p": p,
        "best_value": best, "best_share": stays[best], "worst_value": worst, "worst_share": stays[worst],
        "after_days": after_days,
    }  # fmt: skip


def _share(rows: pd.DataFrame, after_days: int) -> float:
    found = curve(*(rows[name].to_numpy() for name in ("tenure_days", "lost", "left")))
    last = found.beyond(after_days)
    return 1.0 if last is None else float(found.share[last])


@retention_factors.chart
def factors(frame: pd.DataFrame) -> alt.LayerChart:
    titled = frame.assign(
        title=[str(ATTRIBUTES[a]) if a in ATTRIBUTES else a for a in frame.attribute]
    ).sort_values("p_adjusted")
    ends = pd.concat(
        [
            titled.assign(
                end=end,
                stays=titled[f"{end}_share"],
                named=[str(VALUES.get(value, value)) for value in titled[f"{end}_value"]],
            )
            for end in ("worst", "best")
        ]
    )[["title", "end", "stays", "named", "separates"]]
    share = str(Text("Still customers", "仍为客户的比例"))
    base = alt.Chart(ends).encode(
        y=alt.Y("title:N", sort=list(titled.title), title=None),
        x=alt.X("stays:Q", title=share, axis=alt.Axis(format=".0%"), scale=alt.Scale(zero=False, padding=70)),
        opacity=alt.condition("datum.separates", alt.value(1.0), alt.value(0.4)),
        detail="title:N",
    )
    tips = [
        alt.Tooltip("named", title=str(Text("Value", "取值"))),
        alt.Tooltip("stays", title=share, format=".1%"),
    ]
    line = base.mark_line(strokeWidth=3) + base.mark_point(filled=True, size=80).encode(tooltip=tips)
    lowest = base.transform_filter("datum.end == 'worst'").mark_text(align="right", dx=-8)
    highest = base.transform_filter("datum.end == 'best'").mark_text(align="left", dx=8)
    return line + lowest.encode(text="named:N") + highest.encode(text="named:N")


@retention_factors.sentence
def separating(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text("There are too few customers of different kinds, or too few of them lost, to compare.",
                    "各类客户或其中流失者太少，无法比较。")  # fmt: skip
    strong = frame[frame.separates.astype(bool)]
    if strong.empty:
        tried = len(frame)
        return Text(
            f"None of {tried} attributes tells those who stay from those who leave.",
            f"{tried} 个属性中，没有一个能区分留下与离开的客户。",
        )
    top = strong.assign(width=strong.best_share - strong.worst_share).sort_values("width").iloc[-1]
    name = ATTRIBUTES[top.attribute]
    best, worst = (VALUES.get(v, Text(v, v)) for v in (top.best_value, top.worst_value))
    return Text(
        f"{len(strong)} of {len(frame)} attributes tell who stays, {name.en.lower()} most: after "
        f"{top.after_days} days {top.best_share:.0%} of “{best.en}” are still customers, "
        f"{top.worst_share:.0%} of “{worst.en}”.",
        f"{len(frame)} 个属性中有 {len(strong)} 个能区分去留，以{name.zh}最明显：{top.after_days} 天后，"
        f"「{best.zh}」仍有 {top.best_share:.0%} 为客户，"
        f"「{worst.zh}」为 {top.worst_share:.0%}。",
    )
