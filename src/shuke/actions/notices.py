"""Notices: how does somebody hear of an alert, once, and of those that are still open?

A build plans what is to be told with the flips that it writes (see `alerts.notices`); `shuke run` tells it.
Where a channel does not answer, the notice is tried again for two days, and that it does not arrive is an
alert of its own until it does.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from shuke import formats
from shuke.actions.work import Books, Kind, nothing_written, one_by_one
from shuke.alerts import flips, rule_settings, targets
from shuke.alerts import notices as told_by
from shuke.alerts.flips import AlertState, Status
from shuke.alerts.notices import NOTICE, OWN, SEVERITIES, Notice
from shuke.app import Project
from shuke.channels.message import Channel, Message, NotSent, Refused
from shuke.channels.opened import open_channel
from shuke.graph import catalogue
from shuke.languages import Text, _, speaking
from shuke.store import due_work
from shuke.store.due_work import Due
from shuke.tables import Derived
from shuke.views import labels

#: How often a channel may fail before that is an alert: the first failures pass by themselves.
ATTEMPTS = 3

#: How many alerts a message names; how many more there are, it counts.
AT_MOST = 20


def send(project: Project, due: Due, now: datetime) -> Books:
    """Tell what a piece of due work is about; what is over by then is not told any more."""
    notice = told_by.of(project.settings).get(due.payload["notice"])
    if notice is None or due.payload["place"] >= len(notice.addresses):
        return nothing_written  # nobody wants to hear of it any more
    with project.operations.reading() as connection:
        states = _concerning(connection, notice, due)
    if states:
        _deliver(project, notice, due, states, now=now)
    return partial(_told, notice=notice, due=due, some=bool(states), now=now)


def _concerning(connection: sa.Connection, notice: Notice, due: Due) -> list[AlertState]:
    """The alerts to be told of, the gravest first, and of these where most is at stake."""
    every = flips.standing(connection)
    if since := due.payload.get("digest"):
        fresh = datetime.fromisoformat(since)
        asked = [s for s in every.values() if s.status is not Status.RESOLVED or s.at >= fresh]
    else:
        opened = flips.opened_by(connection, due.payload["build"])
        asked = [every[s.subject] for s in opened if every[s.subject].status is not Status.RESOLVED]
        if times := due.payload.get("again"):
            wanted = {r for each in _reminded(connection, notice, due, sent=times - 1).values() for r in each}
            # What nobody has taken care of, where one is to be reminded of it still.
            asked = [state for state in asked if state.who is None and state.subject.rule in wanted]
    return sorted(filter(notice.concerns, asked), key=_rank)


def _rank(state: AlertState) -> tuple[Any, ...]:
    grave = SEVERITIES.index(state.severity) if state.severity in SEVERITIES else -1
    return (
        state.status is Status.RESOLVED,
        -grave,
        -(state.at_stake or 0),
        state.subject.rule,
        state.subject.id,
    )


def _deliver(
    project: Project, notice: Notice, due: Due, states: Sequence[AlertState], *, now: datetime
) -> None:
    channel = open_channel(project.settings.channels, notice.channel)
    message = _message(project, notice, due, states)
    deliver(project, notice.name, due, channel, message, now=now)


def deliver(
    project: Project, notice: str, due: Due, channel: Channel, message: Message, *, now: datetime
) -> None:
    """Send what a notice says; where it does not arrive, that is an alert, and raised."""
    try:
        channel.send(message)
    except NotSent as error:
        if due.attempts >= ATTEMPTS or isinstance(error, Refused):
            today = now.astimezone(ZoneInfo(project.settings.zone)).date()
            found = told_by.undelivered(notice, attempts=due.attempts, why=str(error), today=today)
            with project.operations.writing() as connection:
                flips.tell(connection, found, Status.OPEN, now=now)
        raise


def arrived(connection: sa.Connection, *, notice: str, now: datetime) -> None:
    """That it did not arrive is over."""
    found = told_by.undelivered(notice, attempts=0, why="", today=now.date())
    flips.tell(connection, found, Status.RESOLVED, now=now)


def _told(connection: sa.Connection, *, notice: Notice, due: Due, some: bool, now: datetime) -> None:
    """It has arrived: that it did not is over; and whoever is to be reminded is so again."""
    if some:
        arrived(connection, notice=notice.name, now=now)
    if some and (times := due.payload.get("again")):
        again = _reminded(connection, notice, due, sent=times)
        next_ = [
            told_by.reminder(due.payload, rules, days=days, times=times + 1, now=now)
            for days, rules in again.items()
        ]
        due_work.plan(connection, NOTICE, next_, now=now)


def _reminded(connection: sa.Connection, notice: Notice, due: Due, *, sent: int) -> dict[int, list[str]]:
    """Of which rules one is reminded again, after how many days, having been so `sent` times."""
    opened = flips.opened_by(connection, due.payload["build"])
    rules = due.payload.get("rules") or {s.subject.rule for s in opened if notice.concerns(s)}
    return rule_settings.reminders(
        rules, rule_settings.in_force(connection), usual=notice.remind_days, sent=sent
    )


def _message(project: Project, notice: Notice, due: Due, states: Sequence[AlertState]) -> Message:
    language = project.settings.language
    with speaking(language):
        rules = catalogue.derived(project.root)
        lines = [line(state, rules, project.settings.currency) for state in states[:AT_MOST]]
        if more := len(states) - AT_MOST:
            lines += [_("and {more} more").format(more=formats.number(more))] if more > 0 else []
        link = (
            f"{project.settings.address.rstrip('/')}/alerts" if project.settings.address else "shuke alerts"
        )
        text = "\n\n".join([*lines, link]) + "\n"
        subject = _subject(project, due, states)
    return Message(
        key=f"{NOTICE}:{due.key}", to=notice.addresses[due.payload["place"]], subject=subject, text=text,
        language=language, facts={"alerts": [facts(state) for state in states]},
    )  # fmt: skip


def _subject(project: Project, due: Due, states: Sequence[AlertState]) -> str:
    open_ = sum(state.status is not Status.RESOLVED for state in states)
    if "digest" in due.payload:
        said = _("{company}: alerts open: {open}, over: {over}")
    elif "again" in due.payload:
        one = _("{company}: an alert still waits for somebody")
        said = one if open_ == 1 else _("{company}: {open} alerts still wait for somebody")
    else:
        said = _("{company}: a new alert") if open_ == 1 else _("{company}: {open} new alerts")
    return said.format(
        company=project.settings.name, open=formats.number(open_), over=formats.number(len(states) - open_)
    )


def line(state: AlertState, rules: dict[str, Derived], currency: str) -> str:
    """One alert in words: no name stands in it, for a mailbox knows no roles."""
    title, names = title_of(state.subject.rule, rules)
    head = [
        str(labels.SEVERITIES.get(state.severity, state.severity)),
        str(title),
        targets.in_words(state.subject.id),
    ]
    if state.status is Status.RESOLVED:
        head.insert(0, str(labels.STATUSES[state.status]))
    if state.at_stake:
        stake = formats.money(state.at_stake, currency)
        head.append(_("{amount} at stake").format(amount=stake))
    figures = (f"{name}: {figure}" for name, figure in labels.evidence(state.evidence, names))
    return "\n".join([" · ".join(head), _("since {day}").format(day=formats.day(state.since)), *figures])


def title_of(rule: str, rules: dict[str, Derived]) -> tuple[Text, dict[str, Text]]:
    """What a rule is called, and what a person calls the figures behind its findings."""
    if rule in OWN:
        return OWN[rule]
    if rule not in rules:
        return Text(rule, rule), {}
    return rules[rule].title, dict(rules[rule]["evidence"].codes or {})


def facts(state: AlertState) -> dict[str, Any]:
    """One alert for programs."""
    return {
        "rule": state.subject.rule, "subject_kind": state.subject.kind, "subject": state.subject.id,
        "number": state.number, "status": state.status.value, "severity": state.severity,
        "since": state.since.isoformat(), "at_stake": None if state.at_stake is None else str(state.at_stake),
        "evidence": state.evidence,
    }  # fmt: skip


KIND = Kind(NOTICE, one_by_one(send))

__all__ = ["KIND", "arrived", "deliver", "facts", "line", "send", "title_of"]
