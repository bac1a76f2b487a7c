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
    left = _rest(invoices, payments)
    nothing = ibis.literal(0).cast(Type.MONEY.ibis)
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


def _rest(invoices: ir.Table, payments: ir.Table) -> ir.Table:
    """The invoices with `left`: what is left of each by the payments that name it; below zero, what is over."""
    named = payments.filter(payments.invoice.notnull())
    on_it = named.group_by(named_invoice=named.invoice).agg(paid=named.amount.sum())
    beside = invoices.left_join(on_it, [("invoice", "named_invoice")])
    nothing = ibis.literal(0).cast(Type.MONEY.ibis)
    rest = (beside.amount + beside.paid.fill_null(nothing)).cast(Type.MONEY.ibis)
    return beside.mutate(left=rest).drop("named_invoice", "paid")


def settled_days(invoices: ir.Table, payments: ir.Table, *, by: Sequence[str]) -> ir.Table:
    """One row per `invoice` of which nothing is open, with the day (`settled_on`) on which it was paid whole.

    It is the first by which what names the invoice had reached its amount, or by which, for what is left, all
    that names none had reached this invoice and the older ones; no day is before that of the invoice. Null
    where a payment without a day had a part in it.
    """
    named = payments.filter(payments.invoice.notnull())
    so_far = ibis.cumulative_window(group_by="invoice", order_by=[_when(named), named.entry_id])
    running = named.mutate(paid=-named.amount.sum().over(so_far), when=_when(named))
    owed = invoices.filter(invoices.amount > 0).select(of="invoice", owed="amount")
    whole = running.inner_join(owed, [("invoice", "of")])
    reached = whole.group_by("invoice").agg(
        in_full=whole.when.min(where=whole.paid >= whole.owed), last=whole.when.max()
    )
    told = invoices.left_join(reached, "invoice", rname="of_{name}").drop("of_invoice")
    rest = _rest(told, payments)
    covered = _covered(rest, payments, by=by)
    beside = rest.left_join(covered, "invoice", rname="of_{name}")
    by_name = beside.left <= 0
    day = ibis.ifelse(by_name, beside.in_full, ibis.greatest(beside.covered_on, beside["last"]))
    paid = beside.filter((beside.amount > 0) & (by_name | beside.covered_on.notnull())).mutate(paid_on=day)
    known = ibis.ifelse(paid.paid_on == ibis.date(_UNKNOWN), ibis.null("date"), paid.paid_on)
    return paid.select("invoice", settled_on=ibis.ifelse(known < paid.day, paid.day, known))


#: Stands, while days are compared, for one that nobody knows.
_UNKNOWN = date(1900, 1, 1)


def _when(rows: ir.Table) -> ir.DateValue:
    return rows.day.fill_null(ibis.date(_UNKNOWN))


def _covered(rest: ir.Table, payments: ir.Table, *, by: Sequence[str]) -> ir.Table:
    """When what names no invoice had reached each invoice of which something is left: `covered_on`."""
    loose = payments.filter(payments.invoice.isnull())
    credits_ = rest.filter(rest.left < 0)
    spare = loose.select(*by, "amount", name="entry_id", when=_when(loose)).union(
        credits_.select(
            *by, amount="left", name="invoice", when=ibis.coalesce(credits_.in_full, _when(credits_))
        )
    )
    in_turn = ibis.cumulative_window(group_by=list(by), order_by=[spare.when, spare.name])
    steps = spare.mutate(height=-spare.amount.sum().over(in_turn))
    waiting = rest.filter(rest.left > 0)
    oldest = ibis.cumulative_window(
        group_by=list(by), order_by=[waiting.due.fill_null(date.max), waiting.invoice]
    )
    levels = waiting.mutate(height=waiting.left.sum().over(oldest))
    # From the highest step down: the first day on which spare money stood at an invoice's level or above.
    both = steps.select(*by, "height", "when", invoice=ibis.null("string"), is_step=ibis.literal(0)).union(
        levels.select(*by, "height", when=ibis.null("date"), invoice="invoice", is_step=ibis.literal(1))
    )
    down = ibis.cumulative_window(
        group_by=list(by), order_by=[both.height.desc(), both.is_step, both.when, both.invoice]
    )
    reached = both.mutate(covered_on=both.when.min().over(down))
    return reached.filter((reached.is_step == 1) & reached.covered_on.notnull()).select(
        "invoice", "covered_on"
    )
