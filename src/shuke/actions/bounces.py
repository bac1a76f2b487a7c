"""Bounces: what becomes of the letters that come back?"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.app import Project
from shuke.channels.bounce import Bounce, bounces
from shuke.channels.email import Email
from shuke.channels.mailbox import mailbox
from shuke.channels.opened import open_channel
from shuke.engage import books
from shuke.store.campaign_rows import messages

_MAIL_SERVER = Actor("mail server", "worker")

#: Why an address is not written to any more.
BOUNCED = "bounced"


@dataclass(frozen=True)
class Returned:
    """What came back: for good, for now, and what is no report of a letter of ours."""

    hard: int = 0
    soft: int = 0
    other: int = 0

    def __add__(self, more: "Returned") -> "Returned":
        return Returned(self.hard + more.hard, self.soft + more.soft, self.other + more.other)

    def __bool__(self) -> bool:
        return bool(self.hard or self.soft or self.other)


def collect(project: Project, *, now: datetime) -> Returned:
    """Read the mailboxes of channels; write to no address again from which a letter came back for good.

    Only a report that returns a letter of ours counts: whoever writes to the mailbox otherwise ends nothing.
    A letter is marked as read after what it says was written down.
    """
    came = Returned()
    for name, told in project.settings.channels.items():
        channel = open_channel(project.settings.channels, name) if told.get("bounces") else None
        if isinstance(channel, Email):
            came += _collected(project, channel, now=now)
    return came


def _collected(project: Project, channel: Email, *, now: datetime) -> Returned:
    came = Returned()
    with mailbox(channel.bounces, password=channel.bounces_password or channel.password) as box:
        for letter in box.waiting():
            came += _taken(project, bounces(letter.content), now=now)
            box.done(letter)
    return came


def _taken(project: Project, found: list[Bounce], *, now: datetime) -> Returned:
    hard = soft = other = 0
    with project.operations.writing() as connection:
        for bounce in found:
            if not _is_ours(connection, bounce):
                other += 1
            elif not bounce.is_hard:
                soft += 1
            else:
                hard += 1
                digest = books.digest(bounce.address, key=project.key)
                books.suppress(connection, digest, reason=BOUNCED, now=now)
        if hard:
            add(connection, _MAIL_SERVER, AuditEvent(verb="address.suppressed", count=hard), now=now)
    return Returned(hard, soft, other + (not found))


def _is_ours(connection: sa.Connection, bounce: Bounce) -> bool:
    asked = sa.select(messages.c.id).where(messages.c.reference == bounce.message_id).limit(1)
    return bool(bounce.message_id) and connection.execute(asked).first() is not None
