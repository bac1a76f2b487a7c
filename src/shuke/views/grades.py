"""Grades: how right were the forecasts of a table, when asked on an earlier day?"""

from shuke.access.roles import Capability
from shuke.app import Project
from shuke.builds import backtesting
from shuke.builds.backtesting import BacktestResult
from shuke.views.viewer import Viewer


def latest(project: Project, *, viewer: Viewer) -> dict[str, BacktestResult]:
    """The newest grade of each table that has one."""
    viewer.require(Capability.SEE)
    return backtesting.latest(project)
