"""History: when did a customer id come to mean somebody, and when somebody else?"""

import ibis
import ibis.expr.types as ir

from shuke.identity.identities import guessable
from shuke.languages import Text
from shuke.tables import Column, Type, table


@table(
    key=("issued_id", "nth"),
    title=Text("History of customer ids", "客户编号沿革"),
    area="identity",
    subject="becomes",
    columns=[
        Column("issued_id", Type.TEXT, Text("Issued id", "发放编号"), pii="identifier"),
        Column("nth", Type.INTEGER, Text("Number of the event", "事件序号")),
        Column("build", Type.INTEGER, Text("By build", "构建")),
        Column("event", Type.TEXT, Text("Event", "事件")),
        Column("was", Type.TEXT, Text("Meant before", "原指客户"), pii="identifier"),
        Column("becomes", Type.TEXT, Text("Means now", "现指客户"), pii="identifier"),
        Column("why", Type.TEXT, Text("Why", "原因")),
    ],
)
def identity_history(
    customer_ids: ir.Table,
    identities: ir.Table,
    last_build_identities: ir.Table,
    landed_id_changes: ir.Table,
    landed_decisions: ir.Table,
) -> ir.Table:
    """Every change of meaning of every id ever issued.

    One row per id and event, the first being `issued`. `merged`: it means another customer from now on;
    `revived`: it means its own again; `split`: it was issued to records that had belonged to the
    customer `was`; `renewed`: the customer has a new id, made with the project's key; `ended`: its founding
    record is gone and it means nobody. `build` is empty for what
    this build changes. `why` is `decision` where a person's decision in force says so of the two, else
    `evidence`; it is empty for what is issued.
    """
    issued = customer_ids.select(
        "issued_id", nth=ibis.literal(1), build="build", event=ibis.literal("issued"),
        was=ibis.null(str), becomes="issued_id", why=ibis.null(str),
    )  # fmt: skip
    fresh = _moved(customer_ids, landed_id_changes).union(_split_off(customer_ids, last_build_identities))
    belongs = _belongs(customer_ids, identities, last_build_identities)
    explained = fresh.left_join(_decided(landed_decisions, belongs), ["was", "becomes", "apart"])
    new = explained.select(
        "issued_id", "nth", "event", "was", "becomes",
        build=ibis.null("int64"), why=explained.decided.ifelse("decision", "evidence"),
    )  # fmt: skip
    parts = [_written(part) for part in (issued, landed_id_changes, new)]
    return parts[0].union(parts[1]).union(parts[2])


def _written(events: ir.Table) -> ir.Table:
    """In the declared types, which a union asks for."""
    return events.select(**{name: events[name].cast(kind) for name, kind in identity_history.schema.items()})


def _moved(customer_ids: ir.Table, told: ir.Table) -> ir.Table:
    """The ids that do not mean what they meant: the last change says what that was, or else themselves."""
    latest = ibis.window(group_by="issued_id", order_by=told.nth.desc())
    last = told.mutate(back=ibis.row_number().over(latest)).filter(lambda t: t.back == 0)
    old = customer_ids.filter(customer_ids.build.notnull()).select("issued_id", now="customer_id")
    known = old.left_join(last.select("issued_id", last="nth", meant="becomes"), "issued_id")
    before = known.select(
        "issued_id", "now", nth=ibis.coalesce(known.last, 1) + 1,
        was=ibis.ifelse(known.last.isnull(), known.issued_id, known.meant),
    )  # fmt: skip
    own = before.now == before.issued_id
    renewed = guessable(before.was)
    return before.filter(~before.was.identical_to(before.now)).select(
        "issued_id", "was", nth=before.nth.cast("int64"), becomes="now", apart=own.fill_null(False),
        event=ibis.cases(
            (before.now.isnull(), "ended"), (own, "revived"), (renewed, "renewed"), else_="merged"
        ),
    )  # fmt: skip


def _split_off(customer_ids: ir.Table, earlier: ir.Table) -> ir.Table:
    """The ids of this build whose founding record was somebody's in the build before."""
    fresh = customer_ids.filter(customer_ids.build.isnull())
    held = fresh.inner_join(earlier.select("record", was="customer_id"), "record")
    other = (held.was != held.customer_id) & ~guessable(held.was)
    return held.filter(other).select(
        "issued_id", "was", nth=ibis.literal(2, "int64"), becomes="customer_id", apart=ibis.literal(True),
        event=ibis.literal("split"),
    )  # fmt: skip


def _belongs(customer_ids: ir.Table, identities: ir.Table, earlier: ir.Table) -> ir.Table:
    """Whose a record is, was in the build before, or became as the first of an id."""
    founded = customer_ids.select("record", customer_id="issued_id")
    held = identities.select("record", "customer_id").union(earlier.select("record", "customer_id"))
    return held.union(founded).distinct()


def _decided(landed_decisions: ir.Table, belongs: ir.Table) -> ir.Table:
    """Of which two customers a person has decided that they are one, or (`apart`) that they are not."""
    named = landed_decisions.select("decision", "side", "record", apart=landed_decisions.verb != "same")
    sides = named.inner_join(belongs, "record").select("decision", "side", "apart", "customer_id").distinct()
    other = sides.view().select("decision", other_side="side", becomes="customer_id")
    both = sides.inner_join(other, "decision").filter(lambda t: t.side != t.other_side)
    return both.select("becomes", "apart", was="customer_id", decided=ibis.literal(True)).distinct()
