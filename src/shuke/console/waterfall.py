"""Waterfall: how do the agreements of two records add up to a match weight?"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from shuke.identity.waterfall import Waterfall, WaterfallStep
from shuke.languages import Text, _
from shuke.lazy import alt, pd
from shuke.views.labels import chance, running

_ROW = 40  # pixels, for two lines


def drawing(weights: Waterfall) -> dict[str, Any]:
    """The Vega-Lite specification: for each comparison a bar from where the last one ended."""
    rows = _rows(weights)
    titles = alt.Axis(labelExpr=r"split(datum.label, '\n')", labelLimit=300)
    base = alt.Chart(pd.DataFrame(rows)).encode(
        y=alt.Y("title:N", sort=[row["title"] for row in rows], title=None, axis=titles)
    )
    bars = base.mark_bar(height={"band": 0.5}).encode(
        x=alt.X("start:Q", title=_("Weight of evidence"), scale=alt.Scale(padding=36)),
        x2="end:Q",
        color=alt.Color("speaks:N", sort=[_for(), _against(), _sum()], legend=None),
        tooltip=[alt.Tooltip("title:N", title=_("Comparison")), alt.Tooltip("told:N", title=_("Weight"))],
    )
    figures = base.mark_text(align="left", dx=6).encode(x=alt.X("most:Q"), text="told:N")
    nought = alt.Chart(pd.DataFrame([{"x": 0}])).mark_rule().encode(x="x:Q")
    made: dict[str, Any] = (nought + bars + figures).properties(height=_ROW * len(rows)).to_dict()
    return made | {"width": "container"}


def sentence(weights: Waterfall) -> str:
    """What the picture shows."""
    told = [
        _("All in all, a likelihood of {chance} that the two are one customer.").format(
            chance=chance(weights.probability)
        )
    ]
    loudest = max(weights.steps, key=lambda step: step.weight, default=None)
    against = min(weights.steps, key=lambda step: step.weight, default=None)
    if loudest and loudest.weight > 0:
        told.append(_("Strongest evidence for: {what}.").format(what=_named(loudest)))
    if against and against.weight < 0:
        told.append(_("Strongest evidence against: {what}.").format(what=_named(against)))
    return running(*told)


def _rows(weights: Waterfall) -> list[dict[str, Any]]:
    told = [step for step in weights.steps if step.weight]
    ends = list(accumulate([weights.prior, *(step.weight for step in told)]))
    first = _row(_("Any two records"), 0.0, weights.prior)
    steps = [
        _row(f"{step.title}\n{step.level}", start, end)
        for step, start, end in zip(told, ends, ends[1:], strict=False)
    ]
    return [first, *steps, _row(_("All in all"), 0.0, weights.weight) | {"speaks": _sum()}]


def _row(title: str, start: float, end: float) -> dict[str, Any]:
    weight = end - start
    return {
        "title": title, "start": start, "end": end, "most": max(start, end),
        "told": f"{weight:+.1f}".replace("-", "−"), "speaks": _for() if weight > 0 else _against(),
    }  # fmt: skip


def _named(step: WaterfallStep) -> str:
    return str(Text(f"{step.title.en}: {step.level.en}", f"{step.title.zh}：{step.level.zh}"))


def _for() -> str:
    return _("speaks for it")


def _against() -> str:
    return _("speaks against it")


def _sum() -> str:
    return _("all in all")
