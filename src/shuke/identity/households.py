"""Households: which customers live together, without being one?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.clusters import clusters
from shuke.identity.exact_matches import CONTACTS
from shuke.identity.identifiers import record_of
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

#: Between the parts of a token; no normalised value holds a control character.
_BETWEEN = ibis.literal("\x1f")


@table(
    key=("customer_id", "household_id"),
    title=Text("Households", "家庭"),
    area="identity",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("household_id", Type.TEXT, Text("Household", "家庭编号")),
        Column("customers", Type.INTEGER, Text("Customers of the household", "家庭客户数"), unit="count"),
        Column("by_address", Type.FLAG, Text("Shares family name and address", "同姓同址")),
        Column("by_contact", Type.FLAG, Text("Shares a phone or an e-mail", "共用电话或邮箱")),
        Column("by_relation", Type.FLAG, Text("Is said to belong to it", "有家庭关系记录")),
    ],
)
def households(
    identities: ir.Table,
    normalised_records: ir.Table,
    identifiers: ir.Table,
    landed_relations: ir.Table,
    *,
    max_size: int = 8,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The customers who belong to one household; nobody is merged by it.

    One row per customer of a household of two or more. Customers belong together by their family name at
    one address (street and house, and postcode or city), by a phone or an e-mail, or by a relation of kind
    `household`; by an address, a phone or an e-mail of more than `max_size` customers nobody does. What says
    so of a customer is told by the three flags. Organisations have no household.
    """
    firms = normalised_records.filter(normalised_records.kind == "organisation").select("record")
    whose = identities.select("record", "customer_id").anti_join(firms, "record")
    shared = [_addresses(normalised_records), _contacts(identifiers), _relations(landed_relations)]
    every = ibis.union(*shared).inner_join(whose, "record")
    told = checkpoint(every.select("customer_id", "by", "token").distinct())
    sizes = told.group_by("by", "token").agg(customers=told.count(), least=told.customer_id.min())
    small = sizes.filter((sizes.customers > 1) & (sizes.customers <= max_size))
    ties = checkpoint(told.inner_join(small, ["by", "token"]).select("customer_id", "least", "by"))
    found = clusters(ties.select(record_l="customer_id", record_r="least"), checkpoint=checkpoint)
    return _households(ties, found)


def _households(ties: ir.Table, found: ir.Table) -> ir.Table:
    flags = {f"by_{how}": (ties.by == how).any() for how in ("address", "contact", "relation")}
    reasons = ties.group_by("customer_id").agg(**flags)
    homes = found.select(customer_id="record", home="cluster")
    sized = homes.mutate(customers=homes.count().over(group_by="home"))
    named = sized.mutate(household_id=ibis.literal("H") + sized.home.hexdigest("md5").substr(0, 16).upper())
    return named.inner_join(reasons, "customer_id")


def _addresses(normalised_records: ir.Table) -> ir.Table:
    known = normalised_records.filter(normalised_records.family.notnull())
    place = ibis.coalesce(known.postcode, known.city)
    home = known.family + _BETWEEN + known.street + _BETWEEN + known.house + _BETWEEN + place
    return known.select("record", by=ibis.literal("address"), token=home).filter(lambda t: t.token.notnull())


def _contacts(identifiers: ir.Table) -> ir.Table:
    held = identifiers.filter(identifiers.kind.isin(CONTACTS) & identifiers.identifies)
    return held.select("record", by=ibis.literal("contact"), token=held.kind + _BETWEEN + held.value)


def _relations(landed_relations: ir.Table) -> ir.Table:
    """Both sides of a relation; the other one is of the same source unless it names its own."""
    kept = landed_relations.filter(landed_relations.kind == "household")
    one = record_of(kept)
    other = kept.source + ":" + kept.other_record_id
    pair = one + _BETWEEN + other
    sides = [kept.select(record=side, by=ibis.literal("relation"), token=pair) for side in (one, other)]
    return sides[0].union(sides[1])
