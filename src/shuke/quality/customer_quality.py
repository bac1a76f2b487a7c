"""Customer quality: how well do we know each customer?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text
from shuke.quality.dimensions import DIMENSIONS
from shuke.tables import Column, Type, table

#: What one should know of a customer; of an organisation its name counts as the name.
ESSENTIAL = ("name", "phone", "email", "city", "address", "gender", "birth_date")
#: Of these an organisation has none.
OF_PERSONS = ("gender", "birth_date")

_OF_EACH = [name for name in DIMENSIONS if name != "accuracy"]


@table(
    key="customer_id",
    first="score",
    title=Text("Quality of customers", "客户信息质量"),
    about=Text("How well do we know each customer?", "对每位客户了解得如何？"),
    area="quality",
    columns=[
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号")),
        *(Column(name, Type.NUMBER, DIMENSIONS[name], unit="share") for name in _OF_EACH),
        Column("score", Type.NUMBER, Text("In all", "总分"), unit="share"),
    ],
)
def customer_quality(
    customers: ir.Table,
    identities: ir.Table,
    facts: ir.Table,
    agreements: ir.Table,
    quality_exceptions: ir.Table,
    *,
    essential: tuple[str, ...] = ESSENTIAL,
) -> ir.Table:
    """A share of good ones for every customer in each dimension, and their mean.

    One row per customer. `completeness`: the essential attributes that the golden record knows.
    `validity`: their records without an impossible value; `uniqueness`: those that are the only one in
    their source and share no identifier with another customer. `timeliness`: their facts that age and
    may still be believed. `consistency`: what another source confirms of what it speaks of. Empty where
    there is nothing to weigh; `score` is the mean of the rest.
    """
    known = _known(customers, essential)
    records = identities.group_by("customer_id").agg(records=identities.count())
    broken = _broken(quality_exceptions)
    aging = facts.filter(facts.believed_until.notnull())
    timely = aging.group_by("customer_id").agg(timeliness=aging.believed.cast("float64").mean())
    agreed = agreements.group_by("customer_id").agg(consistency=agreements.agrees.cast("float64").mean())
    joined = known
    for part in (records, broken, timely, agreed):
        joined = joined.left_join(part, "customer_id").drop("customer_id_right")
    weighed = joined.mutate(
        validity=_without(joined.invalid, joined.records),
        uniqueness=_without(joined.repeated, joined.records),
    )
    scores = [weighed[name] for name in _OF_EACH]
    total = sum((score.fill_null(0.0) for score in scores[1:]), scores[0].fill_null(0.0))
    given = sum((score.notnull().cast("int64") for score in scores[1:]), scores[0].notnull().cast("int64"))
    return weighed.mutate(score=total / given)


def _known(customers: ir.Table, essential: tuple[str, ...]) -> ir.Table:
    firm = customers.kind == "organisation"
    held, wanted = ibis.literal(0), ibis.literal(0)
    for name in essential:
        value = ibis.coalesce(customers.name, customers.organisation) if name == "name" else customers[name]
        counts = ~(firm & ibis.literal(name in OF_PERSONS))
        held += (counts & value.notnull()).cast("int64")
        wanted += counts.cast("int64")
    return customers.select("customer_id", completeness=held.cast("float64") / wanted.nullif(0))


def _broken(exceptions: ir.Table) -> ir.Table:
    """How many records of a customer have an impossible value, or are one too many."""
    theirs = exceptions.filter(exceptions.customer_id.notnull())
    return theirs.group_by("customer_id").agg(
        invalid=theirs.record.nunique(where=theirs.dimension == "validity"),
        repeated=theirs.record.nunique(where=theirs.dimension == "uniqueness"),
    )


def _without(wrong: ir.IntegerValue, records: ir.IntegerValue) -> ir.FloatingValue:
    return 1 - wrong.fill_null(0).cast("float64") / records
