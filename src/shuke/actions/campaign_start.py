"""Campaign start: who enters a campaign when its time has come, and who is held out of it?"""

from datetime import datetime

import sqlalchemy as sa

from shuke.access.roles import owner
from shuke.actions.arms import Entrants
from shuke.actions.messages import MESSAGE, end_where_done
from shuke.actions.work import Books, Kind, one_by_one
from shuke.analyses.campaign_arms import TREATED
from shuke.app import Project
from shuke.engage import books, campaigns
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.views import audience
from shuke.views.outgoing import key_of
from shuke.views.viewer import Viewer

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
        known = books.assigned(connection, standing.id)
    if standing.status is not CampaignStatus.SCHEDULED:
        return lambda _: None  # it was paused or cancelled meanwhile, or began already
    opened = project.open()
    # A campaign is begun by who may see what it asks for; the worker does it for them.
    viewer = Viewer(owner("shuke"), "worker", now)
    people = audience.customers(project, opened, standing.campaign.audience, viewer=viewer)
    entering = Entrants(project, opened, standing, known).assigned(people)
    treated = sorted(a.customer_id for a in [*known, *entering] if a.arm == TREATED)

    def write(connection: sa.Connection) -> None:
        books.assign(connection, standing.id, entering, now=now)
        messages = (
            Work(
                key=key_of(standing.id, whom), due_at=now, payload={"campaign": standing.id, "customer": whom}
            )
            for whom in treated
        )
        due_work.plan(connection, MESSAGE, messages, now=now)
        campaigns.move(connection, standing, CampaignStatus.SENDING, who=None, now=now)
        end_where_done(connection, standing.id, now=now)

    return write


KIND = Kind(START, one_by_one(_start))
