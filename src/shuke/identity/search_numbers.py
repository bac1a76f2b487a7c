"""Search numbers: by which number, address or other identifier may a customer be looked for, as it is?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table

#: The kind of what a source itself calls a record.
RECORD = "record"


@table(
    key=("record", "kind", "form"),
    title=Text("Search numbers", "检索用号码"),
    about=Text(
        "By which numbers and addresses can each customer be looked for?", "每位客户可按哪些号码和地址检索？"
    ),
    area="identity",
    laid_out_by="form",
    columns=[
        Column("form", Type.TEXT, Text("Number in small letters", "号码（小写）"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Kind", "种类")),
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
    ],
)
def search_numbers(identities: ir.Table, identifiers: ir.Table) -> ir.Table:
    """What a source calls each record, and its identifiers in their comparable form, all in small letters.

    One row per record and way to find it.
    """
    whose = identities.select("record", "customer_id")
    called = identities.mutate(kind=ibis.literal(RECORD), form=identities.record_id.lower())
    held = identifiers.inner_join(whose, "record").mutate(form=lambda t: t.value.lower())
    columns = ("form", "kind", "record", "customer_id")
    return called.select(*columns).union(held.select(*columns), distinct=True)
