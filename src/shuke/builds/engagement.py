"""Engagement: what do the books say of campaigns and consents that the landing zone does not know yet?

Before a build reads anything, what was sent, who was held out and what customers have said of being written
to lands as source `shuke`, so that the tables of campaigns and consents tell of it like of any other source.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from shuke.analyses.campaign_arms import TREATED
from shuke.app import Project
from shuke.builds.own_rows import founding, known, stored
from shuke.builds.own_rows import land as land_rows
from shuke.engage import campaigns
from shuke.engage.books import MessageStatus
from shuke.engage.campaigns import Standing
from shuke.store.campaign_rows import (
    MESSAGE_KEY,
    NEW_CONSENTS,
    NEW_STEPS,
    NEW_TOUCHES,
    STANDS,
    assignments,
    consent_changes,
    messages,
)
from shuke.store.operations import Operations


def land(project: Project, *, now: datetime) -> int:
    """Land what is new in the books; returns how many rows."""
    with project.operations.reading() as connection:
        touches = connection.execute(
            sa.select(assignments, STANDS.label("stands"), messages.c.at.label("written_at"))
            .outerjoin(messages, messages.c.key == MESSAGE_KEY)
            .where(NEW_TOUCHES)
        ).all()
        steps = connection.execute(sa.select(messages).where(NEW_STEPS).order_by(messages.c.id)).all()
        said = connection.execute(sa.select(consent_changes).where(NEW_CONSENTS)).all()
        moved = {row.campaign_id for row in (*touches, *steps)}
        standing = {each.id: each for each in campaigns.every(connection) if each.id in moved}
        begun = {number: _begun(connection, number) for number in moved}
    if not touches and not steps and not said:
        return 0
    records = founding(project, {row.customer_id for row in (*touches, *steps, *said)})
    landed = land_rows(
        project,
        {
            "campaigns": [_campaign(standing[number], begun[number], now) for number in sorted(moved)],
            "touches": [
                *(_touch(row, standing[row.campaign_id], records) for row in touches),
                *(_step(row, standing[row.campaign_id], records) for row in steps),
            ],
            "consents": [_consent(row, records) for row in said],
        },
        now=now,
    )
    _remember(project.operations, touches, steps, said)
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


def _campaign(standing: Standing, begun: sa.Row[Any], now: datetime) -> dict[str, Any]:
    told = known(standing.name, state=f"{begun.sent} sent", at=now, revises=bool(begun.landed))
    return told | {
        "campaign_id": standing.name, "name": standing.name, "channel": standing.campaign.channel,
        "starts": begun.at.date(), "cost": Decimal(standing.campaign.cost) * begun.sent,
        "control_share": Decimal(str(standing.campaign.share_held_out)),
    }  # fmt: skip


def _touch(row: sa.Row[Any], standing: Standing, records: dict[str, str]) -> dict[str, Any]:
    number, at = f"{row.campaign_id}:{row.customer_id}", row.written_at or row.at
    return known(number, state=row.stands, at=at, revises=row.landed is not None) | {
        "touch_id": number, "campaign_id": standing.name, "channel": standing.campaign.channel,
        "record_id": records.get(row.customer_id), "at": stored(row.at), "group": row.arm,
        "stratum": row.stratum, "status": row.stands if row.written_at or row.arm == TREATED else None,
        "delivered_at": stored(at) if row.stands == MessageStatus.SENT else None,
    }  # fmt: skip


def _step(row: sa.Row[Any], standing: Standing, records: dict[str, str]) -> dict[str, Any]:
    """A message of an automation: a touch beside that by which the customer entered it."""
    return known(row.key, state=row.status, at=row.at) | {
        "touch_id": row.key, "campaign_id": standing.name, "channel": row.channel,
        "record_id": records.get(row.customer_id), "at": stored(row.at), "group": TREATED, "stratum": None,
        "status": row.status, "delivered_at": stored(row.at) if row.status == MessageStatus.SENT else None,
    }  # fmt: skip


def _consent(row: sa.Row[Any], records: dict[str, str]) -> dict[str, Any]:
    return known(f"consent-{row.id}", state=str(row.granted), at=row.at) | {
        "record_id": records.get(row.customer_id), "purpose": row.purpose, "channel": row.channel,
        "granted": row.granted, "at": stored(row.at), "wording": row.how,
    }  # fmt: skip


def _remember(
    operations: Operations,
    touches: Sequence[sa.Row[Any]],
    steps: Sequence[sa.Row[Any]],
    said: Sequence[sa.Row[Any]],
) -> None:
    """What changed since it was read is new again."""
    of, whose = assignments.c.campaign_id, assignments.c.customer_id
    mine = (of == sa.bindparam("of")) & (whose == sa.bindparam("whose"))
    told = [{"of": row.campaign_id, "whose": row.customer_id, "as": row.stands} for row in touches]
    consents = [{"of": row.id} for row in said]
    with operations.writing() as connection:
        if told:
            connection.execute(sa.update(assignments).where(mine).values(landed=sa.bindparam("as")), told)
        if steps:
            sent = messages.c.id == sa.bindparam("of")
            connection.execute(
                sa.update(messages).where(sent).values(landed=sa.bindparam("as")),
                [{"of": row.id, "as": row.status} for row in steps],
            )
        if consents:
            these = consent_changes.c.id == sa.bindparam("of")
            connection.execute(sa.update(consent_changes).where(these).values(landed=sa.true()), consents)
