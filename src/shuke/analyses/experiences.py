"""Experiences: what is known of each customer who rated us, and what had they been through before?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.records import record_of

MARKS: dict[str, Text] = {
    "kind": Text("Person or organisation", "个人或单位"),
    "gender": Text("Gender", "性别"),
    "age": Text("Age", "年龄"),
    "region": Text("Region", "地区"),
    "city": Text("City", "城市"),
    "job": Text("Job", "职业"),
    "language": Text("Language", "语言"),
    "channel": Text("Channel bought through", "购买渠道"),
    "store": Text("Store bought at", "购买门店"),
    "category": Text("Category bought", "购买类别"),
    "topic": Text("Contacted us about", "联系我们的主题"),
    "complained": Text("Complained", "投诉过"),
    "unanswered": Text("Complaint still without an answer", "投诉至今未获答复"),
    "returned": Text("Returned goods", "退过货"),
    "discounted": Text("Bought at a discount", "折扣购买"),
    "several": Text("Bought several times", "多次购买"),
    "nothing": Text("Bought nothing", "未购买"),
    "newcomer": Text("New customer", "新客户"),
    "approached": Text("Was contacted by us", "我们联系过"),
}
YES = "yes"

#: Of what a customer is, only those are compared of whom it is known.
ATTRIBUTES = ("kind", "gender", "age", "region", "city", "job", "language")


@table(
    key=("measure", "customer_id", "mark", "value"),
    theme="feeling",
    title=Text("Experiences before rating", "评分前的经历"),
    about=Text(
        "What is known of each customer who rated us, and what had they been through before?",
        "评分客户有何特征？评分前经历了什么？"),
    columns=[
        Column("measure", Type.TEXT, Text("Measures", "衡量")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("day", Type.DATE, Text("Rated on", "评分日期")),
        Column("mark", Type.TEXT, Text("Mark", "特征"), codes={"": Text("everybody", "全部"), **MARKS},
            note=Text("Empty: the row that everybody has.", "为空：每位客户都有的一行。")),
        Column("value", Type.TEXT, Text("Value", "取值")),
        Column("standing", Type.NUMBER, Text("Standing", "评分位次"), unit="share", note=Text(
            "The share of those asked the same who rated lower, of equals half.",
                "同一问题中评分更低者的比例，相同计半。")),
        Column("verdict", Type.TEXT, Text("Verdict", "评价")),
    ],
)  # fmt: skip
def experiences(  # noqa: PLR0917 - the tables that it is made from
    survey_scores: ir.Table,
    customers: ir.Table,
    complaints: ir.Table,
    purchases: ir.Table,
    landed_interactions: ir.Table,
    landed_touches: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    zone: str,
    checkpoint: Checkpoint,
    days_before: int = 180,
    max_age_days: int = 730,
) -> ir.Table:
    """What each customer who answered is, and what happened to them in the `days_before` days before.

    One row per measure, customer, mark and value, of the customer's latest answer within `max_age_days` days
    to a question that is not of a product, and one row without a mark. Attributes are those of `customers`;
    age is that on the day of the answer, in tens of years. All other marks are of the days before the answer:
    what was bought, and the store, channel and first category of it; what customers called about;
    complaints, and whether they are still `waiting`; returns; half or more of the lines at a discount;
    several purchases or none; the first purchase of all; calls and messages from us. `standing` is the place
    of the rating among those of the same question, so that a question that all rate highly says as much as
    any other.
    """
    latest = checkpoint(_latest(survey_scores, as_of, max_age_days))
    whose = identities.select("record", "customer_id")
    spoken = landed_interactions.mutate(
        record=record_of(landed_interactions), day=to_local(landed_interactions["at"], zone).date(),
        outbound=landed_interactions.direction.lower().isin(OUTBOUND).fill_null(False),
    ).inner_join(whose, "record")  # fmt: skip
    touched = landed_touches.filter(
        landed_touches.group.fill_null("treated") == "treated"
    ).mutate(record=record_of(landed_touches), day=to_local(landed_touches["at"], zone).date())  # fmt: skip
    touched = touched.inner_join(whose, "record")
    goods = purchases.filter((purchases.kind == "goods") & purchases.customer_id.notnull())
    before = _before(latest, days_before)
    approaches = spoken.filter(spoken.outbound).select("customer_id", "day").union(
        touched.select("customer_id", "day")
    )  # fmt: skip
    calls = spoken.filter(~spoken.outbound).mutate(value=spoken.topic.fill_null(spoken.kind).lower())
    told = [
        _attributes(latest, customers),
        *_bought(latest, goods, days_before),
        _value(before(calls), "topic", "value"),
        _fact(before(complaints), "complained"),
        _fact(before(complaints.filter(complaints.waiting)), "unanswered"),
        _fact(before(goods.filter(goods.is_return)), "returned"),
        _fact(before(approaches), "approached"),
    ]
    marks = ibis.union(*told, distinct=True)
    everybody = latest.select("measure", "customer_id", mark=ibis.literal(""), value=ibis.literal(""))
    return latest.inner_join(everybody.union(marks), ["measure", "customer_id"])


#: What sources call a contact that we began.
OUTBOUND = ("outbound", "out", "outgoing", "呼出", "外呼", "去电", "回访", "主动")


def _latest(scores: ir.Table, as_of: date, max_age_days: int) -> ir.Table:
    age = ibis.literal(as_of).delta(scores.day, unit="day")
    asked = scores.filter(
        scores.customer_id.notnull() & ~scores.measure.isin(["product", "other"]) & (age < max_age_days)
    )
    newest = ibis.window(group_by=["measure", "customer_id"], order_by=[asked.day.desc(), asked.score_id])
    one = asked.mutate(nth=ibis.row_number().over(newest)).filter(lambda t: t.nth == 0)
    same = ["measure", "survey", "question"]
    lower = ibis.rank().over(ibis.window(group_by=same, order_by=one.rating))
    alike = one.count().over(ibis.window(group_by=[*same, "rating"]))
    everybody = one.count().over(ibis.window(group_by=same))
    place = (lower + alike / 2) / everybody
    # In thousandths: so many levels are as good as all, and can be counted.
    return one.mutate(standing=(place * 1000 + 0.5).floor() / 1000).select(
        "measure", "customer_id", "day", "standing", "verdict"
    )


def _before(latest: ir.Table, days: int):  # type: ignore[no-untyped-def]
    """Rows of customers, those that lie in the days before the answer."""

    def before(rows: ir.Table) -> ir.Table:
        told = latest.select("measure", "customer_id", rated=latest.day)
        joined = rows.inner_join(told, "customer_id")
        return joined.filter(joined.rated.delta(joined.day, unit="day").between(1, days))

    return before


def _fact(rows: ir.Table, mark: str) -> ir.Table:
    return rows.select(
        "measure", "customer_id", mark=ibis.literal(mark), value=ibis.literal(YES)
    ).distinct()  # fmt: skip


def _value(rows: ir.Table, mark: str, column: str) -> ir.Table:
    named = rows.filter(rows[column].notnull())
    return named.select(
        "measure", "customer_id", mark=ibis.literal(mark), value=named[column].cast("string")
    ).distinct()  # fmt: skip


def _attributes(latest: ir.Table, customers: ir.Table) -> ir.Table:
    known = latest.inner_join(customers, "customer_id")
    years = known.day.delta(known.birth_from, unit="day") / 365.25
    span = known.birth_until.delta(known.birth_from, unit="day")
    tens = (years / 10).floor().cast("int64") * 10
    aged = known.mutate(age=ibis.ifelse(span <= 366, tens.cast("string") + "+", None))
    return ibis.union(*(_value(aged, name, name) for name in ATTRIBUTES))


def _bought(latest: ir.Table, goods: ir.Table, days: int) -> list[ir.Table]:
    lines = goods.filter(~goods.is_return).mutate(occasion=ibis.coalesce(goods.order_id, goods.day.cast(str)))
    bought = _before(latest, days)(lines)
    keys = ["measure", "customer_id"]
    counted = bought.group_by(keys).agg(
        orders=bought.occasion.nunique(), cut=(bought.discount > 0).fill_null(False).cast("int64").mean()
    )
    first = lines.group_by("customer_id").agg(day=lines.day.min())
    came = _before(latest, days)(first)
    top = bought.mutate(top=bought.category.split(" > ")[0])
    return [
        _value(top, "category", "top"), _value(bought, "store", "store_id"),
        _value(bought, "channel", "channel"),
        _fact(counted.filter(counted.orders > 1), "several"),
        _fact(counted.filter(counted.cut >= 0.5), "discounted"),
        _fact(latest.anti_join(counted, keys), "nothing"), _fact(came, "newcomer"),
    ]  # fmt: skip
