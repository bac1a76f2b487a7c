"""Churn: who is likely to stay away, why, and what is at risk?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.languages import Text
from shuke.lazy import alt
from shuke.models import under_contract
from shuke.models.churn_grading import departure_rates, graded
from shuke.models.departure_chances import departure_chances
from shuke.models.inactivity import buying_days, reservation
from shuke.tables import Column, Grade, Type, table
from shuke.tables.statuses import GONE, LOST, STATUSES

#: What is told of each as it was foretold.
_FORETOLD = (
    "kind", "silent_days", "usual_days", "complaints", "reason", "reason_zh", "horizon_days", "method"
)  # fmt: skip


@table(
    key="customer_id",
    first="-value_at_risk",
    theme="leaving",
    title=Text("Customers at risk", "流失风险"),
    about=Text("Who is likely to stay away, why, and what is at risk?", "谁可能不再来？为什么？损失多少？"),
    reading=Text(
        "Each bar counts the customers with such a chance of staying away; the bolder it is, the more money "
        "is at risk with them. Those on the far right are hard to win back; those in the middle can be kept.",
        "每根柱表示不再来的概率在该区间的客户数，颜色越醒目，风险金额越大。最右端者难以挽回，中间者尚可挽留。"),
    limits=Text(
        "It foretells from rhythm, complaints and contracts. What a customer has not shown cannot be known: "
        "whoever moved away last week looks like a good customer still. The reasons are what weighs in "
        "the figures, not what a customer has said.",
        "依据节奏、投诉与合同推断。客户未表现出的无从得知：上周搬走的人看来仍是好客户。"
        "原因指在计算中最重的因素，而非客户亲口所言。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("status", Type.TEXT, Text("Status", "客户状态"), codes=STATUSES, note=Text(
            "That of `lifecycle`.", "见 `lifecycle`。")),
        GONE,
        Column("value_at_risk", Type.MONEY, Text("Value at risk", "预计流失金额"), unit="currency", note=Text(
            "The chance times the value expected of the next 12 months.",
            "不再来的概率 × 未来 12 个月预期价值。")),
        *(departure_chances[name] for name in _FORETOLD),
    ],
)  # fmt: skip
def churn(departure_chances: ir.Table, lifecycle: ir.Table, lifetime_value: ir.Table) -> ir.Table:
    """The customers with the chance that each stays away, the reason that weighs most, and what is at risk.

    One row per customer of whom a chance is told in `departure_chances`, which has the method, but for those
    whose contract has ended: they have gone. Who is lost is what `lifecycle` says.

        value_at_risk = gone × value_12m
    """
    worth = lifetime_value.select("customer_id", "value_12m")
    known = lifecycle.filter(lifecycle.gone.notnull()).select("customer_id", "status")
    told = departure_chances.inner_join(known, "customer_id")
    valued = told.left_join(worth, "customer_id").drop("customer_id_right")
    at_risk = valued.gone * valued.value_12m.cast("float64")
    return valued.mutate(value_at_risk=at_risk.cast("decimal(18, 4)"))


@churn.chart
def chances(rows: ir.Table) -> alt.Chart:
    binned = rows.mutate(tenth=ibis.least((rows.gone * 10).floor(), 9.0) / 10)
    frame = binned.group_by("tenth").agg(
        customers=binned.count(), at_risk=binned.value_at_risk.sum().fill_null(0).cast("float64")
    ).order_by("tenth").to_pandas()  # fmt: skip
    title = {column.name: str(column.title) for column in churn.columns}
    people = str(Text("Customers", "客户数"))
    bars: alt.Chart = (
        alt.Chart(frame.assign(tenth=[f"{t:.0%}–{t + 0.1:.0%}" for t in frame.tenth]))
        .mark_bar()
        .encode(
            x=alt.X("tenth:O", title=title["gone"], sort=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("customers:Q", title=people),
            color=alt.Color("at_risk:Q", title=title["value_at_risk"], legend=alt.Legend(format=",.2~s")),
            tooltip=[
                alt.Tooltip("tenth:O", title=title["gone"]),
                alt.Tooltip("customers:Q", title=people, format=","),
                alt.Tooltip("at_risk:Q", title=title["value_at_risk"], format=",.0f"),
            ],
        )
    )
    return bars


@churn.sentence
def at_risk_sentence(rows: ir.Table, *, currency: str = "") -> Text:
    counted = rows.aggregate(
        all=rows.count(), there=(rows.status != LOST).sum().fill_null(0),
        doubtful=((rows.status != LOST) & rows.gone.between(0.2, 0.8)).sum().fill_null(0),
        money=rows.value_at_risk.sum(where=rows.status != LOST).fill_null(0).cast("float64"),
        method=rows.method.max(where=rows.kind == "purchases"),
    ).to_pandas().iloc[0]  # fmt: skip
    if not counted["all"]:
        return Text("There are no customers yet.", "尚无客户。")
    there, doubtful = int(counted.there), int(counted.doubtful)
    but, money = reservation(str(counted.method)), formats.amount(counted.money, currency)
    return Text(
        f"Of {there:,} customers not lost, {doubtful:,} are uncertain; {money.en} is at risk within a year."
        f"{but.en}",
        f"未流失的 {there:,} 位客户中，{doubtful:,} 位去留未定；一年内预计流失 {money.zh}。{but.zh}",
    )


@churn.grade
def stayed_away(
    churn: ir.Table,
    purchases: ir.Table,
    landed_contracts: ir.Table,
    identities: ir.Table,
    *,
    at: date,
    until: date,
) -> Grade:
    """Against who bought until `until`, and for contracts whose were still in force on that day.

    Nobody is followed for longer than their chance was told of. The naive chance is the rate at which
    customers of the same kind had left in as long a time before `at`.
    """
    days = buying_days(purchases, as_of=until)
    contracts = under_contract.held(landed_contracts, identities)
    came = days.filter(days.day > at).group_by("customer_id").agg(came=lambda t: t.day.min())
    kept = under_contract.staying(contracts, until).mutate(kept=True)
    known = churn.left_join(came, "customer_id").drop("customer_id_right").left_join(kept, "customer_id")
    back = known.came <= ibis.literal(at) + known.horizon_days.cast("int32").as_interval("D")
    there = ibis.ifelse(known.kind == "contract", known.kept, back).fill_null(False)
    near = known.mutate(chance=known.gone.round(3), gone_after=~there, called=known.status == LOST)
    cells = near.group_by("chance", "called", "silent_days", "kind", "method", "horizon_days").agg(
        customers=near.count(), gone=near.gone_after.sum()
    )
    frame = cells.to_pandas().astype({"customers": float, "gone": float})
    return graded(frame, departure_rates(days, contracts, at=at, until=until), days=(until - at).days)
