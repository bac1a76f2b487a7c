"""Notices: who is told of which alerts, by which channel, and how often?

[notices.finance]
channel = "mail"                 one of [channels]
to = ["lin@shop.example"]        the addresses on it; a webhook or a robot has none
rules = ["credit", "expense"]    all of them, where none is named
severity = "medium"              and what is graver; "low" where nothing is said
remind_days = 7                  tell again of what nobody has taken care of by then; 0: never; a rule of
                                 which people said otherwise (`alerts.rule_settings`) goes by that
digest_days = 1                  every so many days, what is open and what is over; 0: never
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from shuke.alerts import rule_settings
from shuke.alerts.flips import UNDELIVERED, AlertFinding, AlertState, AlertSubject, opened_by
from shuke.errors import WrongSettings
from shuke.languages import N_, Text
from shuke.settings import FILE, Settings
from shuke.store import due_work
from shuke.store.due_work import Work

#: The name of this kind of due work.
NOTICE = "notice"

SEVERITIES = ("low", "medium", "high")

#: A rule that could not be asked.
SWITCHED_OFF = "switched_off"

#: Alerts that no rule finds: what they are called, and what a person calls the figures behind them.
OWN: dict[str, tuple[Text, dict[str, Text]]] = {
    UNDELIVERED: (
        Text("Notices that do not arrive", "通知无法送达"),
        {"attempts": Text("attempts", "尝试次数"), "why": Text("why", "原因")},
    ),
    SWITCHED_OFF: (
        Text("Rules that could not be asked", "规则未能运行"),
        {"why": Text("why", "原因")},
    ),
}

#: When digests leave, in the project's zone.
MORNING = time(8)


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One section of the settings."""

    name: str
    channel: str
    to: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severity: str = SEVERITIES[0]
    remind_days: int = 0
    digest_days: int = 1

    def concerns(self, state: AlertState) -> bool:
        grave = SEVERITIES.index(state.severity) if state.severity in SEVERITIES else len(SEVERITIES)
        named = not self.rules or state.subject.rule in self.rules
        # Whoever is not reached would not hear of that either.
        is_own = state.subject.rule == UNDELIVERED and state.subject.id == self.name
        return named and not is_own and grave >= SEVERITIES.index(self.severity)

    @property
    def addresses(self) -> tuple[str, ...]:
        return self.to or ("",)


def of(settings: Settings) -> dict[str, Notice]:
    """Every notice by name; raises `WrongSettings` where one cannot be read."""
    return {name: _read(name, dict(told), settings) for name, told in settings.notices.items()}


def plan(connection: sa.Connection, *, settings: Settings, build: int, now: datetime) -> None:
    """Plan what is to be told of the alerts that a build opened, and the next digest."""
    opened, chosen = opened_by(connection, build), rule_settings.in_force(connection)
    for notice in of(settings).values():
        rules = {state.subject.rule for state in opened if notice.concerns(state)}
        again = rule_settings.reminders(rules, chosen, usual=notice.remind_days, sent=0)
        due = list(_due(notice, settings, bool(rules), again, build=build, now=now))
        due_work.plan(connection, NOTICE, due, now=now)


def reminder(payload: Mapping[str, Any], rules: list[str], *, days: int, times: int, now: datetime) -> Work:
    """The next telling, the `times`-th, of what a build opened by these rules and nobody takes care of."""
    whose = ":".join(str(payload[name]) for name in ("notice", "place", "build"))
    return Work(
        key=f"{whose}:again:{','.join(rules)}:{times}", due_at=now + timedelta(days=days),
        payload={**payload, "again": times, "rules": rules},
    )  # fmt: skip


def _due(
    notice: Notice,
    settings: Settings,
    told: bool,
    again: Mapping[int, list[str]],
    *,
    build: int,
    now: datetime,
) -> Iterable[Work]:
    for place in range(len(notice.addresses)):
        whose = f"{notice.name}:{place}"
        payload = {"notice": notice.name, "place": place, "build": build}
        if told:
            yield Work(key=f"{whose}:{build}", due_at=now, payload=payload)
        for days, rules in again.items():
            yield reminder(payload, rules, days=days, times=1, now=now)
        if notice.digest_days:
            day = _next(now.astimezone(ZoneInfo(settings.zone)).date(), notice.digest_days)
            at = datetime.combine(day, MORNING, ZoneInfo(settings.zone))
            since = (at - timedelta(days=notice.digest_days)).isoformat()
            yield Work(key=f"{whose}:digest:{day}", due_at=at, payload=payload | {"digest": since})


def _next(today: date, every: int) -> date:
    """The next day of a digest: counted from the same day for all, so that planning it twice is planning it
    once."""
    return today + timedelta(days=every - today.toordinal() % every)


def undelivered(notice: str, *, attempts: int, why: str, today: date) -> AlertFinding:
    """That nobody can be reached is a finding of its own."""
    subject = AlertSubject(UNDELIVERED, "notice", notice)
    told = {"attempts": attempts, "why": why}
    return AlertFinding(subject=subject, since=today, severity="high", evidence=told)


def switched_off(rule: str, why: str, *, today: date) -> AlertFinding:
    """That a rule could not be asked is one, too."""
    subject = AlertSubject(SWITCHED_OFF, "rule", rule)
    return AlertFinding(subject=subject, since=today, severity="high", evidence={"why": why})


def _read(name: str, told: dict[str, Any], settings: Settings) -> Notice:
    known = {field.name: field for field in fields(Notice) if field.name != "name"}
    for wrong in (key for key in told if key not in known):
        raise WrongSettings(
            N_("{file}: [notices.{name}] has no {wrong}. It takes: {known}."),
            file=FILE, name=name, wrong=wrong, known=", ".join(known),
        )  # fmt: skip
    lists = {key: tuple(told[key]) for key in ("to", "rules") if isinstance(told.get(key), list)}
    notice = {"channel": "", **told, **lists}
    days = [notice.get(key, 1) for key in ("remind_days", "digest_days")]
    right = (
        notice["channel"] in settings.channels
        and all(isinstance(notice.get(key, ()), tuple) for key in ("to", "rules"))
        and all(isinstance(each, str) for key in ("to", "rules") for each in notice.get(key, ()))
        and all(type(each) is int and each >= 0 for each in days)
        and notice.get("severity", "low") in SEVERITIES
    )
    if not right:
        raise WrongSettings(
            N_(
                "{file}: [notices.{name}] cannot be used. It names one of these channels: {channels}; to and "
                "rules are lists of texts; severity is low, medium or high; remind_days and digest_days are "
                "numbers of days."
            ),
            file=FILE, name=name, channels=", ".join(sorted(settings.channels)) or "-",
        )  # fmt: skip
    return Notice(name=name, **notice)
