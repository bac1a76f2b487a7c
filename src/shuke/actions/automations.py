"""Automations: how does somebody write one, switch it on and off, and end it?

It is switched on by `begin`, by a second person where campaigns need approval. Whoever waits in it keeps what
it said when they entered.
"""

from shuke.access.roles import Capability
from shuke.actions import occasions
from shuke.actions.campaign_states import agreed_by_another, move, moved, write_down
from shuke.actions.campaigns import check_sendable
from shuke.app import Project
from shuke.channels.opened import open_channel
from shuke.engage import campaigns
from shuke.engage.automation import Automation
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.engage.occasions import STEP
from shuke.store import due_work
from shuke.views import automations as view
from shuke.views.viewer import Viewer


def create(project: Project, name: str, automation: Automation, *, viewer: Viewer) -> Standing:
    """A new one, switched off."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    _check(project, automation, viewer)
    with project.operations.writing() as connection:
        made = campaigns.create(connection, name, automation, who=viewer.actor.who, now=viewer.now)
        write_down(connection, viewer, made, "created")
    return made


def edit(project: Project, name: str, automation: Automation, *, viewer: Viewer) -> Standing:
    """Let it say something else; one that was paused is a draft then, to be switched on again."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    _check(project, automation, viewer)
    with project.operations.writing() as connection:
        standing = campaigns.automation(connection, name)
        if standing.status is CampaignStatus.PAUSED:
            standing = moved(connection, standing, CampaignStatus.DRAFT, viewer)
        edited = campaigns.edit(connection, standing, automation, who=viewer.actor.who, now=viewer.now)
        write_down(connection, viewer, edited, "edited")
    return edited


def begin(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Switch it on; where a second person must agree, ask for that first. It looks at the build in force."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.reading() as connection:
        standing = campaigns.automation(connection, name)
    assert standing.automation
    _check(project, standing.automation, viewer)
    with project.operations.writing() as connection:
        standing = campaigns.automation(connection, name)
        if project.settings.campaigns_need_approval and standing.status is CampaignStatus.DRAFT:
            return moved(connection, standing, CampaignStatus.SUBMITTED, viewer)
        if standing.status is CampaignStatus.SUBMITTED:
            agreed_by_another(standing, viewer)
        standing = moved(connection, standing, CampaignStatus.SENDING, viewer)
        if project.builds.pointed:
            occasions.look_at(connection, standing, project.builds.current().number, now=viewer.now)
    return standing


def pause(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Nobody enters, and who has entered waits."""
    return move(project, campaigns.automation, name, CampaignStatus.PAUSED, viewer=viewer)


def send_back(project: Project, name: str, *, viewer: Viewer, note: str = "") -> Standing:
    """What was submitted is a draft again, to be changed."""
    return move(project, campaigns.automation, name, CampaignStatus.DRAFT, viewer=viewer, note=note)


def cancel(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """End it for good; what waits is withdrawn."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        standing = moved(connection, campaigns.automation(connection, name), CampaignStatus.CANCELLED, viewer)
        due_work.withdraw(connection, STEP, prefix=f"{standing.id}:", now=viewer.now)
    return standing


def _check(project: Project, automation: Automation, viewer: Viewer) -> None:
    """Raises what speaks against it before anything is done for anybody."""
    for number, step in enumerate(automation.then):
        if step.writes:
            check_sendable(project, automation.campaign(number))
        elif step.channel:
            open_channel(project.settings.channels, step.channel)
    view.check(project, automation, viewer=viewer)
