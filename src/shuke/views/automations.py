"""Automations: which are there, how does each stand, and what came of it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuke.access.roles import Capability
from shuke.alerts.findings import AlertRule
from shuke.analyses.campaign_arms import CONTROL, TREATED
from shuke.app import Opened, Project
from shuke.engage import campaigns, occasions
from shuke.engage.automation import Automation
from shuke.engage.books import MessageStatus
from shuke.engage.campaign import CampaignStatus
from shuke.engage.campaigns import CampaignChange, Standing
from shuke.engage.trigger import OPENINGS
from shuke.errors import Denied, UnknownTable, WrongCall
from shuke.graph import catalogue
from shuke.languages import N_
from shuke.store import due_work
from shuke.views import campaigns as campaign_view
from shuke.views import meant, segments
from shuke.views.simulation import Simulation
from shuke.views.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class AutomationSummary:
    """One line of the list of automations."""

    name: str
    status: CampaignStatus
    since: datetime
    trigger: str
    priority: int
    steps: int
    entered: int  # times that something was to be done for somebody
    control: int  # customers held out
    waiting: int  # steps
    sent: int  # messages


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """How often a step has ended how, and why."""

    step: int  # 1 is the first
    outcome: str
    reason: str | None
    times: int


@dataclass(frozen=True, kw_only=True)
class AutomationPage:
    """Everything of one automation."""

    summary: AutomationSummary
    document: Mapping[str, Any]  # what it says, as it was written
    arms: Mapping[str, int]
    steps: tuple[StepResult, ...]
    reasons: Mapping[str, int]  # why messages were withheld
    simulation: Simulation | None  # the last one of this version
    is_simulating: bool  # one was asked for, and `shuke run` has not done it yet
    simulated_at: datetime | None
    history: tuple[CampaignChange, ...]
    results: tuple[Mapping[str, Any], ...]  # rows of `campaign_results`


def listed(project: Project, *, viewer: Viewer) -> tuple[AutomationSummary, ...]:
    """All automations, the newest first."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        every = [each for each in campaigns.every(connection) if each.automation]
        return tuple(_summary(connection, standing) for standing in every)


def one(project: Project, name: str, *, viewer: Viewer) -> AutomationPage:
    """Raises `UnknownCampaign`."""
    viewer.require(Capability.SEE)
    with project.operations.reading() as connection:
        standing = campaigns.automation(connection, name)
        assert standing.automation
        came = campaigns.came_of(connection, standing.id)
        steps = occasions.steps_of(connection, standing.id)
        simulated = occasions.simulation(connection, standing.id, standing.version)
        return AutomationPage(
            summary=_summary(connection, standing), document=standing.automation.to_json(),
            arms=campaigns.arms(connection, standing.id),
            steps=tuple(
                StepResult(step=step + 1, outcome=outcome, reason=reason, times=times)
                for (step, outcome, reason), times in steps.items()
            ),
            reasons=campaign_view.reasons(came),
            simulation=Simulation.from_json(simulated[0]) if simulated else None,
            is_simulating=due_work.is_waiting(
                connection, occasions.SIMULATION, prefix=f"{standing.id}:{standing.version}:"
            ),
            simulated_at=simulated[1] if simulated else None,
            history=tuple(campaigns.history(connection, standing.id)),
            results=campaign_view.results(project, name),
        )  # fmt: skip


def check(project: Project, automation: Automation, *, viewer: Viewer) -> None:
    """Raises `WrongCall` where it names a rule, a segment, a table or a condition that there is not."""
    answers = automation.answers
    if "rule" in answers:
        rules = [n for n, t in catalogue.derived(project.root).items() if isinstance(t, AlertRule)]
        if answers["rule"] not in rules:
            raise UnknownTable(
                N_("There is no rule {rule}. There are: {rules}."),
                rule=answers["rule"],
                rules=", ".join(rules),
            )
    if "segment" in answers:
        segments.check_in_force(project, answers["segment"])
    if not project.builds.pointed:
        return
    opened = project.open()
    _check_tables(opened, automation)
    if automation.unless:
        condition = meant.meaning(project, opened, automation.unless)
        if condition.is_personal and not viewer.sees_personal:
            raise Denied(N_("This condition asks for personal data, which is masked for you."))


#: The tables of segments, which the first build after a segment has.
_OF_SEGMENTS = {"segment_changes", "segment_members"}


def _check_tables(opened: Opened, automation: Automation) -> None:
    made = opened.build.manifest.tables
    for name in sorted(automation.happens.reads - {OPENINGS} - _OF_SEGMENTS):
        if name not in made or made[name].failed:
            raise WrongCall(
                N_("Trigger {trigger} needs table {table}, which the current build does not have."),
                trigger=automation.trigger, table=name,
            )  # fmt: skip


def _summary(connection: Any, standing: Standing) -> AutomationSummary:
    assert standing.automation
    entered = occasions.count(connection, standing.id)
    sent = campaigns.came_of(connection, standing.id)
    return AutomationSummary(
        name=standing.name, status=standing.status, since=standing.since,
        trigger=standing.automation.trigger, priority=standing.automation.priority,
        steps=len(standing.automation.then), entered=entered.get(TREATED, 0),
        control=campaigns.arms(connection, standing.id).get(CONTROL, 0),
        waiting=occasions.waiting(connection, standing.id),
        sent=sum(number for (status, _), number in sent.items() if status == MessageStatus.SENT),
    )  # fmt: skip
