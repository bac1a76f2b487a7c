"""Propensity weights: what says of customers, in general, that they will buy an item?"""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir

from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.models import coefficients
from shuke.models.item_signals import Bought, bought, signals
from shuke.models.propensity_model import METHODS, PARTS, PropensityModel, fitted
from shuke.tables import table
from shuke.tables.derived import Checkpoint

#: Rows that a fit looks at, at most.
SAMPLE = 200_000


@table(
    key=coefficients.KEY,
    learns_for="propensity",
    theme="offering",
    title=Text("What tells who will buy", "购买倾向系数"),
    about=Text("What says of customers that they will buy an item?", "哪些迹象表明客户将购买某项商品？"),
    limits=Text(
        "Weights of signals that go together share what they tell: one alone does not say what its signal "
        "brings about.",
        "相关的迹象分担同一信息，单个系数不表示其因果作用。"),
    subject=None,
    columns=coefficients.columns(PARTS, METHODS),
)  # fmt: skip
def propensity_weights(
    purchases: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    item: str = "",
    horizon_days: int = 90,
    max_items: int = 10,
) -> ir.Table:
    """The model by which `propensity` tells chances, as its documentation says, learnt from what came.

    One row per part and term. `weight` is by how much a signal of that name raises the log odds for each one
    that it is above its `average`, `shift` the log odds of the average; with another method than `model` the
    weight is of the log odds by that habit. Customers whose chance is up to `until`, or beyond the last one,
    are one band of which `cases` were followed.
    """
    known = bought(purchases, item=item, as_of=as_of, most=max_items, checkpoint=checkpoint)
    model = _learnt(known, as_of, horizon_days, checkpoint)
    return coefficients.written(model.method, model.to_parts())


def _learnt(known: Bought, as_of: date, days: int, checkpoint: Checkpoint) -> PropensityModel:
    cuts = [as_of - timedelta(days=n * days) for n in (2, 1)]
    first = known.visits.day.min().to_pyarrow().as_py()
    if first is None or first > cuts[0]:
        raise NotEnoughData(
            N_("Purchases more than {days} days old are needed to see what is bought next."), days=2 * days
        )
    rows = known.visits.customer_id.nunique().to_pyarrow().as_py() * max(len(known.items), 1)
    one_in = -(-rows // SAMPLE)
    before, lately = (
        signals(known, cut=cut, days=days, checkpoint=checkpoint, one_in=one_in)
        .drop("last_bought")
        .order_by("customer_id", "item")
        .to_pandas()
        for cut in cuts
    )
    return fitted(before, lately)
