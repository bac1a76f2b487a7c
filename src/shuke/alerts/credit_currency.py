"""Credit currency: who has a credit limit, and owes us in a currency for which there is no rate?"""

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence
from shuke.languages import Text


@alert_rule(
    title=Text("Owed outside the limit's currency", "额度币种之外的欠款"),
    about=Text(
        "Who has a credit limit and owes in another currency, for which no rate is known?",
        "谁有信用额度，却欠着没有汇率的另一币种的款？",
    ),
    evidence={"open": Text("Open receivables", "未收款"), "currency": Text("in", "币种")},
)
def credit_currency(credit_exposure: ir.Table) -> ir.Table:
    """Accounts that have a limit, and owe in a currency that cannot be converted to that of the limit.

    One finding per account: of several such currencies the first by its code. Without a rate nobody can say
    whether the limit is exceeded. It holds since the day on which they last began to owe. Severity is
    `medium`.
    """
    limited = credit_exposure.filter(credit_exposure["limit"].notnull()).select("customer_id").distinct()
    owed = credit_exposure.filter(credit_exposure["limit"].isnull() & (credit_exposure.exposure > 0))
    theirs = owed.semi_join(limited, "customer_id")
    first = ibis.window(group_by="customer_id", order_by="currency")
    single = theirs.mutate(nth=ibis.row_number().over(first)).filter(lambda t: t.nth == 0)
    return single.select(
        subject=single.customer_id,
        since=single.rose,
        severity=ibis.literal("medium"),
        evidence=evidence(open=single.exposure, currency=single.currency),
    )
