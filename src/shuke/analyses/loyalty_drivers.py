"""Loyalty drivers: which parts of loyalty go with the will to renew, and how much does each explain?"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.loyalty import PARTS
from shuke.analyses.relative_importance import correlated, shares
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

OUTCOME = "renewal"
CAUSES = tuple(part for part in PARTS if part != OUTCOME)
#: Customers are dealt into so many groups, each of which is left out in turn.
GROUPS = 20


@table(
    key="part",
    first="-share",
    theme="feeling",
    title=Text("What drives the will to renew", "续购意愿的驱动因素"),
    about=Text(
        "Which parts of loyalty go with the will to renew, and how much does each explain?",
        "忠诚度的哪些部分与续购意愿相关？各解释多少？"),
    reading=Text(
        "Each bar is the part of the differences in the will to renew that a part of loyalty explains; the "
        "line "
        "is where that lies at 95 %.",
        "每条为该部分所解释的续购意愿差异比例，线为其 95% 区间。"),
    limits=Text(
        "To go together is not to cause: somebody who means to stay may trust us for it. Only customers are "
        "compared who said whether they will buy again.",
        "相关不等于因果：打算留下的人也许因此而信任。只比较回答过是否再次购买的客户。"),
    subject=None,
    columns=[
        Column("part", Type.TEXT, Text("Part of loyalty", "忠诚度的部分"), codes=PARTS),
        Column("customers", Type.INTEGER, Text("Customers", "客户数"), unit="count"),
        Column("share", Type.NUMBER, Text("Explains", "解释比例"), unit="share"),
        Column("low", Type.NUMBER, Text("Explains, at least", "解释比例下限"), unit="share"),
        Column("high", Type.NUMBER, Text("Explains, at most", "解释比例上限"), unit="share"),
        Column("correlation", Type.NUMBER, Text("Correlation", "相关系数")),
        Column("all_parts", Type.NUMBER, Text("All parts together explain", "各部分合计解释"), unit="share"),
    ],
)  # fmt: skip
def loyalty_drivers(loyalty: ir.Table, *, checkpoint: Checkpoint, min_customers: int = 40) -> ir.Table:
    """How much of the differences in the will to renew each other part of loyalty explains.

    One row per part that is known of at least half of those who said in a survey how likely they are to buy
    again; customers of whom all of these are known, if they are `min_customers` or more. `share` is the part
    of R² that it adds, averaged over every order of the parts (Shapley 1953; Lindeman, Merenda and Gold
    1980), so that parts which go together share what they explain together. The interval is that of the
    jackknife over 20 groups of customers (Efron and Tibshirani 1993), Student's.
    """
    said = loyalty.filter(loyalty.renewal_source == "survey")
    counts = (
        said.aggregate(all=said.count(), **{part: said[part].count() for part in CAUSES}).to_pandas().iloc[0]
    )
    used = [part for part in CAUSES if counts["all"] and counts[part] >= counts["all"] / 2]
    names = [*used, OUTCOME]
    whole = said.filter([said[name].notnull() for name in names])
    numbered = whole.mutate(group=ibis.row_number().over(ibis.window(order_by=whole.customer_id)) % GROUPS)
    pairs = [(a, b) for n, a in enumerate(names) for b in names[n:]]
    sums = numbered.group_by("group").agg(
        customers=numbered.count(), **{name: numbered[name].sum() for name in names},
        **{f"{a}_{b}": (numbered[a] * numbered[b]).sum() for a, b in pairs},
    )  # fmt: skip
    frame = sums.order_by("group").to_pandas()
    rows = _told(frame, used) if used and frame.customers.sum() >= min_customers else []
    schema = loyalty_drivers.schema
    return checkpoint(ibis.memtable(pd.DataFrame(rows, columns=list(schema)), schema=schema))


def _told(frame: pd.DataFrame, used: list[str]) -> list[dict[str, object]]:
    from scipy.special import stdtrit  # heavy, and only builds need it

    whole = _correlations(frame, used)
    parts = [_correlations(frame.drop(index=n), used) for n in frame.index]
    left_out = [shares(part) for part in parts if part is not None]
    if whole is None or len(left_out) < 2:
        return []
    found, each = shares(whole), np.array(left_out)
    many = len(each)
    error = np.sqrt((many - 1) / many * ((each - each.mean(0)) ** 2).sum(0))
    half = stdtrit(many - 1, 0.975) * error
    return [
        {
            "part": part, "customers": int(frame.customers.sum()), "share": found[n],
            "low": max(found[n] - half[n], 0.0), "high": min(found[n] + half[n], 1.0),
            "correlation": whole[n, -1], "all_parts": found.sum(),
        }
        for n, part in enumerate(used)
    ]  # fmt: skip


def _correlations(frame: pd.DataFrame, used: list[str]) -> np.ndarray | None:
    names = [*used, OUTCOME]
    summed = frame.sum()
    products = np.array([
        [summed[f"{a}_{b}"] if f"{a}_{b}" in summed else summed[f"{b}_{a}"] for b in names] for a in names
    ], float)  # fmt: skip
    return correlated(float(summed.customers), summed[names].to_numpy(float), products)


@loyalty_drivers.chart
def bars(frame: pd.DataFrame) -> alt.LayerChart:
    shown = frame.sort_values("share", ascending=False)
    shown = shown.assign(called=[str(PARTS[part]) for part in shown.part])
    title = {column.name: str(column.title) for column in loyalty_drivers.columns}
    base = alt.Chart(shown).encode(y=alt.Y("called:N", sort=list(shown.called), title=None))
    drawn = base.mark_bar(opacity=0.7).encode(
        x=alt.X("share:Q", title=title["share"], axis=alt.Axis(format=".0%")),
        tooltip=["called", alt.Tooltip("share:Q", title=title["share"], format=".1%"),
                 alt.Tooltip("correlation:Q", title=title["correlation"], format=".2f")],
    )  # fmt: skip
    reach = alt.X("low:Q", title=title["share"], axis=alt.Axis(format=".0%"))
    return drawn + base.mark_rule().encode(x=reach, x2="high:Q")


@loyalty_drivers.sentence
def driver_sentence(frame: pd.DataFrame) -> Text:
    if frame.empty:
        return Text(
            "Too few customers have said whether they will buy again to tell what drives it.",
            "回答是否再次购买的客户太少，无法说明其驱动因素。",
        )
    top = frame.sort_values(["share", "part"], ascending=[False, True]).iloc[0]
    name = PARTS[top.part]
    return Text(
        f"{name.en} explains most of the will to renew: {top.share:.0%} of its differences (between "
        f"{top.low:.0%} "
        f"and {top.high:.0%}); all parts together {top.all_parts:.0%}.",
        f"{name.zh}对续购意愿的解释最多：占差异的 {top.share:.0%}（区间 {top.low:.0%}–{top.high:.0%}）；"
        f"各部分合计 {top.all_parts:.0%}。",
    )
