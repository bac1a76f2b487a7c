"""Audience: which customers does a campaign address, and what sets them apart beforehand?"""

import ibis
import ibis.expr.types as ir

from shuke.app import Opened, Project
from shuke.views import meant
from shuke.views.viewer import Viewer


def customers(project: Project, opened: Opened, text: str, *, viewer: Viewer) -> ir.Table:
    """`customer_id` of those whom a condition of segments means; raises `WrongCall` where it means none."""
    return meant.ids(opened, meant.meaning(project, opened, text), viewer)


def stratified(opened: Opened, people: ir.Table) -> ir.Table:
    """Customers with their `stratum`: their status, so that new and lost ones are held out in like shares."""
    made = opened.build.manifest.tables.get("lifecycle")
    if made is None or made.failed:
        return people.mutate(stratum=ibis.literal(""))
    status = opened.table("lifecycle").select("customer_id", stratum="status")
    known = people.left_join(status, "customer_id")
    return known.select(customer_id=people.customer_id, stratum=status.stratum.fill_null(""))
