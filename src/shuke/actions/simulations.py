"""Simulations: how does somebody try an automation on the past, at once or by `shuke run`?

The answer is kept beside the version that was asked about.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from shuke.access.audit import AuditEvent, add
from shuke.access.roles import Capability
from shuke.actions.work import Books, Kind, one_by_one
from shuke.app import Project
from shuke.engage import campaigns, occasions
from shuke.engage.occasions import SIMULATION
from shuke.graph.report import Report, unreported
from shuke.store import due_work
from shuke.store.due_work import Due, Work
from shuke.views import simulation
from shuke.views.simulation import Simulation
from shuke.views.viewer import Viewer, word


def simulate(
    project: Project, name: str, *, days: int, every: int, viewer: Viewer, report: Report = unreported
) -> Simulation:
    """Look at once whom an automation would have reached over the last days; the answer is kept."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    with project.operations.reading() as connection:
        standing = campaigns.automation(connection, name)
    assert standing.automation
    found = simulation.simulate(project, standing.automation, days=days, every=every, report=report)
    with project.operations.writing() as connection:
        occasions.keep_simulation(connection, standing.id, standing.version, found.to_json(), now=viewer.now)
        _note(connection, viewer, name)
    return found


def ask(project: Project, name: str, *, days: int = 28, every: int = 7, viewer: Viewer) -> None:
    """Have it looked at by `shuke run`; raises `WrongCall` for a span that is none."""
    viewer.require(Capability.RUN_CAMPAIGNS)
    simulation.check_span(days, every)
    with project.operations.writing() as connection:
        standing = campaigns.automation(connection, name)
        work = Work(
            key=f"{standing.id}:{standing.version}:{viewer.now.isoformat()}", due_at=viewer.now,
            payload={
                "campaign": standing.id, "version": standing.version, "days": days, "every": every,
            },
        )  # fmt: skip
        due_work.plan(connection, SIMULATION, [work], now=viewer.now)
        _note(connection, viewer, name)


def _simulate(project: Project, due: Due, now: datetime) -> Books:
    number, version = due.payload["campaign"], due.payload["version"]
    with project.operations.reading() as connection:
        automation = campaigns.automation_as_of(connection, number, version)
    found = simulation.simulate(
        project, automation, days=due.payload["days"], every=due.payload["every"]
    ).to_json()

    def write(connection: sa.Connection) -> None:
        occasions.keep_simulation(connection, number, version, found, now=now)

    return write


def _note(connection: sa.Connection, viewer: Viewer, name: str) -> None:
    event = AuditEvent(verb="automation.simulated", subject_kind="automation", subject_id=word(name))
    add(connection, viewer.actor, event, now=viewer.now)


#: A year of days of a large company is made anew within this.
_LEASE = timedelta(hours=6)

KIND = Kind(SIMULATION, one_by_one(_simulate), lease=_LEASE)
