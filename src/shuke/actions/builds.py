"""Builds: how does somebody rebuild the customer database, or roll back to an older build?"""

from datetime import date
from typing import Any

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import unchanged
from shuke.graph.report import Report, unreported
from shuke.store.builds import Build
from shuke.views.viewer import Viewer


def build(
    project: Project,
    *,
    viewer: Viewer,
    as_of: date | None = None,
    engine: str | None = None,
    report: Report = unreported,
) -> Build:
    """Make a build and put it in force; see `builds.pipeline`."""
    viewer.require(Capability.BUILD)
    made = unchanged.again(project, now=viewer.now, as_of=as_of, engine=engine)
    if made is None:
        from shuke.builds import pipeline  # the engine and every table: a second that nothing new is spared

        made = pipeline.build(project, now=viewer.now, as_of=as_of, engine=engine, report=report)
    detail: dict[Any, Any] = {"build": made.number, "tables": len(made.manifest.tables)}
    event = AuditEvent(verb="built", subject_kind="build", subject_id=str(made.number), detail=detail)
    viewer.did(project.operations, event)
    return made


def rollback(project: Project, number: int, *, viewer: Viewer) -> Build:
    """Put an older build in force again; raises `Damaged` where it is not whole."""
    viewer.require(Capability.BUILD)
    for fault in project.builds.open(number).faults():
        raise fault
    event = AuditEvent(
        verb="rolled_back", subject_kind="build", subject_id=str(number), detail={"build": number}
    )
    viewer.did(project.operations, event)
    return project.builds.point(number)
