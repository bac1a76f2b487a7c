"""Plans: how does somebody write down what is planned, or what may be spent?"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shuke.access.roles import Capability
from shuke.alerts import plan_figures
from shuke.alerts.plan_figures import PlanTarget
from shuke.app import Project
from shuke.errors import UnknownCustomer
from shuke.languages import N_
from shuke.views import offers as customers
from shuke.views.viewer import Viewer


def write(
    project: Project, target: PlanTarget, amounts: Mapping[date, Decimal | None], *, viewer: Viewer
) -> int:
    """Write down the amounts of a target's months, or take them back; returns how many were new.

    The next build lands them. Of a target and month what is written down here goes before what is imported.
    """
    viewer.require(Capability.MANAGE_PLANS)
    if target.target_kind == "customer" and customers.unknown(project, [target.target]):
        raise UnknownCustomer(N_("There is no customer {id}."), id=target.target)
    with project.operations.writing() as connection:
        return plan_figures.write(connection, target, amounts, by=viewer.actor, now=viewer.now)
