"""Engagement: what do the books say of campaigns and consents that the landing zone does not know yet?

Before a build reads anything, what was sent, who was held out and what customers have said of being written
to lands as source `shuke`, so that the tables of campaigns and consents tell of it like of any other source.
A row is known by its founding record, as everything that Shuke lands itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from shuke.builds.ledger import SOURCE, land_rows, stored
from shuke.engage import campaigns
from shuke.engage.books import MessageStatus
from shuke.lazy import pq
from shuke.store.campaign_rows import assignments, consent_changes, messages

if TYPE_CHECKING:
    from shuke.app import Project

#: What is said of a record; a newer version of the same key is landed where this differs.
_SAID = "said"


def land(project: Project, *, now: datetime) -> int:
    """Land what is new in the books; returns how many rows."""
    with project.operations.reading() as connection:
        found = {
            "campaigns": _campaigns(connection),
            "touches": _touches(connection),
            "consents": _consents(connection),
        }
    if not any(found.values()):
        return 0
    founding = _founding(project)
    fresh: dict[str, list[dict[str, Any]]] = {}
    for table, rows in found.items():
        known = _landed(project, table)
        named = [
            row | {"record_id": founding.get(row.pop("customer_id"))} if "customer_id" in row else row
            for row in rows
        ]
        written = [_written(row) for row in named if row.get("record_id", "") is not None]
        fresh[table] = [
            row | {"revises": row["key"] in known} for row in written if known.get(row["key"]) != row[_SAID]
        ]
    return land_rows(project, {table: rows for table, rows in fresh.items() if rows}, now=now)


def _campaigns(connection: sa.Connection) -> list[dict[str, Any]]:
    sent = {
        row.campaign_id: row.sent
        for row in connection.execute(
            sa.select(messages.c.campaign_id, sa.func.count().label("sent"))
            .where(messages.c.status == MessageStatus.SENT)
            .group_by(messages.c.campaign_id)
        )
    }
    began = {
        row.campaign_id: row.at
        for row in connection.execute(
            sa.select(assignments.c.campaign_id, sa.func.min(assignments.c.at).label("at")).group_by(
                assignments.c.campaign_id
            )
        )
    }
    return [
        {
            "campaign_id": standing.name, "name": standing.name, "channel": standing.campaign.channel,
            "identity": standing.name, "starts": began[standing.id].date(),
            "cost": Decimal(standing.campaign.cost) * sent.get(standing.id, 0),
            "control_share": Decimal(str(standing.campaign.holdout)),
            "collected_at": stored(began[standing.id]),
        }
        for standing in campaigns.every(connection)
        if standing.id in began
    ]  # fmt: skip


def _touches(connection: sa.Connection) -> list[dict[str, Any]]:
    names = {
        standing.id: (standing.name, standing.campaign.channel) for standing in campaigns.every(connection)
    }
    key = sa.cast(assignments.c.campaign_id, sa.Text) + ":" + assignments.c.customer_id
    query = sa.select(
        assignments, messages.c.status, messages.c.at.label("written_at"), messages.c.reason
    ).outerjoin(messages, messages.c.key == key)
    return [
        {
            "touch_id": f"{row.campaign_id}:{row.customer_id}",
            "identity": f"{row.campaign_id}:{row.customer_id}",
            "campaign_id": names[row.campaign_id][0], "channel": names[row.campaign_id][1],
            "customer_id": row.customer_id, "at": stored(row.at), "group": row.arm, "stratum": row.stratum,
            "status": row.status,
            "delivered_at": stored(row.written_at) if row.status == MessageStatus.SENT else None,
            "collected_at": stored(row.written_at or row.at),
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def _consents(connection: sa.Connection) -> list[dict[str, Any]]:
    return [
        {
            "identity": str(row.id), "customer_id": row.customer_id, "purpose": row.purpose,
            "channel": row.channel, "granted": row.granted, "at": stored(row.at),
            "collected_at": stored(row.at), "wording": row.how,
        }
        for row in connection.execute(sa.select(consent_changes))
    ]  # fmt: skip


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(row)
    key = "\x1f".join([SOURCE, told.pop("identity")])
    said = repr(sorted((name, str(value)) for name, value in told.items()))
    digests = {"key": key, _SAID: said}
    return told | {name: hashlib.md5(text.encode()).hexdigest() for name, text in digests.items()}


def _landed(project: Project, table: str) -> dict[str, str]:
    """What was last said of each record of ours, by its key."""
    found: dict[str, str] = {}
    for path in project.landing.files(table):
        for row in pq.read_table(path, columns=["source", "key", _SAID]).to_pylist():
            if row["source"] == SOURCE:
                found[row["key"]] = row[_SAID]
    return found


def _founding(project: Project) -> dict[str, str]:
    """The founding record of every id that was ever issued."""
    rows: Iterable[dict[str, Any]] = (
        row
        for path in project.landing.files("issued_ids")
        for row in pq.read_table(path, columns=["customer_id", "record"]).to_pylist()
    )
    return {row["customer_id"]: row["record"] for row in rows}
