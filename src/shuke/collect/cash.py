"""Cash: which way does the money of a row go, and how much of it came in for good?"""

import re
from functools import reduce

import ibis
import ibis.expr.types as ir

from shuke.collect.cells import DEEDS, Cells, ColumnPlan
from shuke.collect.values.directions import direction, together
from shuke.dealings.statuses import NO_SALE, PARTLY, paid_back, state
from shuke.tables import Type

#: The column of the typed rows that says it: `in`, `back`, `out`, `none`; null where no column does.
GOING = "going"
_WAYS = ("orders.direction", "payments.direction")
_STATES = ("orders.status", "order_items.status", "payments.status")
_REFUNDED = ("orders.refunded", "order_items.refunded", "payments.refunded")

#: Whose address a column of a payment holds: the sender's, or that of whoever got the money.
_FROM = re.compile(r"(?:from|von|absender|de|desde|payer|sender|付款|发件|差出人)(?![a-z])", re.IGNORECASE)
_TO = re.compile(
    r"(?:to|an|empfänger|à|a|para|payee|receiver|recipient|收款|收件|宛先)(?![a-z])", re.IGNORECASE
)


def says_direction(plan: ColumnPlan) -> bool:
    return any(plan.has(target) for target in (*_WAYS, *DEEDS))


def with_direction(cells: Cells) -> ir.Table:
    """The typed rows with `going`, and with the words that nobody knows as they stand."""
    table = cells.table
    if not says_direction(cells):
        return table.mutate(**{GOING: ibis.null(str)})
    way, deed = _said(cells, _WAYS), _said(cells, DEEDS)
    read = together(direction(way), direction(deed))
    return table.mutate(**{GOING: ibis.coalesce(read, way)})


def of_the_other_side(cells: Cells, typed: ir.Table) -> ir.Table:
    """The typed rows without our own address: of From and To, whoever sent money that came in, and whoever
    got money that went out."""
    sent, got = (_called(cells, pattern) for pattern in (_FROM, _TO))
    amounts = cells.slots_of("payments.amount")
    if not (sent and got and amounts):
        return typed
    away = (typed[amounts[0]] < 0).fill_null(False)
    theirs = {slot: away.ifelse(ibis.null(str), typed[slot]) for slot in sent}
    return typed.mutate(**theirs, **{slot: away.ifelse(typed[slot], ibis.null(str)) for slot in got})


def _called(cells: Cells, pattern: re.Pattern[str]) -> list[str]:
    emails = [slot for slot in cells.slots if slot.target == "identifiers.email"]
    return [slot.name for slot in emails if pattern.match(slot.headers[0])]


def is_anonymous(typed: ir.Table) -> ir.BooleanValue:
    """Whether whoever a row names got the money: a supplier is no customer."""
    return typed[GOING].isin(("out", "none")).fill_null(False)


def came_in(cells: Cells, typed: ir.Table, amount: ir.DecimalValue) -> ir.DecimalValue:
    """What a payment brought: nothing where nothing came of it or all went back, less than nothing where it
    went out."""
    away = typed[GOING].isin(("back", "out")).fill_null(False)
    signed = away.ifelse(-amount.abs(), amount)
    for slot in cells.slots_of("payments.refunded"):
        kept = signed - typed[slot].abs().fill_null(0)
        signed = (away | (kept < 0)).ifelse(ibis.least(signed, ibis.literal(0)), kept)
    for slot in cells.slots_of("payments.status"):
        if not cells.slots_of("payments.refunded"):
            signed = away.ifelse(signed, signed - paid_back(typed[slot]).fill_null(0))
        undone = state(typed[slot]).isin((*NO_SALE, "refunded")).fill_null(False) & ~away
        signed = undone.ifelse(ibis.literal(0), signed)
    return signed.cast(Type.MONEY.ibis)


def partly_untold(cells: Cells, typed: ir.Table) -> ir.BooleanValue | None:
    """Whether a row says that a part was paid back, and not how much; None where no column holds a state."""
    states = [typed[slot] for target in _STATES for slot in cells.slots_of(target)]
    back = [typed[slot].nullif(0) for target in _REFUNDED for slot in cells.slots_of(target)]
    if not states:
        return None
    told = ibis.coalesce(*back, *map(paid_back, states)).isnull()
    return reduce(lambda a, b: a | b, ((state(said) == PARTLY).fill_null(False) for said in states)) & told


def _said(cells: Cells, targets: tuple[str, ...]) -> ir.StringValue:
    said = [cells.table[slot] for target in targets for slot in cells.slots_of(target)]
    said += [cells.table[target] for target in targets if target in cells.constants]
    return ibis.coalesce(*said, ibis.null(str))
