"""Field quality: how good is each field of each source?"""

from datetime import date
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.quality.dimensions import COUNTED, FIELD, FIELD_KEY
from shuke.quality.rules import rules
from shuke.stats import wilson
from shuke.tables import CANONICAL, IDENTIFIERS, Column, Type, table

#: The columns whose absence hurts; a source answers for those of them that it ever gives.
MEASURED: dict[str, tuple[str, ...]] = {
    "people": tuple(c.name for c in CANONICAL["people"] if c.name not in ("record_id", "channel")),
    "orders": ("record_id", "ordered_at", "total", "store_id"),
    "order_items": ("record_id", "ordered_at", "product_id", "product_name", "quantity", "price", "amount"),
    "products": ("name", "category", "list_price", "cost"),
}


@table(
    key=FIELD_KEY,
    first="score",
    title=Text("Quality of fields", "字段质量"),
    about=Text("How good is each field of each source?", "各来源每个字段的质量如何？"),
    area="quality",
    subject=None,
    columns=[
        *FIELD,
        *COUNTED,
        Column("low", Type.NUMBER, Text("At least", "下限"), unit="share"),
        Column("high", Type.NUMBER, Text("At most", "上限"), unit="share"),
    ],
)
def field_quality(  # noqa: PLR0917 - it weighs four landed tables and what was found in them
    landed_people: ir.Table,
    landed_identifiers: ir.Table,
    landed_orders: ir.Table,
    landed_order_items: ir.Table,
    landed_products: ir.Table,
    facts: ir.Table,
    agreements: ir.Table,
    source_accuracy: ir.Table,
    quality_exceptions: ir.Table,
    *,
    as_of: date,
    country: str,
) -> ir.Table:
    """The share of good ones among what each source says, field by field, in each dimension.

    One row per source, table, attribute and dimension; of the table `identifiers` an attribute is a
    kind, and the attribute `record` of people means the records as such. A field that a source never
    fills has no row. What is counted: records for `completeness`, `validity` and `uniqueness`; facts
    that age for `timeliness`; records that another source speaks of for `consistency` and `accuracy`.
    `of` − `good` rows are wrong, and can be looked at. `score` is `good` / `of` with its 95 % interval
    (Wilson 1927); the score of `accuracy` is the estimate of `source_accuracy`, empty where sources are
    too few to tell.
    """
    landed = {
        "people": landed_people, "orders": landed_orders, "order_items": landed_order_items,
        "products": landed_products,
    }  # fmt: skip
    filled = reduce(lambda a, b: a.union(b), (_filled(rows, name) for name, rows in landed.items()))
    ruled = [(rule.table, rule.attribute) for rule in rules(as_of=as_of, country=country)]
    weighed = _identifiers(landed_people, landed_identifiers).union(_checkable(filled, ruled))
    shares = (
        filled.union(_less(weighed, quality_exceptions)).union(_timely(facts)).union(_agreeing(agreements))
    )
    interval = wilson(shares.good, shares.of)
    scored = shares.mutate(
        score=shares.good.cast("float64") / shares.of, low=interval.low, high=interval.high
    )
    return scored.union(_accurate(scored, source_accuracy))


_SHARE = (*FIELD_KEY, "good", "of")


def _share(rows: ir.Table, table_name: str, dimension: str) -> ir.Table:
    told = rows.mutate(table_name=ibis.literal(table_name), dimension=ibis.literal(dimension))
    return told.select(*FIELD_KEY, good=told.good.cast("int64"), of=told.of.cast("int64"))


def _filled(rows: ir.Table, name: str) -> ir.Table:
    """Completeness of the columns of a landed table that a source ever fills."""
    counted = rows.group_by("source").agg(
        rows.count().name("of"), **{c: rows[c].count() for c in MEASURED[name]}
    )
    long = counted.pivot_longer(list(MEASURED[name]), names_to="attribute", values_to="good")
    return _share(long.filter(long.good > 0), name, "completeness")


def _checkable(filled: ir.Table, ruled: list[tuple[str, str]]) -> ir.Table:
    """The base of `validity`: a rule is asked of every value that is given."""
    chosen = filled.filter(ibis.or_(*((filled.table_name == t) & (filled.attribute == a) for t, a in ruled)))
    return chosen.mutate(dimension=ibis.literal("validity"), of=chosen.good).select(*_SHARE)


def _identifiers(people: ir.Table, identifiers: ir.Table) -> ir.Table:
    """The bases of what is asked of records and their identifiers."""
    records = people.group_by("source").agg(people.count().name("of"))
    every = records.mutate(attribute=ibis.literal("record"), good=records.of)
    giving = identifiers.group_by("source", attribute=identifiers.kind).agg(
        good=identifiers.record_id.nunique()
    )
    kinds = giving.inner_join(records, "source")
    given = kinds.mutate(of=kinds.good)
    own = given.filter(given.attribute.isin(OWN))
    return (
        _share(every, "people", "uniqueness")
        .union(_share(kinds, "identifiers", "completeness"))
        .union(_share(given, "identifiers", "validity"))
        .union(_share(own, "identifiers", "uniqueness"))
    )


#: Kinds of identifiers that should be one customer's alone.
OWN = [kind.name for kind in IDENTIFIERS.values() if kind.strong or kind.name == "national_id"]


def _less(weighed: ir.Table, exceptions: ir.Table) -> ir.Table:
    """What is weighed, its exceptions taken off."""
    wrong = exceptions.group_by(list(FIELD_KEY)).agg(wrong=exceptions.count())
    both = weighed.left_join(wrong, list(FIELD_KEY))
    return both.select(
        *(weighed[name] for name in FIELD_KEY), good=weighed.of - both.wrong.fill_null(0), of=weighed.of
    )


def _timely(facts: ir.Table) -> ir.Table:
    aging = facts.filter(facts.believed_until.notnull())
    counted = aging.group_by("source", "attribute").agg(
        aging.count().name("of"), good=aging.believed.cast("int64").sum()
    )
    return _share(counted, "facts", "timeliness")


def _agreeing(agreements: ir.Table) -> ir.Table:
    counted = agreements.group_by("source", "attribute").agg(
        agreements.count().name("of"), good=agreements.agrees.cast("int64").sum()
    )
    return _share(counted, "agreements", "consistency")


def _accurate(scored: ir.Table, source_accuracy: ir.Table) -> ir.Table:
    """Accuracy where anything can be said; its rows are those that nobody else confirms."""
    known = source_accuracy.filter(source_accuracy.method != "too_few")
    compared = scored.filter(scored.dimension == "consistency").drop("score", "low", "high")
    told = compared.inner_join(
        known.select("source", "attribute", "score", "low", "high"), ["source", "attribute"]
    )
    return told.mutate(dimension=ibis.literal("accuracy")).select(scored.columns)
