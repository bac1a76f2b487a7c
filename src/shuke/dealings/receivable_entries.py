"""Receivable entries: what has raised or lowered what a customer owes, on which day?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.dealings.statuses import NO_SALE, state
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.exchange import exchanged
from shuke.tables.payment_allocation import settling
from shuke.tables.records import owned

#: When something happened that does not say when: before all else.
UNDATED = date(1900, 1, 1)

INVOICE, PAYMENT = "invoice", "payment"

ENTRIES: dict[str, Text] = {
    INVOICE: Text("Invoice or credit note", "发票或贷项通知"), PAYMENT: Text("Payment", "收款")
}  # fmt: skip

_MONEY = Type.MONEY.ibis


@table(
    key="entry_id",
    title=Text("Receivable entries", "应收账款明细"),
    about=Text("What has raised or lowered what a customer owes?", "哪些往来增加或减少了客户的欠款？"),
    area="dealings",
    event_time="day",
    columns=[
        Column("entry_id", Type.TEXT, Text("Entry", "分录编号")),
        Column("entry", Type.TEXT, Text("Kind of entry", "分录类型"), codes=ENTRIES),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号"), note=Text(
            "Empty: nobody knows whose it is.", "为空表示不知属于谁。")),
        Column("currency", Type.TEXT, Text("Currency", "币种")),
        Column("day", Type.DATE, Text("Day", "日期")),
        Column("due", Type.DATE, Text("Due", "到期日期")),
        Column("invoice", Type.TEXT, Text("Invoice", "发票"), note=Text(
            "Its own, or the one that a payment settles; a payment without one counts against the oldest.",
            "发票自身，或收款所核销的发票；未注明者核销最早的发票。")),
        Column("order_no", Type.TEXT, Text("Order number", "订单号")),
        Column("amount", Type.MONEY, Text("Raises what is owed by", "欠款增加额"), unit="currency"),
    ],
)  # fmt: skip
def receivable_entries(
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    landed_exchange_rates: ir.Table,
    identities: ir.Table,
    *,
    currency: str,
    zone: str,
    checkpoint: Checkpoint,
) -> ir.Table:
    """Every invoice, credit note and payment, by what it adds to what is owed; their sum is what is open.

    One row per invoice or credit note (positive, or negative) and per payment (negative), in the currency of
    the invoice that it pays at the rate of its day; an advance in its own. A payment finds its invoice in
    whichever source that is. What was paid back raises what is owed again; what failed, is pending, or was
    no money of a customer counts 0.
    """
    invoices = checkpoint(owned(landed_invoices, identities, currency=currency))
    paid = _received(
        landed_payments, invoices, landed_exchange_rates, identities, currency=currency, zone=zone
    )
    billed = invoices.select(
        "customer_id", "currency", "due", "order_no", "amount",
        entry_id=ibis.literal("invoice:") + invoices.key, entry=ibis.literal(INVOICE), day=invoices.issued,
        invoice=invoices.source + ":" + invoices.invoice_no,
    )  # fmt: skip
    return billed.union(paid.select(*billed.columns))


def _received(
    payments: ir.Table, invoices: ir.Table, rates: ir.Table, identities: ir.Table, *, currency: str, zone: str
) -> ir.Table:
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
    return changed.select(
        "customer_id", "currency", "invoice", entry_id=ibis.literal("payment:") + changed.key,
        entry=ibis.literal(PAYMENT), day=changed.day.nullif(UNDATED), due=ibis.null("date"),
        order_no=ibis.null("string"), amount=(-changed.received).cast(_MONEY),
    )  # fmt: skip


def _worth(payments: ir.Table) -> ir.DecimalValue:
    nothing = ibis.literal(0).cast(_MONEY)
    kept = payments.amount - payments.refunded.abs().fill_null(nothing)
    stands = ~state(payments.status).isin((*NO_SALE, "refunded")).fill_null(False)
    sign = payments.direction.fill_null("in")
    worth = ibis.cases(
        (~stands | sign.isin(("out", "none")), nothing), (sign == "back", -payments.amount.abs()), else_=kept
    )
    return worth.cast(_MONEY)
