"""Contract near its end: whose contract ends soon?"""

import ibis
import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("Contract near its end", "合同即将到期"),
    about=Text(
        "Who has a contract that ends within so many days, and nothing after it.",
        "合同将在若干天内到期且未续签者。"),
)  # fmt: skip
def contract_near_end(lifecycle: ir.Table, *, days_before: int = 30) -> ir.Table:
    """One occasion for each day on which a contract ends; it begins `days_before` days before."""
    held = lifecycle.filter((lifecycle.status == "contract") & lifecycle.contract_ends.notnull())
    near = held.mutate(day=held.contract_ends - ibis.interval(days=days_before))
    return near.select("customer_id", occasion=near.contract_ends.cast("string"), day=near.day)


@contract_near_end.still
def _still(lifecycle: ir.Table) -> ir.Table:
    return lifecycle.select("customer_id", occasion=lifecycle.contract_ends.cast("string"))
