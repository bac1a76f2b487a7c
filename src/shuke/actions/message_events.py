"""Message events: what follows from what a provider, or a link of ours, tells of messages that were sent?

An address to which nothing can be delivered, or whose reader called it spam, is not written to again; and
who has unsubscribed at the provider, or has complained, has withdrawn their consent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions import consents
from shuke.app import Project
from shuke.channels.callback import Callback, MessageEvent, MessageEventKind
from shuke.channels.opened import open_channel, reporting
from shuke.channels.providers import PROVIDERS
from shuke.engage import books, campaigns, message_events, tracking
from shuke.engage.message_events import SentMessage
from shuke.engage.tracking import Tracked
from shuke.engage.unsubscribing import Link
from shuke.errors import Denied
from shuke.languages import N_
from shuke.views.recipients import international
from shuke.views.viewer import Viewer

_KIND = MessageEventKind
_PROVIDER = Actor("provider", "worker")

#: After which nothing more is written to an address, and why.
SUPPRESSES = {_KIND.BOUNCED: "bounced", _KIND.COMPLAINED: "complained"}

#: By which a reader has said that they want no more of it.
WITHDRAWS = (_KIND.COMPLAINED, _KIND.UNSUBSCRIBED)


@dataclass(frozen=True)
class Taken:
    """How many events were new, and how many had been told before."""

    new: int = 0
    known: int = 0


def report(project: Project, channel: str, callback: Callback, *, now: datetime) -> Taken:
    """Take in what the provider of a channel posts; raises `WrongSignature` where it is not the provider."""
    told = reporting(project.settings.channels, channel)
    events = PROVIDERS[told.provider](callback, secret_of(project, channel))
    return take(project, channel, events, now=now)


def secret_of(project: Project, channel: str) -> str:
    """By which it is known who reports to a channel; raises `Denied` where nobody may."""
    found = reporting(project.settings.channels, channel).secret
    if not found:
        raise Denied(
            N_("Nobody may report to channel {name}: set its callback_secret in {file}."),
            name=channel, file="shuke.toml",
        )  # fmt: skip
    return found


def read(project: Project, channel: str, content: bytes, *, viewer: Viewer) -> Taken:
    """Take in what a provider would post, as somebody brings it."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    told = reporting(project.settings.channels, channel)
    events = PROVIDERS[told.provider](Callback(content, {}), "")
    return take(project, channel, events, now=viewer.now, by=viewer.actor)


def take(
    project: Project, channel: str, events: Sequence[MessageEvent], *, now: datetime, by: Actor = _PROVIDER
) -> Taken:
    """Write down what became of messages, and what follows from it; telling it again is harmless."""
    with project.operations.writing() as connection:
        new = message_events.note(connection, events, channel=channel, now=now)
        _suppress(project, connection, channel, new, by=by, now=now)
        _withdraw(project, connection, channel, new, by=by)
    return Taken(len(new), len(events) - len(new))


def followed(project: Project, token: str, *, now: datetime) -> Tracked:
    """A reader followed a link, or their mail program loaded the picture; of each only the first counts."""
    link = tracking.read(token, key=project.key)
    kind = _KIND.CLICKED if link.url else _KIND.OPENED
    number = sha256(f"{link.message_key}\n{link.url}".encode()).hexdigest()[:32]
    with project.operations.writing() as connection:
        reference = message_events.reference_of(connection, link.message_key)
        if reference:
            event = MessageEvent(key=number, reference=reference, kind=kind, at=now)
            message_events.note(connection, [event], channel="", now=now)
    return link


def _suppress(
    project: Project, connection: sa.Connection, channel: str, events: Iterable[MessageEvent], *, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    is_phone = open_channel(project.settings.channels, channel).writes_to == "phone"
    named = [event for event in events if event.kind in SUPPRESSES and event.address]
    for event in named:
        address = international(event.address, project.settings.country) if is_phone else event.address
        digest = books.digest(address or event.address, key=project.key)
        books.suppress(connection, digest, reason=SUPPRESSES[event.kind], now=now)
    if named:
        add(connection, by, AuditEvent(verb="address.suppressed", count=len(named)), now=now)


def _withdraw(
    project: Project, connection: sa.Connection, channel: str, events: Iterable[MessageEvent], *, by: Actor
) -> None:
    ended = [event for event in events if event.kind in WITHDRAWS]
    sent = message_events.sent(connection, {event.reference for event in ended})
    for event in ended:
        if event.reference in sent:
            link = _ended(project, connection, channel, sent[event.reference])
            consents.withdraw(connection, link, how="provider", by=by, now=event.at)


def _ended(project: Project, connection: sa.Connection, channel: str, sent: SentMessage) -> Link:
    purpose = campaigns.by_id(connection, sent.campaign_id).campaign.purpose
    by_channel = open_channel(project.settings.channels, channel).consent
    return Link(customer_id=sent.customer_id, purpose=purpose, channel=by_channel)
