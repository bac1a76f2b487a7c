"""Plans: how does a program write down what is planned, and read it beside last year's figures?"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response

from shuke.access.roles import Capability
from shuke.actions import plans as actions
from shuke.alerts.plan_figures import PlanKind, target_of, year_of
from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.views import plans as view
from shuke.views.plans import PlannedMonth
from shuke.web.bodies import admits

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["plans"])

Year = Annotated[int, Path(ge=1900, le=2200)]


@dataclass(frozen=True)
class TargetYear:
    """What is planned for a target, month by month."""

    target_kind: str
    target: str
    months: tuple[PlannedMonth, ...]


@router.get(
    "/plans/{kind}/{year}",
    summary="Plans or budgets of a year",
    responses=gives({"targets": list[TargetYear]}),
)
def every(
    project: Here, caller: Caller, kind: PlanKind, year: Year, planned: Annotated[bool, Query()] = False
) -> Response:
    """With what each month came to, and the same month last year; `planned` leaves out what has no plan."""
    found = [each for each in view.year(project, kind, year, viewer=caller) if each.is_planned or not planned]
    told = [TargetYear(each.target.target_kind, each.target.target, each.months) for each in found]
    return answer({"targets": told})


@router.post("/plans/{kind}/{year}", summary="Write a year's plan down", responses=gives({"written": int}))
@admits(Capability.MANAGE_PLANS)
def write(
    project: Here,
    caller: Caller,
    kind: PlanKind,
    year: Year,
    *,
    target_kind: Annotated[
        str, Body(description="company, region, store, staff, product, customer …", max_length=40)
    ],
    target: Annotated[str, Body(description="its code; nothing for the company", max_length=200)] = "",
    amounts: Annotated[
        list[Decimal | None],
        Body(description="of the twelve months; none: no plan", max_length=12),
    ],
) -> Response:
    """What stands already is not written again; what it was before stays in the history."""
    months = year_of(amounts, year)
    written = actions.write(project, target_of(kind, target_kind, target), months, viewer=caller)
    return answer({"written": written})
