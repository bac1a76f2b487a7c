"""Forecast grading: how accurate were the purchase forecasts?"""

import ibis.expr.types as ir
import numpy as np

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.models.ranking import auc
from shuke.tables import Grade, Measure


def graded(compared: ir.Table, *, but: Text) -> Grade:
    """The grade of one row per customer: what was foretold, what came, and what going on as before would say.

    `times` between `low` and `high` with the chance `within`, `value` between `low_value` and `high_value`
    with the chance `within_value`, `alive`; `plain`, `plain_value`, `silent_days`; `came`, `paid`.
    `but`: what else a reader should know.
    """
    found = _figures(compared)
    if not found["came"]:
        raise NotEnoughData(
            N_("None of the {value} customers whose purchases were foretold has bought since."),
            value=int(found["subjects"]),
        )
    measures = [*_errors(found), *_ranked(compared), *_covered(found)]
    sentence = Text(
        f"{found['times']:,.0f} purchases were foretold of {found['subjects']:,.0f} customers, and "
        f"{found['came']:,.0f} came, from {found['back']:,.0f} of them.{but.en}",
        f"对 {found['subjects']:,.0f} 位客户预测 {found['times']:,.0f} 次购买，"
        f"实际 {found['came']:,.0f} 次，来自其中 {found['back']:,.0f} 位。{but.zh}",
    )
    return Grade(subjects=int(found["subjects"]), measures=tuple(measures), sentence=sentence)


def _figures(compared: ir.Table) -> dict[str, float]:
    inside = compared.came.between(compared.low, compared.high)
    # To the fourth digit, as money is kept.
    paid = compared.paid.round(4).between(compared.low_value, compared.high_value)
    frame = compared.agg(
        subjects=compared.count(),
        came=compared.came.sum(),
        back=(compared.came > 0).sum(),
        times=compared.times.sum(),
        error=(compared.times - compared.came).abs().mean(),
        plain_error=(compared.plain - compared.came).abs().mean(),
        value_error=(compared.value - compared.paid).abs().mean(),
        plain_value_error=(compared.plain_value - compared.paid).abs().mean(),
        inside=inside.cast("float64").mean(),
        promised=compared.within.mean(),
        inside_value=paid.cast("float64").mean(),
        promised_value=compared.within_value.mean(),
    ).to_pandas()
    return {name: float(value) for name, value in frame.fillna(0).iloc[0].items()}


def _errors(found: dict[str, float]) -> list[Measure]:
    return [
        Measure(
            name="purchases_error", title=Text("Purchases, mean error", "购买次数平均误差"), unit="count",
            value=found["error"], naive=found["plain_error"], better="lower",
        ),
        Measure(
            name="spend_error", title=Text("Spend, mean error", "消费额平均误差"), unit="currency",
            value=found["value_error"], naive=found["plain_value_error"], better="lower",
        ),
        Measure(
            name="purchases_total", title=Text("Foretold per purchase made", "预测与实际购买次数之比"),
            value=found["times"] / found["came"], naive=1.0, better="near",
        ),
    ]  # fmt: skip


def _covered(found: dict[str, float]) -> list[Measure]:
    """How many came out within their interval, beside how many were promised to."""
    return [
        Measure(
            name="coverage", title=Text("Purchases within their interval", "购买次数落入区间的比例"),
            value=found["inside"], naive=found["promised"], better="near", unit="share",
        ),
        Measure(
            name="value_coverage", title=Text("Spend within its interval", "消费额落入区间的比例"),
            value=found["inside_value"], naive=found["promised_value"], better="near", unit="share",
        ),
    ]  # fmt: skip


def _ranked(compared: ir.Table) -> list[Measure]:
    """AUCs for who came back, beside that of the days of silence; none where all or nobody did."""
    silence = _auc(compared, -compared.silent_days)
    # Ten thousandths are fine enough, and few enough to fetch.
    alive = _auc(compared, (compared.alive * 10_000).round())
    times = _auc(compared, (compared.times * 1_000).round())
    if alive is None or times is None:
        return []
    by_alive = Text("Who came back, AUC of not having left", "回购排序AUC（按尚未离开的概率）")
    by_times = Text("Who came back, AUC of purchases foretold", "回购排序AUC（按预测次数）")
    return [
        Measure(name="alive_auc", title=by_alive, value=alive, naive=silence),
        Measure(name="purchases_auc", title=by_times, value=times, naive=silence),
    ]


def _auc(compared: ir.Table, figure: ir.NumericValue) -> float | None:
    came = compared.select(figure=figure.cast("int64"), back=compared.came > 0)
    counts = came.group_by("figure").agg(hits=came.back.sum(), misses=(~came.back).sum()).to_pandas()
    ranked, hits, misses = (counts[name].to_numpy(np.float64) for name in ("figure", "hits", "misses"))
    return auc(ranked, hits, misses)
