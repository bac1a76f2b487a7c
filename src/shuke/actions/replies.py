"""Replies: what follows from what customers answer to an SMS?

Who answers with a word that means no more has withdrawn their consent to marketing by SMS: whoever is known
by the number. A number by which nobody is known is not written to again.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import phonenumbers

from shuke.access.audit import Actor, AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions import consents
from shuke.actions.message_events import secret_of
from shuke.app import Project
from shuke.channels.callback import Callback, Reply, moment
from shuke.channels.opened import open_channel
from shuke.channels.providers import own
from shuke.engage import books
from shuke.engage.opt_out import is_opt_out
from shuke.engage.permission import MARKETING
from shuke.engage.unsubscribing import Link
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views.recipients import international, known_by_phone
from shuke.views.viewer import Viewer

_CUSTOMER = Actor("customer", "worker")

#: Why a number is not written to any more by which nobody was known.
OPTED_OUT = "opted out"

#: What the columns of a file of replies are called.
_SENDER, _TEXT, _AT = (
    ("from", "phone", "手机号", "手机号码"),
    ("text", "content", "内容", "回复内容"),
    ("at", "时间"),
)


@dataclass(frozen=True)
class Answered:
    """How many customers withdrew their consent, how many numbers nobody is known by, and how much else."""

    withdrawn: int = 0
    unknown: int = 0
    other: int = 0


def report(project: Project, channel: str, callback: Callback, *, now: datetime) -> Answered:
    """Take in what the provider of a channel posts; raises `WrongSignature` where it is not the provider."""
    return take(project, channel, own.replies(callback, secret_of(project, channel)), now=now)


def read(project: Project, channel: str, content: bytes, *, viewer: Viewer) -> Answered:
    """Take in a file: what a provider would post, or CSV with the columns from, text and perhaps at."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    is_json = content.lstrip()[:1] == b"{"
    found = own.replies(Callback(content, {}), "") if is_json else _rows(content, viewer.now)
    return take(project, channel, found, now=viewer.now)


def take(project: Project, channel: str, replies: Sequence[Reply], *, now: datetime) -> Answered:
    """Withdraw the consent of who wants no more; hearing it again is harmless."""
    if open_channel(project.settings.channels, channel).writes_to != "phone":
        raise WrongCall(N_("Channel {name} writes to no phone, so nobody answers to it."), name=channel)
    ended = {_number(project, reply.sender): reply.at for reply in replies if is_opt_out(reply.text)}
    whom = known_by_phone(project, ended)
    with project.operations.writing() as connection:
        for number, at in ended.items():
            for customer_id in whom.get(number, ()):
                link = Link(customer_id=customer_id, purpose=MARKETING, channel="sms")
                consents.withdraw(connection, link, how="reply", by=_CUSTOMER, now=min(at, now))
            if number not in whom:
                books.suppress(connection, books.digest(number, key=project.key), reason=OPTED_OUT, now=now)
        unknown = len(ended.keys() - whom.keys())
        if unknown:
            add(connection, _CUSTOMER, AuditEvent(verb="address.suppressed", count=unknown), now=now)
    said_else = sum(not is_opt_out(reply.text) for reply in replies)
    return Answered(sum(map(len, whom.values())), unknown, said_else)


def _number(project: Project, sender: str) -> str:
    """As messages are sent to it; providers leave out the + or the country."""
    country = project.settings.country
    found = international(sender, country) or international(f"+{sender.lstrip('+')}", country)
    return found or phonenumbers.normalize_diallable_chars_only(sender)


def _rows(content: bytes, now: datetime) -> list[Reply]:
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or not any(name in rows[0] for name in _SENDER) or not any(name in rows[0] for name in _TEXT):
        raise WrongCall(N_("The file is no CSV in UTF-8 with the columns from and text."))
    return [
        Reply(
            sender=_cell(row, _SENDER), text=_cell(row, _TEXT), at=moment(_cell(row, _AT) or now.isoformat())
        )
        for row in rows
    ]


def _cell(row: dict[str, str | None], names: tuple[str, ...]) -> str:
    return next((row[name] or "" for name in names if name in row), "")
