"""Departure chances: how likely is each customer to stay away, and what weighs most?"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from shuke.languages import Text
from shuke.lazy import pd
from shuke.models import coefficients, inactivity, under_contract
from shuke.models.inactivity import InactivityModel, buying_days, spell, states
from shuke.models.recency import SURE
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.statuses import DAYS_AHEAD, GONE

#: By what the chance is told.
METHODS: dict[str, Text] = {
    **inactivity.METHODS,
    "classifier": Text("learnt from contracts", "由过往合同学得"),
    "hazard": Text("the rate at which contracts end", "合同终止率"),
}


@table(
    key="customer_id",
    first="-gone",
    theme="leaving",
    title=Text("Chance of staying away", "不再来的概率"),
    about=Text(
        "How likely is each to stay away, and what weighs most?", "每位客户不再来的概率多大？主因何在？"),
    limits=Text(
        "A chance, not a verdict: who counts as lost is told by `lifecycle`, and what is at risk by `churn`.",
        "此为概率而非结论：谁算流失见 `lifecycle`，风险金额见 `churn`。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("kind", Type.TEXT, Text("Contract", "合同"),
            codes={"purchases": Text("none", "无"), "contract": Text("in force", "有效")}),
        GONE,
        Column("lost_after", Type.INTEGER, Text("As likely gone as not after", "去留各半的沉默天数"),
            unit="day", note=Text(
                "Days of silence; empty where not even ten years would tell, and under contract.",
                "沉默达到此天数时去留各半；十年也无从判断者及合同期内为空。")),
        Column("silent_days", Type.INTEGER, Text("Days since last purchase", "距上次购买天数"), unit="day"),
        Column("usual_days", Type.NUMBER, Text("Usual days between purchases", "通常购买间隔"), unit="day",
               note=Text("Their own mean gap, drawn towards that of all by one gap.",
                         "自身平均间隔，并以一个全体平均间隔修正。")),
        Column("complaints", Type.INTEGER, Text("Complaints in 180 days", "180 天内投诉"), unit="count"),
        Column("reason", Type.TEXT, Text("Main reason", "主要原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Main reason, in Chinese", "主要原因")),
        DAYS_AHEAD,
        Column("method", Type.TEXT, Text("Method", "方法"), codes=METHODS, note=Text(
            "`model_and_rhythm`: own rhythm together with the model of lifetime value; `rhythm`: own rhythm; "
            "`recency`: silence alone, where the rhythm foretold the company's own past no better; `rate`: "
            "that of all customers, where silence did no better either; `prior`: silence beside the usual "
            "gap, for too little past to learn from; `classifier`: learnt from earlier contracts; `hazard`: "
            "the rate at which contracts end, where nothing learnt was better.",
            "`model_and_rhythm` 自身节奏与终身价值模型结合；`rhythm` 自身节奏；`recency` 仅按沉默时长"
            "（节奏对本公司历史的预测并不更好）；`rate` 全体比例（沉默时长也不更好）；"
            "`prior` 历史太短，按沉默时长与通常间隔之比；`classifier` 由以往合同学得；"
            "`hazard` 合同终止率（学得的并不更好）。")),
    ],
)  # fmt: skip
def departure_chances(  # noqa: PLR0917 - the tables that it is made from
    lifetime_value: ir.Table,
    purchases: ir.Table,
    complaints: ir.Table,
    landed_contracts: ir.Table,
    landed_interactions: ir.Table,
    identities: ir.Table,
    departure_weights: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
    horizon: int = 180,
) -> ir.Table:
    """The chance that each customer is gone: that they stay away for the next `horizon` days.

    One row per customer to whom goods were sold, or with a contract in force on `as_of` (then of kind
    `contract`). `lost_after` is the length of silence at which, all else as it is today, the chance is a
    half; the second opinion of that day being unknown, its share is taken from the same regression fitted
    without it.

    **Without a contract**, a logistic regression (see `departure_weights`) learns from the customers of one
    horizon ago who came back since then and who did not. With s days of silence, g the customer's own mean
    gap (drawn towards that of all customers by one gap) and n days with a purchase,

        log odds = b0 + b1 ln(1 + s) + b2 ln(1 + g) + b3 max(0, ln(1 + s) − ln(1 + g)) − b4 ln n
                   + b5 [complained in the last 180 days]

    It is tried on the past first, learnt two horizons ago and told of one horizon ago; where it does not both
    rank customers better (AUC) and come nearer (Brier score) than the length of silence alone, silence alone
    is used (`recency`): the shares that stayed away in eight groups by silence, never falling with it, and
    between them a line in the log odds. Where silence came no nearer than the rate known before, all have the
    rate of all (`rate`). The horizon is a third of the company's past where that is shorter; with less than
    28 days or 100 customers the odds are s / 2g (`prior`). The second opinion is the model of
    `lifetime_value`: ln((1 − alive) / alive) is one more term where, fitted on the same past, it brought the
    chances nearer to what came (`model_and_rhythm`), else it is left out (`rhythm`).

    **With a contract**, a calibrated classifier (see `churn_classifier`) learns from the company's own
    contracts as of four earlier days, one horizon apart: time with us, contracts, days left, fee, kind,
    contacts, complaints and buying days of the 180 days before. Gone is who had no contract in force one
    horizon later. With fewer than 30 ended, or where it is no better than the rate in cross-validation:
    1 − exp(−rate × horizon), with the rate at which contracts ended so far.

    The reason is what raises the log odds most above those of an average customer.
    """
    days = checkpoint(buying_days(purchases, as_of=as_of))
    known = checkpoint(states(days, complaints, {as_of: as_of}))
    fitted = coefficients.read(departure_weights)
    model = InactivityModel.of_parts(*fitted) if fitted else inactivity.PRIOR
    span = int(fitted[1]["span"]["days"]) if fitted else horizon
    rows = _free(known.drop("at"), lifetime_value, model).mutate(horizon_days=ibis.literal(span))
    contracts = checkpoint(under_contract.held(landed_contracts, identities))
    if contracts.count().execute():
        heard = _contacts(landed_interactions, identities, zone)
        told = under_contract.predicted_churn(
            contracts, days, heard, complaints, as_of=as_of, horizon=horizon
        )
        bound = checkpoint(_bound(told, horizon))
        others = rows.anti_join(bound, "customer_id")
        rows = others.select(**{n: others[n].cast(k) for n, k in bound.schema().items()}).union(bound)
    return rows


def _free(known: ir.Table, lifetime_value: ir.Table, rhythm: InactivityModel) -> ir.Table:
    """The customers without a contract."""
    second = lifetime_value.select("customer_id", "alive")
    both = known.left_join(second, "customer_id").drop("customer_id_right")
    # Who has no value yet is as likely gone as not, by that opinion.
    doubt = ibis.greatest(ibis.least(1 - both.alive.fill_null(0.5), SURE), 1 - SURE)
    seconded = both.mutate(second=(doubt / (1 - doubt)).ln())
    odds = ibis.greatest(ibis.least(rhythm.log_odds(seconded), 30.0), -30.0)
    judged = seconded.mutate(
        gone=1 / (1 + (-odds).exp()),
        lost_after=rhythm.tipping(seconded, odds),
        method=ibis.literal(rhythm.method),
        quiet=rhythm.weight(seconded, "silence", "rhythm", "overdue", "second"),
        rare=rhythm.weight(seconded, "seldom"),
        cross=rhythm.weight(seconded, "complained"),
    )
    reason = _reason(judged)
    return judged.select(
        "customer_id", "gone", "lost_after", "silent_days", "complaints", "method",
        kind=ibis.literal("purchases"), usual_days=judged.usual, reason=reason.en, reason_zh=reason.zh,
    )  # fmt: skip


class _Words(NamedTuple):
    """One reason as two columns, that in English and that in Chinese."""

    en: ir.StringValue
    zh: ir.StringValue


def _reason(judged: ir.Table) -> _Words:
    """What raises the chance most; an unusual silence where no past says what does."""
    silent, days = judged.silent_days.cast("string"), judged.bought.cast("string")
    usual = judged.usual.round(0).cast("int64").cast("string")
    told, waiting = judged.complaints.cast("string"), judged.waiting.cast("string")
    choices = [
        (
            (judged.cross > 0) & (judged.cross >= judged.quiet) & (judged.cross >= judged.rare),
            ibis.literal("Complaints in 180 days: ").concat(told, ", still waiting for an answer: ", waiting),
            ibis.literal("180 天内投诉 ").concat(told, " 次，未答复 ", waiting, " 次"),
        ),
        (
            (judged.rare > 0) & (judged.rare >= judged.quiet),
            ibis.literal("Days with a purchase so far: ").concat(days, "; silent for days: ", silent),
            ibis.literal("至今仅购买 ").concat(days, " 天，已沉默 ", silent, " 天"),
        ),
        (
            (judged.quiet > 0) | (judged.silence > judged.rhythm),
            ibis.literal("Silent for ").concat(spell(silent), "; the usual gap is about ", spell(usual)),
            ibis.literal("已沉默 ").concat(silent, " 天，通常约 ", usual, " 天"),
        ),
    ]
    calm = Text("No unusual churn signs", "无明显流失迹象")
    en, zh = ([(when, words[n]) for when, *words in choices] for n in (0, 1))
    return _Words(ibis.cases(*en, else_=calm.en), ibis.cases(*zh, else_=calm.zh))


def _contacts(interactions: ir.Table, identities: ir.Table, zone: str) -> ir.Table:
    keyed = interactions.select(
        day=to_local(interactions["at"], zone).date(),
        record=interactions.source + ":" + interactions.record_id,
    )
    return keyed.inner_join(identities.select("record", "customer_id"), "record").select("customer_id", "day")


def _bound(told: pd.DataFrame, horizon: int) -> ir.Table:
    """The customers under contract, as a table like that of the others."""
    absent = dict.fromkeys(("silent_days", "usual_days", "lost_after"), np.nan)
    full = told.assign(kind="contract", complaints=told.complained, horizon_days=horizon, **absent)
    schema = departure_chances.schema
    # Arrow's nulls: pandas would hand over a NaN.
    arrow = pa.Table.from_pandas(full[list(schema)], schema=schema.to_pyarrow(), preserve_index=False)
    return ibis.memtable(arrow)
