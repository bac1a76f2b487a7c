"""Common values: how many bear the names, homes and birth dates that several records have?"""

import ibis.expr.types as ir

from shuke.identity.scarcity import commons
from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key=("feature", "value"),
    title=Text("What several records have in common", "多条记录共有的值"),
    area="identity",
    subject=None,
    columns=[
        Column("feature", Type.TEXT, Text("Feature", "特征")),
        Column("value", Type.TEXT, Text("Value", "值"), personal="text"),
        Column("records", Type.INTEGER, Text("Records that have it", "具有该值的记录数"), unit="count"),
        Column("names", Type.INTEGER, Text("Names that go with it", "对应的姓名数"), unit="count"),
        Column("bearers", Type.NUMBER, Text("Bearers", "计入的人数")),
    ],
)
def common_values(comparables: ir.Table) -> ir.Table:
    """Each name, home, birth date, phone and e-mail that more than one record has, and how many bear it.

    One row per feature and value. `bearers` are the records, and as many of the population as `scarcity`
    says; of a phone or an e-mail the names that go with it, which are counted of no other feature.
    """
    return commons(comparables)
