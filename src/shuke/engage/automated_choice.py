"""Automated choice: who does not want a model alone to choose what they are offered?

Whoever says so, as article 24 of the PIPL lets them, is left out of what a model gives out.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from shuke.engage.permission import Consent, is_permitted
from shuke.profiles.consent_states import ANY
from shuke.store.campaign_rows import consent_changes

#: The purpose under which customers say so; whoever says nothing has nothing against it.
PURPOSE = "automated_choice"


def statements(connection: sa.Connection) -> dict[str, list[Consent]]:
    """What customers, by the ids that they had then, have said of it since it was last landed, and before."""
    rows = connection.execute(
        sa.select(consent_changes).where(consent_changes.c.purpose == PURPOSE).order_by(consent_changes.c.id)
    )
    found: dict[str, list[Consent]] = {}
    for row in rows:
        statement = Consent(purpose=PURPOSE, channel=ANY, granted=row.granted, since=row.at)
        found.setdefault(row.customer_id, []).append(statement)
    return found


def is_refused(consents: Iterable[Consent]) -> bool:
    told = list(consents)
    return bool(told) and not is_permitted(told, purpose=PURPOSE, channel=ANY)
