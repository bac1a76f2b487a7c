"""Lifetime parameters: how often do customers buy until they leave, and how do their spends differ?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.models import coefficients, gamma_gamma
from shuke.models.forecasts import HoldoutPeriod, fitted
from shuke.models.gamma_gamma import GammaGamma, Spenders
from shuke.models.histories import binned, grain, grouped, histories
from shuke.models.lifetime_model import ALIKE_IN, FITTED_BY, PARTS, LifetimeModel, in_order
from shuke.tables import table
from shuke.tables.derived import Checkpoint

#: The last so many days are foretold from what was before, to see whether the model can.
TRIAL = 91

#: Fewer who came back, and nothing is learnt from them of how spends differ.
LEAST_SPENDERS = 30

#: Amounts are alike when they differ by less than a fiftieth.
_ALIKE = 50


@table(
    key=coefficients.KEY,
    learns_for="lifetime_value",
    theme="value",
    title=Text("How customers buy until they leave", "客户价值模型参数"),
    about=Text(
        "How often do customers buy until they leave, and how do their spends differ?",
        "客户离开之前多久买一次，单次金额相差多大？"),
    limits=Text(
        "Parameters of the published models: single ones have no unit that one could act upon.",
        "为文献模型的参数，单个参数没有可直接使用的含义。"),
    subject=None,
    columns=coefficients.columns(PARTS, FITTED_BY),
)  # fmt: skip
def lifetime_parameters(purchases: ir.Table, *, as_of: date, checkpoint: Checkpoint) -> ir.Table:
    """The models by which `lifetime_value` foretells customers without a contract, fitted as it says.

    One row per part and term. Of `purchases` the terms are those of BG/NBD (`r`, `alpha`, `a`, `b`), or of
    `baseline` the `usual_gap` in days; intervals begin at the quantile `low` and were `kept` so often for
    each time promised.
    """
    cut = as_of - timedelta(days=TRIAL)
    seen = checkpoint(histories(purchases, as_of=as_of, cut=cut))
    size = grain(int(seen.count().execute()))
    now = binned(seen, last="last_day", days="days", until=as_of, grain=size)
    counts = now.group_by(ALIKE_IN).agg(customers=now.count(), spent=now.spent.sum(), days=now.days.sum())
    counted = in_order(counts, ALIKE_IN)
    if counted.empty:
        return coefficients.written("baseline", {})
    groups = grouped(counted, grain=size)
    typical = max(float(counted.spent.sum()) / max(int(counted.days.sum()), 1), 0.0)
    spenders, correlation = _spenders(now, typical, enough=groups.repeaters >= LEAST_SPENDERS)
    fit = fitted(groups, lambda: _trial(seen, cut, size))
    return coefficients.written(fit.method, LifetimeModel(fit, spenders, correlation).to_parts())


def _trial(seen: ir.Table, cut: date, size: int) -> HoldoutPeriod:
    """The histories until the cut, and what came after."""
    there = seen.filter(seen.days_then > 0).mutate(later=seen.days - seen.days_then)
    then = binned(there, last="last_then", days="days_then", until=cut, grain=size)
    bins = [*ALIKE_IN, "later"]
    frame = in_order(then.group_by(bins).agg(customers=then.count()), bins)
    return HoldoutPeriod(grouped(frame, grain=size), frame.later.to_numpy(np.float64), TRIAL)


def _spenders(now: ir.Table, typical: float, *, enough: bool) -> tuple[GammaGamma, float]:
    """How spends differ, and their correlation with frequency.

    From too few, amounts are taken to vary as if at random (exponentially) around means that hardly
    differ from the `typical` one.
    """
    plain = GammaGamma(p=1.0, q=3.0, gamma=2 * typical)
    if not enough:
        return plain, 0.0
    some = now.filter((now.frequency > 0) & (now.again > 0))
    mean = some.again.cast("float64") / some.frequency
    alike = some.mutate(bucket=(mean.ln() * _ALIKE).floor().cast("int64"))
    bins = ["frequency", "bucket"]
    # Sums of money: a sum of means would end in other digits on each engine, and each time.
    counts = alike.group_by(bins).agg(again=alike.again.sum(), customers=alike.count())
    frame = in_order(counts, bins)
    frequency, again, customers = (frame[n].to_numpy(np.float64) for n in ("frequency", "again", "customers"))
    seen = Spenders(frequency, again / (frequency * customers), customers)
    model = gamma_gamma.fit(seen) if seen.size >= LEAST_SPENDERS else None
    return model or plain, seen.correlation
