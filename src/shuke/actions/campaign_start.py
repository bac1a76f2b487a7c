"""Campaign start: when does a campaign begin, and whom does it begin with?"""

from datetime import datetime

import sqlalchemy as sa

from shuke.actions import campaign_entries
from shuke.actions.messages import end_where_done
from shuke.actions.work import Books, Kind, nothing_written, one_by_one
from shuke.app import Project
from shuke.engage import campaigns, entries
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.store import due_work
from shuke.store.due_work import Due, Work

#: The kind of due work that the start of a campaign is.
START = "campaign"


def plan(connection: sa.Connection, standing: Standing, *, now: datetime) -> None:
    """Let the campaign begin at its time, or at once."""
    due_at = max(standing.campaign.starts or now, now)
    work = Work(key=f"{standing.id}:{now.isoformat()}", due_at=due_at, payload={"campaign": standing.id})
    due_work.plan(connection, START, [work], now=now)


def _start(project: Project, due: Due, now: datetime) -> Books:
    with project.operations.reading() as connection:
        standing = campaigns.by_id(connection, due.payload["campaign"])
    if standing.status is not CampaignStatus.SCHEDULED:
        return nothing_written  # it was paused or cancelled meanwhile, or began already
    entering = campaign_entries.coming(project, project.open(), standing, now=now)

    def write(connection: sa.Connection) -> None:
        campaign_entries.take_in(connection, standing, entering, now=now)
        entries.plan_end(connection, standing, now=now)
        campaigns.move(connection, standing, CampaignStatus.SENDING, who=None, now=now)
        end_where_done(connection, standing.id, now=now)

    return write


KIND = Kind(START, one_by_one(_start))
