"""Alert opened: about whom has a rule begun to warn?"""

import ibis.expr.types as ir

from shuke.engage.trigger import trigger
from shuke.languages import Text


@trigger(
    title=Text("An alert was opened", "触发预警"),
    about=Text(
        "The rule found them, and did not before. While the alert stands, it is not opened again.",
        "规则新发现该客户。预警未解除前不会重复触发。"),
)  # fmt: skip
def alert_opened(alert_openings: ir.Table, *, rule: str) -> ir.Table:
    """One occasion for each day on which an alert of theirs was opened."""
    opened = alert_openings.filter(alert_openings.rule == rule)
    return opened.select("customer_id", occasion=opened.day.cast("string"), day=opened.day)


@alert_opened.still
def _still(alert_openings: ir.Table, *, rule: str) -> ir.Table:
    standing = alert_openings.filter((alert_openings.rule == rule) & alert_openings.is_open)
    return standing.select("customer_id")
