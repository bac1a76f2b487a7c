"""Eligibility: who may not be sold to on credit, and whose contract ends soon?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.tables.payment_allocation import settling


def owing(
    credit: ir.Table, invoices: ir.Table, payments: ir.Table, identities: ir.Table, *, as_of: date
) -> ir.Table:
    """Customers beyond their credit limit, or with an invoice overdue. One row per `customer_id`.

    Overdue is what was due before `as_of` and not paid; a payment that names no invoice counts against
    the customer as a whole, currency by currency, and so does one whose invoice nobody has.
    """
    beyond = credit.filter(credit.severity == "high").select(customer_id="subject")
    found = settling(payments, invoices)
    named = found.filter(found.settles.notnull())
    paid = named.group_by(of="settles", paid_no="invoice_no").agg(paid=named.amount.sum())
    due = invoices.filter(invoices.due < as_of)
    due = due.left_join(paid, [due.source == paid.of, due.invoice_no == paid.paid_no])
    zero = ibis.literal(0).cast("decimal(38, 4)")
    left = due.amount.cast("decimal(38, 4)") - due.paid.cast("decimal(38, 4)").fill_null(zero)
    loose = found.filter(found.settles.isnull())
    moves = _booked(due, ibis.greatest(left, zero)).union(
        _booked(loose, -loose.amount.cast("decimal(38, 4)"))
    )
    owned = moves.inner_join(identities.select("record", "customer_id"), "record")
    open_ = owned.group_by("customer_id", "currency").agg(open=owned.amount.sum())
    overdue = open_.filter(open_.open > 0).select("customer_id")
    return beyond.union(overdue, distinct=True)


def ending(contracts: ir.Table, identities: ir.Table, *, as_of: date, days: int) -> ir.Table:
    """Customers with a contract that ends within `days`: `customer_id`, `contract_ends`, the first to end."""
    until = as_of + timedelta(days=days)
    running = contracts.filter(
        contracts.ends.between(as_of, until) & (contracts.cancelled.isnull() | (contracts.cancelled > as_of))
    )
    keyed = running.select("ends", record=running.source + ":" + running.record_id)
    owned = keyed.inner_join(identities.select("record", "customer_id"), "record")
    return owned.group_by("customer_id").agg(contract_ends=owned.ends.min())


def _booked(rows: ir.Table, amount: ir.DecimalValue) -> ir.Table:
    return rows.select(
        record=rows.source + ":" + rows.record_id,
        currency=rows.currency.fill_null(""),
        amount=amount.cast("decimal(38, 4)"),
    )
