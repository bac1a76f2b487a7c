"""Receivables: what has raised or lowered what a customer owes, on which day?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.credit_accounts import owned
from shuke.dealings.statuses import NO_SALE, delivered, paid, state
from shuke.periods import to_local
from shuke.tables import Type
from shuke.tables.payment_allocation import settling

MONEY = Type.MONEY.ibis

#: When something happened that does not say when: before all else.
UNDATED = date(1900, 1, 1)


def billed(invoices: ir.Table, identities: ir.Table, *, currency: str) -> ir.Table:
    """Every invoice and credit note, with the customer whose it is."""
    told = owned(invoices, identities, currency=currency)
    return told.select(
        "source", "invoice_no", "customer_id", "currency", "amount", "due",
        day=told.issued.fill_null(UNDATED),
    )  # fmt: skip


def received(
    payments: ir.Table, invoices: ir.Table, rates: ir.Table, identities: ir.Table, *, currency: str, zone: str
) -> ir.Table:
    """What came in, negative, in the currency of the invoice that it pays at the rate of its day; an advance
    in its own. `invoice` names what it settles; empty: it counts against the customer as a whole.

    What was paid back raises what is owed again; what failed, is pending, or was no money of a customer
    counts nothing.
    """
    known = payments.mutate(received=_worth(payments), own_currency=payments.currency.upper())
    heads = invoices.select(
        settles="source", invoice_no="invoice_no", by_invoice="customer_id", invoice_currency="currency"
    )
    found = settling(owned(known, identities, currency=currency), invoices)
    beside = found.left_join(heads, ["settles", "invoice_no"])
    told = beside.mutate(
        day=to_local(beside.paid_at, zone).date().fill_null(UNDATED),
        customer_id=ibis.coalesce(beside.by_invoice, beside.customer_id),
        currency=ibis.coalesce(beside.own_currency, beside.invoice_currency, ibis.literal(currency)),
        into=ibis.coalesce(beside.invoice_currency, beside.own_currency, ibis.literal(currency)),
        invoice=beside.settles + ":" + beside.invoice_no,
    )
    changed = exchanged(told, rates, amount="received", currency=currency)
    return changed.select("customer_id", "currency", "day", "invoice", amount=-changed.received)


def _worth(payments: ir.Table) -> ir.DecimalValue:
    nothing = ibis.literal(0).cast(MONEY)
    kept = payments.amount - payments.refunded.abs().fill_null(nothing)
    stands = ~state(payments.status).isin((*NO_SALE, "refunded")).fill_null(False)
    sign = payments.direction.fill_null("in")
    worth = ibis.cases(
        (~stands | sign.isin(("out", "none")), nothing), (sign == "back", -payments.amount.abs()), else_=kept
    )
    return worth.cast(MONEY)


def exchanged(rows: ir.Table, rates: ir.Table, *, amount: str, currency: str) -> ir.Table:
    """The rows with `amount` in the currency `into`, at the newest rates by `day`; what has no rate stays."""
    asked = rows.filter(rows.currency != rows.into)
    codes = asked.select("day", code="currency").union(asked.select("day", code="into"), distinct=True)
    quoted = rates.select(code=rates.currency.upper(), quoted=rates.day, rate=rates.rate)
    valid = codes.inner_join(quoted, "code").filter(lambda t: t.quoted <= t.day)
    last = ibis.struct({"quoted": valid.quoted, "rate": valid.rate})  # of two of one day the higher
    newest = valid.group_by("code", "day").agg(rate=valid.rate.argmax(last).cast("float64"))
    own = newest.select(from_code="code", from_day="day", from_rate="rate")
    to = newest.select(to_code="code", to_day="day", to_rate="rate").view()
    beside = rows.left_join(own, [("currency", "from_code"), ("day", "from_day")])
    beside = beside.left_join(to, [("into", "to_code"), ("day", "to_day")])
    home = ibis.literal(1.0)
    share = ibis.ifelse(beside.currency == currency, home, beside.from_rate) / ibis.ifelse(
        beside.into == currency, home, beside.to_rate
    )
    other = beside.currency != beside.into
    worth = (beside[amount].cast("float64") * share).round(4).cast(MONEY)
    told = beside.mutate(
        **{amount: ibis.ifelse(other & share.notnull(), worth, beside[amount])},
        currency=ibis.ifelse(other & share.isnull(), beside.currency, beside.into),
    )
    return told.drop("from_code", "from_day", "from_rate", "to_code", "to_day", "to_rate", "into")


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
