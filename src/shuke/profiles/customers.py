"""Customers: what do we believe of each one today?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import CANONICAL, Column, Type, table

_PEOPLE = CANONICAL["people"]

#: What the golden record holds; everything else that was said stays in `facts`.
GOLDEN = (
    "kind", "name", "organisation", "phone", "email", "gender", "birth_date", "country", "region", "city",
    "district", "postcode", "address", "job", "language", "since",
)  # fmt: skip


def _golden(name: str) -> Column:
    if name == "phone":
        return Column("phone", Type.TEXT, Text("Phone", "电话"), personal="phone")
    if name == "email":
        return Column("email", Type.TEXT, Text("E-mail", "电子邮箱"), personal="email")
    return _PEOPLE[name]


@table(
    key="customer_id",
    title=Text("Customers", "客户"),
    about=Text("One golden record per customer.", "每位客户一条黄金记录。"),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        *map(_golden, GOLDEN),
        Column("records", Type.INTEGER, Text("Records", "记录数"), unit="count"),
        Column("sources", Type.INTEGER, Text("Sources", "来源数"), unit="count"),
        Column("first_seen", Type.TIME, Text("First known", "首次知悉")),
        Column("last_seen", Type.TIME, Text("Last heard of", "最近知悉")),
    ],
)
def customers(landed_people: ir.Table, identities: ir.Table, facts: ir.Table) -> ir.Table:
    """The golden record: for each attribute the fact that wins in `facts`.

    One row per customer with a record in force, also where nothing but a number is known of them. `kind`
    is organisation where a fact says so, or where an organisation's name is known and no person's. A name
    that came in parts is put together, family name first where it is written in Chinese characters.
    """
    here = landed_people.select(record=landed_people.source + ":" + landed_people.record_id)
    records = identities.semi_join(here, "record")
    known = records.group_by("customer_id").agg(records=records.count(), sources=records.source.nunique())
    winning = facts.filter(facts.wins)
    wanted = (*GOLDEN, "given_name", "family_name")
    values = {name: winning.value.max(where=winning.attribute == name) for name in wanted}
    golden = winning.group_by("customer_id").agg(**values)
    seen = facts.group_by("customer_id").agg(
        first_seen=ibis.coalesce(facts.first_at.min(), facts.received_at.min()),
        last_seen=ibis.coalesce(facts.collected_at.max(), facts.received_at.max()),
    )
    full = known.left_join(golden, "customer_id").drop("customer_id_right").left_join(seen, "customer_id")
    named = full.mutate(name=_name(full))
    alone = named.organisation.notnull() & named.name.isnull()
    return named.mutate(kind=ibis.coalesce(named.kind, ibis.ifelse(alone, "organisation", "person")))


def _name(golden: ir.Table) -> ir.StringValue:
    given, family = golden.given_name, golden.family_name
    parts = ibis.ifelse(family.re_search("^[一-龥]+$"), family + given, given + " " + family)
    return ibis.coalesce(golden.name, parts, family, given)
