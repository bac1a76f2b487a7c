"""Interests: what has each customer shown interest in, and how much of it is left?"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from shuke.lazy import pd
from shuke.models.purchased_products import names
from shuke.models.ranked_lists import InterestMatrix, Whole
from shuke.models.signals import PURCHASE, Weights, signals


def interests(pairs: ir.Table, told: ir.Table | None, asked: Weights, *, as_of: date) -> ir.Table:
    """One row per customer and product: the `interest` left, and its surest `signal`.

    `pairs` are what was bought, `told` the signals of events, if there are any.
    """
    kinds = {"signal": "int64", "interest": "float64"}
    age = ibis.literal(as_of).delta(pairs.last, unit="day")
    own = pairs.select(
        "customer_id",
        "product_id",
        signal=ibis.literal(PURCHASE),
        interest=asked.faded(ibis.literal(1.0), age),
    ).cast(kinds)
    if told is None:
        return own
    left = asked.faded(told.weight, ibis.literal(as_of).delta(told.day, unit="day"))
    every = own.union(told.select("customer_id", "product_id", "signal", interest=left).cast(kinds))
    return every.group_by("customer_id", "product_id").agg(
        signal=every.signal.min(), interest=every.interest.max()
    )


def seen(
    events: ir.Table, identities: ir.Table, purchases: ir.Table, asked: Weights, *, as_of: date
) -> ir.Table | None:
    """The signals of known customers, by the day; None where there are no events at all."""
    if not len(events.select("name").limit(1).to_pyarrow()):
        return None
    told = signals(events, names(purchases), asked)
    keyed = told.mutate(record=told.source + ":" + told.record_id, day=told.at.date())
    known = keyed.inner_join(identities.select("record", "customer_id"), "record")
    return known.filter(known.day <= as_of).select("customer_id", "product_id", "day", "signal", "weight")


def cares(rows: pa.Table, people: pd.Index, products: pd.Index, crowd: Whole) -> InterestMatrix:
    """The interests of these people in these products, by their numbers."""
    who, what = (
        _numbers(rows[name], known) for name, known in (("customer_id", people), ("product_id", products))
    )
    signal, interest = (rows[name].to_numpy() for name in ("signal", "interest"))
    known = np.flatnonzero((who >= 0) & (what >= 0))
    # The surest signal first, then in the order of the products: of what weighs alike, the first is said.
    order = known[np.lexsort((what[known], signal[known], who[known]))]
    return InterestMatrix(crowd, who[order], what[order], interest[order].astype(np.float32), signal[order])


def _numbers(column: Any, known: pd.Index) -> Whole:
    coded = column.combine_chunks().dictionary_encode()
    numbers: Whole = known.get_indexer(coded.dictionary.to_pylist())[coded.indices.to_numpy()]
    return numbers
