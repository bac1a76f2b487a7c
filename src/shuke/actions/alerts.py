"""Alerts: how does somebody acknowledge, snooze or resolve one?"""

from datetime import date

from shuke.access.roles import Capability
from shuke.alerts import flips
from shuke.alerts.flips import AlertFinding, AlertSubject, Status
from shuke.app import Project
from shuke.languages import N_
from shuke.views import alerts
from shuke.views.query import Condition
from shuke.views.viewer import Viewer


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
