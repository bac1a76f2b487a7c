"""Bounces: what becomes of the letters that come back?"""

from dataclasses import dataclass
from datetime import datetime

from shuke.access.audit import Actor
from shuke.actions.message_events import take
from shuke.app import Project
from shuke.channels.bounce import Bounce, bounces
from shuke.channels.callback import MessageEvent, MessageEventKind
from shuke.channels.email import Email
from shuke.channels.mailbox import mailbox
from shuke.channels.opened import open_channel
from shuke.engage import message_events

_MAIL_SERVER = Actor("mail server", "worker")


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
            came += _collected(project, name, channel, now=now)
    return came


def _collected(project: Project, name: str, channel: Email, *, now: datetime) -> Returned:
    came = Returned()
    with mailbox(channel.bounces, password=channel.bounces_password or channel.password) as box:
        for letter in box.waiting():
            came += _taken(project, name, bounces(letter.content), now=now)
            box.done(letter)
    return came


def _taken(project: Project, channel: str, found: list[Bounce], *, now: datetime) -> Returned:
    with project.operations.reading() as connection:
        ours = message_events.sent(connection, {bounce.message_id for bounce in found})
    known = [bounce for bounce in found if bounce.message_id in ours]
    take(project, channel, [_event(bounce, now) for bounce in known], now=now, by=_MAIL_SERVER)
    hard = sum(bounce.is_hard for bounce in known)
    return Returned(hard, len(known) - hard, len(found) - len(known) + (not found))


def _event(bounce: Bounce, now: datetime) -> MessageEvent:
    kind = MessageEventKind.BOUNCED if bounce.is_hard else MessageEventKind.SOFT_BOUNCED
    return MessageEvent(
        key=f"{bounce.message_id} {bounce.status}", reference=bounce.message_id, kind=kind, at=now,
        address=bounce.address,
    )  # fmt: skip
