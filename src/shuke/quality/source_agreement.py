"""Agreement of two sources: of the customers whom both describe, how many do they say the same of?"""

import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key=("attribute", "source", "other_source"),
    title=Text("Sources in pairs", "来源两两对照"),
    about=Text("How often do two sources say the same?", "两个来源说法相同的比例是多少？"),
    area="quality",
    subject=None,
    columns=[
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("other_source", Type.TEXT, Text("Other source", "对照来源")),
        Column("customers", Type.INTEGER, Text("Customers in both", "共同客户数"), unit="count"),
        Column("agreeing", Type.INTEGER, Text("Agreeing", "一致数"), unit="count"),
    ],
)
def source_agreement(agreements: ir.Table) -> ir.Table:
    """How often each two sources agree on an attribute of the same customer.

    One row per attribute and two sources, either way round. Where a source says two things of one
    customer, the first variant counts.
    """
    one = agreements.group_by("attribute", "customer_id", "source").agg(variant=agreements.variant.min())
    other = one.view().select("attribute", "customer_id", other_source="source", other_variant="variant")
    both = one.inner_join(other, ["attribute", "customer_id"])
    pairs = both.filter(both.source != both.other_source)
    same = (pairs.variant == pairs.other_variant).cast("int64")
    return pairs.group_by("attribute", "source", "other_source").agg(
        customers=pairs.count(), agreeing=same.sum()
    )
