"""Grades: what may a program know of how right the forecasts were?"""

from fastapi import APIRouter, Response

from shuke.api.authentication import Caller, Here
from shuke.api.responses import REFUSALS, ApiRoute, answer
from shuke.api.schemas import gives
from shuke.builds.backtesting import BacktestResult
from shuke.views import grades as view

router = APIRouter(route_class=ApiRoute, responses=REFUSALS, tags=["grades"])


@router.get(
    "/grades",
    summary="How right were the forecasts, when asked on an earlier day?",
    responses=gives(dict[str, BacktestResult]),
)
def latest(project: Here, caller: Caller) -> Response:
    """The newest grade of each table that foretells and has been graded, by the table's name."""
    return answer(view.latest(project, viewer=caller))
