"""Automation runs: who has entered an automation, what was done for them, and what waits until when?"""

from dataclasses import dataclass
from datetime import datetime

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.engage import campaigns, occasions
from shuke.engage.automation import StepKind
from shuke.engage.occasions import Entered
from shuke.views import occasions as meaning
from shuke.views.names import names_of
from shuke.views.viewer import Viewer, word


@dataclass(frozen=True, kw_only=True)
class EndedStep:
    """A step of somebody that has ended."""

    step: int  # 1 is the first
    do: StepKind
    outcome: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AutomationRun:
    """One time that somebody entered; `called` is their name, as far as the viewer may see it."""

    customer_id: str  # whom it means by now
    called: str
    is_known: bool  # whether the customer is anybody in the current build
    occasion: str
    entered_at: datetime
    arm: str
    ended: tuple[EndedStep, ...]
    waits_for: int | None  # the step that waits for its time; 1 is the first
    waits_to: StepKind | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class RunPage:
    runs: tuple[AutomationRun, ...]
    total: int


def runs(project: Project, name: str, *, viewer: Viewer, limit: int = 50, offset: int = 0) -> RunPage:
    """Who entered last comes first; raises `UnknownCampaign`. That names were looked at is written down."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        standing = campaigns.automation(connection, name)
        entries, total = occasions.latest(connection, standing.id, limit=limit, offset=offset)
        waiting, ended = occasions.awaited(connection, entries), occasions.ended(connection, entries)
        said = {
            version: campaigns.automation_as_of(connection, standing.id, version).then
            for version in {entry.version for entry in entries}
        }
    means, called = _people(project, entries, viewer)
    if viewer.sees_personal and called:
        event = AuditEvent(
            verb="looked_at_automation", subject_kind="automation", subject_id=word(name), count=len(called)
        )
        viewer.did(project.operations, event)
    shown = []
    for entry in entries:
        steps, now = said[entry.version], means.get(entry.customer_id, entry.customer_id)
        step, due_at = waiting.get(entry.id, (None, None))
        shown.append(
            AutomationRun(
                customer_id=now, called=called.get(now, ""), is_known=entry.customer_id in means,
                occasion=entry.occasion, entered_at=entry.at, arm=entry.arm,
                ended=tuple(
                    EndedStep(step=number + 1, do=steps[number].do, outcome=outcome, reason=reason, at=at)
                    for number, outcome, reason, at in ended.get(entry.id, ())
                ),
                waits_for=None if step is None else step + 1,
                waits_to=None if step is None else steps[step].do, due_at=due_at,
            )
        )  # fmt: skip
    return RunPage(runs=tuple(shown), total=total)


def _people(
    project: Project, entries: list[Entered], viewer: Viewer
) -> tuple[dict[str, str], dict[str, str]]:
    """Whom their ids mean by now, and what these are called."""
    if not entries or not project.builds.pointed:
        return {}, {}
    opened = project.open()
    means = meaning.whom(opened, {entry.customer_id for entry in entries})
    return means, names_of(opened, means.values(), viewer=viewer)
