"""Contract end: whose contract ends soon, or has just ended, with nothing to follow it?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.languages import Text
from shuke.tables import Type
from shuke.tables.exchange import exchanged
from shuke.tables.records import owned

#: Stands for the end of a contract that names none.
_NEVER = date(9999, 12, 31)


@alert_rule(
    title=Text("Contracts that end", "合同到期预警"),
    about=Text("Whose contract ends soon, with nothing to follow it?", "谁的合同即将到期且未续？"),
    evidence={
        "ends": Text("Ends", "终止日"),
        "contracts": Text("contracts", "合同数"),
        "monthly_fee": Text("fees per month", "月费"),
        "cancelled": Text("cancelled", "已终止"),
    },
)
def contract_end(
    landed_contracts: ir.Table,
    landed_exchange_rates: ir.Table,
    identities: ir.Table,
    *,
    as_of: date,
    currency: str,
    days_before: int = 30,
    days_after: int = 30,
) -> ir.Table:
    """Customers whose last contract ends within `days_before` days, or ended within the last `days_after`.

    One finding per customer. A contract ends when its term does or, if that is earlier, when it was
    cancelled; who has another that goes on, or begins by then, is not found. It holds since `days_before`
    days before the end. Severity is `high` where it was cancelled. At stake are the fees of a year, in the
    project's currency.
    """
    told = owned(landed_contracts, identities, currency=currency)
    begun = told.filter(told.customer_id.notnull() & told.starts.notnull())
    until = ibis.least(begun.ends.fill_null(_NEVER), begun.cancelled.fill_null(_NEVER))
    dated = begun.mutate(
        until=until, quits=begun.cancelled.notnull(), into=ibis.literal(currency), day=ibis.literal(as_of)
    )
    fees = exchanged(dated, landed_exchange_rates, amount="monthly_fee", currency=currency)
    last = ibis.window(group_by="customer_id")
    known = fees.mutate(end=fees.until.max().over(last))
    soon = known.end.between(as_of - timedelta(days=days_after), as_of + timedelta(days=days_before))
    ending = known.filter(soon & (known.until > as_of - timedelta(days=days_after)))
    theirs = ending.group_by("customer_id", "end").agg(
        contracts=ending.count(),
        fee=ending.monthly_fee.sum(where=ending.currency == currency),
        cancelled=ending.quits.any(),
    )
    return theirs.select(
        subject=theirs.customer_id,
        since=theirs.end - ibis.interval(days=days_before),
        severity=severity(theirs.cancelled),
        at_stake=(theirs.fee * 12).cast(Type.MONEY.ibis),
        evidence=evidence(
            ends=theirs.end.cast(str), contracts=theirs.contracts,
            monthly_fee=theirs.fee.cast(Type.MONEY.ibis),
            cancelled=ibis.ifelse(theirs.cancelled, "✓", ibis.null("string")),
        ),
    )  # fmt: skip
