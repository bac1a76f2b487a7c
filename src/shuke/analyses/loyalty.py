"""Loyalty: how attached is each customer, by trust, contact, service, satisfaction and the will to renew?"""

from __future__ import annotations

import functools
import operator
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np

from shuke.analyses.rank_differences import rank_difference
from shuke.errors import NotEnoughData
from shuke.languages import N_, Text
from shuke.lazy import alt
from shuke.tables import Column, Grade, Measure, Type, table
from shuke.tables.derived import Checkpoint

PARTS: dict[str, Text] = {
    "trust": Text("Trust", "信任"),
    "contact": Text("Frequency of contact", "往来频次"),
    "service": Text("Satisfaction with service", "服务满意度"),
    "overall": Text("Satisfaction overall", "总体满意度"),
    "renewal": Text("Likelihood to renew", "续购意愿"),
}
SOURCES = {"survey": Text("survey", "问卷"), "behaviour": Text("behaviour", "行为")}

#: What an answer counts that was given today; half as much after so many days. And what behaviour counts.
HALF_LIFE, BEHAVED = 365.0, 0.5

#: Days; who came later is taken to have been here for so long.
QUARTER = 91


def _columns() -> list[Column]:
    return [
        column
        for part, title in PARTS.items()
        for column in (
            Column(part, Type.NUMBER, title, unit="point"),
            Column(
                f"{part}_source", Type.TEXT, Text(f"{title.en}: told by", f"{title.zh}：依据"), codes=SOURCES
            ),
            Column(
                f"{part}_age",
                Type.INTEGER,
                Text(f"{title.en}: days old", f"{title.zh}：距今天数"),
                unit="day",
            ),
        )
    ]


@table(
    key="customer_id",
    first="-loyalty",
    theme="feeling",
    title=Text("Loyalty", "忠诚度"),
    about=Text("How attached is each customer to us?", "每位客户对我们有多忠诚？"),
    reading=Text(
        "Each bar counts the customers with such an index; the bolder, the more of it rests on what they "
        "themselves have said.",
        "每条为指数在该区间的客户数，颜色越醒目，越多依据客户本人所言。"),
    limits=Text(
        "An index is a convention: its parts and weights are chosen, not found. What behaviour says of a "
        "feeling is "
        "a guess, which is why it counts half for confidence. Whether it tells who stays, its backtest says.",
        "指数是一种约定：各部分与权重由人选定。由行为推断感受只是猜测，故可信度减半。它能否预测去留，见回测。"
        ""),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("loyalty", Type.NUMBER, Text("Loyalty index", "忠诚度指数"), unit="point", note=Text(
            "From 0 to 100: the weighted mean of the parts that are known.", "0–100：已知各部分的加权平均。"
                "")),
        Column("confidence", Type.NUMBER, Text("Confidence", "可信度"), unit="share"),
        Column("known", Type.INTEGER, Text("Parts known", "已知部分数"), unit="count"),
        Column("asked", Type.INTEGER, Text("Parts from surveys", "来自问卷的部分数"), unit="count"),
        *_columns(),
    ],
)  # fmt: skip
def loyalty(
    survey_scores: ir.Table,
    behaviour: ir.Table,
    complaints: ir.Table,
    opinions: ir.Table,
    departure_chances: ir.Table,
    *,
    as_of: date,
    checkpoint: Checkpoint,
    max_age_days: int = 730,
    trust_weight: float = 1.0,
    contact_weight: float = 1.0,
    service_weight: float = 1.0,
    overall_weight: float = 1.0,
    renewal_weight: float = 1.0,
) -> ir.Table:
    """One index of loyalty per customer from five parts, each from 0 to 100.

    One row per customer of whom at least one part is known. A part is the latest answer of a survey within
    `max_age_days` days (see `survey_scores`), where there is one, else what behaviour says:

    - trust: answers of `trust`; else the share of orders that were not followed by a return
    - contact: orders, contacts and answers a year, as a place among all customers (100: the most)
    - service: satisfaction that asks about service, and ease; else the share of contacts that did not
      complain, and 0 where a complaint waits for an answer
    - overall: recommendation and satisfaction; else the share of praise among texts that praise or blame
    - renewal: answers of `renewal`; else one less the chance of having gone (see `departure_chances`)

        loyalty    = Σ weight × part / Σ weight                        over the parts that are known
        confidence = Σ weight × reliability / Σ weight                 over all five

    Reliability is 1 of an answer given today, half of it after a year and so on; of behaviour 0.5; of what
    is not known 0. So what is missing lowers the confidence, not the index. How it moves is told by
    `loyalty_moves`.
    """
    weights = {
        "trust": trust_weight, "contact": contact_weight, "service": service_weight,
        "overall": overall_weight, "renewal": renewal_weight,
    }  # fmt: skip
    found = _answered(survey_scores, as_of, max_age_days).union(
        _behaved(behaviour, complaints, opinions, departure_chances, as_of)
    )
    best = ibis.window(group_by=["customer_id", "part"], order_by=found.rank)
    parts = checkpoint(found.mutate(nth=ibis.row_number().over(best)).filter(lambda t: t.nth == 0))
    reliability = ibis.ifelse(
        parts.source == "survey", ibis.literal(0.5) ** (parts.age.cast("float64") / HALF_LIFE), BEHAVED
    )
    weighed = parts.mutate(reliability=reliability)
    each = weighed.group_by("customer_id").agg(
        known=weighed.count(), asked=(weighed.source == "survey").sum(),
        **{name: 100 * weighed.value.max(where=weighed.part == name) for name in PARTS},
        **{f"{name}_sure": weighed.reliability.max(where=weighed.part == name) for name in PARTS},
        **{f"{name}_source": weighed.source.max(where=weighed.part == name) for name in PARTS},
        **{f"{name}_age": weighed.age.max(where=weighed.part == name) for name in PARTS},
    )  # fmt: skip
    # Part by part, for a sum over rows would end in other digits with every order of them.
    weight = {name: ibis.ifelse(each[name].isnull(), 0.0, float(weights[name])) for name in PARTS}
    whole = functools.reduce(operator.add, weight.values()).nullif(0)
    return each.mutate(
        loyalty=functools.reduce(operator.add, (weight[n] * each[n].fill_null(0.0) for n in PARTS)) / whole,
        confidence=functools.reduce(
            operator.add, (weight[n] * each[f"{n}_sure"].fill_null(0.0) for n in PARTS)
        ) / sum(weights.values()),
    )  # fmt: skip


def _answered(scores: ir.Table, as_of: date, max_age_days: int) -> ir.Table:
    asked = scores.mutate(
        age=ibis.literal(as_of).delta(scores.day, unit="day"),
        part=ibis.cases(
            (scores.measure == "trust", "trust"), (scores.measure == "renewal", "renewal"),
            ((scores.measure == "ces") | ((scores.measure == "csat") & scores.of_service), "service"),
            (scores.measure.isin(["nps", "csat"]), "overall"), else_=None,
        ),
    )  # fmt: skip
    heard = asked.filter(asked.part.notnull() & asked.customer_id.notnull() & (asked.age < max_age_days))
    newest = ibis.window(group_by=["customer_id", "part"], order_by=[heard.day.desc(), heard.score_id])
    latest = heard.mutate(nth=ibis.row_number().over(newest)).filter(lambda t: t.nth == 0)
    return latest.select(
        "customer_id", "part", source=ibis.literal("survey"), value=latest.rating,
        age=latest.age.cast("int64"), rank=ibis.literal(0, type="int64"),
    )  # fmt: skip


def _behaved(
    behaviour: ir.Table, complaints: ir.Table, opinions: ir.Table, chances: ir.Table, as_of: date
) -> ir.Table:
    waits = complaints.group_by("customer_id").agg(waiting=complaints.waiting.any())
    known = behaviour.left_join(waits, "customer_id").drop("customer_id_right")
    last = ibis.greatest(
        *(
            known[n].fill_null(date(1970, 1, 1))
            for n in ("last_order", "last_contact", "last_event", "last_answer")
        )
    )
    # Whole numbers, so that both engines find the same customers equal.
    days = ibis.greatest(ibis.literal(as_of).delta(known.first_order, unit="day").cast("int64"), QUARTER)
    done = (known.orders + known.contacts + known.answers).cast("int64")
    busy = known.mutate(seen=last, rate=done.cast("float64") / days.cast("float64"))
    bought = busy.filter(busy.rate.notnull())
    others = (bought.count().over(ibis.window()) - 1).nullif(0)
    placed = bought.mutate(place=ibis.rank().over(ibis.window(order_by=bought.rate)) / others)
    called = busy.filter((busy.contacts > 0) | busy.waiting.fill_null(False))
    waiting = called.waiting.fill_null(False)
    judged = opinions.filter(opinions.sentiment.isin(["praise", "blame"]) & opinions.customer_id.notnull())
    tone = judged.group_by("customer_id").agg(
        value=(judged.sentiment == "praise").cast("float64").mean(), day=judged.day.max()
    )
    sold = busy.filter(busy.orders > 0)
    parts = (
        _part("trust", sold, 1 - sold.returns / sold.orders, sold.last_order, as_of),
        _part("contact", placed, placed.place, placed.seen, as_of),
        _part("service", called, ibis.ifelse(waiting, 0.0, 1 - called.complaints / called.contacts.nullif(0)),
              called.last_contact, as_of),
        _part("overall", tone, tone.value, tone.day, as_of),
        _part("renewal", chances, 1 - chances.gone, ibis.literal(as_of), as_of),
    )  # fmt: skip
    return ibis.union(*parts)


def _part(name: str, rows: ir.Table, value: ir.NumericValue, day: ir.DateValue, as_of: date) -> ir.Table:
    told = rows.select(
        "customer_id", part=ibis.literal(name), source=ibis.literal("behaviour"),
        value=ibis.least(ibis.greatest(value.cast("float64"), 0.0), 1.0),
        age=ibis.literal(as_of).delta(day, unit="day").cast("int64"), rank=ibis.literal(1, type="int64"),
    )  # fmt: skip
    return told.filter(told.value.notnull())


@loyalty.chart
def tenths(rows: ir.Table) -> alt.Chart:
    binned = rows.mutate(tenth=ibis.least((rows.loyalty / 10).floor(), 9.0) * 10)
    frame = binned.group_by("tenth").agg(
        customers=binned.count(), confidence=binned.confidence.mean()
    ).order_by("tenth").to_pandas()  # fmt: skip
    people, sure = str(Text("Customers", "客户数")), str(loyalty["confidence"].title)
    shown = frame.assign(tenth=[f"{t:.0f}–{t + 10:.0f}" for t in frame.tenth])
    bars: alt.Chart = alt.Chart(shown).mark_bar().encode(
        x=alt.X("tenth:O", title=str(loyalty["loyalty"].title), sort=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("customers:Q", title=people),
        color=alt.Color("confidence:Q", title=sure, legend=alt.Legend(format=".0%")),
        tooltip=["tenth", alt.Tooltip("customers:Q", title=people, format=","),
                 alt.Tooltip("confidence:Q", title=sure, format=".0%")],
    )  # fmt: skip
    return bars


@loyalty.sentence
def loyalty_sentence(rows: ir.Table) -> Text:
    told = rows.aggregate(
        customers=rows.count(), index=rows.loyalty.mean(), asked=(rows.asked > 0).sum().fill_null(0),
        loyal=(rows.loyalty >= 70).sum().fill_null(0),
    ).to_pandas().iloc[0]  # fmt: skip
    if not told.customers:
        return Text("Nothing is known from which loyalty could be told.", "没有可据以判断忠诚度的信息。")
    customers, loyal, asked = int(told.customers), int(told.loyal), int(told.asked)
    return Text(
        f"The index is {told['index']:.0f} on the average; of {loyal:,} of {customers:,} customers it is 70 "
        f"or more. "
        f"{asked:,} have said something of it themselves.",
        f"指数平均为 {told['index']:.0f}；{customers:,} 位客户中 {loyal:,} 位达到 70 以上。"
        f"其中 {asked:,} 位有本人作答。",
    )


@loyalty.grade
def stayed(loyalty: ir.Table, purchases: ir.Table, *, at: date, until: date) -> Grade:
    """Whether those of a higher index bought again until `until` rather than those of a lower.

    Of customers who had bought in the 365 days before `at`, by the chance that one who came back has the
    higher index than one who did not (AUC), beside the days since the last purchase alone.
    """
    goods = purchases.filter((purchases.kind == "goods") & ~purchases.is_return)
    known = goods.filter(goods.day <= at).group_by("customer_id").agg(last=lambda t: t.day.max())
    silent = ibis.literal(at).delta(known["last"], unit="day")
    there = known.mutate(silent=silent).filter(silent < 365)
    came = goods.filter((goods.day > at) & (goods.day <= until)).select("customer_id", came=True).distinct()
    both = loyalty.inner_join(there, "customer_id").left_join(came, "customer_id")
    judged = both.select("loyalty", "silent", came=both.came.fill_null(False)).to_pandas()
    if judged.empty or judged.came.all() or not judged.came.any():
        raise NotEnoughData(N_("There is nobody who came back, or nobody who stayed away, to grade it by."))
    value = _ahead(judged.loyalty.round(1).to_numpy(float), judged.came.to_numpy(bool))
    naive = _ahead(-judged.silent.to_numpy(float), judged.came.to_numpy(bool))
    title = Text("AUC of who came back, beside recency", "再次购买者 AUC（对比沉默时长排序）")
    return Grade(
        subjects=len(judged),
        measures=(Measure(name="auc", title=title, value=value, naive=naive),),
        sentence=Text(
            f"One who came back had the higher index than one who did not {value:.0%} of the time.",
            f"再次购买者的指数高于未再购买者的概率为 {value:.0%}。",
        ),
    )


def _ahead(figure: np.ndarray, came: np.ndarray) -> float:
    """The chance that one who came back has the higher figure than one who did not, equal ones half."""
    _, level = np.unique(figure, return_inverse=True)
    counts = [
        np.bincount(level[who], minlength=level.max() + 1)[:, None].astype(float) for who in (came, ~came)
    ]
    return float((rank_difference(*counts).delta[0] + 1) / 2)
