"""Campaign results: what did each campaign change, beside those who were held out of it?"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke import formats
from shuke.analyses.campaign_arms import CONTROL, TREATED
from shuke.analyses.lift import IMBALANCED, Lift, Sums, adjusted, is_enough, raw, sample_ratio_p, shares
from shuke.analyses.line_costs import earned
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type, table

METRICS = {
    "buyers": Text("Share who bought", "购买率"),
    "orders": Text("Orders per customer", "人均订单数"),
    "revenue": Text("Revenue per customer", "人均收入"),
    "margin": Text("Margin per customer", "人均毛利"),
}
VERDICTS = {
    "more": Text("More than chance", "高于偶然"),
    "less": Text("Less than chance", "低于偶然"),
    "unclear": Text("May be chance", "可能出于偶然"),
    "too_few": Text("Too few to tell", "样本过少，无法判断"),
    "imbalanced": Text("Arms not as planned", "分组比例异常"),
}
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
        Column("metric", Type.TEXT, Text("Figure", "指标"), codes=METRICS),
        Column("verdict", Type.TEXT, Text("Verdict", "结论"), codes=VERDICTS, note=Text(
            "By the adjusted range.", "依据调整后的区间。")),
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
        Column("lift", Type.NUMBER, Text("Difference", "差异")),
        Column("lift_low", Type.NUMBER, Text("Difference, at least", "差异下限")),
        Column("lift_high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("adjusted", Type.NUMBER, Text("Adjusted difference", "调整后差异")),
        Column("adjusted_low", Type.NUMBER, Text("Adjusted, at least", "调整后下限")),
        Column("adjusted_high", Type.NUMBER, Text("Adjusted, at most", "调整后上限")),
        Column("total", Type.NUMBER, Text("In total", "合计增量"), note=Text(
            "The adjusted difference times the customers treated.", "调整后差异乘以实验组人数。")),
        Column("total_low", Type.NUMBER, Text("In total, at least", "合计下限")),
        Column("total_high", Type.NUMBER, Text("In total, at most", "合计上限")),
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
    lines = _in_floats(earned(purchases, landed_products))
    frame = _sums(_figures(members, lines, as_of=as_of, days=days, before=days_before)).to_pandas()
    told = [_told(frame, metric) for metric in METRICS]
    named = landed_campaigns.select(*_KEYS, campaign_name="name", planned="control_share").to_pandas()
    whole = pd.concat(told, ignore_index=True).merge(named, how="left", on=_KEYS)
    until = (pd.to_datetime(whole["last"]) + pd.Timedelta(days=days - 1)).clip(upper=pd.Timestamp(as_of))
    return ibis.memtable(_judged(whole.assign(until=until)), schema=campaign_results.schema)


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


def _in_floats(lines: ir.Table) -> ir.Table:
    return lines.mutate(**{name: lines[name].cast("float64") for name in ("amount", "margin")})


def _figures(members: ir.Table, lines: ir.Table, *, as_of: date, days: int, before: int) -> ir.Table:
    """One row per campaign and customer: each figure, and what it was before (`…_before`)."""
    keys = (*_KEYS, "customer_id")
    near = members.select(*keys, "start").inner_join(lines, "customer_id")
    age = near.day.delta(near.start, unit="day")
    aged = near.mutate(age=age).filter((age >= -before) & (age < days) & (near.day <= ibis.date(as_of)))
    sums = {}
    for suffix, chosen in (("", aged.age >= 0), ("_before", aged.age < 0)):
        sums[f"orders{suffix}"] = aged.order.nunique(where=chosen).cast("float64")
        sums[f"revenue{suffix}"] = aged.amount.sum(where=chosen)
        sums[f"margin{suffix}"] = aged.margin.sum(where=chosen)
    found = aged.group_by(*keys).agg(**sums, costed=aged.margin.notnull().any())
    both = members.left_join(found, keys)
    told = both.select(
        members, **{n: both[n].fill_null(0.0) for n in sums}, costed=both.costed.fill_null(False)
    )
    buyers = {f"buyers{s}": (told[f"orders{s}"] > 0).cast("float64") for s in ("", "_before")}
    return told.mutate(**buyers)


def _sums(figures: ir.Table) -> ir.Table:
    """One row per campaign and arm: all that `lift` is worked out from."""
    sums: dict[str, ir.Value] = {}
    for metric in METRICS:
        y, x = figures[metric], figures[f"{metric}_before"]
        pairs = {"y": y, "yy": y * y, "x": x, "xx": x * x, "xy": x * y}
        sums |= {f"{metric}_{name}": value.sum() for name, value in pairs.items()}
    return figures.group_by(*_KEYS, "arm").agg(
        n=figures.count(), contaminated=figures.contaminated.sum(), delivered=figures.delivered.sum(),
        opened=figures.opened.sum(), costed=figures.costed.any(), started=figures.start.min(),
        last=figures.start.max(), **sums,
    )  # fmt: skip


def _told(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One row per campaign: both arms beside each other, and how they differ in one figure."""
    treated, control = (frame[frame.arm == arm].drop(columns="arm") for arm in (TREATED, CONTROL))
    both = treated.merge(control, on=_KEYS, suffixes=("_t", "_c")).sort_values(_KEYS, ignore_index=True)
    if metric == "margin":
        both = both[both.costed_t | both.costed_c].reset_index(drop=True)
    on, off = _arm(both, metric, "t"), _arm(both, metric, "c")
    one = shares if metric == "buyers" else raw
    buyers = (both.buyers_y_t + both.buyers_y_c).to_numpy(float)
    return pd.DataFrame({
        **{key: both[key] for key in _KEYS}, "metric": metric, "enough": is_enough(on, off, buyers),
        "treated": both.n_t, "control": both.n_c, "contaminated": both.contaminated_t + both.contaminated_c,
        "delivered": both.delivered_t, "opened": both.opened_t,
        "started": both[["started_t", "started_c"]].min(axis=1),
        "last": both[["last_t", "last_c"]].max(axis=1),
        "treated_mean": on.mean, "control_mean": off.mean,
        **_ends("lift", one(on, off)), **_ends("adjusted", adjusted(on, off)),
    })  # fmt: skip


def _arm(both: pd.DataFrame, metric: str, side: str) -> Sums:
    of = {name: both[f"{metric}_{name}_{side}"].to_numpy(float) for name in ("y", "yy", "x", "xx", "xy")}
    return Sums(n=both[f"n_{side}"].to_numpy(float), **of)


def _ends(name: str, lift: Lift) -> dict[str, Any]:
    return {name: lift.value, f"{name}_low": lift.low, f"{name}_high": lift.high}


def _judged(frame: pd.DataFrame) -> pd.DataFrame:
    planned = frame.planned.astype(float).to_numpy()
    ratio = sample_ratio_p(frame.treated.to_numpy(float), frame.control.to_numpy(float), planned)
    verdict = np.select(
        [ratio < IMBALANCED, ~frame.enough.astype(bool), frame.adjusted_low > 0, frame.adjusted_high < 0],
        ["imbalanced", "too_few", "more", "less"], "unclear",
    )  # fmt: skip
    ends = [f"{name}{end}" for name in ("lift", "adjusted") for end in ("_low", "_high")]
    told = frame.assign(
        ratio_p=ratio, verdict=verdict, **{end: frame[end].where(frame.enough.astype(bool)) for end in ends},
        started=pd.to_datetime(frame.started).dt.date, until=pd.to_datetime(frame.until).dt.date,
    )  # fmt: skip
    totals = {f"total{end}": told[f"adjusted{end}"] * told.treated for end in ("", "_low", "_high")}
    whole = told.assign(**totals).astype(dict.fromkeys(_COUNTS, "int64"))[list(campaign_results.schema)]
    return whole.astype(object).where(whole.notna(), None)


_COUNTS = ("treated", "control", "contaminated", "delivered", "opened")


@campaign_results.chart
def forest(frame: pd.DataFrame) -> alt.LayerChart:
    """Revenue of the twenty latest campaigns."""
    known = frame[(frame.metric == "revenue") & frame.lift_low.notna()]
    latest = known.assign(day=pd.to_datetime(known.started)).sort_values("day", ascending=False).head(20)
    names = latest.campaign_name.fillna(latest.campaign_id)
    ways = {"lift": str(_AS_COUNTED), "adjusted": str(_ADJUSTED)}
    rows = pd.concat([
        pd.DataFrame({"campaign": names, "way": way, "value": latest[name], "low": latest[f"{name}_low"],
                      "high": latest[f"{name}_high"]})
        for name, way in ways.items()
    ])  # fmt: skip
    scale = alt.Scale(domain=list(ways.values()), range=["#bab0ac", "#4c78a8"])
    base = alt.Chart(rows).encode(
        y=alt.Y("campaign:N", sort=list(names), title=None),
        yOffset=alt.YOffset("way:N", sort=list(ways.values())),
        color=alt.Color("way:N", title=None, scale=scale),
        tooltip=[
            alt.Tooltip("campaign", title=str(campaign_results["campaign_id"].title)),
            *(alt.Tooltip(f"{n}:Q", title=str(campaign_results[f"lift{e}"].title), format=",.2f")
              for n, e in (("value", ""), ("low", "_low"), ("high", "_high"))),
        ],
    )  # fmt: skip
    title = str(METRICS["revenue"])
    lines = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    points = base.mark_point(filled=True, size=60, opacity=1).encode(x=alt.X("value:Q", title=title))
    zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(strokeDash=[4, 3]).encode(x="value:Q")
    return zero + lines + points


_AS_COUNTED = Text("As counted", "原始差异")
_ADJUSTED = Text("Adjusted for the time before", "按活动前表现调整")


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
    came = _came(row, currency=currency)
    return Text(
        f"{name}: of {row.treated + row.control:,} customers {row.control:,} were held out. {came.en}",
        f"“{name}”：{row.treated + row.control:,} 位客户中留出 {row.control:,} 位作对照。{came.zh}",
    )


def _came(row: Any, *, currency: str) -> Text:
    if row.verdict == "imbalanced":
        return Text(
            "The arms are not as they were planned: do not rely on the result before that is explained.",
            "分组比例与计划不符，查明原因之前结果不可采信。",
        )
    if row.verdict == "too_few":
        return Text(
            "Too few customers, or too few purchases, to tell what it changed.",
            "客户或购买过少，无法判断效果。",
        )
    value, low, high = (formats.amount(row[f"total{end}"], currency) for end in ("", "_low", "_high"))
    chance = Text(", which may be chance", "，可能出于偶然") if row.verdict == "unclear" else Text("", "")
    return Text(
        f"It changed revenue by {value.en} in all, between {low.en} and {high.en}{chance.en}.",
        f"其带来的收入变化合计 {value.zh}，95% 区间为 {low.zh} 至 {high.zh}{chance.zh}。",
    )
