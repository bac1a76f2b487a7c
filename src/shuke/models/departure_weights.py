"""Departure weights: what says of customers, in general, that they stay away?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.models import coefficients
from shuke.models.inactivity import METHODS, PARTS, buying_days, learn, pasts, states
from shuke.tables import table
from shuke.tables.derived import Checkpoint


@table(
    key=coefficients.KEY,
    learns_for="departure_chances",
    theme="leaving",
    title=Text("What tells who stays away", "流失系数"),
    about=Text("What says of customers that they stay away?", "哪些迹象表明客户不再来？"),
    limits=Text(
        "Weights of signs that go together share what they tell: one alone does not say what its sign "
        "brings about.",
        "相关的迹象分担同一信息，单个系数不表示其因果作用。"),
    subject=None,
    columns=coefficients.columns(PARTS, METHODS),
)  # fmt: skip
def departure_weights(
    purchases: ir.Table, complaints: ir.Table, *, as_of: date, checkpoint: Checkpoint, horizon: int = 180
) -> ir.Table:
    """The model by which `departure_chances` tells who stays away without a contract, as learnt there.

    One row per part and term. `slope` is by how much a sign raises the log odds for each one that it is above
    its `average`, `shift` the log odds where all are nothing; beyond a `knot` of silence the line bends by
    `bend`. `pace` is by how much they rise as silence goes on, and as it goes on beyond the usual gap; `span`
    the days for which the chance holds.
    """
    days = checkpoint(buying_days(purchases, as_of=as_of))
    earlier, span = pasts(days, as_of=as_of, horizon=horizon)
    moments = {day: day + timedelta(days=span) for day in earlier}
    model = learn(checkpoint(states(days, complaints, moments)) if moments else days, earlier)
    if not days.count().execute():
        return coefficients.written(model.method, {})
    return coefficients.written(model.method, {**model.to_parts(), "span": {"days": float(span)}})
