"""Contract value: what will those pay who are bound by a contract?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.lazy import pd
from shuke.models import tenures
from shuke.models.forecasts import SPANS
from shuke.models.intervals import HIGH, LOW, beside
from shuke.models.likelihood import Floats
from shuke.models.tenures import Tenures
from shuke.stats import rounded

#: Stands for the end of a contract that names none.
_NEVER = date(9999, 12, 31)

_MONTH = 30.4375


def contract_value(contracted: ir.Table, *, discount_rate: float) -> ir.Table | None:
    """One row per customer with a contract in force; none where nobody ever had one."""
    lasted = contracted.group_by("months", "lost").agg(customers=contracted.count()).to_pandas()
    if lasted.empty:
        return None
    ahead = _ahead(tenures.fit(lasted), np.unique(lasted.months), discount_rate)
    running = contracted.filter(~contracted.lost).inner_join(ibis.memtable(ahead), "months")
    monthly = running.monthly.cast("float64")
    values = {
        f"value_{name}": running[name] * monthly for name in ahead.columns if name.split("_")[0] in SPANS
    }
    return running.select("customer_id", monthly=monthly, **values, residual_value=running.ahead * monthly)


def contracted(
    contracts: ir.Table, rates: ir.Table, identities: ir.Table, *, as_of: date, currency: str
) -> ir.Table:
    """One row per customer who ever had a contract: tenure in `months`, `lost` or not, and `monthly` fees.

    A contract is over on the day on which it was cancelled or ends, whichever is first. What is known
    today of days to come is not looked at: who cancels for next month pays this month.
    """
    known = contracts.mutate(
        record=contracts.source + ":" + contracts.record_id,
        currency=contracts.currency.upper().fill_null(currency),
        stop=ibis.least(contracts.cancelled.fill_null(_NEVER), contracts.ends.fill_null(_NEVER)),
    ).filter(contracts.starts <= as_of)
    newest = rates.filter(rates.day <= as_of).mutate(currency=rates.currency.upper())
    last = ibis.struct({"day": newest.day, "rate": newest.rate})  # of two of one day the higher
    quoted = newest.group_by("currency").agg(rate=newest.rate.argmax(last))
    priced = known.inner_join(identities.select("record", "customer_id"), "record").left_join(
        quoted, "currency"
    )
    rate = ibis.ifelse(priced.currency == currency, 1.0, priced.rate.cast("float64"))
    fee = rounded(priced.monthly_fee.cast("float64") * rate, 4).cast("decimal(18, 4)")
    running = priced.stop > as_of
    held = priced.group_by("customer_id").agg(
        since=priced.starts.min(),
        until=ibis.least(priced.stop, ibis.literal(as_of)).max(),
        lost=~running.any(),
        monthly=fee.sum(where=running).fill_null(0),
    )
    days = ibis.greatest(held.until.delta(held.since, unit="day"), 0)
    return held.mutate(months=(days / _MONTH).floor().cast("int64"))


def _ahead(fit: Tenures, months: Floats, rate: float) -> pd.DataFrame:
    """By tenure: how many monthly fees to expect within each span, and discounted ones in all."""
    staying = fit.staying(months.astype(float))
    middles = (np.arange(staying.shape[1]) + 0.5) / 12
    columns: dict[str, Floats] = {"months": months, "ahead": (staying * (1 + rate) ** -middles).sum(1)}
    for span in SPANS:
        within = staying[:, : int(span.removesuffix("m"))]
        columns[span] = within.sum(1)
        for end, share in (("low", LOW), ("high", HIGH)):
            lasting = (within >= 1 - share).sum(1).astype(float)
            columns[f"{span}_{end}"] = beside(lasting, columns[span], share)
    return pd.DataFrame(columns)
