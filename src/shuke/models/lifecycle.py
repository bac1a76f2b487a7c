"""Life cycle: where does each customer stand with us, since when, and why?

The one answer to whether somebody is gone; every other table reads it here.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.lazy import alt
from shuke.models import under_contract
from shuke.models.stages import explained, since, stage
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.statuses import DAYS_AHEAD, GONE, LOST, STATUSES

#: By what it is told whether somebody is lost.
BASES: dict[str, Text] = {
    "model": Text("model and rhythm", "模型与节奏"),
    "rhythm": Text("own rhythm", "自身节奏"),
    "contract": Text("contract", "合同"),
}

#: What is foretold of whoever may still stay: of whose contract has ended, nothing.
_FORETOLD = (GONE.name, DAYS_AHEAD.name)

#: Chances learnt from the company's own past; any other tells nothing of a single customer.
_LEARNT = ("model_and_rhythm", "rhythm", "recency")

#: Where nobody has ever come back the usual gap is not known: a quarter of a year.
_QUARTER = 91

#: Of gaps that end at random, one in ten is so many times as long as their mean, and one in twenty.
_TENTH, _TWENTIETH = 2.303, 2.996


@table(
    key="customer_id",
    first="-since",
    theme="value",
    title=Text("Life cycle", "客户生命周期"),
    about=Text("Where does each customer stand with us?", "每位客户处于哪个阶段？"),
    reading=Text(
        "Each bar counts the customers of a status.", "每根柱表示处于该状态的客户数。"),
    limits=Text(
        "A customer without a contract never says that they leave: lost means silent for so long that hardly "
        "anybody like them comes back after it. Some will come back all the same, and are then called "
        "returned; who left lately is not seen to be gone yet.",
        "无合同的客户不会告知离开：「流失」指沉默之久，同类客户鲜有再来者。其中仍有人会回来，届时称为「回归」；"
        "刚离开的人尚未显现。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("status", Type.TEXT, Text("Status", "客户状态"), codes=STATUSES, note=Text(
            "`prospect` has not bought; `new` bought on one day, and is not due yet; `active` bought again, "
            "and is not due yet; `returned` the same after a silence of nearly nobody; `due` later than half "
            "of their gaps; `overdue` later than nine in ten; `lost` silent beyond their limit, or their "
            "contract has ended; `contract` a contract is in force; `unknown` bought on no known day.",
            "`prospect` 尚未购买；`new` 仅一天购买过且未到期；`active` 再次购买且未到期；"
            "`returned` 久别后重新购买；"
            "`due` 晚于其间隔的一半；`overdue` 晚于其间隔的十分之九；`lost` 沉默超过期限，或合同已终止；"
            "`contract` 合同有效；`unknown` 购买日期不明。")),
        Column("since", Type.DATE, Text("Since", "起始日"), note=Text(
            "Of `new`, `active` and `returned` the last purchase.",
            "`new`、`active`、`returned` 为最近购买日。")),
        Column("reason", Type.TEXT, Text("Why", "原因（英文）")),
        Column("reason_zh", Type.TEXT, Text("Why, in Chinese", "原因")),
        Column("basis", Type.TEXT, Text("Judged by", "判断依据"), codes=BASES, note=Text(
            "`model` silence of nearly nobody, and more likely gone than not by what was learnt from the "
            "company's own past; `rhythm` silence of nearly nobody alone, for too little past to learn from, "
            "or none that tells; `contract` begin and end of contracts.",
            "`model` 沉默罕见，且按本公司历史学得的流失概率过半；"
            "`rhythm` 历史太短或无规律可学，仅按沉默是否罕见；"
            "`contract` 合同起止。")),
        GONE,
        DAYS_AHEAD,
        Column("expected_on", Type.DATE, Text("Next purchase expected", "预计下次购买"), note=Text(
            "That of `next_purchase`.", "见 `next_purchase`。")),
        Column("contract_ends", Type.DATE, Text("Contract ends", "合同终止日"), note=Text(
            "The last one of those in force, or the last that ended.",
            "有效合同的最晚终止日，或最近一份的终止日。")),
        Column("last_day", Type.DATE, Text("Last purchase", "最近购买")),
        Column("buying_days", Type.INTEGER, Text("Days with a purchase", "购买天数"), unit="count"),
        Column("silent_days", Type.INTEGER, Text("Days of silence", "沉默天数"), unit="day"),
        Column("usual_days", Type.NUMBER, Text("Usual gap", "通常间隔"), unit="day"),
        Column("late_days", Type.INTEGER, Text("Silence that is not unusual", "正常沉默上限"), unit="day"),
        Column("limit_days", Type.INTEGER, Text("Lost after", "流失期限"), unit="day", note=Text(
            "Empty where no silence within ten years makes them lost.", "沉默十年仍不判为流失者为空。")),
    ],
)  # fmt: skip
def lifecycle(  # noqa: PLR0917 - the tables that it is made from
    customers: ir.Table,
    purchases: ir.Table,
    next_purchase: ir.Table,
    departure_chances: ir.Table,
    landed_contracts: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
) -> ir.Table:
    """One status for each customer on `as_of`, with the day since which it holds and the reason in words.

    One row per customer known, whoever has bought or not. Whoever has a contract in force is under
    `contract`, however silent. Whose last contract has ended is `lost` from that day, unless they have bought
    since, or bought on two days and are not due yet. All others go by their silence, the days since the
    last day on which goods were sold to them, beside the gaps that `next_purchase` finds usual for them:

        new, active, returned   silence ≤ usual_days, the median of such gaps
        due                     usual_days < silence ≤ late_days, within which nine in ten end
        overdue                 late_days < silence ≤ limit_days
        lost                    silence > limit_days

    `limit_days` is the silence that only one gap in twenty outlasts and, where `departure_chances` has learnt
    from the company's own past, in which they are more likely gone than not, whichever is longer (`basis`
    `model`; none where not even ten years would make them so). With too little past, or one that tells
    nothing, it is the former alone (`rhythm`): where not even a rhythm can be fitted that is some three
    times the mean gap, theirs or, of who bought once, that of all (see `next_purchase`); where nobody has
    come twice the usual gap is taken for 91 days.
    """
    contracts = _contracts(under_contract.held(landed_contracts, identities), as_of)
    seen = _seen(customers, purchases, contracts, as_of=as_of, zone=zone)
    whole = _beside(seen, contracts, _rhythms(next_purchase), _chances(departure_chances))
    # Computed once: status, day and words name each of these many times.
    staged = stage(checkpoint(_limits(whole, as_of)))
    lost = staged.status == LOST
    left = lost & (staged.basis == "contract")
    dated = staged.mutate(
        since=since(staged),
        **{name: ibis.ifelse(left, None, staged[name]) for name in _FORETOLD},
        expected_on=ibis.ifelse(lost, None, staged.expected_on),
        buying_days=staged.gaps + 1,
        usual_days=staged.usual,
    )
    return explained(dated)


def _seen(
    customers: ir.Table, purchases: ir.Table, contracts: ir.Table, *, as_of: date, zone: str
) -> ir.Table:
    """Everybody known, with a line of goods (`traded`), or with a contract."""
    goods = purchases.filter(purchases.customer_id.notnull() & (purchases.kind == "goods"))
    past = goods.filter(goods.day.isnull() | (goods.day <= as_of))
    day = to_local(customers.first_seen, zone).date()
    nothing = ibis.null("date")
    every = customers.select("customer_id", day=ibis.ifelse(day <= as_of, day, None), traded=False).union(
        past.select("customer_id", day=nothing, traded=True).distinct(),
        contracts.select("customer_id", day=nothing, traded=False),
    )
    return every.group_by("customer_id").agg(first_seen=every.day.min(), traded=every.traded.any())


def _rhythms(rhythm: ir.Table) -> ir.Table:
    return rhythm.select(
        "customer_id", "last_day", "gaps", "last_gap", "rhythm_days", "late_days", "limit_days", "came_back",
        "expected_on",
    )  # fmt: skip


def _chances(told: ir.Table) -> ir.Table:
    return told.select("customer_id", "gone", "lost_after", "horizon_days", learnt=told.method.isin(_LEARNT))


def _beside(seen: ir.Table, *more: ir.Table) -> ir.Table:
    for told in more:
        seen = seen.left_join(told, "customer_id").drop("customer_id_right")
    return seen.mutate(held=seen.held.fill_null(False))


def _limits(whole: ir.Table, as_of: date) -> ir.Table:
    """With `silent_days`, and the silences that are usual, late, and too long."""
    silent = ibis.literal(as_of).delta(whole.last_day, unit="day").cast("int64")
    bought = whole.last_day.notnull()
    usual = ibis.coalesce(whole.rhythm_days, ibis.ifelse(bought, float(_QUARTER), None))
    late, limit = (
        ibis.coalesce(known, ibis.ifelse(bought, int(_QUARTER * times), None))
        for known, times in ((whole.late_days, _TENTH), (whole.limit_days, _TWENTIETH))
    )
    learnt = whole.learnt.fill_null(False)
    doubtful = ibis.greatest(limit, ibis.coalesce(whole.lost_after, limit))
    # To the day the chance itself decides, of which the length of silence is only worked out.
    gone = ((silent > limit) & (whole.gone >= 0.5)).fill_null(False)
    told = ibis.ifelse(gone, ibis.least(doubtful, silent - 1), ibis.greatest(doubtful, silent))
    # Of whom no silence decides, there is no day on which they will be given up.
    never = learnt & ~gone & whole.lost_after.isnull()
    limits = ibis.cases((never, ibis.null("int64")), (learnt, told), else_=limit)
    return whole.mutate(silent_days=silent, usual=usual, late_days=late, learnt=learnt, limit_days=limits)


def _contracts(contracts: ir.Table, as_of: date) -> ir.Table:
    """The customers whose contract has begun: whether one is `held`, since when, and when the last ends."""
    begun = contracts.filter(contracts.starts <= as_of)
    live = under_contract.in_force(begun, as_of)
    until = ibis.least(ibis.coalesce(begun.ends, date.max), ibis.coalesce(begun.cancelled, date.max))
    last = begun.group_by("customer_id").agg(
        held=live.any(), begun_on=begun.starts.min(where=live), ended_on=until.max(where=~live),
        ends=ibis.coalesce(begun.ends, date.max).max(where=live),
    )  # fmt: skip
    known = ibis.ifelse(last.held, last.ends, last.ended_on)
    return last.mutate(contract_ends=known.nullif(ibis.literal(date.max))).drop("ends")


@lifecycle.chart
def customers_by_status(rows: ir.Table) -> alt.Chart:
    frame = rows.group_by("status").agg(customers=rows.count()).to_pandas()
    named = frame.assign(title=[str(STATUSES[code]) for code in frame.status])
    people = str(Text("Customers", "客户数"))
    bars: alt.Chart = (
        alt.Chart(named)
        .mark_bar()
        .encode(
            y=alt.Y("title:N", sort=[str(text) for text in STATUSES.values()], title=None),
            x=alt.X("customers:Q", title=people),
            tooltip=["title", alt.Tooltip("customers:Q", title=people, format=",")],
        )
    )
    return bars


@lifecycle.sentence
def standing(rows: ir.Table) -> Text:
    counted = rows.aggregate(
        ever=(rows.status != "prospect").sum().fill_null(0), lost=(rows.status == LOST).sum().fill_null(0),
        late=(rows.status == "overdue").sum().fill_null(0),
        plain=(rows.basis == "rhythm").any().fill_null(False),
    ).to_pandas().iloc[0]  # fmt: skip
    if not counted.ever:
        return Text("Nobody has bought yet.", "尚无人购买。")
    but = Text("", "")
    if counted.plain:
        but = Text(
            " There is too little past to learn from: who has been silent for some three times as long as is "
            "usual for them counts as lost.",
            "历史太短，无从学习：沉默约为其通常间隔三倍者计为流失。",
        )
    ever, lost, late = (int(counted[name]) for name in ("ever", "lost", "late"))
    return Text(
        f"Of {ever:,} customers {lost:,} are lost and {late:,} overdue.{but.en}",
        f"{ever:,} 位客户中，{lost:,} 位已流失，{late:,} 位逾期未购。{but.zh}",
    )
