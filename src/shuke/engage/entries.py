"""Entries: when does a campaign look who has come to its audience since it began?

A campaign that is open looks at every build that comes into force until its time is over, and then ends where
no message waits any more.
"""

from datetime import datetime

import sqlalchemy as sa

from shuke.engage import campaigns
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.store import due_work
from shuke.store.due_work import Work

#: The kind of due work that such a look is.
ENTRY = "entry"


def plan_looks(connection: sa.Connection, *, build: int, now: datetime) -> None:
    """Let every campaign that is open look at a build that has come into force."""
    is_open = [
        each
        for each in campaigns.every(connection)
        if each.status is CampaignStatus.SENDING and each.campaign.is_open(now)
    ]
    _plan(connection, [_work(each, str(build), now) for each in is_open], now)


def look_now(connection: sa.Connection, standing: Standing, *, now: datetime) -> None:
    """Let a campaign look at once, as one that went on or whose time was changed."""
    _plan(connection, [_work(standing, f"now:{now.isoformat()}", now)], now)


def plan_end(connection: sa.Connection, standing: Standing, *, now: datetime) -> None:
    """Let a campaign see that its time is over, when it is."""
    if until := standing.campaign.open_until:
        _plan(connection, [_work(standing, f"until:{until.isoformat()}", until)], now)


def _work(standing: Standing, what: str, due_at: datetime) -> Work:
    return Work(key=f"{standing.id}:{what}", due_at=due_at, payload={"campaign": standing.id})


def _plan(connection: sa.Connection, work: list[Work], now: datetime) -> None:
    due_work.plan(connection, ENTRY, work, now=now)
