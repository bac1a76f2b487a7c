"""Consents: how is written down what a customer says of being written to?"""

from datetime import datetime

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import books, unsubscribing
from shuke.engage.permission import Consent
from shuke.engage.unsubscribing import Link
from shuke.views.viewer import Viewer, word

#: Who it was, where nobody has logged in.
_CUSTOMER = Actor("customer", "link")


def link(project: Project, token: str) -> Link:
    """What a link in a message ends; raises `WrongCall` where it is none of ours."""
    return unsubscribing.read(token, key=project.key)


def unsubscribe(project: Project, token: str, *, now: datetime) -> Link:
    """A reader wants no more of it, by that channel and for that purpose; saying so twice is harmless."""
    found = link(project, token)
    with project.operations.writing() as connection:
        withdraw(connection, found, how="link", by=_CUSTOMER, now=now)
    return found


def withdraw(connection: sa.Connection, ended: Link, *, how: str, by: Actor, now: datetime) -> None:
    """Write down that a customer wants no more of what a link ends, unless they have said so last."""
    said = books.statements(connection, [ended.customer_id])
    of_it = [c for c in said if (c.purpose, c.channel) == (ended.purpose, ended.channel)]
    if not of_it or of_it[-1].granted:
        consent = Consent(purpose=ended.purpose, channel=ended.channel, granted=False, since=now)
        books.say(connection, ended.customer_id, consent, how=how, who=by.who)
        event = AuditEvent(
            verb="consent.withdrawn", subject_kind="customer", subject_id=word(ended.customer_id)
        )
        add(connection, by, event, now=now)


def say(
    project: Project, customer_id: str, *, purpose: str, channel: str, granted: bool, how: str, viewer: Viewer
) -> None:
    """Write down for a customer that they consent, or no longer do; `how` they said so, in a word."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    consent = Consent(purpose=purpose, channel=channel, granted=granted, since=viewer.now)
    verb = "consent.granted" if granted else "consent.withdrawn"
    with project.operations.writing() as connection:
        books.say(connection, customer_id, consent, how=how, who=viewer.actor.who)
        event = AuditEvent(verb=verb, subject_kind="customer", subject_id=word(customer_id))
        add(connection, viewer.actor, event, now=viewer.now)


def suppress(project: Project, address: str, *, reason: str, viewer: Viewer) -> None:
    """Never write to an address again, such as one that bounced; only a digest of it is kept."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.writing() as connection:
        digest = books.digest(address, key=project.key)
        books.suppress(connection, digest, reason=reason, now=viewer.now)
        add(connection, viewer.actor, AuditEvent(verb="address.suppressed", count=1), now=viewer.now)
