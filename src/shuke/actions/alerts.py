"""Alerts: how does somebody take care of them, give them to somebody, and comment on them?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from shuke.access.roles import Capability
from shuke.actions import assignments
from shuke.alerts import flips, notes
from shuke.alerts.flips import AlertFinding, Status
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
    if to and to not in alerts.assignable(project):
        raise WrongCall(N_("There is no user {name}."), name=to)
    hears = partial(assignments.plan, settings=project.settings, names=[to], now=viewer.now)
    return _noted(project, where, viewer, assignee=to, then=hears)


def comment(project: Project, where: Iterable[Condition], text: str, *, viewer: Viewer) -> int:
    """Say something of every alert that meets the conditions; returns of how many."""
    viewer.require(Capability.HANDLE_ALERTS)
    if not text.strip():
        raise WrongCall(N_("The comment is empty."))
    return _noted(project, where, viewer, comment=text.strip())


def _noted(project: Project, where: Iterable[Condition], viewer: Viewer, **told: Any) -> int:
    found = alerts.listed(project, where, viewer=viewer, limit=AT_ONCE).alerts
    subjects = [each.about for each in found]
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
    if not act_on(project, this, status, viewer=viewer, until=until, seen=seen).found:
        raise alerts.UnknownAlert(N_("There is no alert {rule} about {subject}."), rule=rule, subject=subject)
    return alerts.listed(project, this, viewer=viewer, limit=1).alerts[0]


@dataclass(frozen=True)
class Handled:
    """Of how many alerts something was said, and for how many of these it was new."""

    found: int
    changed: int


def act_on(
    project: Project,
    where: Iterable[Condition],
    status: Status,
    *,
    viewer: Viewer,
    until: date | None = None,
    seen: Status | None = None,
) -> Handled:
    """The same with every alert that meets the conditions, all of them or none."""
    viewer.require(Capability.HANDLE_ALERTS)
    found = alerts.listed(project, where, viewer=viewer, limit=AT_ONCE).alerts
    findings = [
        AlertFinding(
            subject=alert.about, since=alert.since, severity=alert.severity, evidence=dict(alert.evidence),
            at_stake=alert.at_stake,
        )
        for alert in found
    ]  # fmt: skip
    changed = flips.act(
        project.operations, findings, status,
        by=viewer.actor, now=viewer.now, today=alerts.today(project, viewer), until=until, seen=seen,
    )  # fmt: skip
    return Handled(len(found), changed)
