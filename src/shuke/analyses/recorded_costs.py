"""Recorded costs: what was spent in all, with the campaigns that no expense names?"""

import ibis
import ibis.expr.types as ir

COLUMNS = ("day", "activity", "customer_id", "campaign_id", "cost_centre", "staff_id", "amount")


def recorded_costs(items: ir.Table, campaigns: ir.Table) -> ir.Table:
    """One row per expense in the project's currency, and one per campaign with a cost that no expense names.

    Such a campaign is spent on the day on which it starts.
    """
    known = items.filter(items.amount.notnull())
    billed = known.filter(known.campaign_id.notnull()).select("campaign_id").distinct()
    unbilled = campaigns.anti_join(billed, "campaign_id")
    nobody = {name: ibis.null("string") for name in ("customer_id", "cost_centre", "staff_id")}
    whole = unbilled.filter(unbilled.cost.notnull()).mutate(
        **nobody, day=unbilled.starts, amount=unbilled.cost, activity=ibis.literal("marketing")
    )
    return known.select(*COLUMNS).union(whole.select(*COLUMNS))
