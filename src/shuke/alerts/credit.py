"""Credit: who owes more than their credit limit, or soon will?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, still
from shuke.languages import Text
from shuke.stats import rounded
from shuke.tables.payment_allocation import AGES, settling
from shuke.tables.records import owned


@alert_rule(
    title=Text("Credit alerts", "信用预警"),
    about=Text("Who owes more than their limit, or soon will?", "谁的欠款已经或即将超过信用额度？"),
    evidence={
        "exposure": Text("Exposure", "信用敞口"),
        "limit": Text("credit limit", "信用额度"),
        "currency": Text("in", "币种"),
        "used_percent": Text("of the limit, in percent", "占额度（%）"),
        "invoiced": Text("open invoices", "未收发票款"),
        "delivered": Text("delivered, not invoiced", "已交付未开票"),
        "overdue": Text("overdue", "逾期款"),
        "overdue_more": Text("of that for more than 90 days", "其中逾期超过 90 天"),
        "days_left": Text("days until the limit at this pace", "按近期速度距超额天数"),
    },
)
def credit(
    credit_exposure: ir.Table,
    last_build_credit: ir.Table,
    *,
    as_of: date,
    near: float = 0.8,
    over: float = 0.75,
    days_ahead_of_limit: int = 30,
) -> ir.Table:
    """Accounts beyond their credit limit, near it, or expected to cross it soon.

    One finding per account, that of the currency in which most of the limit is used. Severity is `high`
    above the limit, `medium` from `near` of it on, `low` where it will be crossed within
    `days_ahead_of_limit` days at the lesser of the paces of the last 30 and 90 days. Once found, an account
    stays so until less than `over` of the limit is used. It holds since the exposure last rose above the
    limit, or above `near` of it; what is only expected, since it was first found. At stake is the whole
    exposure.
    """
    limited = credit_exposure.filter(credit_exposure["limit"].notnull() & (credit_exposure.exposure > 0))
    room = (limited["limit"] - limited.exposure).cast("float64")
    share = limited.exposure.cast("float64") / limited["limit"].cast("float64").nullif(0.0)
    told = limited.mutate(
        share=share,
        used=share.fill_null(float("inf")),
        days_left=(room / limited.pace.cast("float64").nullif(0.0)).ceil(),
    )
    worst_first = ibis.window(group_by="customer_id", order_by=[told.used.desc(), told.currency])
    single = told.mutate(nth=ibis.row_number().over(worst_first)).filter(lambda t: t.nth == 0)
    red, amber = single.exposure > single["limit"], single.used >= near
    soon = (single.days_left <= days_ahead_of_limit).fill_null(False)
    found = single.mutate(
        subject=single.customer_id,
        severity=ibis.cases((red, "high"), (amber, "medium"), else_="low"),
        since=ibis.cases((red, single.rose), (amber, single.neared)),
        coming=~red & soon,
    )
    kept = still(found, last_build_credit, opens=red | amber | soon, lasts=single.used >= over)
    overdue = sum((kept[name] for name in list(AGES)[1:]), kept["overdue_30"])
    return kept.select(
        "subject", "severity",
        since=ibis.coalesce(kept.since, kept.known_since, ibis.literal(as_of)),
        at_stake=kept.in_currency,
        evidence=evidence(
            exposure=kept.exposure, limit=kept["limit"], currency=kept.currency,
            used_percent=rounded(kept.share * 100, 0).cast("int64"),
            invoiced=kept.invoiced, delivered=kept.delivered,
            overdue=overdue.cast("decimal(18, 4)"), overdue_more=kept.overdue_more,
            days_left=ibis.ifelse(kept.coming, kept.days_left.cast("int64"), ibis.null("int64")),
        ),
    )  # fmt: skip


#: An account was in trouble if something of it was overdue by more than so many days within the next ones.
LATE, FOLLOWED = 30, 90


@credit.outcome
def paid_late(
    openings: ir.Table,
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    identities: ir.Table,
    *,
    until: date,
) -> ir.Table:
    """An alert was right where an invoice was overdue by more than thirty days within the ninety that
    followed."""
    named = settling(landed_payments, landed_invoices)
    paid = named.group_by("settles", "invoice_no").agg(paid=named.amount.sum(), at=named.paid_at.max())
    owed = owned(landed_invoices, identities, currency="")
    both = owed.left_join(paid, [("source", "settles"), "invoice_no"], rname="_{name}")
    is_paid = (both.paid >= both.amount).fill_null(False)
    dated = both.select(
        "customer_id",
        late=both.due + ibis.interval(days=LATE),
        settled=ibis.ifelse(is_paid, both["at"].date(), ibis.null("date")),
    )
    theirs = openings.inner_join(dated, [("subject", "customer_id")])
    trouble = (theirs.late <= theirs.opened + ibis.interval(days=FOLLOWED)) & (
        theirs.settled.isnull() | (theirs.settled > ibis.greatest(theirs.late, theirs.opened))
    )
    found = theirs.filter(trouble & (theirs.late <= until)).select("subject", "opened").distinct()
    told = openings.left_join(found, ["subject", "opened"], rname="found_{name}")
    over = told.opened + ibis.interval(days=FOLLOWED) <= until
    return told.select(
        "subject", "opened", right=ibis.cases((told.found_subject.notnull(), True), (over, False))
    )
