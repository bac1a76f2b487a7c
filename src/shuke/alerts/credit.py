"""Credit: who owes more than their credit limit?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Type
from shuke.tables.payment_allocation import settling


@alert_rule(
    title=Text("Credit alerts", "信用预警"),
    about=Text("Who owes more than their limit?", "谁的欠款超过了信用额度？"),
    evidence={
        "open": Text("Open receivables", "未收款"),
        "limit": Text("credit limit", "信用额度"),
        "currency": Text("in", "币种"),
    },
)
def credit(
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    landed_credit_limits: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    zone: str,
) -> ir.Table:
    """Customers whose open receivables are beyond their credit limit, currency by currency.

    One finding per customer: of several currencies that in which they are furthest beyond. Open is what
    was invoiced less what was paid on it, whichever source says so; a payment that names no invoice
    counts against the customer as a whole. The limit is the newest in force on `as_of`; several records
    of one customer add up. What names no currency is in the project's. It holds since the day on which the
    balance last rose above the limit, or since the limit itself. Severity is `high` at a tenth or more over
    the limit, else `medium`. What is owed in a currency without a limit is the alert `credit_currency`.
    """
    moved = moves(landed_invoices, landed_payments, identities, currency=currency, zone=zone)
    limits = allowed(landed_credit_limits, identities, as_of=as_of, currency=currency)
    owed = balances(moved.inner_join(limits, ["customer_id", "currency"]))
    beyond = owed.filter(owed.open > owed["limit"])
    share = beyond.open.cast("float64") / beyond["limit"].nullif(0).cast("float64")
    worst_first = ibis.window(
        group_by="customer_id", order_by=[share.fill_null(float("inf")).desc(), beyond.currency]
    )
    single = beyond.mutate(nth=ibis.row_number().over(worst_first)).filter(lambda t: t.nth == 0)
    return single.select(
        rule=ibis.literal("credit"),
        subject_kind=ibis.literal("customer"),
        subject=single.customer_id,
        since=ibis.greatest(single.rose, ibis.coalesce(single.starts, single.rose)),
        severity=severity(single.open * 10 >= single["limit"] * 11),
        evidence=evidence(open=single.open, limit=single["limit"], currency=single.currency),
    )


def moves(
    invoices: ir.Table, payments: ir.Table, identities: ir.Table, *, currency: str, zone: str
) -> ir.Table:
    """What changed the balance of a customer in a currency: one row per day, undated ones before all."""
    billed = _whose(invoices, identities).select(
        "customer_id", "currency", "amount", "source", "invoice_no", day="issued"
    )
    heads = billed.select(
        settles="source", invoice_no="invoice_no", by_invoice="customer_id", invoice_currency="currency"
    )
    paid = settling(_whose(payments, identities), billed).left_join(heads, ["settles", "invoice_no"])
    settled = paid.select(
        customer_id=ibis.coalesce(paid.by_invoice, paid.customer_id),
        currency=ibis.coalesce(paid.currency, paid.invoice_currency),
        amount=(-paid.amount).cast(Type.MONEY.ibis),
        day=to_local(paid.paid_at, zone).date(),
    )
    both = billed.select("customer_id", "currency", "amount", "day").union(settled)
    known = both.filter(both.customer_id.notnull()).mutate(
        currency=both.currency.fill_null(currency), day=both.day.fill_null(date(1900, 1, 1))
    )
    daily = known.group_by("customer_id", "currency", "day").agg(amount=known.amount.sum())
    return daily.mutate(amount=daily.amount.cast(Type.MONEY.ibis))


def balances(moved: ir.Table) -> ir.Table:
    """One row per customer and currency: what is `open`, its `limit`, and the day it `rose` above that."""
    whose = ["customer_id", "currency"]
    so_far = ibis.cumulative_window(group_by=whose, order_by="day")
    running = moved.mutate(balance=moved.amount.sum().over(so_far))
    within = running.mutate(
        kept=ibis.ifelse(running.balance <= running["limit"], running.day, ibis.null("date"))
    )
    last = within.mutate(last_kept=within.kept.max().over(ibis.window(group_by=whose)))
    return last.group_by([*whose, "limit", "starts"]).agg(
        open=last.amount.sum().cast(Type.MONEY.ibis),
        rose=last.day.min(where=last.last_kept.isnull() | (last.day > last.last_kept)),
    )


def allowed(limits: ir.Table, identities: ir.Table, *, as_of: date, currency: str) -> ir.Table:
    """One row per customer and currency: the `limit` in force, and since when it is."""
    owned = _whose(limits, identities)
    told = owned.mutate(currency=owned.currency.fill_null(currency))
    begun = told.filter(told.starts.isnull() | (told.starts <= as_of))
    # A limit without a date is older than any with one.
    starts = begun.starts.fill_null(date(1900, 1, 1))
    newest_first = ibis.window(
        group_by=["source", "record_id", "currency"], order_by=[starts.desc(), begun.key]
    )
    ranked = begun.mutate(nth=ibis.row_number().over(newest_first))
    newest = ranked.filter((ranked.nth == 0) & ranked.customer_id.notnull())
    added = newest.group_by("customer_id", "currency").agg(
        limit=newest["limit"].sum(), starts=newest.starts.max()
    )
    return added.mutate(limit=added["limit"].cast(Type.MONEY.ibis))


def _whose(rows: ir.Table, identities: ir.Table) -> ir.Table:
    owners = identities.select(who="record", customer_id="customer_id")
    owned = rows.left_join(owners, rows.source + ":" + rows.record_id == owners.who)
    return owned.mutate(currency=owned.currency.upper())  # rows that landed before codes were read
