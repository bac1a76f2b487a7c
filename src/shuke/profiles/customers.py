"""Customers: what do we believe of each one today?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import CANONICAL, Column, Type, table

_PEOPLE = CANONICAL["people"]

#: What the golden record holds; everything else that was said stays in `facts`.
GOLDEN = (
    "kind", "name", "organisation", "phone", "email", "gender", "birth_date", "country", "region", "city",
    "district", "postcode", "address", "job", "language", "since",
)  # fmt: skip

#: Put together to a name where none is given whole.
_PARTS = ("given_name", "family_name")

#: Nobody is older; an age beyond is a slip of the pen.
OLDEST = 120


def _golden(name: str) -> Column:
    if name == "phone":
        return Column("phone", Type.TEXT, Text("Phone", "电话"), pii="phone")
    if name == "email":
        return Column("email", Type.TEXT, Text("E-mail", "电子邮箱"), pii="email")
    return _PEOPLE[name]


@table(
    key="customer_id",
    first="-last_seen",
    title=Text("Customers", "客户"),
    about=Text("One golden record per customer.", "每位客户一条黄金记录。"),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        *map(_golden, GOLDEN),
        Column("birth_from", Type.DATE, Text("Born on or after", "出生不早于"), pii="date", note=Text(
            "The birth date; where none is known, what stated ages leave.",
            "出生日期；未知时由所述年龄推算。")),
        Column("birth_until", Type.DATE, Text("Born on or before", "出生不晚于"), pii="date"),
        Column("records", Type.INTEGER, Text("Records", "记录数"), unit="count"),
        Column("sources", Type.INTEGER, Text("Sources", "来源数"), unit="count"),
        Column("first_seen", Type.TIME, Text("First known", "首次知悉")),
        Column("last_seen", Type.TIME, Text("Last heard of", "最近知悉")),
        Column("freshness", Type.NUMBER, Text("Freshness", "新鲜度"), unit="share", note=Text(
            "Mean over the attributes ever stated of the golden record; expired ones count as 0.",
            "黄金记录中曾有说法的属性的均值；过期者计 0。")),
    ],
)  # fmt: skip
def customers(landed_people: ir.Table, identities: ir.Table, facts: ir.Table, *, zone: str) -> ir.Table:
    """The golden record: for each attribute the fact that wins in `facts`.

    One row per customer with a record in force, also where nothing but a number is known of them. `kind`
    is organisation where a fact says so, or where an organisation's name is known and no person's. A name
    that came in parts is put together, family name first where it is written in Chinese characters.

    `birth_from` and `birth_until` are the birth date where one is known. Otherwise each age, on the days on
    which it was first and last stated (received, where no source states one), leaves a span of birth dates,
    and what holds is what is common to the newest ages: from the newest back to the first that contradicts
    those after it; it and all older ones stay in `facts` and count for nothing. `freshness` is the mean of
    the winning facts' over the attributes of the golden record of which anything was ever said, each
    counting alike; an attribute of which nothing is believed any more counts as 0.
    """
    people = landed_people.select(
        "collected_at", "received_at", record=landed_people.source + ":" + landed_people.record_id
    )
    records = identities.inner_join(people, "record")
    known = records.group_by("customer_id").agg(
        records=records.count(),
        sources=records.source.nunique(),
        first_here=records.collected_at.min(),
        last_here=records.collected_at.max(),
        first_received=records.received_at.min(),
        last_received=records.received_at.max(),
    )
    wanted = (*GOLDEN, *_PARTS)
    told = facts.mutate(
        golden=ibis.ifelse(facts.attribute.isin(wanted), facts.attribute, None),
        won=ibis.ifelse(facts.wins, facts.value, None),
    )
    believed = told.group_by("customer_id").agg(
        **{name: told.won.max(where=told.attribute == name) for name in wanted},
        first_said=told.first_at.min(),
        last_said=told.collected_at.max(),
        freshness=told.freshness.sum(where=told.wins & told.golden.notnull())
        / told.golden.nunique().nullif(0),
    )
    full = known.left_join(believed, "customer_id").drop("customer_id_right")
    spanned = full.left_join(_births(facts, zone), "customer_id").drop("customer_id_right")
    named = spanned.mutate(name=_name(spanned))
    alone = named.organisation.notnull() & named.name.isnull()
    return named.mutate(
        kind=ibis.coalesce(named.kind, ibis.ifelse(alone, "organisation", "person")),
        birth_from=ibis.coalesce(named.birth_date.cast("date"), named.birth_from),
        birth_until=ibis.coalesce(named.birth_date.cast("date"), named.birth_until),
        first_seen=ibis.coalesce(ibis.least(named.first_said, named.first_here), named.first_received),
        last_seen=ibis.coalesce(ibis.greatest(named.last_said, named.last_here), named.last_received),
    )


def _name(golden: ir.Table) -> ir.StringValue:
    given, family = golden.given_name, golden.family_name
    parts = ibis.ifelse(family.re_search("^[一-龥]+$"), family + given, given + " " + family)
    return ibis.coalesce(golden.name, parts, family, given)


def _births(facts: ir.Table, zone: str) -> ir.Table:
    """The birth dates that the newest ages of each customer leave possible, where they state ages."""
    stated = facts.filter((facts.attribute == "age") & facts.believed)
    aged = stated.mutate(years=stated.value.try_cast("int32"))
    ages = aged.filter(aged.years.between(0, OLDEST))
    last = ages.mutate(first_on=ibis.coalesce(to_local(ages.first_at, zone).date(), ages.said_on))
    spans = last.mutate(
        low=_years_before(last.said_on, last.years + 1) + ibis.interval(days=1),
        high=_years_before(last.said_on, last.years),
        first_high=_years_before(last.first_on, last.years),
    )
    # Who repeats an age for longer than a year meant it once; the last time is as good as any.
    each = spans.mutate(high=ibis.ifelse(spans.first_high >= spans.low, spans.first_high, spans.high))
    newest_first = ibis.window(
        group_by="customer_id",
        order_by=[each.said_on.desc(), each.received_at.desc(), each.record, each.value],
        rows=(None, 0),
    )
    so_far = each.mutate(low=each.low.max().over(newest_first), high=each.high.min().over(newest_first))
    agreeing = so_far.filter(so_far.low <= so_far.high)
    return agreeing.group_by("customer_id").agg(
        birth_from=agreeing.low.max(), birth_until=agreeing.high.min()
    )


def _years_before(day: ir.DateValue, years: ir.IntegerValue) -> ir.DateValue:
    """The same day of an earlier year; of 29 February the 28th, where that year has none."""
    then = day.year() - years
    leap = ((then % 4 == 0) & (then % 100 != 0)) | (then % 400 == 0)
    late = (day.month() == 2) & (day.day() == 29) & ~leap
    return ibis.date(then, day.month(), day.day() - late.cast("int32"))
