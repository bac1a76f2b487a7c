"""Consent expiry: to whom may the company soon no longer write, for their consent has grown old?"""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from shuke.alerts.findings import alert_rule, evidence, severity
from shuke.alerts.worth import in_year
from shuke.languages import Text
from shuke.periods import to_local
from shuke.tables import Type


@alert_rule(
    title=Text("Consents that expire", "同意即将过期预警"),
    about=Text("Whose consent is about to grow too old?", "哪些同意即将过期？"),
    subject=None,
    evidence={
        "customers": Text("Customers", "客户数"),
        "of": Text("of all with this consent", "该项同意总数"),
        "first": Text("the first on", "最早到期日"),
        "wave_percent": Text("of all, in percent", "占比（%）"),
    },
)
def consent_expiry(
    consent_states: ir.Table,
    purchases: ir.Table,
    *,
    as_of: date,
    zone: str,
    valid_days: int = 730,
    days_ahead_of_expiry: int = 30,
    min_share: float = 0.01,
) -> ir.Table:
    """Purposes and channels of which many consents will have stood for `valid_days` days before long.

    One finding per purpose and channel, where at least `min_share` of the consents in force expire within
    `days_ahead_of_expiry` days, today among them: asked again in time, they stand. It holds since that many
    days before the first of them. No law names the days: they are what the company has promised, or what its
    authority expects; 0 where consents stand for ever. Severity is `high` for a tenth of them. At stake is
    what these customers spent in the year before `as_of`.
    """
    granted = consent_states.filter(consent_states.granted & consent_states.since.notnull())
    given = granted.mutate(day=to_local(granted.since, zone).date())
    ends = given.mutate(ends=given.day + ibis.interval(days=valid_days))
    stands = ends.filter((ends.ends >= as_of) & ibis.literal(valid_days > 0))
    soon = stands.ends <= as_of + timedelta(days=days_ahead_of_expiry)
    beside = stands.mutate(soon=soon).left_join(in_year(purchases, as_of), "customer_id")
    waves = beside.group_by("purpose", "channel").agg(
        of=beside.count(), customers=beside.soon.sum(), first=beside.ends.min(where=beside.soon),
        spent=beside.spent.sum(where=beside.soon),
    )  # fmt: skip
    share = waves.customers.cast("float64") / waves["of"].cast("float64")
    found = waves.mutate(share=share).filter(lambda t: (t.customers > 0) & (t.share >= min_share))
    return found.select(
        subject_kind=ibis.literal("consent"),
        subject=found.purpose + " " + found.channel,
        since=found["first"] - ibis.interval(days=days_ahead_of_expiry),
        severity=severity(found.share >= 0.1),
        at_stake=found.spent.cast(Type.MONEY.ibis),
        evidence=evidence(
            customers=found.customers, of=found["of"], first=found["first"].strftime("%Y-%m-%d"),
            wave_percent=(found.share * 100 + 0.5).floor().cast("int64"),
        ),
    )  # fmt: skip
