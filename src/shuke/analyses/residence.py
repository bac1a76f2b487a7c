"""Residence: in which city and in which region does each customer live?"""

import ibis
import ibis.expr.types as ir

from shuke.languages import Text

KINDS: dict[str, Text] = {"city": Text("City", "城市"), "region": Text("Region", "地区")}


def residence(customers: ir.Table, departures: ir.Table) -> ir.Table:
    """One row per customer who ever bought and `kind` of place that is known, with the name of the `place`.

    A city is told with its region, for others may bear its name. The region is that of the golden record,
    else that of the first purchase.
    """
    who = departures.select("customer_id", first_region="region")
    known = who.inner_join(customers.select("customer_id", "city", "region"), "customer_id")
    region = ibis.coalesce(known.region, known.first_region)
    city = ibis.ifelse(known.region.isnull(), known.city, known.city + ", " + known.region)
    both = ibis.union(
        known.select("customer_id", kind=ibis.literal("city"), place=city),
        known.select("customer_id", kind=ibis.literal("region"), place=region),
    )
    return both.filter(both.place.notnull())
