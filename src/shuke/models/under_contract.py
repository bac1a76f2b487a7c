"""Under contract: what was known on a day of the customers with a contract, and whose ended after it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models.churn_classifier import Judgement, judge

#: Service and behaviour count for so many days.
MEMORY = 180
#: Pasts that are learnt from, one horizon apart.
PASTS = 4

#: What is looked at, with the words for it; `{n}` is the value.
FEATURES: dict[str, Text] = {
    "months": Text("a customer for {n} months", "成为合同客户 {n} 个月"),
    "contracts": Text("contracts in force: {n}", "有效合同 {n} 份"),
    "days_left": Text("the contract ends in {n} days", "合同还有 {n} 天到期"),
    "fee": Text("pays {n} a month", "月费 {n}"),
    "contract": Text("kind of contract: {n}", "合同类型：{n}"),
    "contacts": Text("contacts in 180 days: {n}", "180 天内往来 {n} 次"),
    "complained": Text("complaints in 180 days: {n}", "180 天内投诉 {n} 次"),
    "bought_days": Text("days with a purchase in 180 days: {n}", "180 天内购买 {n} 天"),
}
#: Lesser weights in the log odds are not told.
TELLING = 0.1


def held(contracts: ir.Table, identities: ir.Table) -> ir.Table:
    """The contracts of known customers that say when they began."""
    begun = contracts.filter(contracts.starts.notnull())
    keyed = begun.select(
        "starts", "ends", "cancelled", "monthly_fee", "key", contract="kind",
        record=begun.source + ":" + begun.record_id,
    )  # fmt: skip
    return keyed.inner_join(identities.select("record", "customer_id"), "record").drop("record")


def in_force(contracts: ir.Table, at: date | ir.DateValue) -> ir.BooleanValue:
    """Begun by `at`, neither at its end nor cancelled by then."""
    goes_on = contracts.ends.isnull() | (contracts.ends > at)
    kept = contracts.cancelled.isnull() | (contracts.cancelled > at)
    return (contracts.starts <= at) & goes_on & kept


def staying(contracts: ir.Table, at: date) -> ir.Table:
    """The customers with a contract in force on the day `at`."""
    return contracts.filter(in_force(contracts, at)).select("customer_id").distinct()


def known_on(
    contracts: ir.Table, counted: dict[str, ir.Table], *, at: list[date], horizon: int
) -> pd.DataFrame:
    """The features of the customers with a contract in force on each of the days `at`, one row for each.

    `counted` are dated rows of customers by the names of features. Nothing after a day is looked at but by
    `gone`, which is whether no contract was in force `horizon` days later.
    """
    schema = {"at": "date", "after": "date"}
    moments = ibis.memtable(
        pd.DataFrame({"at": at, "after": [day + timedelta(days=horizon) for day in at]}), schema=schema
    )
    every = contracts.cross_join(moments)
    begun, live = every.starts <= every["at"], in_force(every, every["at"])
    terms = every.group_by("customer_id", "at").agg(
        contracts=live.sum(), first=every.starts.min(where=begun), ends=every.ends.min(where=live),
        fee=every.monthly_fee.sum(where=live), contract=every.contract.min(where=live),
        gone=~in_force(every, every.after).any(),
    )  # fmt: skip
    known = terms.filter(terms.contracts > 0)
    # One union, for one join in place of one for each.
    dated = [rows.select("customer_id", "day", what=ibis.literal(name)) for name, rows in counted.items()]
    theirs = ibis.union(*dated).semi_join(contracts, "customer_id").cross_join(moments)
    lately = theirs.filter(
        (theirs.day <= theirs["at"]) & (theirs.day > theirs["at"] - ibis.interval(days=MEMORY))
    )
    times = lately.group_by("customer_id", "at").agg(**{n: (lately.what == n).sum() for n in counted})
    known = known.left_join(times, ["customer_id", "at"]).drop("customer_id_right", "at_right")
    # To Spark, a whole number by one with decimals is a decimal again, of seven places.
    days = known["at"].delta(known["first"], unit="day").cast("float64")
    told = known.select(
        "customer_id", "at", "contract", "gone",
        months=days / (365.25 / 12),
        contracts=known.contracts.cast("float64"),
        days_left=known.ends.delta(known["at"], unit="day").cast("float64"),
        fee=known.fee.cast("float64"),
        **{name: known[name].fill_null(0).cast("float64") for name in counted},
    )  # fmt: skip
    return told.to_pandas().sort_values(["at", "customer_id"], ascending=[False, True], ignore_index=True)


def predicted_churn(
    contracts: ir.Table,
    days: ir.Table,
    contacts: ir.Table,
    complaints: ir.Table,
    *,
    as_of: date,
    horizon: int,
) -> pd.DataFrame:
    """One row per customer under contract: `gone`, the reasons and the method.

    `classifier`: learnt from who had no contract left `horizon` days after each of four earlier days, with
    what was known on these. `hazard`: at the rate at which the company's contracts ended so far, where
    fewer than 30 did, or the classifier is no better than the rate in cross-validation.
    """
    earlier = [as_of - timedelta(days=horizon * nth) for nth in range(1, PASTS + 1)]
    counted = {"contacts": contacts, "complained": complaints, "bought_days": days}
    known = known_on(contracts, counted, at=[as_of, *earlier], horizon=horizon)
    today = pd.to_datetime(known["at"]) == pd.Timestamp(as_of)
    now, past = (known[rows].reset_index(drop=True) for rows in (today, ~today))
    names = list(FEATURES)
    judgement = None
    if len(past):
        gone = past.gone.to_numpy(dtype=bool)
        judgement = judge(past[names], gone, now[names], groups=past.customer_id.to_numpy())
    if judgement is None or not judgement.check.good:
        rate = _hazard(contracts, as_of)
        return _told(now, None).assign(gone=1 - np.exp(-rate * horizon), method="hazard")
    return _told(now, judgement).assign(gone=judgement.chances, method="classifier")


def _hazard(contracts: ir.Table, as_of: date) -> float:
    """Contracts ended for every day that one was in force, as if half a one more had in a year more."""
    begun = contracts.filter(contracts.starts <= as_of)
    until = ibis.least(begun.ends.fill_null(date.max), begun.cancelled.fill_null(date.max))
    ended = until <= as_of
    lasted = ibis.greatest(ibis.least(until, ibis.literal(as_of)).delta(begun.starts, unit="day"), 0)
    total = begun.aggregate(ended=ended.sum().fill_null(0), days=lasted.sum().fill_null(0)).to_pandas()
    return (float(total.ended.iloc[0]) + 0.5) / (float(total.days.iloc[0]) + 365.25)


def _told(now: pd.DataFrame, judgement: Judgement | None) -> pd.DataFrame:
    """The customers with their reasons in words."""
    weights = judgement.weights.to_numpy() if judgement else np.zeros((len(now), len(FEATURES)))
    values = now[list(FEATURES)].to_dict("records")
    reasons = [_reason(row, weight) for row, weight in zip(values, weights, strict=True)]
    return now[["customer_id", "complained"]].assign(
        reason=[reason.en for reason in reasons], reason_zh=[reason.zh for reason in reasons]
    )


def _reason(row: dict[str, Any], weights: Iterable[float]) -> Text:
    """The two features that weigh most for leaving."""
    heavy = sorted(zip(weights, FEATURES, strict=True), reverse=True)[:2]
    words = [_words(name, row[name]) for weight, name in heavy if weight > TELLING]
    if not words:
        return Text("No unusual churn signs", "无明显流失迹象")
    whole = "; ".join(text.en for text in words)
    return Text(whole[0].upper() + whole[1:], "；".join(text.zh for text in words))


def _words(name: str, value: str | float | None) -> Text:
    if pd.isna(value):
        return _ABSENT.get(name, Text(f"{name} not known", f"{name} 未知"))
    shown = f"{value:,.0f}" if isinstance(value, float) else str(value)
    return Text(FEATURES[name].en.format(n=shown), FEATURES[name].zh.format(n=shown))


_ABSENT = {
    "days_left": Text("the contract has no end", "合同无到期日"),
    "fee": Text("the fee is not known", "月费未知"),
    "contract": Text("the kind of contract is not known", "合同类型未知"),
}
