"""Uninvoiced: what was delivered, and is not invoiced yet?"""

import ibis
import ibis.expr.types as ir

from shuke.dealings.receivable_entries import UNDATED
from shuke.dealings.statuses import delivered, paid, state
from shuke.periods import to_local
from shuke.tables import Type

MONEY = Type.MONEY.ibis


def delivered_orders(history: ir.Table, purchases: ir.Table, invoices: ir.Table, *, zone: str) -> ir.Table:
    """What was delivered and not invoiced yet: `customer_id`, `currency`, `amount`, `day`. One row per order.

    Asked are only sources in which invoices name orders: where they do not, goods are paid when they are
    taken. An order counts from the day on which any version of it first said that it was delivered (one that
    has no status at all, from its day), whatever it says since: that it was changed, closed or opened again
    takes no goods back. What it is worth is what its lines say now, returns of them taken off.
    """
    orders = history.mutate(order_id=history.source + ":" + history.order_no)
    named = invoices.filter(invoices.order_no.notnull())
    of_invoice = named.group_by(no="order_no", by="source").agg(invoiced=named.amount.sum())
    heads = orders.select("order_id", "source", "order_no").distinct()
    own = heads.inner_join(of_invoice, [("order_no", "no"), ("source", "by")])
    once = heads.group_by("order_no").agg(order_id=heads.order_id.min(), sources=heads.count())
    elsewhere = of_invoice.anti_join(heads, [("no", "order_no"), ("by", "source")])
    alone = once.filter(once.sources == 1).inner_join(elsewhere, [("order_no", "no")])
    found = own.select("order_id", "invoiced").union(alone.select("order_id", "invoiced"))
    billed_orders = found.group_by("order_id").agg(invoiced=found.invoiced.sum())
    on_account = heads.semi_join(billed_orders, "order_id").select("source").distinct()
    versions = orders.semi_join(on_account, "source")
    seen = ibis.coalesce(versions.collected_at, versions.ordered_at)
    told = versions.group_by("order_id").agg(
        handed_over=seen.min(where=delivered(versions.status)),
        silent=versions.status.isnull().all(),
        ordered=versions.ordered_at.min(),
        settled=(paid(versions.status) | (state(versions.status) == "refunded")).any(),
    )
    handed = told.filter((told.handed_over.notnull() | told.silent) & ~told.settled.fill_null(False))
    worth = _worth_of_orders(purchases).inner_join(handed, "order_id").left_join(billed_orders, "order_id")
    open_ = worth.mutate(left=worth.worth - worth.invoiced.fill_null(ibis.literal(0).cast(MONEY)))
    waiting = open_.filter((open_.left > 0) & open_.customer_id.notnull())
    at = ibis.coalesce(waiting.handed_over, waiting.ordered)
    return waiting.select(
        "customer_id", "currency", amount=waiting.left.cast(MONEY),
        day=to_local(at, zone).date().fill_null(UNDATED),
    )  # fmt: skip


def _worth_of_orders(purchases: ir.Table) -> ir.Table:
    """What the lines of each order come to, as stated, less what came back of them elsewhere."""
    lines = purchases.select("line_id", sold_in="order_id")
    back = purchases.left_join(lines, [("original_line", "line_id")], rname="of_{name}")
    placed = back.mutate(of_order=ibis.coalesce(back.sold_in, back.order_id))
    return placed.filter(placed.of_order.notnull()).group_by(order_id="of_order").agg(
        customer_id=placed.customer_id.max(), currency=placed.currency.max(), worth=placed.stated_amount.sum()
    )  # fmt: skip
