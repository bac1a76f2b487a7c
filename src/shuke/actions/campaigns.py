"""Campaigns: how does somebody make one, have it approved, begin it, stop it, and test it on themselves?"""

import secrets
from dataclasses import replace
from typing import Any

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions import campaign_start
from shuke.app import Project
from shuke.channels.opened import open_channel
from shuke.engage import campaigns, offers
from shuke.engage.campaign import Campaign, CampaignStatus
from shuke.engage.campaigns import Standing
from shuke.errors import Denied, WrongCall
from shuke.languages import N_
from shuke.store import due_work
from shuke.views import audience
from shuke.views import campaigns as view
from shuke.views.viewer import Viewer, word


def create(project: Project, name: str, campaign: Campaign, *, viewer: Viewer) -> Standing:
    """A new draft."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    _check(project, campaign, viewer)
    with project.operations.writing() as connection:
        made = campaigns.create(connection, name, campaign, who=viewer.actor.who, now=viewer.now)
        _note(connection, viewer, made, "campaign.created")
    return made


def edit(project: Project, name: str, campaign: Campaign, *, viewer: Viewer) -> Standing:
    """Let a draft say something else."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    _check(project, campaign, viewer)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        edited = campaigns.edit(connection, standing, campaign, who=viewer.actor.who, now=viewer.now)
        _note(connection, viewer, edited, "campaign.edited")
    return edited


def begin(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Let it begin at its time, or at once; where a second person must agree, ask for that."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.reading() as connection:
        _check(project, campaigns.one(connection, name).campaign, viewer)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        if project.settings.campaigns_need_approval and standing.status is CampaignStatus.DRAFT:
            return _moved(connection, standing, CampaignStatus.SUBMITTED, viewer)
        if standing.status is CampaignStatus.SUBMITTED:
            agreed_by_another(standing, viewer)
        moved = _moved(connection, standing, CampaignStatus.SCHEDULED, viewer)
        campaign_start.plan(connection, moved, now=viewer.now)
    return moved


def send_back(project: Project, name: str, *, viewer: Viewer, note: str = "") -> Standing:
    """What was submitted is a draft again, to be changed."""
    return _move(project, name, CampaignStatus.DRAFT, viewer, note=note)


def pause(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Send nothing more for now."""
    return _move(project, name, CampaignStatus.PAUSED, viewer)


def resume(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Go on where it was paused."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        has_begun = bool(campaigns.arms(connection, standing.id))
        to = CampaignStatus.SENDING if has_begun else CampaignStatus.SCHEDULED
        moved = _moved(connection, standing, to, viewer)
        if not has_begun:
            campaign_start.plan(connection, moved, now=viewer.now)
    return moved


def cancel(project: Project, name: str, *, viewer: Viewer) -> Standing:
    """Send nothing more, for good; what waits is withdrawn."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        standing = campaigns.one(connection, name)
        moved = _moved(connection, standing, CampaignStatus.CANCELLED, viewer)
        due_work.withdraw(connection, "message", prefix=f"{standing.id}:", now=viewer.now)
    return moved


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


def agreed_by_another(standing: Standing, viewer: Viewer) -> None:
    """Raises `Denied` where who agrees is who wrote or submitted it."""
    told = {standing.edited_by, standing.who}
    if viewer.actor.who in told:
        raise Denied(N_("A campaign is approved by somebody else than who wrote or submitted it."))


def _move(project: Project, name: str, status: CampaignStatus, viewer: Viewer, *, note: str = "") -> Standing:
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        return _moved(connection, campaigns.one(connection, name), status, viewer, note=note)


def _moved(
    connection: Any, standing: Standing, status: CampaignStatus, viewer: Viewer, *, note: str = ""
) -> Standing:
    moved = campaigns.move(connection, standing, status, who=viewer.actor.who, now=viewer.now, note=note)
    _note(connection, viewer, moved, f"campaign.{status}")
    return moved


def _note(connection: Any, viewer: Viewer, standing: Standing, verb: str) -> None:
    event = AuditEvent(verb=verb, subject_kind="campaign", subject_id=word(standing.name))
    add(connection, viewer.actor, event, now=viewer.now)
