"""Grades: how are forecasts graded on the company's own past?"""

from collections.abc import Sequence
from datetime import date, timedelta

from shuke.access.audit import AuditEvent
from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import backtesting
from shuke.builds.backtesting import HORIZON, BacktestResult
from shuke.graph.report import Report, unreported
from shuke.views.viewer import Viewer


def backtest(
    project: Project,
    wanted: Sequence[str] = (),
    *,
    at: Sequence[date] = (),
    horizon: timedelta = HORIZON,
    viewer: Viewer,
    report: Report = unreported,
) -> tuple[BacktestResult, ...]:
    """Grade tables (default: all that foretell) on the past, and keep the grades."""
    viewer.require(Capability.BUILD)
    found = backtesting.backtest(
        project, now=viewer.now, wanted=wanted, at=at, horizon=horizon, report=report
    )
    viewer.did(
        project.operations, AuditEvent(verb="backtested", count=sum(g.grade is not None for g in found))
    )
    return found
