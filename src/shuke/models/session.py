"""Session: what may a visitor like of whom only this visit is known?"""

import ibis
import ibis.expr.types as ir

from shuke.models.related_products import ANYONE
from shuke.models.scores import EVERYBODY, POPULAR, PRIOR, allowed, ranked, reasons, scores
from shuke.models.signals import Weights, signals

#: Within a visit, half of what was looked at is forgotten after so many minutes.
MINUTES = 30.0


def for_session(
    events: ir.Table, related_products: ir.Table, *, many: int = 10, suppressed: tuple[str, ...] = ()
) -> ir.Table:
    """The products that what was done in each session speaks for.

    One row per `session` and `rank`: `product_id`, `product_name`, `category`, `score`, `reason`,
    `reason_zh`. The score of a product is the sum, over the products that the session has touched, of its
    strongest signal, halved every half an hour until the session's last event, times the weight of
    `related_products`; what is popular counts a twentieth beside it. Never shown is what the session itself
    has touched, nor the product codes and categories `suppressed`. A session that touched nothing known
    gets what is popular.
    """
    visits = events.filter(events.session.notnull())
    tied = related_products.filter(related_products.product_id != ANYONE)
    titles = tied.select("product_id", "product_name").distinct()
    touched = _touched(visits, titles)
    anyone = visits.select("session").distinct().mutate(
        product_id=ibis.literal(ANYONE), interest=ibis.literal(PRIOR), signal=ibis.literal(POPULAR)
    )  # fmt: skip
    kinds = {"interest": "float64", "signal": "int64"}
    known = touched.cast(kinds).union(anyone.cast(kinds))
    related = allowed(related_products, "related_id", suppressed)
    fresh = scores(known, related, who="session").anti_join(
        touched.view(), ["session", ("related_id", "product_id")]
    )
    best = ranked(fresh, who="session", many=many)
    goods = related.group_by(product_id="related_id").agg(
        product_name=related.related_name.max(), category=related.category.max()
    )
    named = best.rename(product_id="related_id").inner_join(goods, "product_id")
    titled = titles.select(because="product_id", because_name="product_name")
    told = named.left_join(titled, "because").drop("because_right")
    popular = (ibis.literal(EVERYBODY.en), ibis.literal(EVERYBODY.zh))
    return told.select(
        "session", "rank", "product_id", "product_name", "category", "score", **reasons(told, popular=popular)
    )


def _touched(visits: ir.Table, titles: ir.Table) -> ir.Table:
    """One row per session and product that it showed interest in: `interest`, `signal`."""
    weights = Weights(half_life=MINUTES)
    told = signals(visits, titles, weights)
    last = told.group_by("session").agg(last=told.at.max())
    aged = told.inner_join(last, "session")
    minutes = (aged.last.epoch_seconds() - aged.at.epoch_seconds()) / 60
    faded = aged.mutate(part=weights.faded(aged.weight, minutes))
    return faded.group_by("session", "product_id").agg(interest=faded.part.max(), signal=faded.signal.min())
