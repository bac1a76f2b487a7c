"""Semantic types: what must a row say to count: when, whose, how much, in which currency?

Declared once for every table from what the vocabulary says of it; an import accounts by it, a doubt asks by
it, and the quality of a source is told by it.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Type


class SemanticType(StrEnum):
    """One thing that a row says, whatever its column is called."""

    DAY = "day"
    ORDER = "order"
    CUSTOMER = "customer"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATUS = "status"
    DIRECTION = "direction"  # in or out, debit or credit


TITLES: Mapping[SemanticType, Text] = {
    SemanticType.DAY: Text("a day", "日期"),
    SemanticType.ORDER: Text("an order", "订单"),
    SemanticType.CUSTOMER: Text("a customer", "客户"),
    SemanticType.QUANTITY: Text("a quantity", "数量"),
    SemanticType.AMOUNT: Text("an amount", "金额"),
    SemanticType.CURRENCY: Text("a currency", "币种"),
    SemanticType.STATUS: Text("a status", "状态"),
    SemanticType.DIRECTION: Text("a direction", "收支方向"),
}

#: Without these a row of money or of dealings is lost to nearly every question.
VITAL = (SemanticType.DAY, SemanticType.AMOUNT, SemanticType.CUSTOMER)

#: What gives a row a sense from another table: of a line its order, of a payment its invoice.
_ELSEWHERE: Mapping[tuple[str, SemanticType], tuple[str, ...]] = {
    ("order_items", SemanticType.STATUS): ("orders.status",),
    ("payments", SemanticType.CUSTOMER): ("invoices.invoice_no",),
}

#: Whose rows are lines of orders or orders.
SALES = ("order_items", "orders")


@cache
def senses(table: Canonical) -> Mapping[SemanticType, tuple[str, ...]]:
    """What a row of a table should say, and the columns of the table that say it; a sale should say most."""
    owned = {column.name for column in table}
    found: dict[SemanticType, tuple[str, ...]] = {}
    if table.event_time:
        found[SemanticType.DAY] = (table.event_time,)
    if table.name in SALES:
        found[SemanticType.ORDER] = ("order_no",)
    if table.subject == "record_id" and table.name != "people":
        found[SemanticType.CUSTOMER] = ("record_id",)
    if table.name == "order_items":
        found[SemanticType.QUANTITY] = ("quantity",)
    amounts = table.amounts or (("amount",) if "amount" in owned else ())
    if amounts:
        found[SemanticType.AMOUNT] = amounts
    if "currency" in owned and any(table[name].type is Type.MONEY for name in amounts):
        found[SemanticType.CURRENCY] = ("currency",)
    for sense in (SemanticType.STATUS, SemanticType.DIRECTION):
        if sense.value in owned:
            found[sense] = (sense.value,)
    return found


def targets(table: Canonical, sense: SemanticType) -> tuple[str, ...]:
    """The addresses in a mapping file that give a table's rows a sense, the plainest first."""
    own = tuple(table[c].refers or f"{table.name}.{c}" for c in senses(table).get(sense, ()))
    return _ELSEWHERE.get((table.name, sense), ()) + own
