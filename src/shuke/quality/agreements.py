"""Agreements: what do the sources of one customer say of the same attribute, and does it agree?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table

#: What one person or organisation has one of at a time, so that two different values cannot both hold.
COMPARED = (
    "name", "organisation", "gender", "birth_date", "country", "region", "city", "district", "postcode",
    "address",
)  # fmt: skip


@table(
    key=("record", "attribute"),
    title=Text("Agreement of sources", "来源间一致"),
    about=Text("Does another source say the same of the customer?", "其他来源对同一客户说法是否一致？"),
    area="quality",
    columns=[
        Column("record", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("source", Type.TEXT, Text("Source", "来源")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        Column("attribute", Type.TEXT, Text("Attribute", "属性")),
        Column("variant", Type.INTEGER, Text("Variant", "说法序号"), note=Text(
            "Equal where two records of the customer say the same.", "同一客户的记录说法相同则序号相同。")),
        Column("variants", Type.INTEGER, Text("Variants", "说法数"), unit="count"),
        Column("agrees", Type.FLAG, Text("Confirmed", "得到证实"), note=Text(
            "Another source says the same.", "另有来源说法相同。")),
    ],
)  # fmt: skip
def agreements(landed_people: ir.Table, identities: ir.Table) -> ir.Table:
    """What each record says of its customer, where another source speaks of the same attribute.

    One row per record and attribute, of customers whom two sources or more describe; a value that nobody
    else speaks of has no row. Values are compared in lower case, letters and digits alone, places
    without the 市 or 省 that some leave out. Of an organisation no name is compared: it has one, and who
    answers for it has another.
    """
    owned = identities.select("record", "customer_id")
    people = landed_people.mutate(record=landed_people.source + ":" + landed_people.record_id)
    told = people.inner_join(owned, "record")
    sources = told.group_by("customer_id").agg(
        sources=told.source.nunique(),
        firm=(told.organisation.notnull() | (told.kind == "organisation")).any(),
    )
    shared = told.inner_join(sources.filter(sources.sources > 1), "customer_id")
    forms = shared.select("record", "source", "customer_id", **_forms(shared))
    long = forms.pivot_longer(list(COMPARED), names_to="attribute", values_to="form")
    return _compared(long.filter(long.form != ""))


def _forms(people: ir.Table) -> dict[str, ir.StringValue]:
    """Every compared attribute in the form in which equal ones are equal."""
    said = {name: people[name].cast("string") for name in COMPARED}
    parts = people.family_name.fill_null("") + people.given_name.fill_null("")
    said["name"] = ibis.ifelse(people.firm, ibis.null("string"), ibis.coalesce(people.name, parts))
    plain = {name: value.lower().re_replace(r"[^\p{L}\p{N}]", "") for name, value in said.items()}
    return plain | {
        name: plain[name].re_replace("[省市区县]$", "") for name in ("region", "city", "district")
    }


def _compared(long: ir.Table) -> ir.Table:
    """With what the other sources of the customer say of the same attribute."""
    about = ["customer_id", "attribute"]
    by_form = long.group_by([*about, "form"]).agg(confirming=long.source.nunique())
    by_source = long.group_by(about).agg(sources=long.source.nunique(), variants=long.form.nunique())
    beside = long.inner_join(by_source, about).filter(lambda t: t.sources > 1)
    known = beside.inner_join(by_form, [*about, "form"])
    ranked = known.mutate(
        variant=ibis.dense_rank().over(ibis.window(group_by=about, order_by=known.form)) + 1
    )
    return ranked.mutate(agrees=ranked.confirming > 1)
