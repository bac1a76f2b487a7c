"""Reviews: of which two records should a person say whether they are one customer?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint


@table(
    key=("record_l", "record_r"),
    title=Text("To be reviewed", "待审核"),
    area="identity",
    subject="customer_l",
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), personal="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "对方记录"), personal="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("probability", Type.NUMBER, Text("Probability", "概率"), unit="share"),
        Column("weight", Type.NUMBER, Text("Weight of evidence", "证据权重")),
        Column("customer_l", Type.TEXT, Text("Customer", "客户编号")),
        Column("customer_r", Type.TEXT, Text("Other customer", "对方客户")),
        Column("why", Type.TEXT, Text("Why", "原因"), note=Text(
            "`unsure`: too improbable to be merged, too probable to be left. "
            "`guard`: enough to be merged, but a guard keeps them apart.",
            "`unsure`：不足以自动合并，又不可忽略。`guard`：足以合并，但被防误并规则拦下。")),
    ],
)  # fmt: skip
def reviews(
    pairs: ir.Table,
    links: ir.Table,
    thresholds: ir.Table,
    identities: ir.Table,
    landed_decisions: ir.Table,
    *,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The pairs of records of two customers that may be one, and on which nobody has decided.

    One row per pair at least as probable as `review_at` of its kind, and per certain link that a guard
    has cut; `probability` and `weight` are empty where that is not among the pairs. Two customers whom
    somebody keeps apart are not asked about again, whatever records they gain.
    """
    lines = thresholds.select("kind", "merge_at", "review_at")
    scored = pairs.inner_join(lines, "kind").filter(lambda t: t.probability >= t.review_at)
    unsure = scored.select(
        "record_l", "record_r", "kind", "probability", "weight",
        why=(scored.probability >= scored.merge_at).ifelse("guard", "unsure"),
    )  # fmt: skip
    # A table of its own first: DuckDB would join every two customers that differ, and then look for pairs.
    known = checkpoint(_with_customers(_with_links(unsure, links), identities))
    apart = known.filter(known.customer_l != known.customer_r)
    return apart.anti_join(_kept_apart(landed_decisions, identities), ["customer_l", "customer_r"])


def _with_links(scored: ir.Table, links: ir.Table) -> ir.Table:
    """The scored pairs and the linked ones, each pair once."""
    linked = links.select("record_l", "record_r").distinct()
    ends = ["record_l", "record_r"]
    cut = scored.semi_join(linked, ends).mutate(why=ibis.literal("guard"))
    alone = linked.anti_join(scored, ends).select(
        *ends, kind=ibis.null(str), probability=ibis.null(float), weight=ibis.null(float),
        why=ibis.literal("guard"),
    )  # fmt: skip
    return scored.anti_join(linked, ends).union(cut).union(alone)


def _with_customers(pairs: ir.Table, identities: ir.Table) -> ir.Table:
    for side in "lr":
        whose = identities.select(**{f"record_{side}": "record", f"customer_{side}": "customer_id"})
        pairs = pairs.inner_join(whose, f"record_{side}")
    return pairs


def _kept_apart(landed_decisions: ir.Table, identities: ir.Table) -> ir.Table:
    """The customers whom somebody keeps apart, either way round."""
    parting = landed_decisions.filter(landed_decisions.verb != "same").select("decision", "side", "record")
    named = parting.inner_join(identities.select("record", "customer_id"), "record")
    sides = named.select("decision", "side", customer_l="customer_id").distinct()
    other = sides.view().select("decision", other="side", customer_r="customer_l")
    both = sides.inner_join(other, "decision").filter(lambda t: t.side != t.other)
    return both.select("customer_l", "customer_r").distinct()
