"""Replies: what follows from what customers answer to an SMS?

Who answers with a word that means no more has withdrawn their consent to marketing by SMS: whoever is known
by the number. A number by which nobody is known is not written to again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import phonenumbers
import pyarrow.parquet as pq

from shuke.access.audit import Actor, AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions import consents
from shuke.actions.message_events import secret_of
from shuke.app import Project
from shuke.channels.callback import Callback, Reply
from shuke.channels.opened import open_channel
from shuke.channels.providers import own
from shuke.collect import sheets
from shuke.collect.sheets import ROW, Sheet
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
    ("from", "phone", "手机号", "手机号码", "号码"),
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


def read(project: Project, channel: str, path: Path, *, viewer: Viewer) -> Answered:
    """Take in a file of answers: a table in any format that an import reads, with a column for who answered
    and one for what, and perhaps one for when. Raises `WrongCall` where a row cannot be understood, and takes
    in none then.
    """
    viewer.require(Capability.RUN_CAMPAIGNS)
    (file,) = sheets.expand([str(path)])
    with TemporaryDirectory(dir=project.work) as work:
        (sheet, *_others) = sheets.read(file, work=Path(work))
        found = list(_rows(sheet, zone=project.settings.zone, now=viewer.now))
    return take(project, channel, found, now=viewer.now)


def take(project: Project, channel: str, replies: Sequence[Reply], *, now: datetime) -> Answered:
    """Withdraw the consent of who wants no more; hearing it again is harmless."""
    if open_channel(project.settings.channels, channel).writes_to != "phone":
        raise WrongCall(N_("Channel {name} writes to no phone, so nobody answers to it."), name=channel)
    said = [(_number(project, reply.sender), reply) for reply in replies]
    ended = {number: reply.at for number, reply in said if number and is_opt_out(reply.text)}
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


def _rows(sheet: Sheet, *, zone: str, now: datetime) -> Iterator[Reply]:
    for bad in sheet.bad_rows:
        raise WrongCall(N_("{file}, row {row}: {reason}"), file=sheet.file, row=bad.row, reason=bad.reason)
    folded = {name.strip().casefold(): name for name in reversed(sheet.columns)}
    sender, said, at = (
        next((folded[name] for name in names if name in folded), None) for names in (_SENDER, _TEXT, _AT)
    )
    if sender is None or said is None:
        raise WrongCall(
            N_("{file} has the columns {columns}. Answers have from and text, and perhaps at."),
            file=sheet.file, columns=", ".join(sheet.columns),
        )  # fmt: skip
    for row in pq.read_table(sheet.parquet).to_pylist():
        when = row[at] if at else None
        try:
            moment = datetime.fromisoformat(when.strip().replace("/", "-")) if when else now
        except ValueError:
            raise WrongCall(
                N_("{file}, row {row}, column {column}: {value} is no moment such as 2026-11-21 12:00."),
                file=sheet.file, row=row[ROW], column=at, value=when,
            ) from None  # fmt: skip
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        yield Reply(sender=row[sender] or "", text=row[said] or "", at=aware)
