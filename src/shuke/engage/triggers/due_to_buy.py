"""Due to buy: whose usual time between purchases has passed?"""

import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("Due to buy", "到了该回购的时间"),
    about=Text(
        "By their own rhythm they are due; until they buy, they are not due again.",
        "按其自身节奏已到回购时间；再次购买之前不会重复触发。"),
)  # fmt: skip
def due_to_buy(lifecycle: ir.Table) -> ir.Table:
    """One occasion for each last purchase after which they became due."""
    due = lifecycle.filter(lifecycle.status == "due")
    return due.select("customer_id", occasion=due.last_day.cast("string"), day=due.since)


@due_to_buy.still
def _still(lifecycle: ir.Table) -> ir.Table:
    waiting = lifecycle.filter(lifecycle.status.isin(["due", "overdue"]))
    return waiting.select("customer_id", occasion=waiting.last_day.cast("string"))
