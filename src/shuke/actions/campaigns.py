"""Campaigns: how does somebody make one, have it approved, begin it, stop it, and test it on themselves?"""

import secrets
from dataclasses import replace
from datetime import datetime

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.actions import campaign_start
from shuke.actions.campaign_states import agreed_by_another, move, moved, write_down
from shuke.app import Project
from shuke.channels.opened import open_channel
from shuke.engage import campaigns, entries, offers
from shuke.engage.campaign import Campaign, CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.store import due_work
from shuke.views import audience
from shuke.views import campaigns as view
from shuke.views.viewer import Viewer


def create(project: Project, name: str, campaign: Campaign, *, viewer: Viewer) -> Standing:
    """A new draft."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    _check(project, campaign, viewer)
    with project.operations.writing() as connection:
        made = campaigns.create(connection, name, campaign, who=viewer.actor.who, now=viewer.now)
        write_down(connection, viewer, made, "created")
    return made


def edit(project: Project, name: str, campaign: Campaign, *, viewer: Viewer) -> Standing:
    """Let a draft say something else."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    _check(project, campaign, viewer)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        edited = campaigns.edit(connection, standing, campaign, who=viewer.actor.who, now=viewer.now)
        write_down(connection, viewer, edited, "edited")
    return edited


def begin(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Let it begin at its time, or at once; where a second person must agree, ask for that."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.reading() as connection:
        campaign = campaigns.one(connection, name).campaign
    _check(project, campaign, viewer)
    if campaign.open_until and not campaign.is_open(viewer.now):
        raise WrongCall(
            N_("The time until which the campaign takes anybody in is past: {moment}."),
            moment=campaign.open_until.isoformat(),
        )
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        if project.settings.campaigns_need_approval and standing.status is CampaignStatus.DRAFT:
            return moved(connection, standing, CampaignStatus.SUBMITTED, viewer)
        if standing.status is CampaignStatus.SUBMITTED:
            agreed_by_another(standing, viewer)
        standing = moved(connection, standing, CampaignStatus.SCHEDULED, viewer)
        campaign_start.plan(connection, standing, now=viewer.now)
    return standing


def send_back(project: Project, name: str, *, viewer: Viewer, note: str = "") -> Standing:
    """What was submitted is a draft again, to be changed."""
    return move(project, campaigns.one, name, CampaignStatus.DRAFT, viewer=viewer, note=note)


def pause(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Send nothing more for now."""
    return move(project, campaigns.one, name, CampaignStatus.PAUSED, viewer=viewer)


def resume(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Go on where it was paused."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        has_begun = bool(campaigns.arms(connection, standing.id))
        to = CampaignStatus.SENDING if has_begun else CampaignStatus.SCHEDULED
        standing = moved(connection, standing, to, viewer)
        if has_begun:
            entries.look_now(connection, standing, now=viewer.now)
        else:
            campaign_start.plan(connection, standing, now=viewer.now)
    return standing


def take_in(project: Project, name: str, until: datetime | None, *, viewer: Viewer) -> Standing:
    """Let a campaign that was begun write to whoever comes to its audience until then; none: nobody more.

    Where campaigns need approval, it is somebody else than who wrote it who lets it go on for longer.
    """
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        if project.settings.campaigns_need_approval and until and until > viewer.now:
            agreed_by_another(standing, viewer)
        opened = campaigns.open_until(connection, standing, until, who=viewer.actor.who, now=viewer.now)
        write_down(connection, viewer, opened, "opened" if until else "closed")
        entries.plan_end(connection, opened, now=viewer.now)
        entries.look_now(connection, opened, now=viewer.now)
    return opened


def cancel(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Send nothing more, for good; what waits is withdrawn."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        standing = moved(connection, standing, CampaignStatus.CANCELLED, viewer)
        due_work.withdraw(connection, "message", prefix=f"{standing.id}:", now=viewer.now)
    return standing


def send_test(project: Project, name: str, customer_id: str, to: str, *, viewer: Viewer) -> str:
    """Send the message of one customer to an address of one's own; the books do not know it."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    viewer.require(Capability.SEE_PERSONAL)
    outgoing = view.outgoing(project, name, customer_id)
    message = replace(outgoing.message(to=to), key=f"test:{secrets.token_hex(8)}")
    reference = outgoing.channel.send(message)
    event = AuditEvent(
        verb="campaign.tested", subject_kind="customer", subject_id=outgoing.recipient.customer_id
    )
    viewer.did(project.operations, event)
    return reference


def check_sendable(project: Project, campaign: Campaign) -> None:
    """Raises what speaks against the way by which a campaign is sent, and against what it offers."""
    channel = open_channel(project.settings.channels, campaign.channel)
    if campaign.is_marketing and channel.writes_to == "email" and not project.settings.address:
        raise WrongCall(
            N_("Marketing by e-mail needs a link to unsubscribe: set address in {file}."), file="shuke.toml"
        )
    if campaign.offer:
        with project.operations.reading() as connection:
            offers.get(connection, campaign.offer)


def _check(project: Project, campaign: Campaign, viewer: Viewer) -> None:
    """Raises what speaks against a campaign before anybody is written to."""
    check_sendable(project, campaign)
    if project.builds.pointed:
        audience.customers(project, project.open(), campaign.audience, viewer=viewer)
