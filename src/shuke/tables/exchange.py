"""Exchange: what is an amount worth in another currency, at the newest rate by its day?"""

from __future__ import annotations

from shuke.lazy import ibis, ir
from shuke.tables.column import Type


def exchanged(rows: ir.Table, rates: ir.Table, *, amount: str, currency: str) -> ir.Table:
    """The rows with `amount` in the currency `into`, at the newest rates by `day`; what has no rate stays."""
    asked = rows.filter(rows.currency != rows.into)
    codes = asked.select("day", code="currency").union(asked.select("day", code="into"), distinct=True)
    quoted = rates.select(code=rates.currency.upper(), quoted=rates.day, rate=rates.rate)
    valid = codes.inner_join(quoted, "code").filter(lambda t: t.quoted <= t.day)
    last = ibis.struct({"quoted": valid.quoted, "rate": valid.rate})  # of two of one day the higher
    newest = valid.group_by("code", "day").agg(rate=valid.rate.argmax(last).cast("float64"))
    own = newest.select(from_code="code", from_day="day", from_rate="rate")
    to = newest.select(to_code="code", to_day="day", to_rate="rate").view()
    beside = rows.left_join(own, [("currency", "from_code"), ("day", "from_day")])
    beside = beside.left_join(to, [("into", "to_code"), ("day", "to_day")])
    home = ibis.literal(1.0)
    share = ibis.ifelse(beside.currency == currency, home, beside.from_rate) / ibis.ifelse(
        beside.into == currency, home, beside.to_rate
    )
    other = beside.currency != beside.into
    worth = (beside[amount].cast("float64") * share).round(4).cast(Type.MONEY.ibis)
    told = beside.mutate(
        **{amount: ibis.ifelse(other & share.notnull(), worth, beside[amount])},
        currency=ibis.ifelse(other & share.isnull(), beside.currency, beside.into),
    )
    return told.drop("from_code", "from_day", "from_rate", "to_code", "to_day", "to_rate", "into")
