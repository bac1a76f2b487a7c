"""Assignments: how does whoever is given an alert or a task hear of it, once?

[assignments]
channel = "mail"                    one of [channels]
to.lin = "lin@shop.example"         who is told, and where; a webhook or a robot has no addresses

What somebody is given within five minutes is told in one message. What they gave themselves, and what by then
is over or somebody else's, is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from shuke import formats
from shuke.actions import notices
from shuke.actions.work import Books, Kind, nothing_written, one_by_one
from shuke.alerts import flips, notes
from shuke.alerts.flips import AlertState, Status
from shuke.app import Project
from shuke.channels.message import Message
from shuke.channels.opened import open_channel
from shuke.engage import tasks
from shuke.engage.tasks import Task, TaskStatus
from shuke.errors import WrongSettings
from shuke.graph import catalogue
from shuke.languages import N_, _, speaking
from shuke.settings import FILE, Settings
from shuke.store import due_work
from shuke.store.due_work import Due, Work

#: The name of this kind of due work.
ASSIGNMENT = "assignment"

#: What is given within so long is told together, and so much later, for what was begun by then to be written.
WINDOW, SLACK = timedelta(minutes=5), timedelta(minutes=1)

#: How many alerts or tasks a message names; how many more there are, it counts.
AT_MOST = 20


@dataclass(frozen=True, kw_only=True)
class AssignmentNotice:
    """The section of the settings."""

    channel: str
    to: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, kw_only=True)
class _Given:
    """What somebody was given of late and still has."""

    tasks: list[Task]
    alerts: list[AlertState]

    def __bool__(self) -> bool:
        return bool(self.tasks or self.alerts)


def of(settings: Settings) -> AssignmentNotice | None:
    """How it is told; none where nobody is told. Raises `WrongSettings`."""
    told = dict(settings.assignments)
    if not told:
        return None
    to, known = told.get("to", {}), {"channel", "to"}
    right = told.get("channel") in settings.channels and isinstance(to, Mapping) and known.issuperset(told)
    if not right or not all(isinstance(each, str) for each in to.values()):
        raise WrongSettings(
            N_(
                "{file}: [assignments] cannot be used. It names one of these channels: {channels}; and of "
                "each user in `to` an address."
            ),
            file=FILE, channels=", ".join(sorted(settings.channels)) or "-",
        )  # fmt: skip
    return AssignmentNotice(channel=told["channel"], to=to)


def plan(connection: sa.Connection, settings: Settings, names: Iterable[str], *, now: datetime) -> None:
    """Let each of these hear of what they were given, with whatever else they are given within minutes."""
    notice = of(settings)
    if notice is None:
        return
    begins = datetime.fromtimestamp(now.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), UTC)
    work = [
        Work(
            key=f"{name}:{begins.isoformat()}", due_at=begins + WINDOW + SLACK,
            payload={"assignee": name, "since": begins.isoformat()},
        )
        for name in sorted(set(names))
        if name in notice.to or (name and not notice.to)
    ]  # fmt: skip
    due_work.plan(connection, ASSIGNMENT, work, now=now)


def send(project: Project, due: Due, now: datetime) -> Books:
    """Tell somebody what they were given."""
    notice, name = of(project.settings), due.payload["assignee"]
    if notice is None or (notice.to and name not in notice.to):
        return nothing_written  # nobody wants to hear of it any more
    since = datetime.fromisoformat(due.payload["since"])
    with project.operations.reading() as connection:
        given = _given(connection, name, since=since)
    if not given:
        return nothing_written
    channel = open_channel(project.settings.channels, notice.channel)
    message = _message(project, due, name, given, to=notice.to.get(name, ""))
    notices.deliver(project, ASSIGNMENT, due, channel, message, now=now)
    return partial(notices.arrived, notice=ASSIGNMENT, now=now)


def _given(connection: sa.Connection, name: str, *, since: datetime) -> _Given:
    span = {"since": since, "until": since + WINDOW}
    mine = [t for t in tasks.given(connection, name, **span) if t.status is TaskStatus.OPEN]
    subjects, every = notes.given(connection, name, **span), flips.standing(connection)
    alerts = [every[each] for each in subjects if each in every]
    return _Given(tasks=mine, alerts=[a for a in alerts if a.status is not Status.RESOLVED])


def _message(project: Project, due: Due, name: str, given: _Given, *, to: str) -> Message:
    """It names no customer, for a mailbox knows no roles."""
    language, currency = project.settings.language, project.settings.currency
    with speaking(language):
        rules = catalogue.derived(project.root)
        lines = [notices.line(state, rules, currency) for state in given.alerts]
        lines += [
            f"{t.title} · {_('due {day}').format(day=formats.day(t.due_on))} · {t.customer_id}"
            for t in given.tasks
        ]
        told = lines[:AT_MOST]
        if more := len(lines) - len(told):
            told.append(_("and {more} more").format(more=formats.number(more)))
        subject = _("{company}: {number} given to {name}").format(
            company=project.settings.name, number=formats.number(len(lines)), name=name
        )
        link = (
            f"{project.settings.address.rstrip('/')}/tasks"
            if project.settings.address
            else "shuke task list --mine"
        )
    address = project.settings.address.rstrip("/")
    link = f"{address}/tasks" if address else "shuke task list --mine"
    facts: dict[str, Any] = {
        "assignee": name, "tasks": [t.id for t in given.tasks],
        "alerts": [notices.facts(state) for state in given.alerts],
    }  # fmt: skip
    return Message(
        key=f"{ASSIGNMENT}:{due.key}", to=to, subject=subject, text="\n\n".join([*told, link]) + "\n",
        language=language, facts=facts,
    )  # fmt: skip


def _line(task: Task) -> str:
    due = _("due {day}").format(day=formats.day(task.due_on))
    return f"{task.title} · {due} · {task.customer_id}"


KIND = Kind(ASSIGNMENT, one_by_one(send))
