"""Customer labels: who of our people owns each customer, and which tags and note were they given?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.records import record_of


@table(
    key="customer_id",
    title=Text("Owners, tags and notes", "负责人、标签与备注"),
    about=Text("What do our own people say of each customer?", "本公司人员如何标注每位客户？"),
    area="profiles",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("owner", Type.TEXT, Text("Owner", "负责人"), note=Text(
            "Who of our own people was named on the customer's page.", "在客户页面指定的本公司负责人。")),
        Column("tags", Type.TEXT, Text("Tags", "标签"), note=Text(
            "By name, with a comma between them.", "按名称排列，以逗号分隔。")),
        Column("note", Type.TEXT, Text("Note", "备注"), pii="text"),
    ],
)  # fmt: skip
def customer_labels(landed_customer_annotations: ir.Table, identities: ir.Table) -> ir.Table:
    """The owner, the tags and the note that people gave each customer in Shuke.

    One row per customer who has any. Of several records of a customer the last owner and the last note count,
    and every tag.
    """
    said = landed_customer_annotations.select(
        "kind", "value", "at", "key", record=record_of(landed_customer_annotations)
    )
    theirs = said.inner_join(identities.select("record", "customer_id"), "record")
    names = theirs.filter(theirs.kind == "tag").select("customer_id", "value").distinct()
    single = theirs.filter(theirs.kind != "tag")
    newest = ibis.row_number().over(
        group_by=[single.customer_id, single.kind], order_by=[single["at"].desc(), single.key]
    )
    last = single.mutate(nth=newest).filter(lambda t: t.nth == 0)
    told = last.group_by("customer_id").agg(
        owner=last.value.max(where=last.kind == "owner"), note=last.value.max(where=last.kind == "note")
    )
    tagged = names.group_by("customer_id").agg(tags=names.value.collect().sort().join(", "))
    everybody = ibis.union(told.select("customer_id"), tagged.select("customer_id"), distinct=True)
    both = everybody.left_join(told, "customer_id").drop("customer_id_right")
    return both.left_join(tagged, "customer_id").select("customer_id", "owner", "tags", "note")
