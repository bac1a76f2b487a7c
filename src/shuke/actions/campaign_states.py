"""Campaign states: how does a campaign, or an automation, pass to its next state, and who let it?"""

from collections.abc import Callable

import sqlalchemy as sa

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import campaigns
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.errors import Denied
from shuke.languages import N_
from shuke.views.viewer import Viewer, word

Find = Callable[[sa.Connection, str], Standing]
"""The campaign, or the automation, of a name."""


def move(
    project: Project, find: Find, name: str, status: CampaignStatus, *, viewer: Viewer, note: str = ""
) -> Standing:
    """Let what is found under a name pass to a state."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        return moved(connection, find(connection, name), status, viewer, note=note)


def moved(
    connection: sa.Connection, standing: Standing, status: CampaignStatus, viewer: Viewer, *, note: str = ""
) -> Standing:
    """The same within a transaction that does more."""
    found = campaigns.move(connection, standing, status, who=viewer.actor.who, now=viewer.now, note=note)
    write_down(connection, viewer, found, status)
    return found


def write_down(connection: sa.Connection, viewer: Viewer, standing: Standing, what: str) -> None:
    """Who did what with it, in the audit log."""
    kind = "automation" if standing.automation else "campaign"
    event = AuditEvent(verb=f"{kind}.{what}", subject_kind=kind, subject_id=word(standing.name))
    add(connection, viewer.actor, event, now=viewer.now)


def agreed_by_another(standing: Standing, viewer: Viewer) -> None:
    """Raises `Denied` where who agrees is who wrote or submitted it."""
    if viewer.actor.who in {standing.edited_by, standing.who}:
        raise Denied(N_("A campaign is approved by somebody else than who wrote or submitted it."))
