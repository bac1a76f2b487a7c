"""Contact cadence: do we get in touch with the customers who matter, too rarely or too often?"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke import formats
from shuke.languages import Text
from shuke.lazy import alt
from shuke.tables import Column, Type, table

VERDICTS: dict[str, Text] = {
    "too_little": Text("too rarely", "过少"),
    "right": Text("within bounds", "适度"),
    "too_much": Text("too often", "过多"),
    "unknown": Text("not recorded", "无记录"),
}


@table(
    key="customer_id",
    first="-neglected",
    theme="feeling",
    title=Text("Contact with customers who matter", "重要客户的联系"),
    about=Text(
        "Do we get in touch with the customers who matter, too rarely or too often?",
        "对重要客户的主动联系是过少还是过多？"),
    reading=Text(
        "Each bar is a fifth of customers by what they spent in a year, the best on the right; its parts "
        "tell "
        "with how many we get in touch too rarely or too often.",
        "每条为按年消费划分的五分之一客户，最右为最佳；各段为联系过少、适度与过多的客户数。"),
    limits=Text(
        "What is too rare or too often is a bound that the company sets, not a finding; see contact_effect "
        "for "
        "what contact brings. Contacts that nobody records do not count.",
        "过少与过多取决于企业设定的界限，而非分析结论；联系的效果见 contact_effect。未登记的联系不计。"),
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("spent", Type.MONEY, Text("Spent in a year", "一年消费"), unit="currency"),
        Column("fifth", Type.INTEGER, Text("Fifth by spending", "消费五分位"), note=Text(
            "5 spends most.", "5 为消费最多。")),
        Column("contacts", Type.INTEGER, Text("Contacts in a year", "一年主动联系"), unit="count"),
        Column("most_in_month", Type.INTEGER, Text("Most in 30 days", "30 天内最多"), unit="count"),
        Column("last_contact", Type.DATE, Text("Last contact", "最近主动联系")),
        Column("silent_days", Type.INTEGER, Text("Days since", "距今天数"), unit="day"),
        Column("gap_days", Type.NUMBER, Text("Days between contacts", "联系间隔天数"), unit="day"),
        Column("verdict", Type.TEXT, Text("Contact is", "联系"), codes=VERDICTS),
        Column("neglected", Type.MONEY, Text("Spending left alone", "被忽视的消费额"), unit="currency",
            note=Text("What those spent with whom we are too rarely in touch.", "联系过少者的年消费额。")),
    ],
)  # fmt: skip
def contact_cadence(
    own_contacts: ir.Table,
    purchases: ir.Table,
    *,
    as_of: date,
    max_silent_days: int = 180,
    max_in_month: int = 4,
) -> ir.Table:
    """How often we get in touch with each customer who bought in the last 365 days.

    One row per such customer. `fifth` is the fifth by what was spent in that time, of equals by their ids.
    Contact is too rare where a customer of the best fifth has not heard from us for more than
    `max_silent_days` days, or never; too often where more than `max_in_month` contacts fell into the last 30
    days. Where no contact of anybody is recorded, nothing is told. The rows stand by the spending that is
    left alone.
    """
    age = ibis.literal(as_of).delta(purchases.day, unit="day")
    goods = purchases.filter(
        (purchases.kind == "goods") & purchases.customer_id.notnull() & age.between(0, 364)
    )
    buyers = goods.group_by("customer_id").agg(
        spent=goods.amount.sum().fill_null(0), orders=(~goods.is_return).sum()
    )
    ranked = buyers.filter(buyers.orders > 0)
    best = ibis.window(order_by=[ranked.spent, ranked.customer_id])
    placed = ranked.mutate(place=ibis.row_number().over(best), whole=ranked.count().over(ibis.window()))
    fifths = placed.mutate(fifth=(placed.place * 5 // placed.whole + 1).cast("int64"))
    since = own_contacts.mutate(age=ibis.literal(as_of).delta(own_contacts.day, unit="day"))
    told = since.group_by("customer_id").agg(
        contacts=(since.age < 365).sum(), most_in_month=(since.age < 30).sum(),
        last_contact=since.day.max(), first_contact=since.day.min(), days=since.day.nunique(),
    )  # fmt: skip
    full = fifths.left_join(told, "customer_id").drop("customer_id_right")
    silent = ibis.literal(as_of).delta(full.last_contact, unit="day")
    judged = full.mutate(
        contacts=full.contacts.fill_null(0), most_in_month=full.most_in_month.fill_null(0),
        silent_days=silent,
        gap_days=full.last_contact.delta(full.first_contact, unit="day") / (full.days - 1).nullif(0),
        verdict=ibis.cases(
            (own_contacts.count().as_scalar() == 0, "unknown"),
            (full.most_in_month.fill_null(0) > max_in_month, "too_much"),
            ((full.fifth == 5) & (silent.isnull() | (silent > max_silent_days)), "too_little"), else_="right",
        ),
    )  # fmt: skip
    return judged.mutate(neglected=ibis.ifelse(judged.verdict == "too_little", judged.spent, None))


@contact_cadence.chart
def fifths_bars(rows: ir.Table) -> alt.Chart:
    counts = rows.group_by("fifth", "verdict").agg(customers=rows.count())
    frame = counts.order_by("fifth", "verdict").to_pandas()
    shown = frame.assign(verdict=[str(VERDICTS[v]) for v in frame.verdict])
    title = {column.name: str(column.title) for column in contact_cadence.columns}
    people = str(Text("Customers", "客户数"))
    bars: alt.Chart = alt.Chart(shown).mark_bar().encode(
        x=alt.X("fifth:O", title=title["fifth"], axis=alt.Axis(labelAngle=0)),
        y=alt.Y("customers:Q", title=people),
        color=alt.Color("verdict:N", title=title["verdict"]),
        tooltip=["verdict", alt.Tooltip("customers:Q", title=people, format=",")],
    )  # fmt: skip
    return bars


@contact_cadence.sentence
def cadence_sentence(rows: ir.Table, *, currency: str = "") -> Text:
    counted = rows.aggregate(
        all=rows.count(), any=(rows.contacts > 0).sum().fill_null(0), best=(rows.fifth ==
        5).sum().fill_null(0), little=(rows.verdict == "too_little").sum().fill_null(0),
        much=(rows.verdict == "too_much").sum().fill_null(0),
        money=rows.neglected.sum().fill_null(0).cast("float64"),
    ).to_pandas().iloc[0]  # fmt: skip
    if not counted["all"]:
        return Text("Nobody has bought in the last year.", "最近一年无人购买。")
    if not counted["any"]:
        return Text(
            "No contact that we began with these customers has been recorded in a year.",
            "一年内没有主动联系这些客户的记录。",
        )
    little, best, much = int(counted.little), int(counted.best), int(counted.much)
    money = formats.amount(counted.money, currency)
    return Text(
        f"With {little:,} of the {best:,} best customers we are too rarely in touch, who spent {money.en} in "
        f"a "
        f"year; with {much:,} customers too often.",
        f"{best:,} 位最佳客户中，{little:,} 位联系过少，其年消费 {money.zh}；{much:,} 位客户联系过多。",
    )
