"""Notes: whom is an alert given to, and what do people say of it?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from shuke.access.audit import Actor, AuditEvent, add
from shuke.alerts.flips import AlertSubject
from shuke.store.operations import Operations, alert_notes


@dataclass(frozen=True, kw_only=True)
class AlertNote:
    """What somebody said of an alert, or whom they gave it to; an empty `assignee`: nobody any more."""

    subject: AlertSubject
    at: datetime
    who: str
    assignee: str | None = None
    comment: str | None = None


def write(
    operations: Operations,
    subjects: Iterable[AlertSubject],
    *,
    by: Actor,
    now: datetime,
    assignee: str | None = None,
    comment: str | None = None,
    then: Callable[[sa.Connection], None] | None = None,
) -> int:
    """Give alerts to somebody, or say something of them; returns of how many. `then`, within the same
    transaction, what is to follow."""
    verb = "alert.commented" if assignee is None else "alert.assigned"
    given = {"assignee": assignee, "comment": comment, "at": now, "who": by.who}
    about_all = list(subjects)
    with operations.writing() as connection:
        for about in about_all:
            row = {"rule": about.rule, "subject_kind": about.kind, "subject_id": about.id, **given}
            connection.execute(sa.insert(alert_notes), [row])
            event = AuditEvent(verb=verb, subject_kind=about.kind, subject_id=about.id)
            add(connection, by, event, now=now)
        if then and about_all:
            then(connection)
    return len(about_all)


def given(connection: sa.Connection, name: str, *, since: datetime, until: datetime) -> list[AlertSubject]:
    """Which alerts others gave to somebody between two moments, who had not had them and still has."""
    of = alert_notes.c
    has: dict[AlertSubject, str] = {}
    fresh: dict[AlertSubject, None] = {}
    for row in connection.execute(sa.select(alert_notes).where(of.assignee.is_not(None)).order_by(of.id)):
        subject = AlertSubject(row.rule, row.subject_kind, row.subject_id)
        if row.assignee == name != has.get(subject) and row.who != name and since <= row.at < until:
            fresh[subject] = None
        has[subject] = row.assignee
    return [subject for subject in fresh if has[subject] == name]


def notes(operations: Operations, subject: AlertSubject) -> list[AlertNote]:
    """Everything said of one alert, oldest first."""
    of = alert_notes.c
    about = of.rule == subject.rule, of.subject_kind == subject.kind, of.subject_id == subject.id
    with operations.reading() as connection:
        rows = connection.execute(sa.select(alert_notes).where(*about).order_by(of.id))
        return [
            AlertNote(subject=subject, at=row.at, who=row.who, assignee=row.assignee, comment=row.comment)
            for row in rows
        ]


def assignees(operations: Operations) -> dict[AlertSubject, str]:
    """Whom each alert is given to; those alone that are given to somebody."""
    of = alert_notes.c
    query = sa.select(alert_notes).where(of.assignee.is_not(None)).order_by(of.id)
    with operations.reading() as connection:
        last = {
            AlertSubject(row.rule, row.subject_kind, row.subject_id): row.assignee
            for row in connection.execute(query)
        }
    return {subject: who for subject, who in last.items() if who}
