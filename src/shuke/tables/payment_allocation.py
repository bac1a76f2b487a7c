"""Payment allocation: which invoice does a payment pay?"""

from __future__ import annotations

from shuke.lazy import ibis, ir


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
