"""Alert history: what has happened to one alert, from its first opening on?"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from shuke import formats
from shuke.access.masking import HIDDEN
from shuke.access.roles import Capability
from shuke.alerts import flips, notes
from shuke.alerts.flips import AlertState, AlertSubject
from shuke.alerts.notes import AlertNote
from shuke.app import Project
from shuke.languages import N_, Text, _
from shuke.views import alerts
from shuke.views.alerts import Alert, UnknownAlert
from shuke.views.labels import STATUSES
from shuke.views.query import Condition
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class AlertEntry:
    """One thing that happened to an alert: what it became, whom it was given to, or what was said of it."""

    at: datetime
    who: str | None  # none: a build
    status: str | None = None
    severity: str | None = None
    at_stake: Decimal | None = None
    until: date | None = None  # of what is snoozed
    assignee: str | None = None  # empty: nobody any more
    comment: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlertHistory:
    rule: str
    title: Text
    subject_kind: str
    subject: str
    alert: Alert | None  # as the current build has it; none where it is over
    entries: tuple[AlertEntry, ...]  # the newest first


def history(project: Project, rule: str, subject: str, *, viewer: Viewer) -> AlertHistory:
    """Everything that happened to an alert; raises `UnknownAlert` where there never was one."""
    viewer.require(Capability.SEE)
    opened = project.open()
    this = (Condition("rule", "eq", rule), Condition("subject", "eq", subject))
    alert = next(iter(alerts.listed(project, this, viewer=viewer, limit=1).alerts), None)
    about = alert.about if alert else _ever(project, rule, subject)
    turns = [_turn(state) for state in flips.history(project.operations, about)]
    said = [_said(note, viewer) for note in notes.notes(project.operations, about)]
    entries = sorted([*turns, *said], key=lambda entry: entry.at, reverse=True)
    return AlertHistory(
        rule=rule, title=alerts.title(project, opened, rule), subject_kind=about.kind, subject=subject,
        alert=alert, entries=tuple(entries),
    )  # fmt: skip


def happened(entry: AlertEntry) -> str:
    """What happened, in a few words."""
    if entry.comment is not None:
        return entry.comment
    if entry.assignee is not None:
        return _("given to {name}").format(name=entry.assignee) if entry.assignee else _("given to nobody")
    words = str(STATUSES.get(entry.status or "", entry.status))
    return words if entry.until is None else f"{words}: {formats.day(entry.until)}"


def _ever(project: Project, rule: str, subject: str) -> AlertSubject:
    """An alert that is over, as it was opened once."""
    with project.operations.reading() as connection:
        known = flips.standing(connection, [rule])
    for about in known:
        if about.id == subject:
            return about
    raise UnknownAlert(N_("There is no alert {rule} about {subject}."), rule=rule, subject=subject)


def _turn(state: AlertState) -> AlertEntry:
    return AlertEntry(
        at=state.at, who=state.who, status=state.status.value, severity=state.severity,
        at_stake=state.at_stake, until=state.until,
    )  # fmt: skip


def _said(note: AlertNote, viewer: Viewer) -> AlertEntry:
    """A comment may name a person: who may see nobody is told only that there is one."""
    comment = note.comment if viewer.sees_personal or note.comment is None else HIDDEN
    return AlertEntry(at=note.at, who=note.who, assignee=note.assignee, comment=comment)
