"""Credit accounts: which limit is in force for whom, and who shares it?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.tables import Type
from shuke.tables.records import owned

#: A branch of a branch of a branch of a branch still finds the limit of its group.
LEVELS = 4

_ALWAYS = date(1900, 1, 1)


def limits_in_force(limits: ir.Table, identities: ir.Table, *, as_of: date, currency: str) -> ir.Table:
    """One row per `account` (a customer with a limit) and `currency`: the `limit`, and when it `starts`.

    Of one record the newest that has begun; several records of one customer add up.
    """
    told = owned(limits, identities, currency=currency)
    begun = told.filter(told.customer_id.notnull() & (told.starts.isnull() | (told.starts <= as_of)))
    # A limit without a date is older than any with one.
    newest_first = ibis.window(
        group_by=["source", "record_id", "currency"],
        order_by=[begun.starts.fill_null(_ALWAYS).desc(), begun.key],
    )
    ranked = begun.mutate(nth=ibis.row_number().over(newest_first))
    newest = ranked.filter(ranked.nth == 0)
    added = newest.group_by(account=newest.customer_id, currency=newest.currency).agg(
        limit=newest["limit"].sum(), starts=newest.starts.max()
    )
    return added.mutate(limit=added["limit"].cast(Type.MONEY.ibis))


def accounts(debtors: ir.Table, limits: ir.Table, parents: ir.Table, identities: ir.Table) -> ir.Table:
    """One row per customer of `debtors`: the `account` against whose limit they count, and whose it is.

    Their own, else that of the nearest organisation above them that has one (`limit_of` is `own`, `parent` or
    `none`); a parent and those of its branches that have no limit of their own count together.
    """
    above = _parents(parents, identities)
    who = debtors.filter(debtors.customer_id.notnull()).select("customer_id").distinct()
    step = who.mutate(account=who.customer_id, level=ibis.literal(0))
    steps = [step]
    for level in range(1, LEVELS + 1):
        up = step.inner_join(above, [("account", "child")])
        step = up.select("customer_id", account="parent", level=ibis.literal(level))
        steps.append(step)
    held = limits.select("account").distinct()
    found = ibis.union(*steps).semi_join(held, "account")
    nearest = found.group_by("customer_id").agg(
        holder=found.account.argmin(found.level), level=found.level.min()
    )
    told = who.left_join(nearest, "customer_id")
    return told.select(
        "customer_id",
        account=ibis.coalesce(told.holder, told.customer_id),
        limit_of=ibis.cases((told.level == 0, "own"), (told.level > 0, "parent"), else_="none"),
    )


def _parents(parents: ir.Table, identities: ir.Table) -> ir.Table:
    """Which customer stands above which: one row per `child`."""
    who = identities.select(of="record", customer_id="customer_id")
    branch = parents.mutate(
        below=parents.source + ":" + parents.record_id, over=parents.source + ":" + parents.parent_record_id
    )
    lower = branch.inner_join(who, [("below", "of")]).select("over", child="customer_id")
    upper = who.view()
    both = lower.inner_join(upper, [("over", "of")]).select("child", parent="customer_id")
    others = both.filter(both.child != both.parent)
    return others.group_by("child").agg(parent=others.parent.min())
