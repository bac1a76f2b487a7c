"""Holdout results: what have all campaigns brought together, beside those whom none of them reached?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from shuke.analyses.arm_figures import (
    FIGURE_COLUMNS,
    METRICS,
    as_rows,
    changed,
    difference_columns,
    differences,
    forest,
    judged,
)
from shuke.analyses.campaign_arms import CONTROL, GLOBAL, TREATED, arm_of, first_assigned
from shuke.analyses.line_costs import earned
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of

_KEYS = ["source", "campaign_id"]


@table(
    key="metric",
    theme="measures",
    title=Text("All campaigns together", "全部活动合计效果"),
    about=Text(
        "What have all campaigns brought together, beside those whom none of them reached?",
        "与从未触达的客户相比，全部活动合计带来了什么？"),
    subject=None,
    reading=Text(
        "Each point is what a customer whom campaigns may reach brought beyond one whom none may reach; the "
        "line is the range in which the true figure lies, 95 times in 100. A line across zero may be chance. "
        "Grey: as counted; blue: less what was to be expected of each customer by the time before.",
        "每点为可触达客户与全局对照组客户的人均差额，横线为其 95% 区间；跨过零线者可能出于偶然。"
        "灰色为原始差异，蓝色为按此前表现调整后的差异。"),
    limits=Text(
        "It is what campaigns change beyond none at all, each of them less what it holds out itself. Nothing "
        "can be told without a global holdout, and with a small one the range is wide: 2 % of 100,000 "
        "customers are 2,000 to compare with.",
        "衡量的是“全部活动”相对“完全不触达”的差异（各活动自身的对照组仍计入可触达一侧）。"
        "未设全局对照组则无从评估；比例过小则区间很宽：10 万客户的 2% 只有 2,000 人可供比较。"),
    columns=[
        *FIGURE_COLUMNS,
        Column("started", Type.DATE, Text("First campaign", "首个活动")),
        Column("since", Type.DATE, Text("Counted since", "统计自")),
        Column("until", Type.DATE, Text("Counted until", "统计截至")),
        Column("treated", Type.INTEGER, Text("Within reach", "可触达人数"), unit="count"),
        Column("control", Type.INTEGER, Text("Held out of all", "全局对照人数"), unit="count"),
        Column("contaminated", Type.INTEGER, Text("In both", "跨组人数"), unit="count"),
        Column("planned", Type.NUMBER, Text("Planned share", "计划比例"), unit="share"),
        Column("ratio_p", Type.NUMBER, Text("Chance of such arms", "分组比例检验 p 值"), unit="share",
               note=Text(
            "Chi-square test of the sizes against the planned share; empty where none is known. Below 0.001 "
            "they are not what was planned.",
            "两组人数与计划比例的卡方检验；计划比例未知时为空。低于 0.001 即为异常。")),
        Column("treated_mean", Type.NUMBER, Text("Per customer within reach", "可触达客户人均")),
        Column("control_mean", Type.NUMBER, Text("Per customer held out", "对照组人均")),
        *difference_columns(of_all=Text(
            "The adjusted difference times the customers within reach.", "调整后差异乘以可触达人数。")),
    ],
)  # fmt: skip
def holdout_results(
    landed_touches: ir.Table,
    landed_campaigns: ir.Table,
    identities: ir.Table,
    purchases: ir.Table,
    landed_products: ir.Table,
    *,
    as_of: date,
    zone: str,
    days: int = 365,
    days_before: int = 365,
) -> ir.Table:
    """What those did whom campaigns may reach, beyond those who are held out of all, by intention to treat.

    One row per figure (as of `campaign_results`); none where nobody is held out of all. A customer counts
    from the first time that any campaign with a global holdout meant them, of whichever arm of it they are:
    until then neither side has been written to, so that who was meant does not hang on what they were told.
    Figures are those of the last `days` days by `as_of`, of each from their own day on; what was to be
    expected is their own figure of the `days_before` days before it (CUPED). Campaigns that reach everybody,
    such as receipts, hold nobody out and count on neither side.
    """
    members = _members(landed_touches, landed_campaigns, identities, zone=zone)
    first, last = ibis.date(as_of - timedelta(days=days - 1)), ibis.date(as_of)
    timed = members.filter(members.start <= last).mutate(
        whole=ibis.literal("all"), since=ibis.greatest(members.start, first), until=last
    )
    lines = earned(purchases, landed_products)
    told = differences(timed, lines, keys=["whole"], before=days_before, also=["contaminated", "planned"])
    planned = (told.planned_treated + told.planned_control) / (told.treated + told.control)
    whole = judged(told.assign(planned=planned.astype(float)))
    rows = whole.assign(
        started=pd.to_datetime(whole["first"]).dt.date, since=as_of - timedelta(days=days - 1), until=as_of,
        contaminated=whole.contaminated_treated + whole.contaminated_control,
    )  # fmt: skip
    return ibis.memtable(
        as_rows(rows, list(holdout_results.schema), ("treated", "control", "contaminated")),
        schema=holdout_results.schema,
    )


def _members(touches: ir.Table, campaigns: ir.Table, identities: ir.Table, *, zone: str) -> ir.Table:
    """Everybody whom such a campaign has meant: `arm`, and the day of the first time, `start`."""
    told = touches.filter(touches.group.notnull() & touches.campaign_id.notnull() & touches["at"].notnull())
    meant = told.select(*_KEYS, "key", record=record_of(told), moment=told["at"], arm=arm_of(told.group))
    outside = meant.filter(meant.arm == GLOBAL).select(*_KEYS).distinct().mutate(holds_out=True)
    shares = campaigns.select(*_KEYS, planned="global_share")
    asked = meant.left_join(shares, _KEYS).select(meant, shares.planned)
    known = asked.left_join(outside, _KEYS).select(asked, outside.holds_out)
    # A small campaign may by chance have met nobody who is held out: what was planned says if it would.
    holds = ibis.coalesce(known.planned > 0, known.holds_out, False)
    counted = known.filter(holds).inner_join(identities.select("record", "customer_id"), "record")
    sides = counted.select(
        "customer_id", "key", "moment", arm=ibis.ifelse(counted.arm == GLOBAL, CONTROL, TREATED),
        stratum=counted.planned.cast(str),  # the chance by which they were drawn
    )  # fmt: skip
    first = first_assigned(sides, by=("customer_id",), then="key")
    planned = first.stratum.cast("float64").fill_null(float("nan"))  # where one is not known, none is checked
    return first.mutate(start=to_local(first.moment, zone).date(), planned=planned).drop("moment", "stratum")


@holdout_results.chart
def together(frame: pd.DataFrame) -> alt.LayerChart:
    """Revenue and margin per customer."""
    known = frame[frame.metric.isin(["revenue", "margin"]) & frame.lift_low.notna()]
    labels = known.metric.map(lambda metric: str(METRICS[metric]))
    return forest(known, labels, heading=holdout_results["metric"].title, title=str(METRICS["revenue"]))


@holdout_results.sentence
def what_they_brought(frame: pd.DataFrame, *, currency: str = "") -> Text:
    """In revenue."""
    revenue = frame[frame.metric == "revenue"]
    if revenue.empty:
        return Text(
            "Nobody whom a campaign meant is held out of all campaigns yet, so nothing can be told of what "
            "they bring together. global_holdout in shuke.toml says how many are, from the next campaign on.",
            "目前活动受众中还没有全局对照组客户，因此无法评估活动的合计效果。自下一次活动起留出多少客户，"
            "由 shuke.toml 中的 global_holdout 决定。",
        )  # fmt: skip
    return brought(revenue.iloc[0], currency=currency)


def brought(row: Any, *, currency: str) -> Text:
    """What came of all campaigns in revenue, in a sentence that one can repeat."""
    days, whole = (pd.Timestamp(row.until) - pd.Timestamp(row.since)).days + 1, row.treated + row.control
    came = changed(row, currency=currency)
    return Text(
        f"All campaigns together, in the last {days:,} days: of {whole:,} customers {row.control:,} were "
        f"never written to. {came.en}",
        f"近 {days:,} 天全部活动合计：{whole:,} 位客户中 {row.control:,} 位从未触达。{came.zh}",
    )
