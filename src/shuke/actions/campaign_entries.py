"""Campaign entries: who comes to the audience of a campaign by now, and who of them is held out of it?"""

from datetime import datetime

import sqlalchemy as sa

from shuke.access.roles import owner
from shuke.actions.arms import Entrants
from shuke.actions.messages import MESSAGE, end_where_done
from shuke.actions.work import Books, Kind, nothing_written, one_by_one
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
    if standing.status is not CampaignStatus.SENDING:
        return nothing_written  # it looks when it goes on
    opened = project.open()
    is_looking = standing.campaign.is_open(now) and not opened.build.manifest.looks_back
    entering = coming(project, opened, standing, now=now) if is_looking else []

    def write(connection: sa.Connection) -> None:
        take_in(connection, standing, entering, now=now)
        end_where_done(connection, standing.id, now=now)

    return write


KIND = Kind(ENTRY, one_by_one(_look))
