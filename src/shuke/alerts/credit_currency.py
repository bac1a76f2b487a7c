"""Credit currency: who has a credit limit, and owes us in a currency that it does not speak of?"""

from datetime import date

import ibis
import ibis.expr.types as ir

from shuke.alerts.credit import allowed, balances, moves
from shuke.alerts.findings import alert_rule, evidence
from shuke.languages import Text
from shuke.tables import Type


@alert_rule(
    title=Text("Owed outside the limit's currency", "额度币种之外的欠款"),
    about=Text(
        "Who has a credit limit and owes in another currency, which no limit covers?",
        "谁有信用额度，却欠着额度未涵盖的另一币种的款？",
    ),
    evidence={"open": Text("Open receivables", "未收款"), "currency": Text("in", "币种")},
)
def credit_currency(
    landed_invoices: ir.Table,
    landed_payments: ir.Table,
    landed_credit_limits: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    zone: str,
) -> ir.Table:
    """Customers who have a limit, and open receivables in a currency in which they have none.

    One finding per customer: of several such currencies the first by its code. Amounts in different
    currencies are not compared, so nobody can say whether the limit is exceeded. It holds since the day on
    which the balance last rose above nothing. Severity is `medium`.
    """
    limits = allowed(landed_credit_limits, identities, as_of=as_of, currency=currency)
    moved = moves(landed_invoices, landed_payments, identities, currency=currency, zone=zone)
    theirs = moved.semi_join(limits, "customer_id").anti_join(limits, ["customer_id", "currency"])
    nothing, always = ibis.literal(0).cast(Type.MONEY.ibis), ibis.null("date")
    owed = balances(theirs.mutate(limit=nothing, starts=always))
    first = ibis.window(group_by="customer_id", order_by="currency")
    positive = owed.filter(owed.open > 0).mutate(nth=ibis.row_number().over(first))
    single = positive.filter(positive.nth == 0)
    return single.select(
        rule=ibis.literal("credit_currency"),
        subject_kind=ibis.literal("customer"),
        subject=single.customer_id,
        since=single.rose,
        severity=ibis.literal("medium"),
        evidence=evidence(open=single.open, currency=single.currency),
    )
