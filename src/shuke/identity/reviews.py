"""Reviews: of which two records should a person say whether they are one customer?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint

_BOTH = ["record_l", "record_r"]

#: By so many things two records must be compared for a person to tell.
_TELLING = 2


@table(
    key=("record_l", "record_r"),
    title=Text("To be reviewed", "待审核"),
    area="identity",
    subject="customer_l",
    columns=[
        Column("record_l", Type.TEXT, Text("Record", "记录"), pii="identifier"),
        Column("record_r", Type.TEXT, Text("Other record", "对方记录"), pii="identifier"),
        Column("kind", Type.TEXT, Text("Person or organisation", "个人或单位")),
        Column("probability", Type.NUMBER, Text("Probability", "概率"), unit="share"),
        Column("weight", Type.NUMBER, Text("Weight of evidence", "证据权重")),
        Column("worth", Type.NUMBER, Text("Worth of deciding", "判定价值"), note=Text(
            "How many pairs of records are expected to be put right by an answer.",
            "作出判定预计可纠正的记录对数。")),
        Column("customer_l", Type.TEXT, Text("Customer", "客户编号")),
        Column("customer_r", Type.TEXT, Text("Other customer", "对方客户")),
        Column("why", Type.TEXT, Text("Why", "原因"), note=Text(
            "`unsure`: too improbable to be merged, too probable to be left. "
            "`guard`: enough to be merged, but a guard keeps them apart.",
            "`unsure`：不足以自动合并，又不可忽略。`guard`：足以合并，但被防误并规则拦下。")),
    ],
)  # fmt: skip
def reviews(
    scored_pairs: ir.Table,
    exact_matches: ir.Table,
    thresholds: ir.Table,
    identities: ir.Table,
    landed_decisions: ir.Table,
    *,
    checkpoint: Checkpoint,
) -> ir.Table:
    """The pairs of records of two customers that may be one, and on which nobody has decided.

    One row per two customers: the likeliest pair of their records that is at least as probable as
    `review_at` of its kind, or a certain link that a guard has cut; `probability` and `weight` are empty
    where that is not among the pairs. `worth` is how many pairs of records an answer is expected to put
    right. Of two records that have but one thing to be compared by, such as a name, nobody can tell, and
    nobody is asked. Nor again about two customers whom somebody keeps apart, whatever records they gain.
    """
    lines = thresholds.select("kind", "merge_at", "review_at")
    scored = scored_pairs.inner_join(lines, "kind").filter(lambda t: t.probability >= t.review_at)
    unsure = scored.filter(scored.said >= _TELLING)
    linked = exact_matches.select(*_BOTH).distinct()
    # A table of its own first: nearly all that is probable is one customer by now, and need not be looked at.
    parted = checkpoint(_of_two(unsure.select(*_BOTH).union(linked, distinct=True), identities))
    asked = parted.anti_join(_kept_apart(landed_decisions, identities), ["customer_l", "customer_r"])
    return _likeliest(_told(asked, unsure, linked))


def _told(asked: ir.Table, unsure: ir.Table, linked: ir.Table) -> ir.Table:
    """Some pairs with what is known of them, and why they are asked about."""
    told = asked.left_join(unsure, _BOTH).drop("record_l_right", "record_r_right")
    certain = told.left_join(linked.mutate(certain=True), _BOTH)
    cut = certain.certain.fill_null(False) | (certain.probability >= certain.merge_at)
    return certain.select(*asked.columns, "kind", "probability", "weight", why=cut.ifelse("guard", "unsure"))


def _likeliest(scored_pairs: ir.Table) -> ir.Table:
    """Of the pairs between two customers the likeliest, with what an answer is worth."""
    one, other = (
        fold(scored_pairs.customer_l, scored_pairs.customer_r) for fold in (ibis.least, ibis.greatest)
    )
    likely = scored_pairs.probability.fill_null(0.5)
    first = ibis.window(
        group_by=[one, other], order_by=[likely.desc(), scored_pairs.record_l, scored_pairs.record_r]
    )
    numbered = scored_pairs.mutate(nth=ibis.row_number().over(first), likely=likely)
    records = (numbered.records_l * numbered.records_r).cast("float64")
    worth = (ibis.least(numbered.likely, 1 - numbered.likely) * records).round(4)
    return (
        numbered.mutate(worth=worth).filter(numbered.nth == 0).drop("nth", "likely", "records_l", "records_r")
    )


def _of_two(scored_pairs: ir.Table, identities: ir.Table) -> ir.Table:
    """The pairs of records of two customers, with both and how many records each has."""
    for side in "lr":
        whose = identities.select(
            **{f"record_{side}": "record", f"customer_{side}": "customer_id", f"records_{side}": "records"}
        )
        scored_pairs = scored_pairs.inner_join(whose, f"record_{side}")
    return scored_pairs.filter(scored_pairs.customer_l != scored_pairs.customer_r)


def _kept_apart(landed_decisions: ir.Table, identities: ir.Table) -> ir.Table:
    """The customers whom somebody keeps apart, either way round."""
    parting = landed_decisions.filter(landed_decisions.verb != "same").select("decision", "side", "record")
    named = parting.inner_join(identities.select("record", "customer_id"), "record")
    sides = named.select("decision", "side", customer_l="customer_id").distinct()
    other = sides.view().select("decision", other="side", customer_r="customer_l")
    both = sides.inner_join(other, "decision").filter(lambda t: t.side != t.other)
    return both.select("customer_l", "customer_r").distinct()
