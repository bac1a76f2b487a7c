"""Holdout: whom does a campaign leave alone, so that it can be told what it changed?

Who enters is assigned once and keeps the arm for ever; assignments are rows. Within a stratum the entrants
are held out by quota, in the order of a digest salted for the campaign: of n customers it holds out n times
the share, give or take one, so that even small strata have somebody to compare with, which drawing each
customer by themselves would leave to chance. Later entrants go on counting where the earlier ones stopped and
move nobody, and every customer has the same chance, for the counting starts at a random fraction of the
stratum. The global holdout, which has no moment of entering, is drawn customer by customer.
"""

import ibis
import ibis.expr.types as ir

from shuke.analyses.campaign_arms import CONTROL, GLOBAL, TREATED, first_assigned

#: The share of a campaign's customers who are held out unless it says otherwise.
SHARE = 0.05

_HEX = "0123456789abcdef"


def standing(assignments: ir.Table, customer_ids: ir.Table) -> ir.Table:
    """The arm of every customer of a campaign by what was assigned, whoever they have been merged with since.

    `assignments`: `customer_id` as it was issued then, `arm`, `stratum`, `moment`. One row per `customer_id`
    of now; of several that have become one the earliest assignment counts, and `contaminated` says where
    their arms were unlike.
    """
    meant = customer_ids.select(issued="issued_id", now="customer_id")
    known = assignments.inner_join(meant, assignments.customer_id == meant.issued)
    rows = known.filter(known.now.notnull()).select("issued", "arm", "stratum", "moment", customer_id="now")
    return first_assigned(rows, by=("customer_id",), then="issued")


def assign(
    entrants: ir.Table, assignments: ir.Table, *, salt: str, share: float = SHARE, global_holdout: ir.Table
) -> ir.Table:
    """The arms of customers who enter a campaign and have none yet: `customer_id`, `stratum`, `arm`.

    `entrants`: `customer_id`, `stratum`; who already stands in an arm must not be among them. `assignments`
    are all that the campaign ever made. Customers of `global_holdout` are neither treated nor compared with.
    """
    asked = entrants.select("customer_id", stratum=entrants.stratum.fill_null(""))
    outside = asked.semi_join(global_holdout, "customer_id").mutate(arm=ibis.literal(GLOBAL))
    lot = (ibis.literal(f"{salt}\x1f") + asked.customer_id).hexdigest("sha256")
    drawn = asked.mutate(lot=lot).anti_join(global_holdout, "customer_id")
    within = assignments.filter(assignments.arm != GLOBAL)
    before = within.group_by(of=within.stratum.fill_null("")).agg(before=within.count())
    counted = drawn.left_join(before, drawn.stratum == before.of)
    by_lot = ibis.window(group_by="stratum", order_by=[counted.lot, counted.customer_id])
    nth = counted.before.fill_null(0) + ibis.row_number().over(by_lot)
    start = uniform(ibis.literal(f"{salt}\x1fstart\x1f") + counted.stratum)
    is_held = (start + (nth + 1) * share).floor() > (start + nth * share).floor()
    placed = counted.select("customer_id", "stratum", arm=ibis.ifelse(is_held, CONTROL, TREATED))
    return placed.union(outside.select("customer_id", "stratum", "arm"))


def held_out_of_all(customers: ir.Table, *, salt: str, share: float) -> ir.Table:
    """The customers whom no campaign reaches: `customer_id`.

    Whoever is among them stays among them for as long as the salt is the same, and more of them where the
    share grows. A merged customer goes by the id that is left.
    """
    lot = uniform(ibis.literal(f"{salt}\x1fglobal\x1f") + customers.customer_id)
    return customers.filter(lot < share).select("customer_id").distinct()


def uniform(text: ir.StringValue) -> ir.FloatingValue:
    """A number from 0 to below 1 that a text alone decides, the same on every engine."""
    digest = text.hexdigest("sha256")
    digits = [ibis.literal(_HEX).find(digest.substr(n, 1)).cast("float64") / 16 ** (n + 1) for n in range(8)]
    return sum(digits[1:], start=digits[0])
