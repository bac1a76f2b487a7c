"""Payment allocation: which invoice does a payment pay?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shuke.lazy import ibis, ir
from shuke.tables.column import Type

#: Days overdue, up to and including.
AGES = {"overdue_30": (1, 30), "overdue_60": (31, 60), "overdue_90": (61, 90), "overdue_more": (91, None)}


def settling(payments: ir.Table, invoices: ir.Table) -> ir.Table:
    """The payments with `settles`: the source of the invoice whose number they name; null where there is none.

    It is an invoice of the payment's own source, else, for a bank's file names invoices of the books, the one
    that any source has of that number; a number that several sources give says nothing elsewhere.
    """
    heads = invoices.select("source", "invoice_no").distinct()
    own = heads.select("source", "invoice_no", own="source")
    alone = heads.group_by("invoice_no").agg(elsewhere=heads.source.min(), sources=heads.count())
    once = alone.filter(alone.sources == 1).drop("sources")
    paid = payments.left_join(own, ["source", "invoice_no"], rname="own_{name}")
    paid = paid.left_join(once, "invoice_no", rname="once_{name}")
    told = paid.mutate(settles=ibis.coalesce(paid.own, paid.elsewhere))
    return told.select(*payments.columns, "settles")


def open_invoices(invoices: ir.Table, payments: ir.Table, *, by: Sequence[str]) -> ir.Table:
    """The invoices of which something is left by the payments that name them, with that (`left`), and with what
    is still open (`still_open`) once everything that names none has been taken off, the oldest due first.

    `invoices` has `invoice`, `due` and `amount`, `payments` the `invoice` that each settles, if any, and a
    negative `amount`; both have the columns `by`, within which money counts for any invoice. A credit note,
    and what was paid beyond an invoice, counts like a payment that names none.
    """
    named = payments.filter(payments.invoice.notnull())
    on_it = named.group_by(named_invoice=named.invoice).agg(paid=named.amount.sum())
    beside = invoices.left_join(on_it, [("invoice", "named_invoice")])
    nothing = ibis.literal(0).cast(Type.MONEY.ibis)
    rest = (beside.amount + beside.paid.fill_null(nothing)).cast(Type.MONEY.ibis)
    left = beside.mutate(left=rest).drop("named_invoice", "paid")
    credited = left.filter(left.left < 0).select(*by, amount="left")
    both = credited.union(payments.filter(payments.invoice.isnull()).select(*by, "amount"))
    spare = both.group_by(*by).agg(spare=-both.amount.sum())
    open_ = left.filter(left.left > 0).left_join(spare, list(by), rname="spare_{name}")
    oldest = ibis.cumulative_window(
        group_by=list(by), order_by=[open_.due.fill_null(date.max), open_.invoice]
    )
    summed = open_.mutate(through=open_.left.sum().over(oldest))
    over = ibis.greatest(summed.through - summed.spare.fill_null(nothing), nothing)
    return summed.select(*left.columns, still_open=ibis.least(summed.left, over).cast(Type.MONEY.ibis))
