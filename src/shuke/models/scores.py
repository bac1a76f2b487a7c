"""Scores: which products does all that one cares for speak for most, and what speaks loudest?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.models.signals import BECAUSE

#: In the place of the kind of signal: nothing that one did, but what is popular.
POPULAR = -1

#: And counts so much beside what does speak for a person.
PRIOR = 0.05

#: What is said of what is popular with all customers, and of what one buys again and again.
EVERYBODY = Text("Popular with all customers", "大家都在买")
AGAIN_AND_AGAIN = Text("You buy it again and again", "您经常回购")


def scores(interests: ir.Table, weights: ir.Table, *, who: str) -> ir.Table:
    """One row per `who` and product spoken for: `related_id`, `score`, `because`, `signal`.

    `interests` are `who`, product_id, interest, signal; `weights` product_id, related_id, weight. The
    score is Σ interest x weight; `because` is the product with the greatest part in it.
    """
    joined = interests.inner_join(weights.select("product_id", "related_id", "weight"), "product_id")
    parts = joined.mutate(part=joined.interest * joined.weight)
    # A struct is compared field by field, so that equal parts have one answer on every engine.
    loudest = ibis.struct({"part": parts.part, "surest": -parts.signal, "because": parts.product_id}).max()
    summed = parts.group_by(who, "related_id").agg(score=parts.part.sum().round(9), loudest=loudest)
    return summed.select(
        who, "related_id", "score", because=summed.loudest["because"], signal=-summed.loudest["surest"]
    )


def ranked(scored: ir.Table, *, who: str, many: int) -> ir.Table:
    """The `many` products of the greatest score of each, those of equal score by their code."""
    best_first = ibis.window(group_by=who, order_by=[scored.score.desc(), scored.related_id])
    numbered = scored.mutate(rank=ibis.row_number().over(best_first) + 1)
    return numbered.filter(numbered.rank <= many)


def allowed(rows: ir.Table, product: str, suppressed: tuple[str, ...]) -> ir.Table:
    """The rows whose `product` and `category` are not suppressed, nor what their category belongs to."""
    for unwanted in suppressed:
        within = (rows.category == unwanted) | rows.category.startswith(unwanted + " > ")
        rows = rows.filter((rows[product] != unwanted) & ~within.fill_null(False))
    return rows


def reasons(told: ir.Table, *, popular: tuple[ir.StringValue, ir.StringValue]) -> dict[str, ir.Value]:
    """`reason` and `reason_zh` of rows with a `signal` and `because_name`, the product that spoke loudest.

    `popular` is said, in both languages, where nothing did but what is popular.
    """
    english = [(told.signal == n, ibis.literal(said.en) + told.because_name) for n, said in BECAUSE.items()]
    chinese = [(told.signal == n, ibis.literal(said.zh) + told.because_name) for n, said in BECAUSE.items()]
    return {
        "reason": ibis.cases(*english, else_=popular[0]),
        "reason_zh": ibis.cases(*chinese, else_=popular[1]),
    }
