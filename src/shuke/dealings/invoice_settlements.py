"""Invoice settlements: what is still open of each invoice, and when was it paid?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.dealings.receivable_entries import INVOICE, PAYMENT
from shuke.languages import Text
from shuke.tables import Column, Type, table
from shuke.tables.derived import Checkpoint
from shuke.tables.payment_allocation import open_invoices, settled_days

#: Within which money counts for any invoice.
_BY = ("customer_id", "currency")


@table(
    key="invoice",
    title=Text("Settlement of invoices", "发票结清情况"),
    about=Text(
        "What is still open of each invoice, and when was it paid?", "每张发票还剩多少未收？何时收清？"),
    area="dealings",
    event_time="issued",
    columns=[
        Column("invoice", Type.TEXT, Text("Invoice", "发票")),
        Column("customer_id", Type.TEXT, Text("Customer", "客户编号"), note=Text(
            "Empty: nobody knows whose it is.", "为空表示不知属于谁。")),
        Column("currency", Type.TEXT, Text("Currency", "币种")),
        Column("issued", Type.DATE, Text("Issued", "开票日期")),
        Column("due", Type.DATE, Text("Due", "到期日期")),
        Column("amount", Type.MONEY, Text("Invoice amount", "发票金额"), unit="currency"),
        Column("open_amount", Type.MONEY, Text("Still open", "未收金额"), unit="currency"),
        Column("settled_on", Type.DATE, Text("Paid in full on", "收清日期")),
        Column("days_late", Type.INTEGER, Text("Days late", "逾期天数"), unit="day", note=Text(
            "From the due day, or else the day of issue, until it was paid, or until today; below zero: "
            "early.",
            "自到期日（无则自开票日）至收清日或今日；负数为提前。")),
    ],
)  # fmt: skip
def invoice_settlements(receivable_entries: ir.Table, *, as_of: date, checkpoint: Checkpoint) -> ir.Table:
    """Every invoice with what is open of it and the day on which it was paid in full, up to `as_of`.

    One row per invoice; credit notes are none. A payment counts for the invoice that it names; payments that
    name none, credit notes, and what was paid beyond an invoice count for the customer's other invoices in
    that currency, the oldest due first. `settled_on` is empty while something is open, and where a payment
    that had a part in it has no day.
    """
    entries = receivable_entries.filter(
        receivable_entries.day.isnull() | (receivable_entries.day <= ibis.date(as_of))
    )
    named = entries.mutate(customer_id=entries.customer_id.fill_null(""))  # null joins nothing
    invoices = checkpoint(named.filter(named.entry == INVOICE))
    payments = checkpoint(named.filter(named.entry == PAYMENT))
    open_ = open_invoices(invoices, payments, by=_BY).select("invoice", "still_open")
    paid = settled_days(invoices, payments, by=_BY)
    bills = invoices.filter(invoices.amount > 0)
    told = bills.left_join(open_, "invoice", rname="of_{name}").left_join(paid, "invoice", rname="by_{name}")
    until = ibis.coalesce(
        told.settled_on, ibis.ifelse(told.still_open > 0, ibis.date(as_of), ibis.null("date"))
    )
    return told.select(
        "invoice", "currency", "due", "amount", "settled_on", issued="day",
        customer_id=told.customer_id.nullif(""),
        open_amount=told.still_open.fill_null(ibis.literal(0).cast(Type.MONEY.ibis)),
        days_late=until.delta(ibis.coalesce(told.due, told.day), unit="day"),
    )  # fmt: skip
