"""Engagement: what do the books say of campaigns and consents that the landing zone does not know yet?

Before a build reads anything, what was sent, who was held out and what customers have said of being written
to lands as source `shuke`, so that the tables of campaigns and consents tell of it like of any other source.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from shuke.analyses.campaign_arms import BOUNCED, TREATED
from shuke.app import Project
from shuke.builds.own_rows import founding, known, stored
from shuke.builds.own_rows import land as land_rows
from shuke.engage import campaigns
from shuke.engage.books import MessageStatus
from shuke.engage.campaigns import Standing
from shuke.engage.message_events import Became
from shuke.engage.message_events import became as message_events_of
from shuke.store.campaign_rows import (
    IS_STEP,
    MESSAGE_KEY,
    NEW_CONSENTS,
    NEW_EVENTS,
    NEW_STEPS,
    NEW_TOUCHES,
    STANDS,
    assignments,
    consent_changes,
    message_events,
    messages,
)
from shuke.store.operations import Operations


def land(project: Project, *, now: datetime) -> int:
    """Land what is new in the books; returns how many rows."""
    told = sa.select(message_events.c.reference).where(NEW_EVENTS)
    was_told = messages.c.reference.in_(told)
    with project.operations.reading() as connection:
        touches = connection.execute(
            sa.select(
                assignments, STANDS.label("stands"), messages.c.at.label("written_at"), messages.c.reference
            )
            .outerjoin(messages, messages.c.key == MESSAGE_KEY)
            .where(NEW_TOUCHES | was_told)
        ).all()
        steps = connection.execute(
            sa.select(messages).where(NEW_STEPS | (IS_STEP & was_told)).order_by(messages.c.id)
        ).all()
        said = connection.execute(sa.select(consent_changes).where(NEW_CONSENTS)).all()
        events = connection.execute(sa.select(message_events.c.id).where(NEW_EVENTS)).scalars().all()
        became = message_events_of(connection, {row.reference for row in (*touches, *steps)})
        moved = {row.campaign_id for row in (*touches, *steps)}
        standing = {each.id: each for each in campaigns.every(connection) if each.id in moved}
        begun = {number: _begun(connection, number) for number in moved}
    if not touches and not steps and not said:
        _remember(project.operations, events=events)
        return 0
    outside = Decimal(str(project.settings.global_holdout))
    records = founding(project, {row.customer_id for row in (*touches, *steps, *said)})
    landed = land_rows(
        project,
        {
            "campaigns": [
                _campaign(standing[number], begun[number], outside, now) for number in sorted(moved)
            ],
            "touches": [
                *(_touch(row, standing[row.campaign_id], records, became) for row in touches),
                *(_step(row, standing[row.campaign_id], records, became) for row in steps),
            ],
            "consents": [_consent(row, records) for row in said],
        },
        now=now,
    )
    _remember(project.operations, touches=touches, steps=steps, said=said, events=events)
    return landed


def _begun(connection: sa.Connection, number: int) -> sa.Row[Any]:
    """When a campaign began, how many messages of it were sent, and whether it has landed before."""
    sent = sa.select(sa.func.count()).where(
        messages.c.campaign_id == number, messages.c.status == MessageStatus.SENT
    )
    return connection.execute(
        sa.select(
            sa.func.min(assignments.c.at).label("at"), sa.func.count(assignments.c.landed).label("landed"),
            sent.scalar_subquery().label("sent"),
        ).where(assignments.c.campaign_id == number)
    ).one()  # fmt: skip


def _campaign(standing: Standing, begun: sa.Row[Any], outside: Decimal, now: datetime) -> dict[str, Any]:
    told = known(standing.name, state=f"{begun.sent} sent", at=now, revises=bool(begun.landed))
    return told | {
        "campaign_id": standing.name, "name": standing.name, "channel": standing.campaign.channel,
        "starts": begun.at.date(), "cost": Decimal(standing.campaign.cost) * begun.sent,
        "control_share": Decimal(str(standing.campaign.share_held_out)),
        "global_share": outside if standing.campaign.is_marketing else Decimal(0),
    }  # fmt: skip


def _touch(
    row: sa.Row[Any], standing: Standing, records: dict[str, str], became: Mapping[str, Became]
) -> dict[str, Any]:
    number = f"{row.campaign_id}:{row.customer_id}"
    told = became.get(row.reference or "") or Became()
    stands = BOUNCED if told.bounced else row.stands
    sent_at = row.written_at if row.stands == MessageStatus.SENT else None
    return _became(
        number, row.stands, row.written_at or row.at, sent_at, told, revises=row.landed is not None
    ) | {
        "touch_id": number, "campaign_id": standing.name, "channel": standing.campaign.channel,
        "record_id": records.get(row.customer_id), "at": stored(row.at), "group": row.arm,
        "stratum": row.stratum, "status": stands if row.written_at or row.arm == TREATED else None,
    }  # fmt: skip


def _step(
    row: sa.Row[Any], standing: Standing, records: dict[str, str], became: Mapping[str, Became]
) -> dict[str, Any]:
    """A message of an automation: a touch beside that by which the customer entered it."""
    told = became.get(row.reference or "") or Became()
    sent_at = row.at if row.status == MessageStatus.SENT else None
    return _became(
        row.key, row.status, row.at, sent_at, told, revises=row.landed is not None
    ) | {
        "touch_id": row.key, "campaign_id": standing.name, "channel": row.channel,
        "record_id": records.get(row.customer_id), "at": stored(row.at), "group": TREATED, "stratum": None,
        "status": BOUNCED if told.bounced else row.status,
    }  # fmt: skip


def _became(
    number: str, stands: str, at: datetime, sent_at: datetime | None, told: Became, *, revises: bool
) -> dict[str, Any]:
    """What a touch is known by, when it arrived and was read; where nobody tells, what was sent arrived."""
    state = f"{stands} {told}" if told else stands
    delivered = None if told.bounced else told.delivered or sent_at
    return known(number, state=state, at=max(at, told.heard_at or at), revises=revises) | {
        "delivered_at": delivered and stored(delivered),
        "opened_at": told.opened and stored(told.opened),
        "clicked_at": told.clicked and stored(told.clicked),
    }  # fmt: skip


def _consent(row: sa.Row[Any], records: dict[str, str]) -> dict[str, Any]:
    return known(f"consent-{row.id}", state=str(row.granted), at=row.at) | {
        "record_id": records.get(row.customer_id), "purpose": row.purpose, "channel": row.channel,
        "granted": row.granted, "at": stored(row.at), "wording": row.how,
    }  # fmt: skip


def _remember(
    operations: Operations,
    *,
    touches: Sequence[sa.Row[Any]] = (),
    steps: Sequence[sa.Row[Any]] = (),
    said: Sequence[sa.Row[Any]] = (),
    events: Sequence[int] = (),
) -> None:
    """What changed since it was read is new again."""
    of, whose = assignments.c.campaign_id, assignments.c.customer_id
    mine = (of == sa.bindparam("of")) & (whose == sa.bindparam("whose"))
    told = [{"of": row.campaign_id, "whose": row.customer_id, "as": row.stands} for row in touches]
    with operations.writing() as connection:
        if told:
            connection.execute(sa.update(assignments).where(mine).values(landed=sa.bindparam("as")), told)
        if steps:
            sent = messages.c.id == sa.bindparam("of")
            connection.execute(
                sa.update(messages).where(sent).values(landed=sa.bindparam("as")),
                [{"of": row.id, "as": row.status} for row in steps],
            )
        _landed(connection, consent_changes, [row.id for row in said])
        _landed(connection, message_events, events)


def _landed(connection: sa.Connection, table: sa.Table, ids: Sequence[int]) -> None:
    if ids:
        these = sa.update(table).where(table.c.id == sa.bindparam("of")).values(landed=sa.true())
        connection.execute(these, [{"of": number} for number in ids])
