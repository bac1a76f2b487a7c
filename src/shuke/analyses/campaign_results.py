"""Campaign results: what did each campaign change, beside those who were held out of it?"""

from __future__ import annotations

from datetime import date
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
    judged,
)
from shuke.analyses.arm_figures import forest as drawn
from shuke.analyses.campaign_arms import CONTROL, TREATED
from shuke.analyses.line_costs import earned
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table

_KEYS = ["source", "campaign_id"]


@table(
    key=("source", "campaign_id", "metric"),
    theme="measures",
    title=Text("Results of campaigns", "活动效果"),
    about=Text(
        "What did each campaign change, beside those held out of it?", "与对照组相比，每个活动带来了什么？"),
    subject=None,
    first="-started",
    reading=Text(
        "Each point is the revenue per customer that a campaign brought beyond what those brought who were "
        "held out; the line is the range in which the true figure lies, 95 times in 100. A line across zero "
        "may be chance. Grey: as counted; blue: less what was to be expected of each customer by the time "
        "before.",
        "每点为活动带来的人均收入增量（与对照组之差），横线为其 95% 区间；跨过零线者可能出于偶然。"
        "灰色为原始差异，蓝色为按活动前表现调整后的差异。"),
    limits=Text(
        "Only campaigns that held somebody out can be told of. Where a campaign changes how much spending "
        "varies, its range is somewhat too wide or too narrow. Of campaigns without any effect one in twenty "
        "looks as if it had one. Margin counts lines of known cost alone.",
        "仅能评估设有对照组的活动。活动若改变消费的离散程度，区间会略宽或略窄；"
        "每二十个无效活动约有一个看似有效。毛利只计已知成本的明细。"),
    columns=[
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("campaign_id", Type.TEXT, Text("Campaign", "活动编号")),
        Column("campaign_name", Type.TEXT, Text("Campaign name", "活动名称")),
        *FIGURE_COLUMNS,
        Column("started", Type.DATE, Text("Started", "开始日期")),
        Column("until", Type.DATE, Text("Counted until", "统计截至")),
        Column("treated", Type.INTEGER, Text("Treated customers", "实验组人数"), unit="count"),
        Column("control", Type.INTEGER, Text("Customers held out", "对照组人数"), unit="count"),
        Column("contaminated", Type.INTEGER, Text("In two arms", "跨组人数"), unit="count"),
        Column("delivered", Type.INTEGER, Text("Delivered", "送达人数"), unit="count"),
        Column("opened", Type.INTEGER, Text("Opened", "打开人数"), unit="count"),
        Column("ratio_p", Type.NUMBER, Text("Chance of such arms", "分组比例检验 p 值"), unit="share",
               note=Text(
            "Chi-square test of the arms' sizes against the planned share; empty where none was planned. "
            "Below 0.001 the arms are not what was planned.",
            "两组人数与计划比例的卡方检验；未注明计划比例时为空。低于 0.001 即为异常。")),
        Column("treated_mean", Type.NUMBER, Text("Per treated customer", "实验组人均")),
        Column("control_mean", Type.NUMBER, Text("Per customer held out", "对照组人均")),
        *difference_columns(of_all=Text(
            "The adjusted difference times the customers treated.", "调整后差异乘以实验组人数。")),
    ],
)  # fmt: skip
def campaign_results(
    campaign_arms: ir.Table,
    purchases: ir.Table,
    landed_campaigns: ir.Table,
    landed_products: ir.Table,
    *,
    as_of: date,
    days: int = 28,
    days_before: int = 365,
) -> ir.Table:
    """What those whom a campaign treated did beyond those whom it held out, by intention to treat.

    One row per campaign that held somebody out and figure: the share of customers who bought goods, orders,
    revenue (all lines, returns deducted) and margin (revenue less cost, of lines whose cost, or product's
    cost, is known; left out where none is), each per customer over the `days` days from the day of
    assignment, none after `as_of`. All who were assigned count, whatever was delivered, each in the arm of
    their first assignment; `contaminated` of them were in both. Where somebody of a campaign has no day of
    assignment, the whole campaign is counted from its start, or else from its first touch.

    `lift` is the difference of the means with a 95 % interval (Student; of shares Newcombe 1998), `adjusted`
    the same less what the figure of the `days_before` days before had led to expect (CUPED, Deng et al. 2013;
    see `analyses/lift.py`). Intervals and verdicts are empty or `too_few` with fewer than 30 customers in an
    arm or 20 buyers in both, and `imbalanced` where the sizes of the arms have a chance below 0.001 of being
    drawn as planned.
    """
    members = _members(campaign_arms, landed_campaigns, as_of=as_of)
    last = ibis.least((members.start + ibis.interval(days=days - 1)).cast("date"), ibis.date(as_of))
    timed = members.mutate(since=members.start, until=last)
    lines = earned(purchases, landed_products)
    told = differences(timed, lines, keys=_KEYS, before=days_before, also=_ALSO)
    named = landed_campaigns.select(*_KEYS, campaign_name="name", planned="control_share").to_pandas()
    whole = judged(told.merge(named, how="left", on=_KEYS))
    rows = whole.assign(
        started=pd.to_datetime(whole["first"]).dt.date, until=pd.to_datetime(whole["last"]).dt.date,
        contaminated=whole.contaminated_treated + whole.contaminated_control,
        delivered=whole.delivered_treated, opened=whole.opened_treated,
    )  # fmt: skip
    return ibis.memtable(
        as_rows(rows, list(campaign_results.schema), ("treated", "control", *_ALSO)),
        schema=campaign_results.schema,
    )


#: Of which it is told how many there are.
_ALSO = ("contaminated", "delivered", "opened")


def _members(arms: ir.Table, campaigns: ir.Table, *, as_of: date) -> ir.Table:
    """Everybody in one of the two arms, with the day from which they are counted: `start`."""
    chosen = arms.filter(arms.arm.isin([TREATED, CONTROL]))
    day = chosen.assigned_day
    of = chosen.group_by(*_KEYS).agg(first=day.min(), dated=day.notnull().all())
    starts = campaigns.select(*_KEYS, "starts")
    known = chosen.inner_join(of, _KEYS).left_join(starts, _KEYS)
    start = ibis.ifelse(known.dated, known.assigned_day, ibis.coalesce(known.starts, known.first))
    counted = known.select(chosen, start=start)
    return counted.filter(counted.start <= ibis.date(as_of))


@campaign_results.chart
def forest(frame: pd.DataFrame) -> alt.LayerChart:
    """Revenue of the twenty latest campaigns."""
    known = frame[(frame.metric == "revenue") & frame.lift_low.notna()]
    latest = known.assign(day=pd.to_datetime(known.started)).sort_values("day", ascending=False).head(20)
    names = latest.campaign_name.fillna(latest.campaign_id)
    return drawn(latest, names, heading=campaign_results["campaign_id"].title, title=str(METRICS["revenue"]))


@campaign_results.sentence
def what_came_of_it(frame: pd.DataFrame, *, currency: str = "") -> Text:
    """Of the latest campaign."""
    revenue = frame[frame.metric == "revenue"]
    if revenue.empty:
        return Text("No campaign has held anybody out, so nothing can be told of what they changed.",
                    "尚无设对照组的活动，无法评估其效果。")  # fmt: skip
    ordered = revenue.assign(day=pd.to_datetime(revenue.started)).sort_values(["day", *_KEYS])
    return came_of(ordered.iloc[-1], currency=currency)


def came_of(row: Any, *, currency: str) -> Text:
    """What came of a campaign in revenue, in a sentence that one can repeat."""
    name = row.campaign_name if isinstance(row.campaign_name, str) else row.campaign_id
    came = changed(row, currency=currency)
    return Text(
        f"{name}: of {row.treated + row.control:,} customers {row.control:,} were held out. {came.en}",
        f"“{name}”：{row.treated + row.control:,} 位客户中留出 {row.control:,} 位作对照。{came.zh}",
    )
