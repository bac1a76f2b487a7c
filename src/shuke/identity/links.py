"""Links: which records are certainly of one customer, and what says so?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key=("record", "kind", "scope", "value"),
    title=Text("Certain links", "确定关联"),
    area="identity",
    subject=None,
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("kind", Type.TEXT, Text("Agrees on", "一致的标识")),
        Column("scope", Type.TEXT, Text("Scope", "范围")),
        Column("value", Type.TEXT, Text("Value", "值"), personal="identifier"),
        Column("records", Type.INTEGER, Text("Records that share it", "共用记录数"), unit="count"),
    ],
)
def links(identifiers: ir.Table) -> ir.Table:
    """The identifiers that join records: strong, and agreed on exactly by two or more of them.

    One row per record and identifier; all records of one (kind, scope, value) are one customer.
    """
    joining = identifiers.filter(identifiers.identifies & (identifiers.records > 1))
    return joining.select("record", "kind", "scope", "value", "records")


def token(links: ir.Table) -> ir.StringValue:
    """One text for one identifier."""
    # A control character, which no normalised value holds: "a|b" and "c" must not meet "a" and "b|c".
    return ibis.literal("\x1f").join([links.kind, links.scope, links.value])
