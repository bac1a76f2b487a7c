"""Flips: when did an alert open, who took care of it, and when did it end?

Every change of an alert is a row; its state is its last row. What a rule finds opens an alert, what it
no longer finds resolves it; people acknowledge, snooze and resolve in between.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.errors import Overtaken, WrongCall
from shuke.languages import N_
from shuke.store.operations import Operations, alert_flips

#: A notice that could not be delivered: an alert that no build finds.
UNDELIVERED = "undelivered"

#: Of what kind most subjects are.
CUSTOMER = "customer"


class Status(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  # somebody is on it
    SNOOZED = "snoozed"  # not before a day
    RESOLVED = "resolved"  # over: by hand, or because the rule no longer finds it


@dataclass(frozen=True)
class AlertSubject:
    """What an alert is about: a rule and whom it concerns."""

    rule: str
    kind: str
    id: str


@dataclass(frozen=True, kw_only=True)
class AlertFinding:
    """What a rule found in a build."""

    subject: AlertSubject
    since: date
    severity: str
    evidence: dict[str, Any] = field(default_factory=dict)
    at_stake: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class AlertState:
    """The last flip of an alert."""

    subject: AlertSubject
    status: Status
    since: date
    severity: str
    evidence: dict[str, Any]
    number: int
    at: datetime
    who: str | None
    at_stake: Decimal | None = None

    @property
    def until(self) -> date | None:
        """Until when it is snoozed."""
        told = self.evidence.get("until")
        return date.fromisoformat(told) if self.status is Status.SNOOZED and told else None


def record(
    operations: Operations,
    findings: Iterable[AlertFinding],
    *,
    build: int,
    today: date,
    now: datetime,
    means: Mapping[str, str] = MappingProxyType({}),
    unknown: Collection[str] = (),
    then: Callable[[sa.Connection], object] = lambda _connection: None,
) -> int:
    """Write the flips that a build's findings make; returns how many. Doing it twice adds nothing.

    `means` has the customers whom the ids of others mean by now: their alerts go on as their own. Of
    `unknown` rules nobody knows what they would have found: what they found before stands. `then` is done
    with these flips or not at all.
    """
    with operations.writing() as connection:
        standing = {s.subject: s for s in _last(connection)}
        found, kept = {f.subject: f for f in findings}, {UNDELIVERED, *unknown}
        rows = []
        for last in _moved(standing, means):
            if last.subject in found:
                standing[last.subject] = last
                rows.append(_row(_as_found(last), None, last.status, build=build, now=now, who=last.who))
        rows += [
            _row(finding, standing.get(subject), Status.OPEN, build=build, now=now)
            for subject, finding in found.items()
            if _opens(finding, standing.get(subject), today=today)
        ]
        rows += [
            _row(_as_found(last), last, Status.RESOLVED, build=build, now=now)
            for subject, last in standing.items()
            if subject not in found and last.status is not Status.RESOLVED and subject.rule not in kept
        ]
        if rows:
            connection.execute(sa.insert(alert_flips), rows)
        then(connection)
    return len(rows)


def opened_by(connection: sa.Connection, build: int) -> list[AlertState]:
    """The alerts that a build opened."""
    by_build = alert_flips.c.build == build, alert_flips.c.new_status == Status.OPEN
    opened = sa.or_(alert_flips.c.old_status.is_(None), alert_flips.c.old_status != Status.OPEN)
    rows = connection.execute(sa.select(alert_flips).where(*by_build, opened).order_by(alert_flips.c.id))
    return [_standing(row) for row in rows]


def openings(connection: sa.Connection) -> list[tuple[AlertState, bool]]:
    """Each time that a build opened an alert that was not there, or was over; and whether it stands still."""
    of = alert_flips.c
    new = of.old_status.is_(None) | (of.old_status == Status.RESOLVED)
    opened = sa.select(alert_flips).where(of.who.is_(None), of.new_status == Status.OPEN, new)
    now = {state.subject: state.status for state in _last(connection)}
    found = map(_standing, connection.execute(opened.order_by(of.id)))
    return [(state, now[state.subject] is not Status.RESOLVED) for state in found]


def standing(connection: sa.Connection, rules: Collection[str] = ()) -> dict[AlertSubject, AlertState]:
    """The last flip of every alert, or of those of some rules."""
    only = alert_flips.c.rule.in_(rules) if rules else sa.true()
    return {state.subject: state for state in _last(connection, where=only)}


def tell(connection: sa.Connection, finding: AlertFinding, status: Status, *, now: datetime) -> bool:
    """Open or end an alert of Shuke's own that no build finds; False where it stands so already."""
    last = next(iter(_last(connection, finding.subject)), None)
    is_open = last is not None and last.status is not Status.RESOLVED
    if is_open == (status is not Status.RESOLVED):
        return False
    connection.execute(sa.insert(alert_flips), [_row(finding, last, status, now=now)])
    return True


def customers(operations: Operations) -> list[str]:
    """Of which customers there ever was an alert."""
    query = (
        sa.select(alert_flips.c.subject_id)
        .where(alert_flips.c.subject_kind == CUSTOMER)
        .distinct()
        .order_by(alert_flips.c.subject_id)
    )
    with operations.reading() as connection:
        return [str(row.subject_id) for row in connection.execute(query)]


def _moved(standing: Mapping[AlertSubject, AlertState], means: Mapping[str, str]) -> list[AlertState]:
    """What stands of customers whose id means another one, as of that one, of whom nothing stands yet.

    Where several mean the same one, what is not over goes before what is, and then what was said last.
    """
    found: dict[AlertSubject, AlertState] = {}
    for last in sorted(standing.values(), key=lambda s: (s.status is not Status.RESOLVED, s.at)):
        subject = last.subject
        now = means.get(subject.id, subject.id) if subject.kind == CUSTOMER else subject.id
        another = replace(subject, id=now)
        if another not in standing:
            found[another] = replace(last, subject=another, number=1)
    return list(found.values())


def act(
    operations: Operations,
    findings: Iterable[AlertFinding],
    status: Status,
    *,
    by: Actor,
    now: datetime,
    today: date,
    until: date | None = None,
    seen: Status | None = None,
) -> int:
    """A person acknowledges, snoozes, resolves or reopens alerts that a build found; of how many that is new.

    `seen` is how they stood when that person looked: `Overtaken` where somebody has changed that since. Of
    several who do the same at once the first has done it, and it is not done again.
    """
    if status is Status.SNOOZED and (until is None or until <= today):
        raise WrongCall(N_("Say until when to snooze the alert: a day after today."))
    done = 0
    with operations.writing() as connection:
        for finding in findings:
            last = next(iter(_last(connection, finding.subject)), None)
            stands = last if last and is_handled(last, today=today) else None
            if _is_done(stands, finding, status, until=until):
                continue
            if seen is not None and seen != (stands.status if stands else Status.OPEN):
                raise Overtaken
            told = finding.evidence | ({"until": until.isoformat()} if until else {})
            changed = replace(finding, evidence=told)
            connection.execute(sa.insert(alert_flips), [_row(changed, last, status, now=now, who=by.who)])
            about = finding.subject
            event = AuditEvent(verb=f"alert.{status}", subject_kind=about.kind, subject_id=about.id)
            add(connection, by, event, now=now)
            done += 1
    return done


def handled(operations: Operations, *, today: date) -> list[AlertState]:
    """The alerts that people have acknowledged, put to sleep beyond `today`, or resolved."""
    by_people = alert_flips.c.who.is_not(None) & (alert_flips.c.new_status != Status.OPEN)
    with operations.reading() as connection:
        last = _last(connection, where=by_people)
    return [standing for standing in last if is_handled(standing, today=today)]


def is_handled(last: AlertState, *, today: date) -> bool:
    """Whether a person has taken care of an alert, and that still counts; else it is open."""
    asleep_no_longer = last.until is not None and last.until <= today
    return last.status is not Status.OPEN and last.who is not None and not asleep_no_longer


def history(operations: Operations, subject: AlertSubject) -> list[AlertState]:
    """Every flip of one alert, oldest first."""
    query = sa.select(alert_flips).where(*_about(subject)).order_by(alert_flips.c.number)
    with operations.reading() as connection:
        return [_standing(row) for row in connection.execute(query)]


def _is_done(stands: AlertState | None, finding: AlertFinding, status: Status, *, until: date | None) -> bool:
    """Whether an alert is already what somebody makes of it."""
    if stands is None:
        return status is Status.OPEN
    return (stands.status, stands.since, stands.until) == (status, finding.since, until)


def _opens(finding: AlertFinding, last: AlertState | None, *, today: date) -> bool:
    if last is None:
        return True
    if last.status is Status.RESOLVED:
        # What a person has closed stays closed for as long as it is the same occurrence.
        return last.who is None or last.since != finding.since
    return last.until is not None and last.until <= today


def _last(
    connection: sa.Connection,
    subject: AlertSubject | None = None,
    where: sa.ColumnElement[bool] = sa.true(),  # noqa: B008 - it never changes
) -> list[AlertState]:
    newest = (
        sa.select(
            alert_flips.c.rule, alert_flips.c.subject_kind, alert_flips.c.subject_id,
            sa.func.max(alert_flips.c.number).label("number"),
        )
        .where(*(_about(subject) if subject else ()))
        .group_by(alert_flips.c.rule, alert_flips.c.subject_kind, alert_flips.c.subject_id)
        .subquery()
    )  # fmt: skip
    same = sa.and_(
        *(alert_flips.c[n] == newest.c[n] for n in ("rule", "subject_kind", "subject_id", "number"))
    )
    rows = connection.execute(sa.select(alert_flips).join(newest, same).where(where))
    return [_standing(row) for row in rows]


def _about(subject: AlertSubject) -> tuple[sa.ColumnElement[bool], ...]:
    flips = alert_flips.c
    return flips.rule == subject.rule, flips.subject_kind == subject.kind, flips.subject_id == subject.id


def _row(
    finding: AlertFinding,
    last: AlertState | None,
    status: Status,
    *,
    now: datetime,
    build: int | None = None,
    who: str | None = None,
) -> dict[str, Any]:
    return {
        "rule": finding.subject.rule,
        "subject_kind": finding.subject.kind,
        "subject_id": finding.subject.id,
        "number": last.number + 1 if last else 1,
        "old_status": last.status if last else None,
        "new_status": status,
        "severity": finding.severity,
        "since": finding.since,
        "evidence": finding.evidence,
        "build": build,
        "at": now,
        "who": who,
        "at_stake": finding.at_stake,
    }


def _as_found(last: AlertState) -> AlertFinding:
    return AlertFinding(
        subject=last.subject, since=last.since, severity=last.severity, evidence=last.evidence,
        at_stake=last.at_stake,
    )  # fmt: skip


def _standing(row: sa.Row[Any]) -> AlertState:
    return AlertState(
        subject=AlertSubject(row.rule, row.subject_kind, row.subject_id),
        status=Status(row.new_status), since=row.since, severity=row.severity,
        evidence=row.evidence, number=row.number, at=row.at, who=row.who, at_stake=row.at_stake,
    )  # fmt: skip
