"""Credit: who owes us more than we agreed to lend?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import FINDING, evidence, severity
from shuke.languages import Text
from shuke.tables import Type, table


@table(
    key=("rule", "subject"),
    title=Text("Credit alerts", "信用预警"),
    about=Text("Who owes more than their limit?", "谁的欠款超过了信用额度？"),
    area="alerts",
    subject="subject",
    columns=FINDING,
)
def credit(
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    landed_credit_limits: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
) -> ir.Table:
    """Customers whose open receivables are beyond their credit limit, currency by currency.

    One finding per customer. Open is what was invoiced less what was paid on it; a payment that names no
    invoice counts against the customer as a whole. The limit is the newest in force on `as_of`; several
    records of one customer add up. It holds since the issue of the youngest invoice that went beyond.
    Severity is `high` at a tenth or more over the limit, else `medium`.
    """
    owed = _owed(landed_invoices, landed_payments, identities)
    allowed = _allowed(landed_credit_limits, identities, as_of=as_of)
    joined = owed.inner_join(allowed, ["customer_id", "currency"])
    beyond = joined.filter(joined.open > joined["limit"])
    over = (beyond.open / beyond["limit"].nullif(0)).cast("float64").fill_null(float("inf"))
    worst = ibis.row_number().over(
        ibis.window(group_by="customer_id", order_by=[over.desc(), beyond.currency])
    )
    ranked = beyond.mutate(over=over, nth=worst)
    single = ranked.filter(ranked.nth == 0)
    return single.select(
        rule=ibis.literal("credit"),
        subject_kind=ibis.literal("customer"),
        subject=single.customer_id,
        since=single.newest,
        severity=severity(single.over >= 1.1),
        evidence=evidence(open=single.open, limit=single["limit"], currency=single.currency),
    )


def _owed(invoices: ir.Table, payments: ir.Table, identities: ir.Table) -> ir.Table:
    """One row per customer and currency: `open`, and the `newest` invoice."""
    billed = _whose(invoices, identities).select(
        "customer_id", "currency", "amount", "issued", "source", "invoice_no"
    )
    heads = billed.select("source", "invoice_no", by_invoice="customer_id", invoice_currency="currency")
    paid = _whose(payments, identities).left_join(heads, ["source", "invoice_no"])
    settled = paid.select(
        customer_id=ibis.coalesce(paid.by_invoice, paid.customer_id),
        currency=ibis.coalesce(paid.currency, paid.invoice_currency),
        amount=-paid.amount,
        issued=ibis.null("date"),
    )
    moves = billed.select("customer_id", "currency", "amount", "issued").union(
        settled.select(
            "customer_id", "currency", amount=settled.amount.cast(Type.MONEY.ibis), issued="issued"
        )
    )
    known = moves.filter(moves.customer_id.notnull()).mutate(currency=moves.currency.fill_null(""))
    return known.group_by("customer_id", "currency").agg(open=known.amount.sum(), newest=known.issued.max())


def _allowed(limits: ir.Table, identities: ir.Table, *, as_of: date) -> ir.Table:
    """One row per customer and currency: the `limit` in force."""
    owned = _whose(limits, identities)
    begun = owned.filter(owned.starts.isnull() | (owned.starts <= as_of))
    newest_first = ibis.window(group_by=["source", "record_id"], order_by=[begun.starts.desc(), begun.key])
    ranked = begun.mutate(nth=ibis.row_number().over(newest_first), currency=begun.currency.fill_null(""))
    newest = ranked.filter((ranked.nth == 0) & ranked.customer_id.notnull())
    return newest.group_by("customer_id", "currency").agg(limit=newest["limit"].sum())


def _whose(rows: ir.Table, identities: ir.Table) -> ir.Table:
    owners = identities.select(who="record", customer_id="customer_id")
    return rows.left_join(owners, rows.source + ":" + rows.record_id == owners.who)
