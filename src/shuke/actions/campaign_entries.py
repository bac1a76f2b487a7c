"""Campaign entries: who comes to the audience of a campaign by now, and who of them is held out of it?"""

from datetime import datetime

import sqlalchemy as sa

from shuke.access.roles import owner
from shuke.actions.arms import Entrants
from shuke.actions.messages import MESSAGE, end_where_done
from shuke.actions.work import Books, Kind, one_by_one
from shuke.analyses.campaign_arms import TREATED
from shuke.app import Opened, Project
from shuke.engage import books, campaigns
from shuke.engage.books import Assigned
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.engage.entries import ENTRY
from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.views import audience
from shuke.views.outgoing import key_of
from shuke.views.viewer import Viewer


def coming(project: Project, opened: Opened, standing: Standing, *, now: datetime) -> list[Assigned]:
    """Who is in the audience and in no arm yet, with the arms that they come to."""
    with project.operations.reading() as connection:
        known = books.assigned(connection, standing.id)
    # A campaign is begun by who may see what it asks for; the worker does it for them.
    viewer = Viewer(owner("shuke"), "worker", now)
    people = audience.customers(project, opened, standing.campaign.audience, viewer=viewer)
    return Entrants(project, opened, standing, known).assigned(people)


def take_in(
    connection: sa.Connection, standing: Standing, entering: list[Assigned], *, now: datetime
) -> None:
    """Write down their arms, and let those be written to who are of the treated one.

    Two workers may look at once: whoever was assigned first has settled the arm, and is written to once.
    """
    books.assign(connection, standing.id, entering, now=now)
    wanted = {each.customer_id for each in entering}
    treated = [
        each.customer_id
        for each in books.assigned(connection, standing.id)
        if each.arm == TREATED and each.customer_id in wanted
    ]
    messages = (
        Work(key=key_of(standing.id, whom), due_at=now, payload={"campaign": standing.id, "customer": whom})
        for whom in treated
    )
    due_work.plan(connection, MESSAGE, messages, now=now)


def _look(project: Project, due: Due, now: datetime) -> Books:
    with project.operations.reading() as connection:
        standing = campaigns.by_id(connection, due.payload["campaign"])
    entering = _coming_by_now(project, standing, now=now) if _takes_in(standing, now) else []

    def write(connection: sa.Connection) -> None:
        # It may have been paused, ended or closed while the audience was worked out.
        by_now = campaigns.by_id(connection, standing.id)
        if entering and _takes_in(by_now, now):
            take_in(connection, by_now, entering, now=now)
        end_where_done(connection, standing.id, now=now)

    return write


def _takes_in(standing: Standing, now: datetime) -> bool:
    """Whether it takes anybody in; one that is paused looks when it goes on."""
    return standing.status is CampaignStatus.SENDING and standing.campaign.is_open(now)


def _coming_by_now(project: Project, standing: Standing, *, now: datetime) -> list[Assigned]:
    opened = project.open()
    return [] if opened.build.manifest.looks_back else coming(project, opened, standing, now=now)


KIND = Kind(ENTRY, one_by_one(_look))
