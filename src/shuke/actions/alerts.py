"""Alerts: how does somebody acknowledge, snooze or resolve one?"""

from collections.abc import Iterable
from datetime import date

from shuke.access import users
from shuke.access.roles import Capability
from shuke.alerts import flips, notes
from shuke.alerts.flips import AlertFinding, AlertSubject, Status
from shuke.app import Project
from shuke.errors import WrongCall
from shuke.languages import N_
from shuke.views import alerts
from shuke.views.query import Condition
from shuke.views.viewer import Viewer

#: As many alerts as anybody handles at once.
AT_ONCE = 100_000


def assign(project: Project, where: Iterable[Condition], to: str, *, viewer: Viewer) -> int:
    """Give every alert that meets the conditions to a user, or to nobody any more; returns how many."""
    viewer.require(Capability.HANDLE_ALERTS)
    known = {user.name for user in users.list_users(project.operations)}
    if to and to not in known:
        raise WrongCall(N_("There is no user {name}."), name=to)
    return _noted(project, where, viewer, assignee=to)


def comment(project: Project, where: Iterable[Condition], text: str, *, viewer: Viewer) -> int:
    """Say something of every alert that meets the conditions; returns of how many."""
    viewer.require(Capability.HANDLE_ALERTS)
    if not text.strip():
        raise WrongCall(N_("The comment is empty."))
    return _noted(project, where, viewer, comment=text.strip())


def _noted(project: Project, where: Iterable[Condition], viewer: Viewer, **told: str) -> int:
    found = alerts.listed(project, where, viewer=viewer, limit=AT_ONCE).alerts
    subjects = [AlertSubject(each.rule, each.subject_kind, each.subject) for each in found]
    return notes.write(project.operations, subjects, by=viewer.actor, now=viewer.now, **told)


def act(
    project: Project,
    rule: str,
    subject: str,
    status: Status,
    *,
    viewer: Viewer,
    until: date | None = None,
    seen: Status | None = None,
) -> alerts.Alert:
    """Acknowledge, snooze until a day, resolve or reopen an alert of the current build.

    `Overtaken` where it is by now something else than was `seen`.
    """
    viewer.require(Capability.HANDLE_ALERTS)
    this = (Condition("rule", "eq", rule), Condition("subject", "eq", subject))
    found = alerts.listed(project, this, viewer=viewer, limit=1).alerts
    if not found:
        raise alerts.UnknownAlert(N_("There is no alert {rule} about {subject}."), rule=rule, subject=subject)
    alert = found[0]
    finding = AlertFinding(
        subject=AlertSubject(rule, alert.subject_kind, subject),
        since=alert.since,
        severity=alert.severity,
        evidence=dict(alert.evidence),
        at_stake=alert.at_stake,
    )
    flips.act(
        project.operations, finding, status,
        by=viewer.actor, now=viewer.now, today=alerts.today(project, viewer), until=until, seen=seen,
    )  # fmt: skip
    return alerts.listed(project, this, viewer=viewer, limit=1).alerts[0]
