"""Senses: what must a row say so that it counts for anything: when, whose, how much, in which money?

Declared once for every table from what the vocabulary says of it; an import accounts by it, a doubt asks by
it, and the quality of a source is told by it.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from shuke.languages import Text
from shuke.tables.canonical import Canonical
from shuke.tables.column import Type


class Sense(StrEnum):
    """One thing that a row says, whatever its column is called."""

    DAY = "day"
    ORDER = "order"
    CUSTOMER = "customer"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATUS = "status"
    DIRECTION = "direction"  # in or out, debit or credit


TITLES: Mapping[Sense, Text] = {
    Sense.DAY: Text("a day", "日期"),
    Sense.ORDER: Text("an order", "订单"),
    Sense.CUSTOMER: Text("a customer", "客户"),
    Sense.QUANTITY: Text("a quantity", "数量"),
    Sense.AMOUNT: Text("an amount", "金额"),
    Sense.CURRENCY: Text("a currency", "币种"),
    Sense.STATUS: Text("a status", "状态"),
    Sense.DIRECTION: Text("a direction", "收支方向"),
}

#: Without these a row of money or of dealings is lost to nearly every question.
VITAL = (Sense.DAY, Sense.AMOUNT, Sense.CUSTOMER)

#: The columns that say how much, where they are not called so.
_AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "order_items": ("amount", "price"),
    "orders": ("total",),
    "opportunities": ("value",),
    "contracts": ("monthly_fee",),
    "credit_limits": ("limit",),
    "points": ("points",),
}

#: What gives a row a sense from another table: of a line its order, of a payment its invoice.
_ELSEWHERE: Mapping[tuple[str, Sense], tuple[str, ...]] = {
    ("order_items", Sense.STATUS): ("orders.status",),
    ("payments", Sense.CUSTOMER): ("invoices.invoice_no",),
}

#: Whose rows are lines of orders or orders.
SALES = ("order_items", "orders")


@cache
def senses(table: Canonical) -> Mapping[Sense, tuple[str, ...]]:
    """What a row of a table should say, and the columns of the table that say it; a sale should say most."""
    owned = {column.name for column in table}
    found: dict[Sense, tuple[str, ...]] = {}
    if table.happened:
        found[Sense.DAY] = (table.happened,)
    if table.name in SALES:
        found[Sense.ORDER] = ("order_no",)
    if table.subject == "record_id" and table.name != "people":
        found[Sense.CUSTOMER] = ("record_id",)
    if table.name == "order_items":
        found[Sense.QUANTITY] = ("quantity",)
    amounts = _AMOUNTS.get(table.name, ("amount",) if "amount" in owned else ())
    if amounts:
        found[Sense.AMOUNT] = amounts
    if "currency" in owned and any(table[name].type is Type.MONEY for name in amounts):
        found[Sense.CURRENCY] = ("currency",)
    for sense in (Sense.STATUS, Sense.DIRECTION):
        if sense.value in owned:
            found[sense] = (sense.value,)
    return found


def targets(table: Canonical, sense: Sense) -> tuple[str, ...]:
    """The addresses in a mapping file that give a table's rows a sense, the plainest first."""
    own = tuple(table[c].refers or f"{table.name}.{c}" for c in senses(table).get(sense, ()))
    return _ELSEWHERE.get((table.name, sense), ()) + own
