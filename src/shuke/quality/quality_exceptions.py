"""Exceptions: which rows are not as they should be, where no plain condition finds them?"""

from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.quality.dimensions import FIELD, FIELD_KEY
from shuke.quality.rules import Rule, rules
from shuke.tables import IDENTIFIERS, Column, Type, table

#: What of a landed row names it: its record, or its key where it is of nobody.
_ROWS = {"people": "record", "order_items": "key", "products": "key"}


@table(
    key=(*FIELD_KEY, "record"),
    title=Text("Rows of doubtful quality", "质量存疑的行"),
    about=Text("The rows behind the scores of quality.", "质量得分背后的行。"),
    area="quality",
    columns=[
        *FIELD,
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier", note=Text(
            "Of order lines and products the `key` of the landed row.", "订单明细与商品为原始行的 `key`。")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("reason", Type.TEXT, Text("Reason", "原因")),
    ],
)  # fmt: skip
def quality_exceptions(  # noqa: PLR0917 - it looks at four landed tables and who is who
    landed_people: ir.Table,
    landed_identifiers: ir.Table,
    landed_order_items: ir.Table,
    landed_products: ir.Table,
    identifiers: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    country: str,
) -> ir.Table:
    """What is wrong, row by row, without the values that are.

    One row per source, table, attribute, dimension and record. `validity`: a value that cannot be; of an
    identifier, that none of the record's has its form. `completeness`: a record without an
    identifier of a kind that its source gives. `uniqueness`: a record that is not the only one of its
    customer in its source (attribute `record`), or whose identifier another customer has too. What a
    condition on another table finds (an empty column, an expired fact, a value that no other source
    confirms) is not repeated here.
    """
    people = landed_people.mutate(record=_record(landed_people))
    landed = {"people": people, "order_items": landed_order_items, "products": landed_products}
    found = [_broken(landed[rule.table], rule) for rule in rules(as_of=as_of, country=country)]
    found += [_useless(landed_identifiers, identifiers), _missing(people, _given(landed_identifiers))]
    here = identities.semi_join(people, "record")
    found += [_duplicates(here), _shared(identifiers, here)]
    every = reduce(lambda a, b: a.union(b), (rows.select(*_COLUMNS) for rows in found))
    owners = identities.select("record", "customer_id")
    return every.left_join(owners, "record").drop("record_right")


def _broken(rows: ir.Table, rule: Rule) -> ir.Table:
    bad = rows.filter(rows[rule.attribute].notnull() & rule.bad(rows))
    return _named(bad.select("source", record=_ROWS[rule.table]), rule.table, rule.attribute).mutate(
        dimension=ibis.literal("validity"), reason=ibis.literal(rule.reason)
    )


def _useless(landed: ir.Table, identifiers: ir.Table) -> ir.Table:
    """Records none of whose values of a kind is of its form, or comes through the normalising.

    The mailbox of a department and a hot line identify nobody, and are valid all the same.
    """
    formed = landed.filter(_formed(landed)).select("source", record=_record(landed), attribute="kind")
    usable = identifiers.select("record", attribute="kind").union(formed.select("record", "attribute"))
    found = _given(landed).anti_join(usable.distinct(), ["record", "attribute"])
    return _identifier(found, "validity", "wrong_form")


def _formed(landed: ir.Table) -> ir.BooleanValue:
    """Whether a phone or an e-mail could be one; of other kinds only normalising can tell."""
    value = landed.value.strip()
    number = value.lower().re_replace(r"(ext|x|转|分机|#).*$", "").re_replace(r"[-+() ./]", "")
    one_digit = number.replace(number.substr(0, 1), "") == ""
    return ibis.cases(
        (landed.kind == "email", value.re_search(r"^[^@\s*]+@[^@\s*]+\.[^@\s.*]+$")),
        (landed.kind.isin(["phone", "fax"]), number.re_search(r"^[0-9]{5,15}$") & ~one_digit),
        else_=False,
    )


def _given(landed: ir.Table) -> ir.Table:
    """Which record has which kinds of identifiers."""
    return landed.select("source", attribute="kind", record=_record(landed)).distinct()


def _record(landed: ir.Table) -> ir.StringValue:
    return landed.source + ":" + landed.record_id


def _missing(people: ir.Table, given: ir.Table) -> ir.Table:
    kinds = given.select("source", "attribute").distinct()
    expected = people.select("source", "record").inner_join(kinds, "source").select(
        "source", "record", "attribute"
    )  # fmt: skip
    return _identifier(expected.anti_join(given, ["record", "attribute"]), "completeness", "empty")


def _shared(identifiers: ir.Table, identities: ir.Table) -> ir.Table:
    """Records with an identifier that should be one customer's and is several customers'."""
    own = [kind.name for kind in IDENTIFIERS.values() if kind.strong or kind.name == "national_id"]
    several = identifiers.filter(identifiers.kind.isin(own) & (identifiers.records > 1))
    whose = several.inner_join(identities.select("record", "source", "customer_id"), "record")
    value = ["kind", "scope", "value"]
    counted = whose.group_by(value).agg(customers=whose.customer_id.nunique())
    strangers = counted.filter(counted.customers > 1)
    found = whose.semi_join(strangers, value).select("source", "record", attribute="kind").distinct()
    return _identifier(found, "uniqueness", "shared")


def _duplicates(identities: ir.Table) -> ir.Table:
    several = identities.filter(identities.records > 1)
    together = ibis.window(group_by=["source", "customer_id"])
    counted = several.mutate(here=several.count().over(together))
    again = counted.filter(counted.here > 1).select("source", "record")
    return _named(again, "people", "record").mutate(
        dimension=ibis.literal("uniqueness"), reason=ibis.literal("duplicate")
    )


def _identifier(rows: ir.Table, dimension: str, reason: str) -> ir.Table:
    return rows.select(
        "source",
        "record",
        "attribute",
        table_name=ibis.literal("identifiers"),
        dimension=ibis.literal(dimension),
        reason=ibis.literal(reason),
    )


def _named(rows: ir.Table, table_name: str, attribute: str) -> ir.Table:
    return rows.mutate(table_name=ibis.literal(table_name), attribute=ibis.literal(attribute))


_COLUMNS = (*FIELD_KEY, "record", "reason")
