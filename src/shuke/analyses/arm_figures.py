"""Arm figures: what did each arm of an experiment buy in its time, and before it, and how do they differ?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np

from shuke import formats
from shuke.analyses.campaign_arms import CONTROL, TREATED
from shuke.analyses.lift import IMBALANCED, Lift, Sums, adjusted, is_enough, raw, sample_ratio_p, shares
from shuke.languages import Text
from shuke.lazy import alt, pd
from shuke.tables import Column, Type

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

FIGURE_COLUMNS = (
    Column("metric", Type.TEXT, Text("Figure", "指标"), codes=METRICS),
    Column("verdict", Type.TEXT, Text("Verdict", "结论"), codes=VERDICTS, note=Text(
        "By the adjusted range.", "依据调整后的区间。")),
)  # fmt: skip


def difference_columns(*, of_all: Text) -> tuple[Column, ...]:
    """The columns by which two arms differ; `of_all` says what the total is of."""
    return (
        Column("lift", Type.NUMBER, Text("Difference", "差异")),
        Column("lift_low", Type.NUMBER, Text("Difference, at least", "差异下限")),
        Column("lift_high", Type.NUMBER, Text("Difference, at most", "差异上限")),
        Column("adjusted", Type.NUMBER, Text("Adjusted difference", "调整后差异")),
        Column("adjusted_low", Type.NUMBER, Text("Adjusted, at least", "调整后下限")),
        Column("adjusted_high", Type.NUMBER, Text("Adjusted, at most", "调整后上限")),
        Column("total", Type.NUMBER, Text("In total", "合计增量"), note=of_all),
        Column("total_low", Type.NUMBER, Text("In total, at least", "合计下限")),
        Column("total_high", Type.NUMBER, Text("In total, at most", "合计上限")),
    )


def differences(
    members: ir.Table, lines: ir.Table, *, keys: Sequence[str], before: int, also: Sequence[str]
) -> pd.DataFrame:
    """One row per experiment and figure: both arms beside each other, and how they differ.

    `members`: the `keys` of an experiment, `customer_id`, `arm`, the days `since` and `until` from and to
    which they are counted, `start`, before which the time `before` lies, and what else is summed (`also`) of
    each side. `lines` are those of `line_costs.earned`. Margin is left out where no cost is known.
    """
    frame = _sums(_figures(members, _in_floats(lines), keys=keys, before=before), keys=keys, also=also)
    told = [_beside(frame.to_pandas(), metric, keys=keys, also=also) for metric in METRICS]
    return pd.concat(told, ignore_index=True)


def judged(frame: pd.DataFrame) -> pd.DataFrame:
    """With `ratio_p`, `verdict` and totals, where `planned` is the share that was to be held out, if any.

    No interval stands where there are too few.
    """
    planned = frame.planned.astype(float).to_numpy()
    ratio = sample_ratio_p(frame.treated.to_numpy(float), frame.control.to_numpy(float), planned)
    enough = frame.enough.astype(bool)
    verdict = np.select(
        [ratio < IMBALANCED, ~enough, frame.adjusted_low > 0, frame.adjusted_high < 0],
        ["imbalanced", "too_few", "more", "less"], "unclear",
    )  # fmt: skip
    ends = [f"{name}{end}" for name in ("lift", "adjusted") for end in ("_low", "_high")]
    told = frame.assign(ratio_p=ratio, verdict=verdict, **{end: frame[end].where(enough) for end in ends})
    totals = {f"total{end}": told[f"adjusted{end}"] * told.treated for end in ("", "_low", "_high")}
    return told.assign(**totals)


def as_rows(frame: pd.DataFrame, names: Sequence[str], counts: Sequence[str]) -> pd.DataFrame:
    """As a table takes it: counts whole, what is not known null."""
    whole = frame.astype(dict.fromkeys(counts, "int64"))[list(names)]
    return whole.astype(object).where(whole.notna(), None)


def _in_floats(lines: ir.Table) -> ir.Table:
    return lines.mutate(**{name: lines[name].cast("float64") for name in ("amount", "margin")})


def _figures(members: ir.Table, lines: ir.Table, *, keys: Sequence[str], before: int) -> ir.Table:
    """One row per experiment and customer: each figure, and what it was before (`…_before`)."""
    whose = (*keys, "customer_id")
    near = members.select(*whose, "start", "since", "until").inner_join(lines, "customer_id")
    is_in = (near.day >= near.since) & (near.day <= near.until)
    age = near.day.delta(near.start, unit="day")
    is_before = (age >= -before) & (age < 0)
    timed = near.mutate(is_in=is_in, is_before=is_before).filter(is_in | is_before)
    sums = {}
    for suffix, chosen in (("", timed.is_in), ("_before", timed.is_before)):
        sums[f"orders{suffix}"] = timed.order.nunique(where=chosen).cast("float64")
        sums[f"revenue{suffix}"] = timed.amount.sum(where=chosen)
        sums[f"margin{suffix}"] = timed.margin.sum(where=chosen)
    found = timed.group_by(*whose).agg(**sums, costed=timed.margin.notnull().any())
    both = members.left_join(found, whose)
    told = both.select(
        members, **{n: both[n].fill_null(0.0) for n in sums}, costed=both.costed.fill_null(False)
    )
    buyers = {f"buyers{s}": (told[f"orders{s}"] > 0).cast("float64") for s in ("", "_before")}
    return told.mutate(**buyers)


def _sums(figures: ir.Table, *, keys: Sequence[str], also: Sequence[str]) -> ir.Table:
    """One row per experiment and arm: all that `lift` is worked out from."""
    sums: dict[str, ir.Value] = {}
    for metric in METRICS:
        y, x = figures[metric], figures[f"{metric}_before"]
        pairs = {"y": y, "yy": y * y, "x": x, "xx": x * x, "xy": x * y}
        sums |= {f"{metric}_{name}": value.sum() for name, value in pairs.items()}
    return figures.group_by(*keys, "arm").agg(
        n=figures.count(), costed=figures.costed.any(), first=figures.start.min(), last=figures.until.max(),
        **{name: figures[name].sum() for name in also}, **sums,
    )  # fmt: skip


def _beside(frame: pd.DataFrame, metric: str, *, keys: Sequence[str], also: Sequence[str]) -> pd.DataFrame:
    """One row per experiment: both arms beside each other, and how they differ in one figure."""
    treated, control = (frame[frame.arm == arm].drop(columns="arm") for arm in (TREATED, CONTROL))
    both = treated.merge(control, on=[*keys], suffixes=("_t", "_c")).sort_values([*keys], ignore_index=True)
    if metric == "margin":
        both = both[both.costed_t | both.costed_c].reset_index(drop=True)
    on, off = _arm(both, metric, "t"), _arm(both, metric, "c")
    one = shares if metric == "buyers" else raw
    buyers = (both.buyers_y_t + both.buyers_y_c).to_numpy(float)
    return pd.DataFrame({
        **{key: both[key] for key in keys}, "metric": metric, "enough": is_enough(on, off, buyers),
        "treated": both.n_t, "control": both.n_c,
        **{f"{name}_{of}": both[f"{name}_{side}"]
           for name in also for of, side in (("treated", "t"), ("control", "c"))},
        "first": both[["first_t", "first_c"]].min(axis=1), "last": both[["last_t", "last_c"]].max(axis=1),
        "treated_mean": on.mean, "control_mean": off.mean,
        **_ends("lift", one(on, off)), **_ends("adjusted", adjusted(on, off)),
    })  # fmt: skip


def _arm(both: pd.DataFrame, metric: str, side: str) -> Sums:
    of = {name: both[f"{metric}_{name}_{side}"].to_numpy(float) for name in ("y", "yy", "x", "xx", "xy")}
    return Sums(n=both[f"n_{side}"].to_numpy(float), **of)


def _ends(name: str, lift: Lift) -> dict[str, Any]:
    return {name: lift.value, f"{name}_low": lift.low, f"{name}_high": lift.high}


def forest(frame: pd.DataFrame, labels: pd.Series, *, heading: Text, title: str) -> alt.LayerChart:
    """Raw and adjusted differences with their ranges, a line for each label, in their order."""
    ways = {"lift": str(_AS_COUNTED), "adjusted": str(_ADJUSTED)}
    rows = pd.concat([
        pd.DataFrame({"of": labels, "way": way, "value": frame[name], "low": frame[f"{name}_low"],
                      "high": frame[f"{name}_high"]})
        for name, way in ways.items()
    ])  # fmt: skip
    scale = alt.Scale(domain=list(ways.values()), range=["#bab0ac", "#4c78a8"])
    base = alt.Chart(rows).encode(
        y=alt.Y("of:N", sort=list(labels), title=None),
        yOffset=alt.YOffset("way:N", sort=list(ways.values())),
        color=alt.Color("way:N", title=None, scale=scale),
        tooltip=[
            alt.Tooltip("of", title=str(heading)),
            *(alt.Tooltip(f"{name}:Q", title=str(words), format=",.2f") for name, words in _ENDS.items()),
        ],
    )  # fmt: skip
    lines = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    points = base.mark_point(filled=True, size=60, opacity=1).encode(x=alt.X("value:Q", title=title))
    zero = alt.Chart(pd.DataFrame({"value": [0.0]})).mark_rule(strokeDash=[4, 3]).encode(x="value:Q")
    return zero + lines + points


_AS_COUNTED = Text("As counted", "原始差异")
_ADJUSTED = Text("Adjusted for the time before", "按活动前表现调整")
_ENDS = {
    "value": Text("Difference", "差异"),
    "low": Text("Difference, at least", "差异下限"),
    "high": Text("Difference, at most", "差异上限"),
}


def changed(row: Any, *, currency: str) -> Text:
    """How revenue changed in all, in a sentence that one can repeat; or why nothing can be told."""
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
